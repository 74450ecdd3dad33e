//! A false gateway and identity provider to develop and test against.
//!
//! [`Sandbox::builder`] starts two servers on loopback: an identity provider at Jack Henry's paths
//! that judges client assertions with code of its own, and a gateway that answers the operations
//! of the sample contract out of invented data (see [`data`]).
//!
//! ```
//! # async fn start(jwks: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = castile_sandbox::Sandbox::builder()
//!     .client("demo", jwks)
//!     .start()
//!     .await?;
//! println!("{} {}", sandbox.token_endpoint(), sandbox.gateway_url("Inquiry"));
//! sandbox.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! [`testing`] makes of it a bank for your own tests that keeps your contract, any contract: requests are judged by
//! its schemas and answers drawn from them. What follows is about the sample contract's bank.
//!
//! Requests are read, not validated: order and `Ver_N` marks are not judged.
//! An element that a real provider would judge and the sandbox does not is named by a warning in
//! the `MsgRecInfoArray` of the answer.
//! `aud` must be the exact URL of the token endpoint, as Jack Henry documents it; the issuer alone
//! is refused.
//!
//! A client with a [`Website`] signs end users in: `/auth`, `/request`, `/logout`, `/me` and `/token/revocation` stand
//! at Jack Henry's paths, with a page where any name and password will do and an [`Institution`] is chosen.
//!
//! Errors of an operation come as `HdrFault` with HTTP status 500, warnings in a good answer:
//!
//! | `ErrCode` | `ErrCat` | When |
//! |---|---|---|
//! | 400028 | Error | `CustId` names no customer; the one code that the vendor documents |
//! | 900028 | Error | no account of that id and type |
//! | 900101 | Error | a required element is missing or empty; `AuditUsrId` and `AuditWsId` may be empty |
//! | 900102 | Error | a value cannot be used, such as a `Cursor` beyond the last record |
//! | 900123 | Override | the amount exceeds the available balance; passed by `ErrOvrRdInfoArray` |
//! | 900201 | Warning | the sandbox does not judge this element |
//!
//! What the real provider and gateway do is documented only in part.
//! Unconfirmed, and therefore settable: the form of the gateway's 401 ([`Unauthorized`]).
//! Unconfirmed, and a choice of this crate: the error codes above 900000, the audience of access
//! tokens, and that a header-level `wsse:Security` is refused as a failed authentication.

mod bank;
mod body;
mod broken;
mod builder;
mod cause;
mod client_key;
mod clock;
mod connection;
mod contract;
pub mod data;
mod error;
mod gateway;
mod key_pair;
mod log;
mod play;
mod provider;
mod received;
mod reply;
mod running;
mod script;
mod state;
pub mod testing;
mod xml;

pub use bank::Transfer;
pub use builder::{Builder, Sandbox};
pub use cause::{Cause, NotSoap};
pub use client_key::ClientKey;
pub use clock::{Clock, ManualClock, SystemClock};
pub use contract::Contract;
pub use error::StartError;
pub use gateway::Unauthorized;
pub use log::{Counters, Entry, Event};
pub use provider::{Institution, Jwks, JwksError, Website};
pub use received::Received;
pub use reply::Reply;
pub use running::Running;
pub use script::{Peer, ScriptError, ScriptFile, Step};
