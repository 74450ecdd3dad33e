//! The rewriter and the bearer token as one HTTP stack: layers, profiles, adapters.
//!
//! [`connect`] makes a stack of what [`profile`] read from `castile.toml`; whatever is sent through it goes out
//! without its security header and under a token, once.
//!
//! ```no_run
//! use castile_http::{Body, Config, SoapTransport as _, connect};
//!
//! # async fn example(old_envelope: String) -> Result<(), Box<dyn std::error::Error>> {
//! let profile = Config::read("castile.toml")?.profile("first-bank-test")?;
//! let (_, oauth) = profile.in_oauth()?;
//! let gateway = connect::raw(&profile)?;
//!
//! let request = http::Request::post(oauth.url.as_str())
//!     .header("content-type", "text/xml; charset=utf-8")
//!     .header("soapaction", "\"http://jackhenry.com/ws/AcctInq\"")
//!     .body(Body::whole(old_envelope))?;
//! match gateway.send(request).await {
//!     Ok(answer) => println!("HTTP {}", answer.status()),
//!     Err(error) if error.outcome_unknown() => println!("it may have happened: look it up"),
//!     Err(error) => println!("{}: {error}", error.code()),
//! }
//! # Ok(()) }
//! ```
//!
//! A request is taken for one that changes something, and not repeated, unless its [`Effect`] extension says that
//! it reads. [`stack`] says in which order the layers stand, [`tower`](mod@tower) has them as tower layers.

#![allow(
    clippy::manual_async_fn,
    reason = "what an async fn borrows of its arguments makes it hold them twice"
)]

#[cfg(all(feature = "reqwest", feature = "tokio"))]
pub mod connect;
#[cfg(all(feature = "reqwest", feature = "tokio"))]
pub mod doctor;
pub mod evidence;
#[cfg(feature = "hyper")]
pub mod hyper;
pub mod journal;
pub mod keys;
#[cfg(feature = "reqwest-middleware")]
pub mod middleware;
pub mod profile;
pub mod shadow;
pub mod stack;
#[cfg(feature = "tower")]
pub mod tower;

mod answer;
mod attempts;
mod bearer;
mod body;
mod confirmed;
mod deadline;
#[cfg(feature = "hyper")]
mod departing;
mod effect;
mod effects;
#[cfg(feature = "reqwest")]
mod egress;
mod error;
mod guard;
mod journaled;
mod limit;
mod locked;
#[cfg(feature = "metrics")]
mod metrics;
mod operation;
mod origin;
mod progress;
#[cfg(feature = "tokio")]
mod refusals;
mod replay;
#[cfg(feature = "reqwest")]
mod reqwest;
mod retry;
mod rewrite;
#[cfg(feature = "tokio")]
mod stated;
#[cfg(feature = "reqwest")]
mod tls;
#[cfg(feature = "tokio")]
mod tokio;
mod traced;
mod transport;
mod ws_security;

pub use answer::Answer;
pub use attempts::Attempts;
pub use bearer::Bearer;
pub use body::{Body, BodyError};
pub use castile_auth::Blame;
pub use confirmed::Confirm;
pub use deadline::Deadline;
pub use effect::Effect;
pub use effects::{Classify, Effects};
#[cfg(feature = "reqwest")]
pub use egress::EgressTransport;
pub use error::Error;
pub use guard::{Guard, Institution, Other};
pub use journal::JournalError;
#[cfg(feature = "tokio")]
pub use journal::JournalFile;
pub use journaled::{JournalEntry, Journaled};
pub use limit::{AnswerLimit, CallLimits};
#[cfg(feature = "metrics")]
pub use metrics::TokenMetrics;
pub use operation::{OperationName, actions};
pub use origin::Origin;
pub use profile::{Config, ConfigError, Profile};
pub use progress::{Phase, Progress};
#[cfg(feature = "tokio")]
pub use refusals::{RefusalFile, budget};
#[cfg(feature = "reqwest")]
pub use reqwest::{ReqwestTokenHttp, ReqwestTransport, TOKEN_TIME_LIMIT};
pub use retry::{Retry, RetryBudget, RetryPolicy};
pub use rewrite::{Rewrite, RewriteBody};
#[cfg(feature = "tokio")]
pub use stated::Stated;
#[cfg(feature = "tokio")]
pub use tokio::{OsRandom, SystemClock, TokioSleep, TokioSpawn};
pub use traced::{Traced, Watched};
pub use transport::SoapTransport;
pub use ws_security::{Login, WsSecurity};
