//! One place that has to change.

use crate::rule::Rule;

/// A place that has to change. It holds no text of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The name that the table gives to what was seen.
    pub construct: &'static str,
    /// What to write in its place in this language.
    pub instead: &'static str,
}

/// The findings of one file, in order of place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFindings {
    /// The file, as reported: with `/` between folders.
    pub file: String,
    /// What was found in it.
    pub findings: Vec<Finding>,
}
