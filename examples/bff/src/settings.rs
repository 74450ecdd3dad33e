//! What the backend is told at its start.

use std::sync::Arc;

use castile::auth::oidc::{AuthorizationRequest, OidcError, RelyingParty};
use serde_json::json;
use url::Url;

use crate::InstitutionDirectory;

/// The scope of `GET /api/accounts`.
pub const ACCOUNTS_READ: &str = "https://jackhenry.com/account-services/accounts.read";
/// The scope of `POST /api/transfers`.
pub const TRANSFERS_WRITE: &str = "https://jackhenry.com/account-services/transfers.write";

/// The parts of the backend.
#[derive(Clone)]
pub struct Settings {
    /// Where browsers reach it: an origin, https but on loopback.
    pub origin: Url,
    /// Signs users in.
    pub party: Arc<RelyingParty>,
    /// Offers institutions.
    pub directory: Arc<dyn InstitutionDirectory>,
    /// What is asked for beside `openid`.
    pub scope: String,
}

impl Settings {
    /// The request that a user is sent away with.
    pub(crate) fn request(
        &self,
        institution: Option<&str>,
        login_hint: Option<&str>,
    ) -> Result<AuthorizationRequest, OidcError> {
        let callback = self.address("callback");
        // Servers give a refresh token only to a user who was asked.
        let mut request = AuthorizationRequest::new(&callback, &self.scope)?.with_prompt("consent");
        if let Some(hint) = login_hint {
            request = request.with_login_hint(hint);
        }
        if let Some(id) = institution {
            request = request.with_claims(json!({
                "userinfo": { "institution_id": { "essential": true, "value": id } }
            }));
        }
        Ok(request)
    }

    /// One of its own addresses.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("origin", &self.origin.as_str())
            .field("party", &self.party)
            .finish_non_exhaustive()
    }
}
