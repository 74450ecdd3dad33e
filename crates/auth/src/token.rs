//! An access token that never prints itself.

use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

/// A bearer token (RFC 6750) with the facts the cache needs. Cheap to clone.
#[derive(Clone)]
pub struct AccessToken {
    secret: Arc<Zeroizing<String>>,
    generation: u64,
    expires_at: Option<Duration>,
}

impl AccessToken {
    /// A token of the given cache generation, expiring at a point of [`Clock::steady`] time.
    ///
    /// [`Clock::steady`]: crate::ports::Clock::steady
    pub fn new(secret: Zeroizing<String>, generation: u64, expires_at: Option<Duration>) -> Self {
        Self {
            secret: Arc::new(secret),
            generation,
            expires_at,
        }
    }

    /// Which fetch brought this token; a later fetch has a larger number.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// When it expires in [`Clock::steady`] time; `None` when the server did not say.
    ///
    /// [`Clock::steady`]: crate::ports::Clock::steady
    pub fn expires_at(&self) -> Option<Duration> {
        self.expires_at
    }

    /// The token itself. For the `Authorization` header and nothing else.
    pub fn reveal(&self) -> &str {
        &self.secret
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessToken")
            .field("generation", &self.generation)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
