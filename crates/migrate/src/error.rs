//! Why a scan or a report cannot be made.

use std::path::PathBuf;

/// What stopped a scan or a report. No variant holds text of a scanned file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A path named by the caller, or a file below it, cannot be read.
    #[error("{}: cannot be read", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder cannot be walked, or a `.gitignore` in it cannot be understood.
    #[error("{}: cannot be walked", path.display())]
    Walk {
        /// The path that the caller named.
        path: PathBuf,
        /// What the walker said.
        source: ignore::Error,
    },
    /// A pattern of the tables does not compile: a fault of this crate.
    #[error("the pattern for {construct} does not compile")]
    Pattern {
        /// The construct that it looks for.
        construct: &'static str,
        /// What the compiler of patterns said.
        source: Box<regex::Error>,
    },
    /// A baseline file is no JSON of the expected shape.
    #[error("the baseline is not readable at line {line}, column {column}")]
    BaselineSyntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A baseline file of another version.
    #[error("the baseline has schema_version {found}, this release reads {expected}")]
    BaselineVersion {
        /// The version found.
        found: u32,
        /// The version that this release reads.
        expected: u32,
    },
    /// A proof file is not what `castile prove --json` prints.
    #[error("the proof is not readable at line {line}, column {column}")]
    ProofSyntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A proof file of another version.
    #[error("the proof has schema_version {found}, this release reads {expected}")]
    ProofVersion {
        /// The version found.
        found: u32,
        /// The version that this release reads.
        expected: u32,
    },
}

impl Error {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "migrate-unreadable",
            Self::Walk { .. } => "migrate-walk",
            Self::Pattern { .. } => "migrate-pattern",
            Self::BaselineSyntax { .. } => "migrate-baseline-syntax",
            Self::BaselineVersion { .. } => "migrate-baseline-version",
            Self::ProofSyntax { .. } => "migrate-proof-syntax",
            Self::ProofVersion { .. } => "migrate-proof-version",
        }
    }
}
