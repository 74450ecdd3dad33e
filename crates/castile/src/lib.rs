//! Typed SOAP calls under an OAuth 2.0 bearer token.
//!
//! A [`Client`] sends the requests of a generated contract crate; the answer is the typed response or an
//! [`Error`] that says who must act and whether the operation may have happened all the same.
//!
//! ```
//! # use castile::{Client, Error, http::SoapTransport, model::Operation};
//! # async fn example<T, O>(client: Client<T>, acct_srch: O) -> Result<(), Error<O::Fault>>
//! # where T: SoapTransport<Error = castile::http::Error>, O: Operation, O::Fault: std::fmt::Debug {
//! let found = client.call(&acct_srch).send().await?;
//! # Ok(()) }
//! ```
//!
//! What it stands on: [`model`] (types to XML), [`envelope`] (bytes around it), [`http`] (the stack that adds the
//! token) and [`auth`] (the token).

mod call;
mod client;
mod error;
mod fault;

pub use castile_auth as auth;
pub use castile_envelope as envelope;
pub use castile_http as http;
pub use castile_model as model;

pub use call::Call;
pub use client::Client;
pub use error::Error;
pub use fault::Fault;
