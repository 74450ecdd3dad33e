//! A simple value with its attributes: not given, empty, null or a value.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::scalar::{Scalar, Str};
use crate::{Attributes, InvalidValue};

/// A text with its attributes, the type of most elements.
pub type Text = Field<Str>;

/// The value of an element with simple content, and its attributes.
///
/// Four things stay apart, because a bank treats them apart: an absent element (`Option::None`), an empty one
/// ([`is_empty`](Field::is_empty)), one to be blanked ([`is_null`](Field::is_null)) and one with a value.
/// `Debug` prints kind and length, never the value; [`reveal`](Field::reveal) shows it.
///
/// ```
/// use castile_model::Text;
/// let account = Text::from("0012345678");
/// assert_eq!(account.as_str(), "0012345678");
/// assert_eq!(format!("{account:?}"), "Text(10 chars)");
/// assert_eq!(format!("{}", account.reveal()), "0012345678");
/// ```
#[derive(Clone, PartialEq)]
pub struct Field<T> {
    state: State<T>,
    attributes: Attributes,
}

#[derive(Clone, PartialEq)]
enum State<T> {
    /// A required element that nobody gave; it is not written.
    Unset,
    /// An element without text.
    Empty,
    /// A value that a change was told to set, and that is none; it cannot be written.
    Blank,
    Value(T),
}

impl<T> Field<T> {
    /// An element without text.
    pub fn empty() -> Self {
        Self {
            state: State::Empty,
            attributes: Attributes::default(),
        }
    }

    /// An element with `JHANull="true"`: the provider is asked to blank the stored value.
    pub fn null() -> Self {
        Self::empty().with_attribute("JHANull", "true")
    }

    /// An element with `xsi:nil="true"`.
    pub fn nil() -> Self {
        let mut field = Self::empty();
        field.attributes.set_nil();
        field
    }

    /// The same field with an attribute set, for example `SrchType` to `StartsWith`.
    #[must_use]
    pub fn with_attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.set(name, value);
        self
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match &self.state {
            State::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The value by value, if there is one.
    pub fn into_value(self) -> Option<T> {
        match self.state {
            State::Value(value) => Some(value),
            _ => None,
        }
    }

    /// Whether there is no value. An empty element without `JHANull="true"` leaves a stored value unchanged.
    pub fn is_empty(&self) -> bool {
        !matches!(self.state, State::Value(_))
    }

    /// Whether the element is there at all. `false` only for a required field that was never given.
    pub fn is_given(&self) -> bool {
        !matches!(self.state, State::Unset) || !self.attributes.is_empty()
    }

    /// Whether `JHANull` is `true`. `JHANull=""` is common and means nothing.
    pub fn is_null(&self) -> bool {
        self.attributes.is_null()
    }

    /// Whether `xsi:nil` is true.
    pub fn is_nil(&self) -> bool {
        self.attributes.is_nil()
    }

    /// `Rstr`: what the consumer may do with the field, for example `ReadOnly` or `Hid`.
    pub fn rstr(&self) -> Option<&str> {
        self.attribute("Rstr")
    }

    /// `MaskVal`: what may be shown instead of the value.
    pub fn mask_val(&self) -> Option<&str> {
        self.attribute("MaskVal")
    }

    /// `SrchType`: how a search compares, for example `Exact` or `StartsWith`.
    pub fn srch_type(&self) -> Option<&str> {
        self.attribute("SrchType")
    }

    /// The value of the attribute without namespace of that name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.value(name)
    }

    /// All attributes.
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// All attributes, to change them.
    pub fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    /// A wrapper whose `Debug` and `Display` show the value.
    pub fn reveal(&self) -> Revealed<'_, T> {
        Revealed(self)
    }
}

impl Field<Str> {
    /// The text; empty if there is none. White space is part of it.
    pub fn as_str(&self) -> &str {
        self.value().map_or("", Str::as_str)
    }
}

impl<T: Scalar> Field<T> {
    /// The value that a change puts in place of another; refused by the writer if it is none.
    pub(crate) fn of_change(value: T) -> Self {
        let is_blank = value.text().trim_matches(XML_SPACE).is_empty();
        Self {
            state: match is_blank {
                true => State::Blank,
                false => State::Value(value),
            },
            attributes: Attributes::default(),
        }
    }
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self {
            state: State::Unset,
            attributes: Attributes::default(),
        }
    }
}

impl<T: Scalar> From<T> for Field<T> {
    fn from(value: T) -> Self {
        let state = if value.text().is_empty() {
            State::Empty
        } else {
            State::Value(value)
        };
        Self {
            state,
            attributes: Attributes::default(),
        }
    }
}

