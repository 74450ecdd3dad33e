//! Finds signatures that reach across a cut.

use std::borrow::Cow;
use std::collections::BTreeSet;

use smallvec::SmallVec;

use crate::scan::chars::unescape;
use crate::scan::{Ns, Scanner, Span, Tag};

/// The identifiers inside what goes, and every `ds:Reference` of Header.
#[derive(Debug, Default)]
pub(super) struct Edges {
    ids: SmallVec<[Span; 8]>,
    references: Vec<Reference>,
}

#[derive(Debug)]
struct Reference {
    offset: usize,
    uri: Option<Span>,
    /// Whether it stands in what goes.
    cut: bool,
}

impl Edges {
    pub(super) fn element(&mut self, scanner: &Scanner<'_>, tag: Tag, cut: bool) {
        if tag.ns == Ns::Dsig && scanner.bytes(tag.local) == b"Reference" {
            self.references.push(Reference {
                offset: tag.span.start,
                uri: scanner.attribute(Ns::None, b"URI"),
                cut,
            });
        }
        if !cut {
            return;
        }
        for attribute in scanner.attributes() {
            let is_id = match scanner.bytes(attribute.name.local()) {
                b"Id" => matches!(scanner.attribute_ns(attribute), Ns::None | Ns::Wsu),
                b"ID" | b"AssertionID" => scanner.attribute_ns(attribute) == Ns::None,
                b"id" => scanner.attribute_ns(attribute) == Ns::Xml,
                _ => false,
            };
            if is_id {
                self.ids.push(attribute.value);
            }
        }
    }

    /// The first reference whose one end goes while the other stays, as far as can be told.
    ///
    /// A reference that goes must name an identifier that goes with it. One that stays must not name
    /// such an identifier, nor the whole document; what is outside of the document it may name.
    pub(super) fn crossing(&self, scanner: &Scanner<'_>) -> Option<usize> {
        if self.references.is_empty() {
            return None;
        }
        let ids: BTreeSet<Cow<'_, [u8]>> = self
            .ids
            .iter()
            .map(|&id| unescape(scanner.bytes(id)))
            .collect();
        let crosses = |reference: &&Reference| {
            let uri = reference.uri.map(|uri| unescape(scanner.bytes(uri)));
            match uri.as_deref() {
                Some([b'#', name @ ..]) if !name.is_empty() && !name.starts_with(b"xpointer(") => {
                    ids.contains(name) != reference.cut
                }
                Some([first, ..]) if *first != b'#' => reference.cut,
                _ => true,
            }
        };
        self.references
            .iter()
            .find(crosses)
            .map(|reference| reference.offset)
    }
}
