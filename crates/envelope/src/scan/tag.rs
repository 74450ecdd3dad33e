//! Reads start tags: name, attributes, namespace declarations.

use smallvec::SmallVec;

use super::{Ns, Open, Scanner, Span, chars};
use crate::error::{Flaw, Refusal};

/// A start tag or an empty-element tag.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tag {
    /// From `<` to behind `>`.
    pub(crate) span: Span,
    pub(crate) ns: Ns,
    pub(crate) local: Span,
    /// `<…/>`: no end tag follows.
    pub(crate) empty: bool,
}

/// An attribute as written; namespace declarations are among them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute {
    pub(crate) name: QName,
    pub(crate) value: Span,
}

/// A name as written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QName {
    pub(crate) start: usize,
    /// Behind the colon, if there is one.
    local: usize,
    pub(crate) end: usize,
}

impl QName {
    /// The name that begins at `start`.
    ///
    /// # Errors
    /// [`Flaw::Name`]; [`Refusal::Truncated`] if the name may go on behind the end of the input.
    #[inline]
    pub(crate) fn read(input: &[u8], start: usize) -> Result<Self, Refusal> {
        let begins = |at| {
            input
                .get(at)
                .is_some_and(|&byte| chars::is_name_start(byte))
        };
        let colon = chars::part_end(input, start);
        let (local, end) = match input.get(colon) {
            Some(b':') => (colon + 1, chars::part_end(input, colon + 1)),
            _ => (start, colon),
        };
        match input.get(end) {
            Some(&after) if after != b':' && begins(start) && begins(local) => {
                Ok(Self { start, local, end })
            }
            Some(_) => Err(Refusal::malformed(start, Flaw::Name)),
            None if begins(start) || start >= input.len() => Err(truncated(input)),
            None => Err(Refusal::malformed(start, Flaw::Name)),
        }
    }

    pub(crate) fn whole(self) -> Span {
        Span {
            start: self.start,
            end: self.end,
        }
    }

    /// Empty where there is none.
    pub(crate) fn prefix(self) -> Span {
        Span {
            start: self.start,
            end: self.start.max(self.local.saturating_sub(1)),
        }
    }

    pub(crate) fn local(self) -> Span {
        Span {
            start: self.local,
            end: self.end,
        }
    }
}

