//! Why evidence cannot be read or kept.

use std::path::PathBuf;

use castile_auth::Blame;

/// Why evidence cannot be read or kept. What is there stays as it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// The file cannot be read or replaced.
    #[error("the evidence in {} cannot be read or kept", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is none that this program writes.
    #[error("{} line {line}, column {column}: not the evidence of a profile", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
    /// The file is of another release's form.
    #[error("{}: evidence of form {found}, of which this release knows {expected} only", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its form.
        found: u32,
        /// The form that is known.
        expected: u32,
    },
    /// The file is another profile's.
    #[error("{} is the evidence of profile `{found}`", path.display())]
    Profile {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        found: String,
    },
}

impl EvidenceError {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "evidence-file",
            Self::Syntax { .. } => "evidence-syntax",
            Self::Version { .. } => "evidence-version",
            Self::Profile { .. } => "evidence-profile",
        }
    }

    /// Who must act.
    pub fn blame(&self) -> Blame {
        Blame::Caller
    }
}
