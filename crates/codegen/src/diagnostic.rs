//! What a user should know although it stops nothing.

use std::fmt;

use crate::error::Place;

/// A remark on a contract: something was decided that another generator would have passed over in silence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// A stable code, one for each kind of remark.
    pub code: &'static str,
    /// The line it is about.
    pub place: Place,
    /// What was found, and what was done.
    pub message: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl Diagnostic {
    pub(crate) fn new(code: &'static str, place: &Place, message: String) -> Self {
        Self {
            code,
            place: place.clone(),
            message,
        }
    }
}