impl Scanner<'_> {
    /// The attributes of the tag that was read last, namespace declarations among them.
    pub(crate) fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The raw value of the attribute of that name on the tag that was read last.
    pub(crate) fn attribute(&self, ns: Ns, local: &[u8]) -> Option<Span> {
        self.attributes
            .iter()
            .find(|attribute| {
                self.bytes(attribute.name.local()) == local && self.attribute_ns(attribute) == ns
            })
            .map(|attribute| attribute.value)
    }

    /// The namespace of an attribute: none unless it has a prefix.
    pub(crate) fn attribute_ns(&self, attribute: &Attribute) -> Ns {
        let prefix = self.bytes(attribute.name.prefix());
        if prefix.is_empty() {
            return Ns::None;
        }
        self.bindings
            .resolve(self.input, prefix)
            .unwrap_or(Ns::None)
    }

    /// A tag with all that there may be in it.
    #[inline(never)]
    pub(super) fn full_tag(&mut self) -> Result<Tag, Refusal> {
        let start = self.at;
        if self.open.is_empty() && self.root_seen {
            return Err(Refusal::malformed(start, Flaw::SecondRoot));
        }
        if self.open.len() >= self.limits.depth {
            return Err(Refusal::TooDeep {
                offset: start,
                limit: self.limits.depth,
            });
        }
        let outer = self.bindings.len();
        let name = self.qname(start + 1)?;
        let (end, empty) = self.read_attributes(name.end)?;
        let ns = self
            .bindings
            .resolve(self.input, self.bytes(name.prefix()))
            .ok_or_else(|| Refusal::malformed(name.start, Flaw::UnboundPrefix))?;
        // One declaration alone is no name twice, and its prefix needs none.
        if self.attributes.len() > 1 || self.bindings.len() == outer {
            self.check_attributes()?;
        }
        self.root_seen = true;
        self.at = end;
        if empty {
            self.ended = Some(outer);
        } else {
            self.open.push(Open {
                name: name.whole(),
                bindings: outer,
            });
        }
        Ok(Tag {
            span: Span { start, end },
            ns,
            local: name.local(),
            empty,
        })
    }

    /// Reads up to behind `>` or `/>`.
    fn read_attributes(&mut self, from: usize) -> Result<(usize, bool), Refusal> {
        self.attributes.clear();
        let mut at = from;
        loop {
            let next = chars::space_end(self.input, at);
            match self.input.get(next) {
                Some(b'>') => return Ok((next + 1, false)),
                Some(b'/') => {
                    return match self.input.get(next + 1) {
                        Some(b'>') => Ok((next + 2, true)),
                        Some(_) => Err(Refusal::malformed(next, Flaw::Tag)),
                        None => Err(self.truncated()),
                    };
                }
                Some(_) if next == at => return Err(Refusal::malformed(at, Flaw::Tag)),
                Some(_) => at = self.read_attribute(next)?,
                None => return Err(self.truncated()),
            }
        }
    }

    fn read_attribute(&mut self, from: usize) -> Result<usize, Refusal> {
        if self.attributes.len() >= self.limits.attributes {
            return Err(Refusal::TooManyAttributes {
                offset: from,
                limit: self.limits.attributes,
            });
        }
        let name = self.qname(from)?;
        let equals = chars::space_end(self.input, name.end);
        self.expect(equals, |byte| byte == b'=')?;
        let open = chars::space_end(self.input, equals + 1);
        let quote = self.expect(open, |byte| matches!(byte, b'"' | b'\''))?;
        let end = quoted_end(self.input, open + 1, quote)?;
        let value = Span {
            start: open + 1,
            end,
        };
        let prefix = match self.bytes(name.whole()).strip_prefix(b"xmlns") {
            Some([]) => Some(name.prefix()),
            Some([b':', ..]) => Some(name.local()),
            _ => None,
        };
        if let Some(prefix) = prefix {
            if self.bindings.len() >= self.limits.namespaces {
                return Err(Refusal::TooManyNamespaces {
                    offset: from,
                    limit: self.limits.namespaces,
                });
            }
            self.bindings.declare(self.input, prefix, value)?;
        }
        self.attributes.push(Attribute { name, value });
        Ok(end + 1)
    }

    fn expect(&self, at: usize, wanted: impl Fn(u8) -> bool) -> Result<u8, Refusal> {
        match self.input.get(at) {
            Some(&byte) if wanted(byte) => Ok(byte),
            Some(_) => Err(Refusal::malformed(at, Flaw::Attribute)),
            None => Err(self.truncated()),
        }
    }

    fn qname(&self, start: usize) -> Result<QName, Refusal> {
        QName::read(self.input, start)
    }

    /// Prefixes bound, no name twice. Quadratic, but in a number that the limit bounds.
    fn check_attributes(&self) -> Result<(), Refusal> {
        let mut prefixed = 0;
        for (at, attribute) in self.attributes.iter().enumerate() {
            let name = self.bytes(attribute.name.whole());
            let mut earlier = self.attributes[..at].iter();
            if earlier.any(|earlier| self.bytes(earlier.name.whole()) == name) {
                return Err(duplicate(attribute));
            }
            prefixed += usize::from(self.prefixed_ns(attribute)?.is_some());
        }
        if prefixed > 1 {
            self.check_expanded_names()?;
        }
        Ok(())
    }

    /// No local name twice in one namespace under two prefixes (Namespaces in XML 1.0, section 6.3).
    fn check_expanded_names(&self) -> Result<(), Refusal> {
        // Looked up once: with all prefixes in scope on each of many elements it would add up.
        let mut seen: SmallVec<[(Ns, &[u8]); 16]> = SmallVec::new();
        for attribute in &self.attributes {
            let Some(ns) = self.prefixed_ns(attribute)? else {
                continue;
            };
            let local = self.bytes(attribute.name.local());
            let same = |&(other, name): &(Ns, &[u8])| name == local && ns.same(other, self.input);
            if seen.iter().any(same) {
                return Err(duplicate(attribute));
            }
            seen.push((ns, local));
        }
        Ok(())
    }

    /// What the prefix of an attribute is bound to; none without prefix and for declarations.
    fn prefixed_ns(&self, attribute: &Attribute) -> Result<Option<Ns>, Refusal> {
        match attribute.name.prefix().of(self.input) {
            b"" | b"xmlns" => Ok(None),
            prefix => match self.bindings.resolve(self.input, prefix) {
                Some(ns) => Ok(Some(ns)),
                None => Err(Refusal::malformed(
                    attribute.name.start,
                    Flaw::UnboundPrefix,
                )),
            },
        }
    }
}

fn duplicate(attribute: &Attribute) -> Refusal {
    Refusal::malformed(attribute.name.start, Flaw::DuplicateAttribute)
}

/// The closing quote of the attribute value that begins at `from`.
///
/// # Errors
/// What a value cannot hold; [`Refusal::Truncated`] without a closing quote.
pub(crate) fn quoted_end(input: &[u8], from: usize, quote: u8) -> Result<usize, Refusal> {
    let mut at = from;
    loop {
        at = chars::value_end(input, at);
        match input.get(at) {
            Some(&byte) if byte == quote => return Ok(at),
            Some(b'"' | b'\'') => at += 1,
            Some(b'&') => at = chars::reference(input, at)?.1,
            Some(b'<') => return Err(Refusal::malformed(at, Flaw::LessThan)),
            Some(_) => return Err(Refusal::malformed(at, Flaw::Character)),
            None => return Err(truncated(input)),
        }
    }
}

pub(crate) fn truncated(input: &[u8]) -> Refusal {
    Refusal::Truncated {
        offset: input.len(),
    }
}
