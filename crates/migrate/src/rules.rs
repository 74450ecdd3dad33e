//! The tables of patterns, one file for each family of languages.

mod csharp;
mod java;
mod javascript;
mod json;
mod php;
mod python;
mod rust;
mod settings;
mod shared;
mod xml;

use crate::language::Language;

/// What one rule looks for in one family.
pub(crate) struct Row {
    /// The rule's id.
    pub(crate) rule: &'static str,
    /// What shows it, besides what is the same in every family.
    pub(crate) seen: &'static [Seen],
    /// What to write in its place.
    pub(crate) instead: &'static str,
}

/// A pattern.
pub(crate) struct Seen {
    /// The construct, as it is shown: never taken from a file.
    pub(crate) construct: &'static str,
    /// The regular expression; the group `at`, if any, is the place.
    pub(crate) find: &'static str,
    /// Where it counts.
    pub(crate) among: Among,
    /// It counts only in a file that holds this, too.
    pub(crate) beside: Option<&'static str>,
    /// It counts only if the second does not stand between it and the first, or the end.
    pub(crate) without: Option<(&'static str, &'static str)>,
}

/// Where a pattern counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Among {
    /// In the program.
    Code,
    /// In a string.
    Text,
    /// In both; a comment never counts.
    Any,
}

/// A word of the program.
const fn code(construct: &'static str, find: &'static str) -> Seen {
    seen(construct, find, Among::Code)
}

/// A word of a string.
const fn text(construct: &'static str, find: &'static str) -> Seen {
    seen(construct, find, Among::Text)
}

/// A word of either.
const fn any(construct: &'static str, find: &'static str) -> Seen {
    seen(construct, find, Among::Any)
}

const fn seen(construct: &'static str, find: &'static str, among: Among) -> Seen {
    Seen {
        construct,
        find,
        among,
        beside: None,
        without: None,
    }
}

impl Seen {
    const fn beside(mut self, other: &'static str) -> Self {
        self.beside = Some(other);
        self
    }

    const fn without(mut self, until: &'static str, other: &'static str) -> Self {
        self.without = Some((until, other));
        self
    }
}

/// The rows that are the same in every family; a row of the family's own changes what to write instead.
pub(crate) const SHARED: &[Row] = shared::ROWS;

/// The rows of a family's own.
pub(crate) fn own(language: Language) -> &'static [Row] {
    match language {
        Language::CSharp => csharp::ROWS,
        Language::Java => java::ROWS,
        Language::JavaScript => javascript::ROWS,
        Language::Php => php::ROWS,
        Language::Python => python::ROWS,
        Language::Rust => rust::ROWS,
        Language::Xml => xml::ROWS,
        Language::Json => json::ROWS,
        Language::Settings => settings::ROWS,
    }
}
