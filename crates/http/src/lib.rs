//! The rewriter and the bearer token as one HTTP stack: layers, profiles, adapters.

pub mod profile;
pub mod stack;

mod answer;
mod bearer;
mod body;
mod deadline;
mod effect;
mod error;
mod limit;
mod origin;
mod progress;
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
pub use transport::SoapTransport;
