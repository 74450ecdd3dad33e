//! What a user's sign-in brings.

use zeroize::Zeroizing;

use super::VerifiedJwt;
use crate::AccessToken;

/// The tokens of one user. For the server only: none of them may reach a browser. Prints nothing of them.
#[derive(Clone)]
pub struct UserTokens {
    /// For calls on the user's behalf.
    pub access_token: AccessToken,
    /// For the next access token, once.
    pub refresh_token: Option<Zeroizing<String>>,
    /// The ID token as it came: `id_token_hint` of the logout.
    pub id_token: Zeroizing<String>,
    /// Its claims, verified.
    pub identity: VerifiedJwt,
}

impl std::fmt::Debug for UserTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserTokens")
            .field("access_token", &self.access_token)
            .field("refreshable", &self.refresh_token.is_some())
            .finish_non_exhaustive()
    }
}
