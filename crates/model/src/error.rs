//! What can go wrong between a value and its XML, with the place and never with the value.

use std::borrow::Cow;

use crate::fill::Misfit;

/// Why a payload could not be read. No variant carries text of the message, only names and places.
///
/// Offsets are bytes from the start of the payload slice, a byte order mark included.
/// Paths are local names from the root, for example `/AcctInq/MsgRqHdr/jXchangeHdr`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The payload is not UTF-8.
    #[error("the payload is not UTF-8 at byte {offset}")]
    Utf8 {
        /// First byte that is not UTF-8.
        offset: usize,
        /// What the decoder saw.
        #[source]
        source: std::str::Utf8Error,
    },
    /// A character that XML 1.0 (section 2.2) forbids, written out or as a reference.
    #[error("a character that XML forbids at byte {offset}")]
    Character {
        /// Where it stands.
        offset: usize,
    },
    /// The payload is not well-formed XML.
    #[error("{path}: not well-formed at byte {offset}: {rule}")]
    Syntax {
        /// Element in which it happened.
        path: String,
        /// Where it happened.
        offset: usize,
        /// The rule that is broken.
        rule: &'static str,
    },
    /// The payload holds a document type declaration, which SOAP 1.1 (section 3) forbids.
    #[error("a document type declaration at byte {offset}")]
    Dtd {
        /// Where it starts.
        offset: usize,
    },
    /// A reference to an entity that is not one of the five predefined ones.
    #[error("{path}: a reference to an undeclared entity at byte {offset}")]
    Entity {
        /// Element in which it stands.
        path: String,
        /// Where it stands.
        offset: usize,
    },
    /// A prefix that is bound to no namespace.
    #[error("{path}: a prefix without a namespace at byte {offset}")]
    Prefix {
        /// Element in which it stands.
        path: String,
        /// Where the tag starts.
        offset: usize,
    },
    /// A limit of [`Limits`](crate::Limits) is exceeded.
    #[error("{path}: more than {max} {limit} at byte {offset}")]
    Limit {
        /// Element in which it happened.
        path: String,
        /// What is limited.
        limit: &'static str,
        /// The limit.
        max: usize,
        /// Where it is exceeded.
        offset: usize,
    },
    /// The payload is another message.
    #[error("expected {expected}, found {found}")]
    Root {
        /// The root element of the message type, as `{namespace}local`.
        expected: String,
        /// The root element of the payload, as `{namespace}local`, cut to 200 characters.
        found: String,
    },
    /// Elements that the contract does not know stand where it requires others: the payload has another shape.
    #[error(
        "{path}: an unknown element with children at byte {offset}, and {missing}, which is required, is not there"
    )]
    OtherShape {
        /// Element in which it happened.
        path: String,
        /// Where the unknown element starts.
        offset: usize,
        /// The local name of the required element.
        missing: &'static str,
    },
    /// A text that is not of its type.
    #[error("{path}: not a valid {kind} at byte {offset}")]
    Value {
        /// The element.
        path: String,
        /// Where the element starts.
        offset: usize,
        /// The type that was expected, as its XSD name.
        kind: &'static str,
    },
    /// An element inside an element that holds a simple value.
    #[error("{path}: an element inside a simple value at byte {offset}")]
    ElementInValue {
        /// The element that holds the value.
        path: String,
        /// Where the inner element starts.
        offset: usize,
    },
}

impl DecodeError {
    /// Stable name of the cause.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Utf8 { .. } => "model-utf8",
            Self::Character { .. } => "model-character",
            Self::Syntax { .. } => "model-syntax",
            Self::Dtd { .. } => "model-dtd",
            Self::Entity { .. } => "model-entity",
            Self::Prefix { .. } => "model-prefix",
            Self::Limit { .. } => "model-limit",
            Self::Root { .. } => "model-other-message",
            Self::OtherShape { .. } => "model-other-shape",
            Self::Value { .. } => "model-value",
            Self::ElementInValue { .. } => "model-element-in-value",
        }
    }

    /// The same in a payload that has so many bytes more in front.
    pub(crate) fn shifted(mut self, by: usize) -> Self {
        match &mut self {
            Self::Utf8 { offset, .. }
            | Self::Character { offset }
            | Self::Syntax { offset, .. }
            | Self::Dtd { offset }
            | Self::Entity { offset, .. }
            | Self::Prefix { offset, .. }
            | Self::Limit { offset, .. }
            | Self::OtherShape { offset, .. }
            | Self::Value { offset, .. }
            | Self::ElementInValue { offset, .. } => *offset += by,
            Self::Root { .. } => {}
        }
        self
    }
}

