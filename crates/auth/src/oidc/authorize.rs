//! What a user is asked at sign-in (OpenID Connect Core section 3.1.2.1).

use serde_json::Value;
use url::Url;

use super::OidcError;
use crate::TokenEndpoint;
use crate::grant::reply::is_scope;

/// The part of an authorization request that the application chooses.
///
/// `state`, `nonce` and the PKCE challenge (S256, the only method) are made for each sign-in.
#[derive(Debug, Clone)]
pub struct AuthorizationRequest {
    pub(super) redirect_uri: String,
    pub(super) scope: String,
    pub(super) prompt: Option<String>,
    pub(super) login_hint: Option<String>,
    pub(super) claims: Option<Value>,
}

impl AuthorizationRequest {
    /// A sign-in that comes back to `redirect_uri`, for `scope`, to which `openid` is added if it is not there.
    ///
    /// # Errors
    /// A redirect URI that is not https (http on loopback) or has a fragment; a scope that is none.
    pub fn new(redirect_uri: &str, scope: &str) -> Result<Self, OidcError> {
        if TokenEndpoint::parse(redirect_uri).is_err() {
            return Err(OidcError::Setting {
                setting: "the redirect URI",
            });
        }
        if !is_scope(scope) {
            return Err(OidcError::Setting {
                setting: "the scope",
            });
        }
        let scope = match scope.split(' ').any(|token| token == "openid") {
            true => scope.to_owned(),
            false => format!("openid {scope}"),
        };
        Ok(Self {
            redirect_uri: redirect_uri.to_owned(),
            scope,
            prompt: None,
            login_hint: None,
            claims: None,
        })
    }

    /// The same with `prompt`: `none`, `login`, `consent`, `select_account`, or several parted by blanks.
    #[must_use]
    pub fn with_prompt(mut self, prompt: impl Into<String>) -> Self {
        self.prompt = Some(prompt.into());
        self
    }

    /// The same with `login_hint`.
    #[must_use]
    pub fn with_login_hint(mut self, hint: impl Into<String>) -> Self {
        self.login_hint = Some(hint.into());
        self
    }

    /// The same with `claims` (OpenID Connect Core section 5.5).
    #[must_use]
    pub fn with_claims(mut self, claims: Value) -> Self {
        self.claims = Some(claims);
        self
    }

    /// All parameters, with what is made for this one sign-in.
    pub(super) fn parameters(
        &self,
        client_id: &str,
        state: &str,
        nonce: &str,
        challenge: &str,
    ) -> Vec<(&'static str, String)> {
        let mut parameters = vec![
            ("response_type", "code".to_owned()),
            ("client_id", client_id.to_owned()),
            ("redirect_uri", self.redirect_uri.clone()),
            ("scope", self.scope.clone()),
            ("state", state.to_owned()),
            ("nonce", nonce.to_owned()),
            ("code_challenge", challenge.to_owned()),
            ("code_challenge_method", "S256".to_owned()),
        ];
        let optional = [
            ("prompt", self.prompt.clone()),
            ("login_hint", self.login_hint.clone()),
            ("claims", self.claims.as_ref().map(Value::to_string)),
        ];
        parameters.extend(
            optional
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        parameters
    }
}

/// `endpoint` with these parameters after those it has.
pub(super) fn url<'a>(
    endpoint: &TokenEndpoint,
    parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Url {
    let mut url = endpoint.url().clone();
    url.query_pairs_mut().extend_pairs(parameters);
    url
}