impl From<&str> for Field<Str> {
    fn from(text: &str) -> Self {
        Str::from(text).into()
    }
}

impl From<String> for Field<Str> {
    fn from(text: String) -> Self {
        Str::from(text).into()
    }
}

/// ```
/// use castile_model::{Decimal, Field};
/// let amount: Option<Field<Decimal>> = Some("12.50".parse()?);
/// assert!("12,50".parse::<Field<Decimal>>().is_err());
/// # Ok::<(), castile_model::InvalidValue>(())
/// ```
impl<T: Scalar> FromStr for Field<T> {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        T::parse(text).map(Self::from)
    }
}

impl<T: Scalar> fmt::Debug for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.state {
            State::Value(value) => redacted(value, f)?,
            State::Empty | State::Unset if self.is_null() => f.write_str("Null")?,
            State::Empty => f.write_str("Empty")?,
            State::Blank => f.write_str("Blank")?,
            State::Unset => f.write_str("NotGiven")?,
        }
        match self.attributes.is_empty() {
            true => Ok(()),
            false => write!(f, " {:?}", self.attributes),
        }
    }
}

/// Kind and length. The length of a truth value would tell it.
fn redacted<T: Scalar>(value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match T::NAME {
        "Boolean" => f.write_str(T::NAME),
        name => write!(f, "{name}({} chars)", value.text().chars().count()),
    }
}

/// A field that shows its value; made by [`Field::reveal`].
pub struct Revealed<'a, T>(&'a Field<T>);

impl<T: Scalar> fmt::Display for Revealed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .value()
            .map_or(Ok(()), |value| f.write_str(&value.text()))
    }
}

impl<T: Scalar> fmt::Debug for Revealed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.value() {
            Some(value) => write!(f, "{:?}", value.text())?,
            None if self.0.is_null() => f.write_str("Null")?,
            None => f.write_str("Empty")?,
        }
        self.0
            .attributes
            .iter()
            .try_for_each(|a| write!(f, " {}={:?}", a.name(), a.value()))
    }
}

/// A [`Field`] of any type, as reader and writer see it.
pub trait Leaf {
    /// Takes the text of the element. `Ok(false)`: it is empty where the type has no empty text.
    ///
    /// # Errors
    /// The text is not of the type.
    fn read(&mut self, text: &str) -> Result<bool, InvalidValue>;

    /// The text to write; empty if there is no value.
    fn text(&self) -> Cow<'_, str>;

    /// Whether it was [`set`](Field::set) to nothing.
    fn is_blank(&self) -> bool;

    /// The bytes of a binary value, if it is one.
    fn binary(&self) -> Option<&[u8]> {
        None
    }

    /// The attributes to write.
    fn attributes(&self) -> &Attributes;

    /// The attributes, for the reader to fill.
    fn attributes_mut(&mut self) -> &mut Attributes;
}

impl<T: Scalar> Leaf for Field<T> {
    fn read(&mut self, text: &str) -> Result<bool, InvalidValue> {
        let blank = if T::KEEPS_SPACE {
            text.is_empty()
        } else {
            trim(text).is_empty()
        };
        self.state = if blank {
            State::Empty
        } else {
            State::Value(T::parse(text)?)
        };
        Ok(!blank || T::KEEPS_SPACE)
    }

    fn text(&self) -> Cow<'_, str> {
        self.value().map_or(Cow::Borrowed(""), Scalar::text)
    }

    fn is_blank(&self) -> bool {
        matches!(self.state, State::Blank)
    }

    fn binary(&self) -> Option<&[u8]> {
        self.value().and_then(Scalar::binary)
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }
}

/// White space of XML 1.0 (section 2.3).
pub(crate) const XML_SPACE: &[char] = &[' ', '\t', '\n', '\r'];

/// The text without white space at its ends.
#[inline]
pub(crate) fn trim(text: &str) -> &str {
    let is_space = |b: Option<&u8>| b.is_some_and(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'));
    // Most values have none.
    match is_space(text.as_bytes().first()) || is_space(text.as_bytes().last()) {
        true => text.trim_matches(XML_SPACE),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_cost_one_pointer_and_absence_nothing() {
        assert_eq!(size_of::<Text>(), size_of::<String>() + size_of::<usize>());
        assert_eq!(size_of::<Field<crate::Decimal>>(), size_of::<Text>());
        assert_eq!(size_of::<Option<Text>>(), size_of::<Text>());
        assert_eq!(size_of::<crate::Ext>(), 2 * size_of::<u64>());
    }
}
