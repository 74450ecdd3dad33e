//! Where a browser goes to end the user's session at the authorization server (OpenID Connect RP-Initiated Logout).

use url::Url;

use super::authorize::url;
use crate::TokenEndpoint;

/// A logout. The server answers with 303 to `post_logout_redirect_uri`, once the user has agreed.
///
/// The application ends its own session first: the browser may never come back.
#[derive(Clone, Copy)]
pub struct Logout<'a> {
    /// The ID token of the session; without it the client id is sent.
    pub id_token: Option<&'a str>,
    /// Where the browser is sent afterwards; it must be registered.
    pub post_logout_redirect_uri: Option<&'a str>,
    /// Comes back with the browser, to be compared.
    pub state: Option<&'a str>,
}

impl Logout<'_> {
    pub(super) fn url(self, endpoint: &TokenEndpoint, client_id: &str) -> Url {
        let who = match self.id_token {
            Some(hint) => ("id_token_hint", hint),
            None => ("client_id", client_id),
        };
        let optional = [
            ("post_logout_redirect_uri", self.post_logout_redirect_uri),
            ("state", self.state),
        ];
        let optional = optional
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        url(endpoint, [who].into_iter().chain(optional))
    }
}

impl std::fmt::Debug for Logout<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Logout")
            .field("post_logout_redirect_uri", &self.post_logout_redirect_uri)
            .finish_non_exhaustive()
    }
}
