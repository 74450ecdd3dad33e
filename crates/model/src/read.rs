//! Reads a message from XML: any prefix, any order of elements, nothing lost.

mod cursor;
mod element;
mod markup;
mod namespaces;
mod records;
mod scan;
mod tag;
mod tokens;

use crate::error::{self, Warning};
use crate::{DecodeError, Limits, Message, Raw, Scope, Slot};
use tokens::Tokens;

pub use cursor::Reader;
pub use records::{RecordLimits, RecordReader};

/// A message that was read, and what was odd about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded<T> {
    /// The message.
    pub value: T,
    warnings: Vec<Warning>,
}

/// A message that came without anything odd, for example the one that an empty body stands for.
impl<T> From<T> for Decoded<T> {
    fn from(value: T) -> Self {
        let warnings = Vec::new();
        Self { value, warnings }
    }
}

impl<T> Decoded<T> {
    /// The message alone.
    pub fn into_value(self) -> T {
        self.value
    }
}

impl<T: Message> Decoded<T> {
    /// All that the contract does not foresee: first what stands in the payload, then what is missing from it.
    ///
    /// What is missing is found by a walk over the value, so a caller who does not ask does not pay.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = self.warnings.clone();
        warnings.extend(crate::write::audit(&self.value));
        warnings
    }
}

/// Reads a message from the child element of a SOAP body (or fault detail).
///
/// `scope` holds the declarations that the payload inherits from its envelope. Elements may use any prefix and
/// come in any order; what the type does not know is kept in [`Ext`](crate::Ext).
///
/// # Errors
/// The payload is not well-formed, holds a DTD, exceeds the default [`Limits`], is another message, or has a text
/// that is not of its type.
pub fn decode<T: Message>(payload: &[u8], scope: &Scope) -> Result<Decoded<T>, DecodeError> {
    decode_within(payload, scope, &Limits::default())
}

/// The same as [`decode`] with limits of the caller's choice.
///
/// # Errors
/// As [`decode`].
pub fn decode_within<T: Message>(
    payload: &[u8],
    scope: &Scope,
    limits: &Limits,
) -> Result<Decoded<T>, DecodeError> {
    let mut value = T::default();
    let root = (T::NAMESPACE, T::ELEMENT);
    let warnings = read_message(payload, scope, limits, T::NAMES, root, value.root())?;
    Ok(Decoded { value, warnings })
}

impl Raw {
    /// Takes one element verbatim, for example a `wsse:Security` that another library signed.
    ///
    /// `scope` holds the declarations from around it that it may use.
    ///
    /// # Errors
    /// It is not one well-formed element, or holds a DTD.
    pub fn parse(xml: &str, scope: &Scope) -> Result<Self, DecodeError> {
        let tokens = Tokens::new(xml.as_bytes(), scope, &Limits::default(), "")?;
        let mut reader = Reader::new(tokens);
        let tag = reader.prolog()?;
        reader.enter(&tag)?;
        reader.name(&tag)?;
        let captured = reader.capture(&tag)?;
        reader.epilog()?;
        Ok(captured.raw)
    }
}

fn read_message(
    payload: &[u8],
    scope: &Scope,
    limits: &Limits,
    names: &'static str,
    (namespace, element): (&'static str, &'static str),
    message: Slot<'_>,
) -> Result<Vec<Warning>, DecodeError> {
    let tokens = Tokens::new(payload, scope, limits, names)?;
    let mut reader = Reader::new(tokens);
    let root = reader.prolog()?;
    reader.enter(&root)?;
    let found = reader.name(&root)?;
    let (found_namespace, found_local) = match found.strip_prefix('{') {
        Some(name) => name.split_once('}').unwrap_or(("", name)),
        None => (names, &*found),
    };
    if (found_namespace, found_local) != (namespace, element) {
        let found = format!("{{{found_namespace}}}{found_local}");
        return Err(DecodeError::Root {
            expected: format!("{{{namespace}}}{element}"),
            found: error::clip(&found, 200).into_owned(),
        });
    }
    reader.root(element, &root, message)?;
    reader.epilog()?;
    Ok(reader.into_warnings())
}

/// Reads an element that stands inside of a message, at a path that is known.
fn read_part(
    part: &[u8],
    scope: &Scope,
    limits: &Limits,
    names: &'static str,
    path: &[&'static str],
    slot: Slot<'_>,
) -> Result<(), DecodeError> {
    let tokens = Tokens::new(part, scope, limits, names)?;
    let mut reader = Reader::new(tokens);
    let (name, around) = path.split_last().unwrap_or((&"", &[]));
    reader.path.extend_from_slice(around);
    let root = reader.prolog()?;
    reader.enter(&root)?;
    reader.root(name, &root, slot)?;
    reader.epilog()
}
