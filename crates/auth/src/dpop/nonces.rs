//! Keeps the newest nonce of each origin, within a bound.

use std::sync::Arc;

use url::{Origin, Url};

/// Origins that are remembered at most.
const ORIGINS: usize = 100;

/// A longer nonce would not fit into the header field that carries the proof.
const LONGEST: usize = 1024;

/// The newest last.
#[derive(Default)]
pub(super) struct Nonces(Vec<(Origin, Arc<str>)>);

impl Nonces {
    pub(super) fn of(&mut self, url: &Url) -> Option<Arc<str>> {
        let origin = url.origin();
        let at = self.0.iter().position(|(known, _)| *known == origin)?;
        let found = self.0.remove(at);
        let nonce = found.1.clone();
        self.0.push(found);
        Some(nonce)
    }

    /// Whether `nonce` is one.
    pub(super) fn keep(&mut self, url: &Url, nonce: &[u8]) -> bool {
        // NQCHAR of RFC 6749 appendix A, as RFC 9449 section 8.1 has it.
        let is_nonce = (1..=LONGEST).contains(&nonce.len())
            && nonce
                .iter()
                .all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
        let Some(nonce) = std::str::from_utf8(nonce).ok().filter(|_| is_nonce) else {
            return false;
        };
        match (self.of(url), self.0.last_mut()) {
            (Some(_), Some((_, last))) => *last = nonce.into(),
            _ => {
                if self.0.len() == ORIGINS {
                    self.0.remove(0);
                }
                self.0.push((url.origin(), nonce.into()));
            }
        }
        true
    }
}
