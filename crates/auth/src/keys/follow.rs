//! Names the key that signs while keys are rotated.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{KeyChoice, Signer};

/// The keys of a client at one moment.
#[derive(Clone)]
pub struct ActiveKeys {
    /// The key that signs.
    pub current: Arc<dyn Signer>,
    /// The key that signed before and is still published.
    pub previous: Option<Arc<dyn Signer>>,
    /// The number of the rotation; see [`Rotation::number`](super::Rotation::number).
    pub rotation: u64,
}

impl std::fmt::Debug for ActiveKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ActiveKeys")
            .field("current", &self.current.key_id())
            .field("previous", &self.previous.as_ref().map(|key| key.key_id()))
            .field("rotation", &self.rotation)
            .finish()
    }
}

/// Tells which keys are in use, each time it is asked.
pub trait KeySource: Send + Sync {
    /// The keys of now. What cannot be read changes nothing: the last good ones stay.
    fn active(&self) -> Arc<ActiveKeys>;
}

/// The choice of a [`KeySource`]: the key that signs now, and the old one where the new one is refused.
///
/// During the overlap of a rotation some server may not have fetched the new document yet: then the old key is tried,
/// once per rotation and client id.
pub struct RotatingKeys {
    source: Arc<dyn KeySource>,
    /// The last rotation in which a client's old key was tried.
    tried: Mutex<HashMap<String, u64>>,
}

impl RotatingKeys {
    /// Follows `source`.
    pub fn new(source: Arc<dyn KeySource>) -> Self {
        Self {
            source,
            tried: Mutex::default(),
        }
    }
}

impl KeyChoice for RotatingKeys {
    fn signer(&self) -> Arc<dyn Signer> {
        Arc::clone(&self.source.active().current)
    }

    fn fallback(&self, client_id: &str, refused: &str) -> Option<Arc<dyn Signer>> {
        let keys = self.source.active();
        let previous = keys.previous.as_ref()?;
        if keys.current.key_id() != refused {
            return None;
        }
        // One plain value a client: nothing can be half-written.
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        if tried.insert(client_id.to_owned(), keys.rotation) == Some(keys.rotation) {
            return None;
        }
        tracing::warn!(
            key_id = previous.key_id(),
            "the new key was refused: the old one is tried once"
        );
        Some(Arc::clone(previous))
    }
}

impl std::fmt::Debug for RotatingKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RotatingKeys")
            .field("keys", &self.source.active())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