/// Why a value could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A text or attribute holds a character that XML 1.0 (section 2.2) cannot carry.
    #[error("{path}: XML cannot carry the character at index {index}")]
    Character {
        /// The element.
        path: String,
        /// Index of the character in the text or attribute value, in characters.
        index: usize,
    },
    /// An attribute has a name that is no XML name, or stands twice on one element.
    #[error("{path}: an attribute without a usable name")]
    Attribute {
        /// The element.
        path: String,
    },
    /// A value was set to nothing, which would leave a stored value as it is.
    #[error("{path}: set to an empty text, which would change nothing; clear it instead")]
    Blank {
        /// The element.
        path: String,
    },
    /// A value that is to go with the message has no place in it.
    #[error("{path}: the contract has no {element} there")]
    NoPlace {
        /// The message.
        path: String,
        /// Local name of the element.
        element: String,
    },
    /// A value that is to go with the message is there already.
    #[error("{path}: the message has a {element} of its own")]
    GivenTwice {
        /// The element around it.
        path: String,
        /// Local name of the element.
        element: String,
    },
    /// The message lacks what its contract requires, or has what it excludes.
    #[error("{}", listed(.problems))]
    Invalid {
        /// What is wrong, each with its path; at least one.
        problems: Vec<Warning>,
    },
}

fn listed(problems: &[Warning]) -> String {
    match problems {
        [] => String::new(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    }
}

impl EncodeError {
    pub(crate) fn misfit(path: String, misfit: Misfit) -> Self {
        match misfit {
            Misfit::NoPlace(element) => Self::NoPlace {
                path,
                element: element.into(),
            },
            Misfit::Given(element) => Self::GivenTwice {
                path,
                element: element.into(),
            },
        }
    }

    /// Stable name of the cause.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Character { .. } => "model-unwritable-character",
            Self::Attribute { .. } => "model-unwritable-attribute",
            Self::Blank { .. } => "model-blank",
            Self::NoPlace { .. } => "model-no-place",
            Self::GivenTwice { .. } => "model-given-twice",
            Self::Invalid { .. } => "model-invalid",
        }
    }
}

/// A text that is not of the type it was given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}")]
pub struct InvalidValue {
    /// The type that was expected, as its XSD name, for example `xsd:decimal`.
    pub kind: &'static str,
}

/// Something in a payload that was read, kept or repaired, but that its contract does not foresee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What it is.
    pub kind: WarningKind,
    /// The element it concerns, as local names from the root.
    pub path: String,
    /// Where its tag starts in the payload; `None` for what is not there.
    pub offset: Option<usize>,
}

/// What a [`Warning`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// An element that the type does not know; kept verbatim in its [`Ext`](crate::Ext).
    UnknownElement,
    /// A second occurrence of an element that stands once; kept verbatim in the [`Ext`](crate::Ext).
    RepeatedElement,
    /// Text between the elements of a struct; kept verbatim in the [`Ext`](crate::Ext).
    StrayText,
    /// A number, date or truth value without text: read as not given.
    EmptyValue,
    /// A required element is not there.
    MissingElement,
    /// Elements stand behind a version marker that is not there; the writer adds it.
    MissingMarker,
    /// An element stands less often than it must.
    TooFew,
    /// An element stands more often than it may.
    TooMany,
    /// Of a choice, or of a sequence that repeats, none is there. The path is that of the element it stands in.
    NoneChosen,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = match self.kind {
            WarningKind::UnknownElement => "unknown element, kept",
            WarningKind::RepeatedElement => "repeated element, kept",
            WarningKind::StrayText => "text between elements, kept",
            WarningKind::EmptyValue => "empty, read as not given",
            WarningKind::MissingElement => "required element is missing",
            WarningKind::MissingMarker => "version marker is missing",
            WarningKind::TooFew => "stands less often than it must",
            WarningKind::TooMany => "stands more often than it may",
            WarningKind::NoneChosen => "nothing of a choice that is required is there",
        };
        write!(f, "{}: {what}", self.path)
    }
}

/// Local names from the root as one path.
pub(crate) fn path<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut path = String::new();
    for name in names {
        path.push('/');
        path.push_str(name);
    }
    if path.is_empty() { "/".into() } else { path }
}

/// At most `max` characters of `text`.
pub(crate) fn clip(text: &str, max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}
