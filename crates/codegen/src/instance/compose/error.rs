//! Why a message cannot be composed of what was given.

use super::super::check::Violation;
use crate::error::Error;
use crate::qname::QName;

/// A message that cannot be composed. Names elements and attributes, never a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// The contract has no such operation, or its request cannot be composed.
    #[error(transparent)]
    Contract(#[from] Error),
    /// A path is none: names with slashes between, `[2]` for the second of a name, `@name` at the end.
    #[error("`{path}` is no path")]
    Path {
        /// The path as given.
        path: String,
    },
    /// A path is given a second value.
    #[error("{path} was given twice")]
    Twice {
        /// The path as given.
        path: String,
    },
    /// An element that holds elements is given a text.
    #[error("{path} holds elements and no text of its own{}", suggestion(nearest))]
    NoText {
        /// The path.
        path: String,
        /// What it holds.
        nearest: Vec<String>,
    },
    /// An element is said to be nil, and given a value.
    #[error("{path} was given as nil and with a value")]
    Nil {
        /// The path.
        path: String,
    },
    /// The first of several elements is not given, and a later one is.
    #[error("{path} was given, and not the one before it")]
    Gap {
        /// The path.
        path: String,
    },
    /// A message is another element than the operation's request.
    #[error("the message is {found}, and not {expected}")]
    Root {
        /// The request of the operation.
        expected: QName,
        /// What was given.
        found: QName,
    },
    /// The contract has nothing at a path.
    #[error("the contract has no {path}{}", suggestion(nearest))]
    Unknown {
        /// The path.
        path: String,
        /// Names that might be meant.
        nearest: Vec<String>,
    },
    /// An element is given more often than the contract allows.
    #[error("the contract does not allow {path} so often")]
    TooMany {
        /// The path.
        path: String,
    },
    /// Values that the contract requires were not given.
    #[error("these values are missing: {}", paths.join(", "))]
    Missing {
        /// Where.
        paths: Vec<String>,
    },
    /// The message would not be what the contract allows.
    #[error("the contract does not allow this: {}", list(violations))]
    Invalid {
        /// Why not.
        violations: Vec<Violation>,
    },
}

impl ComposeError {
    pub(super) fn unknown(path: String, nearest: impl IntoIterator<Item = String>) -> Self {
        let nearest = nearest.into_iter().collect();
        Self::Unknown { path, nearest }
    }

    /// A stable code, one for each cause.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Contract(error) => error.code(),
            Self::Path { .. } => "compose-path",
            Self::Twice { .. } => "compose-twice",
            Self::NoText { .. } => "compose-no-text",
            Self::Nil { .. } => "compose-nil",
            Self::Gap { .. } => "compose-gap",
            Self::Root { .. } => "compose-root",
            Self::Unknown { .. } => "compose-unknown",
            Self::TooMany { .. } => "compose-too-many",
            Self::Missing { .. } => "compose-missing",
            Self::Invalid { .. } => "compose-invalid",
        }
    }
}

fn suggestion(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        nearest => format!("; near: {}", nearest.join(", ")),
    }
}

fn list(violations: &[Violation]) -> String {
    let violations: Vec<String> = violations.iter().map(ToString::to_string).collect();
    violations.join("; ")
}
