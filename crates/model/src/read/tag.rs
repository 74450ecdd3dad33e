//! A start tag as it stands in the payload.

use quick_xml::events::attributes;

/// A start tag, or an empty element.
#[derive(Clone, Copy)]
pub(super) struct Tag<'i> {
    /// The name, prefix included.
    name: &'i str,
    /// Where the local name starts: behind the colon, if there is one.
    local_at: usize,
    /// What stands between the name and `>` (or `/>`).
    rest: &'i str,
    /// Whether it is `<name/>`: no content and no end tag come.
    pub(super) empty: bool,
    /// Where `<` stands.
    pub(super) start: usize,
}

impl<'i> Tag<'i> {
    #[inline]
    pub(super) fn new(
        name: &'i str,
        local_at: usize,
        rest: &'i str,
        empty: bool,
        start: usize,
    ) -> Self {
        Self {
            name,
            local_at,
            rest,
            empty,
            start,
        }
    }

    /// The name, prefix included.
    #[inline]
    pub(super) fn name(&self) -> &'i str {
        self.name
    }

    /// The prefix, empty if there is none.
    #[inline]
    pub(super) fn prefix(&self) -> &'i str {
        match self.local_at.checked_sub(1) {
            Some(len) => &self.name[..len],
            None => "",
        }
    }

    #[inline]
    pub(super) fn local(&self) -> &'i str {
        match self.local_at {
            0 => self.name,
            at => &self.name[at..],
        }
    }

    /// Whether it has neither attributes nor declarations.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.rest.is_empty() || self.rest.trim_ascii().is_empty()
    }

    /// Whether it is `<name>`: no attributes, no white space, no slash.
    #[inline]
    pub(super) fn is_bare(&self) -> bool {
        self.rest.is_empty() && !self.empty
    }

    /// Name and value of the only attribute or declaration, if it is of the usual form: no prefix, and nothing in the
    /// value that means something else.
    pub(super) fn only_attribute(&self) -> Option<(&'i str, &'i str)> {
        let part = self.rest.strip_prefix(' ')?;
        let (name, value) = part.split_at_checked(memchr::memchr(b'=', part.as_bytes())?)?;
        let value = value.strip_prefix("=\"")?.strip_suffix('"')?;
        let is_name = name.bytes().all(|b| b.is_ascii_alphabetic()) && !name.is_empty();
        let is_odd = |b: u8| b < b' ' || matches!(b, b'"' | b'<' | b'&');
        // Without an early exit the compiler makes a vector loop of it.
        let is_plain = !value.bytes().fold(false, |odd, b| odd | is_odd(b));
        (is_name && is_plain).then_some((name, value))
    }

    /// Whether white space stands before a part of the tag. The tokeniser does not ask for it.
    pub(super) fn has_space_before(&self, part: &'i str) -> bool {
        let at = part.as_ptr().addr().wrapping_sub(self.rest.as_ptr().addr());
        let before = self.rest.as_bytes().get(at.wrapping_sub(1));
        before.is_some_and(u8::is_ascii_whitespace)
    }

    pub(super) fn raw_attributes(&self) -> attributes::Attributes<'i> {
        attributes::Attributes::new(self.rest, 0)
    }
}
