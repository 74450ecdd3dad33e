//! Answers by the old model, and repeats some reads by the new one to compare.

#[cfg(feature = "tokio")]
mod case;
#[cfg(feature = "tokio")]
mod layer;
mod rate;
mod settings;
#[cfg(feature = "tokio")]
mod tee;

use castile_envelope::Differences;

#[cfg(feature = "tokio")]
pub use layer::Shadow;
pub use rate::{Rate, RateError};
pub use settings::{Shadowing, VOLATILE};

/// What became of a read that was to be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Both models gave the same answer, but for what may differ.
    Agreed,
    /// They did not; a status that differs is told as the path `HTTP-status`, parts that stand beside the envelope as
    /// `MIME-parts`.
    Differed(Differences),
    /// The new model gave no answer that could be compared, with the code that says why.
    Failed(&'static str),
    /// It was not repeated: its `ActIntent` is none that only reads, or its body is not the read that its action names.
    NotARead,
    /// It was not repeated or not compared: one of the messages is too long, packed, in an encoding that is not read, or
    /// no SOAP, or the request is multipart or UTF-16.
    NotComparable,
    /// It was not repeated: as many were under way as may be.
    Dropped,
}

/// Is told what became of each read that was to be repeated. Returns at once.
pub trait ShadowWatch: Send + Sync {
    /// Takes note of `outcome`; `operation` is the name of Body's element, or a placeholder where that is none.
    fn shadowed(&self, operation: &str, outcome: &Outcome);
}
