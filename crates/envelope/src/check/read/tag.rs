//! Reads start tags.

use smallvec::SmallVec;

use super::Reader;
use crate::error::{Flaw, Refusal};
use crate::scan::{Attribute, Ns, QName, Span, chars, quoted_end, truncated};

impl Reader {
    #[inline]
    pub(super) fn start_tag(&mut self, buffer: &[u8], at: usize) -> Result<usize, Refusal> {
        if self.stack.depth() == 0 && self.root_seen {
            return Err(Refusal::malformed(at, Flaw::SecondRoot));
        }
        if self.stack.depth() >= self.limits.depth {
            return Err(Refusal::TooDeep {
                offset: at,
                limit: self.limits.depth,
            });
        }
        // Most tags are a name in ASCII without prefix and attributes.
        let end = chars::plain_name_end(buffer, at + 1);
        let (length, empty) = match buffer.get(end..).unwrap_or_default() {
            [b'>', ..] => (1, false),
            [b'/', b'>', ..] => (2, true),
            _ => return self.bounded(buffer, at, Self::full_tag),
        };
        let plain =
            chars::is_name_start(buffer[at + 1]) && end + length - at <= self.limits.header_bytes;
        if !plain {
            return self.bounded(buffer, at, Self::full_tag);
        }
        let name = &buffer[at + 1..end];
        self.stack.push(name);
        self.found(buffer, at, None, name, empty);
        Ok(end + length)
    }

    /// A tag with all that there may be in it; nothing is changed unless it is complete and sound.
    fn full_tag(&mut self, buffer: &[u8], at: usize) -> Result<usize, Refusal> {
        let name = self.name(buffer, at + 1)?;
        let (end, empty) = self.read_attributes(buffer, name.end)?;
        self.stack.push(name.whole().of(buffer));
        self.declare(buffer)?;
        let unbound = Refusal::malformed(name.start, Flaw::UnboundPrefix);
        let ns = self
            .stack
            .resolve(name.prefix().of(buffer))
            .ok_or(unbound)?;
        self.check_attributes(buffer)?;
        self.found(buffer, at, Some(ns), name.local().of(buffer), empty);
        Ok(end)
    }

    fn name(&self, buffer: &[u8], at: usize) -> Result<QName, Refusal> {
        let name = QName::read(buffer, at)?;
        if self.is_name(name.whole().of(buffer)) {
            Ok(name)
        } else {
            Err(Refusal::malformed(at, Flaw::Name))
        }
    }

    /// Reads up to behind `>` or `/>`.
    fn read_attributes(&mut self, buffer: &[u8], from: usize) -> Result<(usize, bool), Refusal> {
        self.attributes.clear();
        let mut at = from;
        loop {
            let next = chars::space_end(buffer, at);
            match buffer.get(next..).unwrap_or_default() {
                [] | [b'/'] => return Err(truncated(buffer)),
                [b'>', ..] => return Ok((next + 1, false)),
                [b'/', b'>', ..] => return Ok((next + 2, true)),
                [b'/', ..] => return Err(Refusal::malformed(next, Flaw::Tag)),
                _ if next == at => return Err(Refusal::malformed(at, Flaw::Tag)),
                _ => at = self.read_attribute(buffer, next)?,
            }
        }
    }

    fn read_attribute(&mut self, buffer: &[u8], from: usize) -> Result<usize, Refusal> {
        if self.attributes.len() >= self.limits.attributes {
            return Err(Refusal::TooManyAttributes {
                offset: from,
                limit: self.limits.attributes,
            });
        }
        let name = self.name(buffer, from)?;
        let flaw = |at| Refusal::malformed(at, Flaw::Attribute);
        let equals = chars::space_end(buffer, name.end);
        match buffer.get(equals) {
            Some(b'=') => {}
            Some(_) => return Err(flaw(equals)),
            None => return Err(truncated(buffer)),
        }
        let open = chars::space_end(buffer, equals + 1);
        let quote = match buffer.get(open) {
            Some(&quote @ (b'"' | b'\'')) => quote,
            Some(_) => return Err(flaw(open)),
            None => return Err(truncated(buffer)),
        };
        let end = quoted_end(buffer, open + 1, quote)?;
        let value = Span {
            start: open + 1,
            end,
        };
        self.attributes.push(Attribute { name, value });
        Ok(end + 1)
    }

    /// Takes up the namespace declarations among the attributes.
    fn declare(&mut self, buffer: &[u8]) -> Result<(), Refusal> {
        for attribute in &self.attributes {
            let name = attribute.name;
            let (prefix, local) = (name.prefix(), name.local());
            let declared = match (prefix.of(buffer), local.of(buffer)) {
                (b"xmlns", _) => local,
                (b"", b"xmlns") => prefix,
                _ => continue,
            };
            if self.stack.namespaces() >= self.limits.namespaces {
                return Err(Refusal::TooManyNamespaces {
                    offset: name.start,
                    limit: self.limits.namespaces,
                });
            }
            self.stack
                .declare(declared.of(buffer), attribute.value.of(buffer))
                .map_err(|refusal| refusal.mapped(|_| declared.start))?;
        }
        Ok(())
    }

    /// Prefixes bound, no name twice (Namespaces in XML 1.0, section 6.3). Quadratic, but in a number that the limit bounds.
    fn check_attributes(&self, buffer: &[u8]) -> Result<(), Refusal> {
        let mut expanded: SmallVec<[(Ns, &[u8]); 8]> = SmallVec::new();
        for (at, attribute) in self.attributes.iter().enumerate() {
            let start = attribute.name.start;
            let twice = Refusal::malformed(start, Flaw::DuplicateAttribute);
            let name = attribute.name.whole().of(buffer);
            let mut earlier = self.attributes[..at].iter();
            if earlier.any(|earlier| earlier.name.whole().of(buffer) == name) {
                return Err(twice);
            }
            let prefix = attribute.name.prefix().of(buffer);
            if matches!(prefix, b"" | b"xmlns") {
                continue;
            }
            let unbound = Refusal::malformed(start, Flaw::UnboundPrefix);
            let ns = self.stack.resolve(prefix).ok_or(unbound)?;
            let local = attribute.name.local().of(buffer);
            let same = |&(other, name): &(Ns, &[u8])| name == local && self.stack.same(ns, other);
            if expanded.iter().any(same) {
                return Err(twice);
            }
            expanded.push((ns, local));
        }
        Ok(())
    }
}
