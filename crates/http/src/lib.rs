//! The rewriter and the bearer token as one HTTP stack: layers, profiles, adapters.

mod body;
mod effect;
mod transport;

pub use body::{Body, BodyError};
pub use castile_auth::Blame;
pub use effect::Effect;
pub use transport::SoapTransport;
