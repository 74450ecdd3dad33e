//! An authorization request that was pushed to the server (RFC 9126).

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::authorize::url;
use super::{OidcError, Pending};
use crate::TokenEndpoint;

/// Names what was pushed. Good for one redirect, within the time the server gave: so it is used up by it.
#[derive(Debug)]
pub struct Pushed {
    pub(super) authorization: TokenEndpoint,
    pub(super) client_id: String,
    pub(super) request_uri: RequestUri,
    pub(super) asked: Duration,
    pub(super) lifetime: Duration,
    pub(super) pending: Pending,
}

/// Prints nothing: whoever has it can begin the sign-in.
pub(super) struct RequestUri(pub(super) String);

impl std::fmt::Debug for RequestUri {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RequestUri")
    }
}

impl Pushed {
    /// Where the browser is to go, with nothing but `client_id` and `request_uri`; at `now` of the steady clock.
    ///
    /// # Errors
    /// [`OidcError::PushedExpired`] when the server has forgotten it by now.
    pub fn redirect(self, now: Duration) -> Result<(Url, Pending), OidcError> {
        if now.saturating_sub(self.asked) >= self.lifetime {
            return Err(OidcError::PushedExpired {
                lifetime: self.lifetime,
            });
        }
        let parameters = [
            ("client_id", self.client_id.as_str()),
            ("request_uri", &self.request_uri.0),
        ];
        Ok((url(&self.authorization, parameters), self.pending))
    }
}

/// `request_uri` and lifetime of an answer with status 201, or 200 as some servers give it.
pub(super) fn read(body: &[u8]) -> Option<(RequestUri, Duration)> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let request_uri = answer["request_uri"]
        .as_str()
        .filter(|uri| !uri.is_empty())?;
    // A number, or a text as Jack Henry's schemas have it.
    let lifetime = match &answer["expires_in"] {
        Value::String(text) => text.trim().parse().ok()?,
        number => number.as_u64()?,
    };
    Some((
        RequestUri(request_uri.to_owned()),
        Duration::from_secs(lifetime),
    ))
}
