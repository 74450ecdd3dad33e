//! What an element carried beyond the fields of its struct.

use std::fmt;

use crate::{Attributes, Raw};

/// The tail of every generated struct: unknown elements, all attributes, and which version markers were read.
///
/// What a newer contract sends is kept here verbatim and written back behind the known elements.
/// Equality compares attributes and elements; markers follow from the fields.
#[derive(Clone, Default)]
pub struct Ext {
    more: Option<Box<More>>,
    /// Bit 0: the struct was read from a payload. Bit N: marker `Ver_N` was read.
    seen: u64,
}

#[derive(Clone, Default, PartialEq)]
struct More {
    attributes: Attributes,
    unknown: Vec<Unknown>,
}

#[derive(Clone, PartialEq)]
struct Unknown {
    raw: Raw,
    /// Number of the last marker before it, 0 if none.
    after: u8,
}

impl Ext {
    /// The elements that the type does not know, and second occurrences of elements that stand once.
    pub fn unknown(&self) -> impl Iterator<Item = &Raw> {
        self.more
            .iter()
            .flat_map(|more| more.unknown.iter().map(|unknown| &unknown.raw))
    }

    /// The attributes of the element.
    pub fn attributes(&self) -> Option<&Attributes> {
        self.more.as_ref().map(|more| &more.attributes)
    }

    /// The attributes of the element, to change them.
    pub fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.more.get_or_insert_default().attributes
    }

    /// The value of the attribute without namespace of that name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes()?.value(name)
    }

    /// Whether `xsi:nil` is true.
    pub fn is_nil(&self) -> bool {
        self.attributes().is_some_and(Attributes::is_nil)
    }

    /// Whether `JHANull` is `true`.
    pub fn is_null(&self) -> bool {
        self.attributes().is_some_and(Attributes::is_null)
    }

    /// Adds an element behind those that the type knows, for example one of a newer contract.
    pub fn push(&mut self, element: Raw) {
        self.keep(element, 0);
    }

    /// Whether there is nothing beyond the fields.
    pub fn is_empty(&self) -> bool {
        self.more
            .as_ref()
            .is_none_or(|more| more.attributes.is_empty() && more.unknown.is_empty())
    }

    /// Forgets the unknown elements, for example before an answer becomes a request.
    pub fn clear_unknown(&mut self) {
        if let Some(more) = &mut self.more {
            more.unknown.clear();
        }
    }

    pub(crate) fn keep(&mut self, raw: Raw, after: u8) {
        self.more
            .get_or_insert_default()
            .unknown
            .push(Unknown { raw, after });
    }

    pub(crate) fn tail(&self) -> impl Iterator<Item = (&Raw, u8)> {
        self.more
            .iter()
            .flat_map(|more| more.unknown.iter().map(|u| (&u.raw, u.after)))
    }

    pub(crate) fn mark_read(&mut self) {
        self.seen |= 1;
    }

    pub(crate) fn was_read(&self) -> bool {
        self.seen & 1 != 0
    }

    /// Notes markers that were read, as bits 1 to 63.
    pub(crate) fn mark(&mut self, markers: u64) {
        self.seen |= markers;
    }

    /// The markers that were read, as bits 1 to 63.
    pub(crate) fn markers(&self) -> u64 {
        self.seen & !1
    }
}

impl PartialEq for Ext {
    fn eq(&self, other: &Self) -> bool {
        match (&self.more, &other.more) {
            (Some(a), Some(b)) => {
                a.attributes == b.attributes && self.unknown().eq(other.unknown())
            }
            _ => self.is_empty() && other.is_empty(),
        }
    }
}

impl fmt::Debug for Ext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attributes = self.attributes().map_or(0, Attributes::len);
        write!(
            f,
            "Ext({} elements, {attributes} attributes)",
            self.unknown().count()
        )
    }
}
