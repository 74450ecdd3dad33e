//! Typed SOAP calls under an OAuth 2.0 bearer token.
//!
//! A [`Client`] sends the requests of a generated contract crate; the answer is the typed response or an
//! [`Error`] that says who must act and whether the operation may have happened all the same.
//!
//! ```no_run
//! use castile::Client;
//! use castile::http::Config;
//! # use castile::model::Operation;
//!
//! # async fn example<O: Operation>(transfer: O) -> Result<(), Box<dyn std::error::Error>> {
//! let profile = Config::read("castile.toml")?.profile("first-bank-test")?;
//! let client = Client::connect(&profile)?;
//! match client.call(&transfer).send().await {
//!     Ok(response) => { /* typed */ }
//!     Err(error) if error.outcome_unknown() => { /* it may be done: look it up, never just repeat it */ }
//!     Err(error) => eprintln!("{}: {:?} must act", error.code(), error.blame()),
//! }
//! # Ok(()) }
//! ```
//!
//! [`Header`] fills `jXchangeHdr` from the profile, so a request only says what is its own.
//!
//! [`Client::search`] gives the records of a search one by one, however many pages there are and however large they
//! are; [`Client::records`] those of a search that says in its own way what a record is.
//! [`Call::send_attached`] gives the attachments of an answer as they come, in the memory of a chunk; so does
//! `blocking::Call::send_attached`, to be read by `std::io::Read`.
//! [`Error::how_to_look_up`] says how to find out about an operation whose answer did not come.
//!
//! A generated crate depends on [`model`] only. Its values print their kind and length;
//! [`Field::value`](model::Field::value) has the value itself.
//!
//! What it stands on: [`model`] (types to XML), [`envelope`] (bytes around it), [`http`] (the stack that adds the
//! token) and [`auth`] (the token).

#[cfg(feature = "blocking")]
pub mod blocking;

mod call;
mod cause;
mod client;
mod error;
mod fault;
mod front;
mod header;
mod leaves;
mod look_up;
mod overrides;
mod pages;
#[cfg(feature = "yaserde")]
mod yaserde;

pub use castile_auth as auth;
pub use castile_envelope as envelope;
pub use castile_http as http;
pub use castile_model as model;

pub use call::{AttachedPart, AttachedParts, Attachment, Call, Reply, StreamedReply};
pub use cause::Cause;
pub use client::Client;
pub use error::Error;
pub use fault::{Fault, FaultRecord};
pub use front::Front;
pub use header::Header;
pub use look_up::LookUp;
pub use overrides::{OverrideError, Overrides};
pub use pages::{Page, PageError, Records};
#[cfg(feature = "yaserde")]
pub use yaserde::YaserdeError;
