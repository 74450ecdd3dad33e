//! What is wrong with a message, without its values.

use std::fmt;

use crate::qname::QName;

/// One thing that a contract does not allow in a message.
///
/// It names elements and attributes, never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// Where: local names below the message, as [`Message::value`](crate::instance::Message::value) takes them;
    /// empty for the message itself.
    pub path: String,
    /// What.
    pub kind: ViolationKind,
}

/// What a contract does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ViolationKind {
    /// Something must stand there and does not: one of these elements, or this attribute.
    Missing(Vec<String>),
    /// It may not stand there; one of these elements might.
    Unexpected(Vec<String>),
    /// The value is none of its type.
    Value,
    /// The value is not the only one allowed.
    NotFixed,
    /// Text stands between the elements.
    Text,
    /// The element or its type is abstract.
    Abstract,
    /// `xsi:type` names a type that is not derived from the declared one.
    OtherType,
    /// `xsi:nil` stands where it may not.
    NotNillable,
    /// `xsi:nil` stands on an element that has content.
    NilWithContent,
}

/// So many characters of a path are shown.
const SHOWN: usize = 400;
/// So many names are listed; a choice may have hundreds.
const LISTED: usize = 8;

impl ViolationKind {
    pub(super) fn missing<'a>(names: impl IntoIterator<Item = &'a QName>) -> Self {
        Self::Missing(locals(names))
    }

    pub(super) fn unexpected<'a>(names: impl IntoIterator<Item = &'a QName>) -> Self {
        Self::Unexpected(locals(names))
    }
}

fn locals<'a>(names: impl IntoIterator<Item = &'a QName>) -> Vec<String> {
    let names = names.into_iter();
    names.map(|name| name.local().to_owned()).collect()
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names are the sender's, who may send long ones.
        let end = self.path.char_indices().nth(SHOWN).map(|(at, _)| at);
        match (self.path.as_str(), end) {
            ("", _) => write!(f, "the message: {}", self.kind),
            (path, Some(end)) => write!(f, "{}…: {}", &path[..end], self.kind),
            (path, None) => write!(f, "{path}: {}", self.kind),
        }
    }
}

impl fmt::Display for ViolationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(names) if names.is_empty() => f.write_str("incomplete"),
            Self::Missing(names) => write!(f, "{} is missing", Listed(names)),
            Self::Unexpected(names) if names.is_empty() => f.write_str("may not stand here"),
            Self::Unexpected(names) => {
                write!(f, "may not stand here, where {} might", Listed(names))
            }
            Self::Value => f.write_str("the value is none of its type"),
            Self::NotFixed => f.write_str("the value is not the only one allowed"),
            Self::Text => f.write_str("has text beside its elements"),
            Self::Abstract => f.write_str("is abstract: a derived one must stand in its place"),
            Self::OtherType => f.write_str("xsi:type names no type that may stand here"),
            Self::NotNillable => f.write_str("may not be xsi:nil"),
            Self::NilWithContent => f.write_str("is xsi:nil and has content"),
        }
    }
}

struct Listed<'a>(&'a [String]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0[..self.0.len().min(LISTED)].join(" or "))?;
        match self.0.len().checked_sub(LISTED) {
            Some(more @ 1..) => write!(f, " or {more} more"),
            _ => Ok(()),
        }
    }
}
