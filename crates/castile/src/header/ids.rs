//! Ids for the traces of attempts.

use std::sync::{Arc, Mutex, PoisonError};

use castile_auth::ports::Random;
use uuid::{Builder, Uuid};

/// Makes ids of 122 random bits (RFC 9562 section 5.4).
///
/// Random bytes are drawn for many at a time: they are no secret, and asking the system costs more than the rest.
pub(super) struct Ids {
    random: Arc<dyn Random>,
    drawn: Mutex<Vec<Uuid>>,
}

/// So many ids are drawn at a time.
const DRAWN: usize = 32;

impl Ids {
    pub(super) fn new(random: Arc<dyn Random>) -> Self {
        let drawn = Mutex::default();
        Self { random, drawn }
    }

    /// An id that was not given before; none where the system has no randomness.
    pub(super) fn next(&self) -> Option<String> {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.is_empty() {
            let mut bytes = [0; 16 * DRAWN];
            self.random.fill(&mut bytes).ok()?;
            let (ids, _) = bytes.as_chunks();
            drawn.extend(
                ids.iter()
                    .map(|id| Builder::from_random_bytes(*id).into_uuid()),
            );
        }
        drawn.pop().map(|id| id.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use castile_auth::ports::NoRandomness;
    use castile_http::OsRandom;

    use super::*;

    struct Nothing;

    impl Random for Nothing {
        fn fill(&self, _: &mut [u8]) -> Result<(), NoRandomness> {
            Err(NoRandomness)
        }
    }

    #[test]
    fn no_id_is_given_twice() {
        let ids = Ids::new(Arc::new(OsRandom));
        let many: HashSet<String> = (0..5 * DRAWN).filter_map(|_| ids.next()).collect();
        assert_eq!(many.len(), 5 * DRAWN);
        assert!(
            many.iter()
                .all(|id| id.len() == 36 && id.as_bytes()[14] == b'4')
        );
    }

    #[test]
    fn without_randomness_there_is_no_id() {
        assert_eq!(Ids::new(Arc::new(Nothing)).next(), None);
    }
}
