//! End-user sign-in by OpenID Connect: discovery, code flow, session, logout.
//!
//! [`Trust`] says which issuer is meant; [`Trust::discover`] reads its metadata; a [`RelyingParty`] signs users in:
//!
//! ```
//! # use std::sync::Arc;
//! # use castile_auth::{ClientAuth, TokenEndpoint, ports::Ports};
//! use castile_auth::oidc::{AuthorizationRequest, OidcError, RelyingParty, Session, Trust};
//!
//! # async fn example(auth: Arc<dyn ClientAuth>, ports: Ports, callback: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let endpoint = TokenEndpoint::parse("https://login.jackhenry.com/a/oidc-provider/api/v0/token")?;
//! let trust = Trust::new("https://login.jackhenry.com", endpoint)?;
//! let provider = trust.discover(&*ports.http).await?;
//! let party = Arc::new(RelyingParty::new(provider, auth, ports));
//!
//! let request = AuthorizationRequest::new("https://app.example/callback", "openid")?;
//! let (url, pending) = party.push(&request).await?.redirect(party.steady())?;
//! // The browser goes to `url`; `pending` waits on the server until it comes back.
//! let tokens = party.complete(pending, callback).await?;
//! let session = Session::new(party, tokens);
//! let user = session.user_info().await?;
//! # Ok(()) }
//! ```

mod authorize;
mod callback;
mod error;
mod exchange;
mod jwk;
mod keys;
mod logout;
mod metadata;
mod outcome;
mod party;
mod pending;
mod pushed;
mod revoke;
mod session;
mod tokens;
mod turn;
mod userinfo;
mod verify;

pub use authorize::AuthorizationRequest;
pub use error::OidcError;
pub use keys::ProviderKeys;
pub use logout::Logout;
pub use metadata::{Provider, Trust};
pub use party::RelyingParty;
pub use pending::Pending;
pub use pushed::Pushed;
pub use session::Session;
pub use tokens::UserTokens;
pub use userinfo::UserInfo;
pub use verify::{Expected, VerifiedJwt};

#[cfg(test)]
mod tests;
