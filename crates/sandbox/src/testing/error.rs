//! Why a test bank cannot do what a test asks.

use castile_codegen::instance::Violation;

use crate::StartError;

/// A test bank that cannot start, or be told what to answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestBankError {
    /// The contract cannot be read, or has no such operation; or an answer is no XML.
    #[error(transparent)]
    Contract(#[from] castile_codegen::Error),
    /// The servers do not start.
    #[error(transparent)]
    Start(StartError),
    /// There is no temporary folder for the configuration.
    #[error("no temporary folder for the configuration")]
    Folder(#[source] std::io::Error),
    /// An answer is not what the contract says.
    #[error("the contract of {operation} does not allow this answer: {violation}")]
    Answer {
        /// The operation.
        operation: String,
        /// What it does not allow.
        violation: Violation,
    },
}

impl TestBankError {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Contract(error) => error.code(),
            Self::Start(error) => error.code(),
            Self::Folder(_) => "sandbox-folder",
            Self::Answer { .. } => "sandbox-answer",
        }
    }
}
