//! What the authorization server says of the user at `/me` (OpenID Connect Core section 5.3).

use serde_json::{Map, Value};

use super::OidcError;

const WHAT: &str = "the answer about the user";

/// The claims of the user who signed in. Prints none of their values.
#[derive(Clone)]
pub struct UserInfo {
    claims: Map<String, Value>,
}

impl UserInfo {
    /// Reads an answer that must be about `subject`.
    pub(super) fn read(answer: http::Response<Vec<u8>>, subject: &str) -> Result<Self, OidcError> {
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(OidcError::Status { what: WHAT, status });
        }
        let Ok(Value::Object(claims)) = serde_json::from_slice(answer.body()) else {
            return Err(OidcError::Unreadable {
                what: WHAT,
                reason: "no JSON object",
            });
        };
        // OpenID Connect Core section 5.3.2: otherwise the claims must not be used.
        match claims.get("sub").and_then(Value::as_str) {
            Some(sub) if sub == subject => Ok(Self { claims }),
            _ => Err(OidcError::Subject),
        }
    }

    /// A claim that is a text.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// `institution_id`: the institution that the user signed in to.
    pub fn institution_id(&self) -> Option<&str> {
        self.text("institution_id")
    }

    /// All claims.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }
}

impl std::fmt::Debug for UserInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.claims.keys()).finish()
    }
}
