//! Why a script cannot be followed.

/// A script that cannot be followed; nothing of it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// No TOML.
    #[error("line {line}: {rule}")]
    Syntax {
        /// From 1.
        line: usize,
        /// What the reader of TOML says.
        rule: String,
    },
    /// Not the version that this program reads.
    #[error("line {line}: `version = 1` is expected")]
    Version {
        /// From 1.
        line: usize,
    },
    /// A key that means nothing.
    #[error(
        "line {line}: unknown key `{key}`; there are version, token_endpoint, gateway and operation"
    )]
    UnknownKey {
        /// From 1.
        line: usize,
        /// The key.
        key: String,
    },
    /// A value of another kind.
    #[error("line {line}: {expected} is expected")]
    Value {
        /// From 1.
        line: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// A step that there is not.
    #[error("line {line}: unknown step `{step}`; there are {}, and tables of slow_ms, cut_at or hdr_fault", .known.join(", "))]
    UnknownStep {
        /// From 1.
        line: usize,
        /// Its name.
        step: String,
        /// The words that there are.
        known: Vec<&'static str>,
    },
    /// An operation that the sandbox does not serve.
    #[error("line {line}: no operation `{operation}` is served")]
    UnknownOperation {
        /// From 1.
        line: usize,
        /// Its name.
        operation: String,
    },
}

impl ScriptError {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "sandbox-script-syntax",
            Self::Version { .. } => "sandbox-script-version",
            Self::UnknownKey { .. } => "sandbox-script-key",
            Self::Value { .. } => "sandbox-script-value",
            Self::UnknownStep { .. } => "sandbox-script-step",
            Self::UnknownOperation { .. } => "sandbox-script-operation",
        }
    }

    /// Where in the file, from 1.
    pub fn line(&self) -> usize {
        match self {
            Self::Syntax { line, .. }
            | Self::Version { line }
            | Self::UnknownKey { line, .. }
            | Self::Value { line, .. }
            | Self::UnknownStep { line, .. }
            | Self::UnknownOperation { line, .. } => *line,
        }
    }
}
