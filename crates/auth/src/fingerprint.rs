//! A short number that tells settings apart.

use aws_lc_rs::digest::{Context, SHA256};

/// Collects what is to be told apart. The number is the same in each process and on each machine.
pub(crate) struct Fingerprint(Context);

impl Fingerprint {
    /// Of one kind of thing.
    pub(crate) fn of(kind: &str) -> Self {
        Self(Context::new(&SHA256)).with(kind)
    }

    /// And of this part.
    pub(crate) fn with(mut self, part: &str) -> Self {
        // With its length, so that two parts are never taken for one.
        self.0.update(&(part.len() as u64).to_be_bytes());
        self.0.update(part.as_bytes());
        self
    }

    /// The number.
    pub(crate) fn number(self) -> u64 {
        let digest = self.0.finish();
        digest
            .as_ref()
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// Sixteen bits of it: enough to see that a secret has changed, too few to find it by.
    pub(crate) fn short(self) -> u64 {
        self.number() >> 48
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart() {
        let number = |parts: &[&str]| {
            parts
                .iter()
                .fold(Fingerprint::of("k"), |print, part| print.with(part))
                .number()
        };
        assert_eq!(number(&["a", "b"]), number(&["a", "b"]));
        assert_ne!(number(&["a", "b"]), number(&["ab"]));
        assert_ne!(number(&["a", "b"]), number(&["b", "a"]));
    }
}
