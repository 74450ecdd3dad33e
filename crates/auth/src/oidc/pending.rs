//! What the server remembers of a sign-in while the user is away.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::Error;
use crate::ports::Random;

/// `state`, `nonce` and PKCE verifier of one sign-in. Prints nothing, wiped when dropped.
///
/// It belongs into the server's session of just that browser, and is used up by the callback.
pub struct Pending {
    pub(super) state: Zeroizing<String>,
    pub(super) nonce: Zeroizing<String>,
    pub(super) verifier: Zeroizing<String>,
    pub(super) redirect_uri: String,
    pub(super) scope: String,
}

impl Pending {
    pub(super) fn new(
        random: &dyn Random,
        redirect_uri: String,
        scope: String,
    ) -> Result<Self, Error> {
        let secret = || {
            let mut bytes = Zeroizing::new([0; 32]);
            random.fill(&mut *bytes)?;
            Ok::<_, Error>(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes)))
        };
        Ok(Self {
            state: secret()?,
            nonce: secret()?,
            verifier: secret()?,
            redirect_uri,
            scope,
        })
    }

    /// Whether a callback with this `state` is of this sign-in; for a server that keeps several for one browser.
    pub fn is_of(&self, state: &str) -> bool {
        verify_slices_are_equal(self.state.as_bytes(), state.as_bytes()).is_ok()
    }

    pub(super) fn challenge(&self) -> String {
        challenge(&self.verifier)
    }
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending")
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

/// The S256 challenge (RFC 7636 section 4.2).
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        assert_eq!(
            super::challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
