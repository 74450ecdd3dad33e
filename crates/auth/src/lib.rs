//! OAuth 2.0 client credentials with `private_key_jwt`: assertion, token, renewal.
//!
//! No sockets, no runtime and no clock of its own: the ports in [`ports`] are arguments.

pub mod ports;

mod error;
mod source;
mod token;

pub use error::{Blame, Error};
pub use source::{ClientAuth, Proof, Signature, Signer, TokenSource};
pub use token::AccessToken;
