//! Which key signs the next assertion.

use std::sync::Arc;

use crate::Signer;

/// Follows a rotation: names the key for each assertion, and the old one when the new one is refused.
pub trait KeyChoice: Send + Sync {
    /// The key of the next assertion.
    fn signer(&self) -> Arc<dyn Signer>;

    /// The key for one more attempt after the server refused the one named `refused` with `invalid_client`.
    ///
    /// At most once per rotation and client id: addresses whose requests keep failing are blocked.
    fn fallback(&self, client_id: &str, refused: &str) -> Option<Arc<dyn Signer>>;
}

/// One key for ever.
pub(crate) struct Fixed(pub(crate) Arc<dyn Signer>);

impl KeyChoice for Fixed {
    fn signer(&self) -> Arc<dyn Signer> {
        Arc::clone(&self.0)
    }

    fn fallback(&self, _: &str, _: &str) -> Option<Arc<dyn Signer>> {
        None
    }
}
