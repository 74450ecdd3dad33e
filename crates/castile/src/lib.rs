//! Typed SOAP calls under an OAuth 2.0 bearer token.

pub use castile_auth as auth;
pub use castile_envelope as envelope;
pub use castile_http as http;
pub use castile_model as model;
