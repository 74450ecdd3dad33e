//! OAuth 2.0 client credentials with `private_key_jwt`: assertion, token, renewal.
//!
//! No sockets, no runtime and no clock of its own: the ports in [`ports`] are arguments.
//!
//! ```
//! use std::sync::Arc;
//! use castile_auth::{AssertionPolicy, ClientCredentials, LocalSigner, PrivateKeyJwt, TokenCache, TokenEndpoint};
//! # use castile_auth::ports::Ports;
//!
//! # fn example(key_file: &[u8], ports: Ports) -> Result<TokenCache, Box<dyn std::error::Error>> {
//! let signer = Arc::new(LocalSigner::read(key_file)?);
//! let endpoint = TokenEndpoint::parse("https://login.jackhenry.com/a/oidc-provider/api/v0/token")?;
//! let auth = PrivateKeyJwt::new(
//!     AssertionPolicy::new("my-client-id")?,
//!     signer,
//!     ports.clock.clone(),
//!     ports.random.clone(),
//! );
//! let cache = TokenCache::new(
//!     ClientCredentials::new(endpoint).with_scope("openid")?,
//!     Arc::new(auth),
//!     ports,
//! );
//! # Ok(cache)
//! # }
//! ```

pub mod diagnosis;
pub mod keys;
pub mod oidc;
pub mod ports;

mod assertion;
mod budget;
mod cache;
mod caches;
mod client_auth;
mod client_secret;
mod constraint;
mod dpop;
mod endpoint;
mod error;
mod fingerprint;
mod grant;
mod key_choice;
mod signer;
mod source;
mod token;
mod watch;

pub use assertion::{
    Assertion, AssertionId, AssertionPolicy, AssertionType, Audience, DEFAULT_LIFETIME,
    LONGEST_LIFETIME, Unsigned,
};
pub use budget::{BudgetStore, FailureBudget};
pub use cache::{Breaker, CacheSettings, CacheState, DEFAULT_DEADLINE, Phase, TokenCache};
pub use caches::TokenCaches;
pub use client_auth::{JWT_BEARER, PrivateKeyJwt};
pub use client_secret::ClientSecret;
pub use constraint::SenderConstraint;
pub use dpop::Dpop;
pub use endpoint::TokenEndpoint;
pub use error::{AnswerFault, Blame, Error, Rested, SettingError};
pub use grant::{ClientCredentials, Grant};
pub use jsonwebtoken::Algorithm;
pub use key_choice::KeyChoice;
pub use signer::{KeyError, LocalSigner};
#[cfg(feature = "pkcs11")]
pub use signer::{Pkcs11Fault, Pkcs11Signer};
pub use source::{ClientAuth, Proof, Signature, Signer, TokenSource};
pub use token::AccessToken;
pub use watch::{FetchReason, TokenEvent, Watch};
