//! Reads a message from XML: any prefix, any order of elements, nothing lost.

mod cursor;
mod element;
mod markup;
mod namespaces;
mod records;
mod scan;
mod structure;
mod tag;
mod tokens;
mod value;

use crate::error::{self, Warning};
use crate::{DecodeError, Limits, Message, Raw, Scope};
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
    let mut reader = at_root(payload, scope, limits, T::NAMES, (T::NAMESPACE, T::ELEMENT))?;
    value.read_root(&mut reader);
    let warnings = reader.finish()?;
    Ok(Decoded { value, warnings })
}

/// The same as [`decode`] for a payload that something may follow, with its length in bytes.
///
/// For a payload that still stands in its envelope. All of `input` must be UTF-8 of characters that XML allows.
///
/// # Errors
/// As [`decode`].
pub fn decode_front<T: Message>(
    input: &[u8],
    scope: &Scope,
) -> Result<(Decoded<T>, usize), DecodeError> {
    let mut value = T::default();
    let root = (T::NAMESPACE, T::ELEMENT);
    let mut reader = at_root(input, scope, &Limits::default(), T::NAMES, root)?;
    value.read_root(&mut reader);
    let (warnings, len) = reader.finish_front()?;
    Ok((Decoded { value, warnings }, len))
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

/// A reader before the root element of a message.
fn at_root<'i>(
    payload: &'i [u8],
    scope: &Scope,
    limits: &Limits,
    names: &'static str,
    (namespace, element): (&'static str, &'static str),
) -> Result<Reader<'i>, DecodeError> {
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
    reader.tag = Some(root);
    Ok(reader)
}

/// A reader before an element that stands inside of a message, at a path that is known.
fn at_part<'i>(
    part: &'i [u8],
    scope: &Scope,
    limits: &Limits,
    names: &'static str,
    around: &[&'static str],
) -> Result<Reader<'i>, DecodeError> {
    let tokens = Tokens::new(part, scope, limits, names)?;
    let mut reader = Reader::new(tokens);
    reader.path.extend_from_slice(around);
    let root = reader.prolog()?;
    reader.enter(&root)?;
    reader.tag = Some(root);
    Ok(reader)
}
