//! The rewriter and the bearer token as one HTTP stack: layers, profiles, adapters.

#[cfg(all(feature = "reqwest", feature = "tokio"))]
pub mod connect;
pub mod profile;
pub mod stack;
#[cfg(feature = "tower")]
pub mod tower;

mod answer;
mod bearer;
mod body;
mod deadline;
mod effect;
mod error;
mod limit;
mod origin;
mod progress;
#[cfg(feature = "reqwest")]
mod reqwest;
mod rewrite;
#[cfg(feature = "tokio")]
mod tokio;
mod transport;

pub use answer::Answer;
pub use bearer::Bearer;
pub use body::{Body, BodyError};
pub use castile_auth::Blame;
pub use deadline::Deadline;
pub use effect::Effect;
pub use error::Error;
pub use limit::AnswerLimit;
pub use origin::Origin;
pub use profile::{Config, ConfigError, Profile};
pub use progress::{Phase, Progress};
#[cfg(feature = "reqwest")]
pub use reqwest::{ReqwestTokenHttp, ReqwestTransport, TOKEN_TIME_LIMIT};
pub use rewrite::{Rewrite, RewriteBody};
#[cfg(feature = "tokio")]
pub use tokio::{OsRandom, SystemClock, TokioSleep, TokioSpawn};
pub use transport::SoapTransport;
