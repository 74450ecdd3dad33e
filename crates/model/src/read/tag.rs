//! A start tag as it stands in the payload.

use quick_xml::events::attributes;

/// A start tag, or an empty element.
pub(super) struct Tag<'i> {
    /// All between `<` and `>` (or `/>`).
    content: &'i str,
    /// Length of the name, prefix included.
    name_len: usize,
    /// Where the local name starts: behind the colon, if there is one.
    local_at: usize,
    /// Whether it is `<name/>`: no content and no end tag come.
    pub(super) empty: bool,
    /// Where `<` stands.
    pub(super) start: usize,
}

impl<'i> Tag<'i> {
    pub(super) fn new(
        content: &'i str,
        name_len: usize,
        local_at: usize,
        empty: bool,
        start: usize,
    ) -> Self {
        Self {
            content,
            name_len,
            local_at,
            empty,
            start,
        }
    }

    /// The name, prefix included.
    #[inline]
    pub(super) fn name(&self) -> &'i str {
        &self.content[..self.name_len]
    }

    /// The prefix, empty if there is none.
    #[inline]
    pub(super) fn prefix(&self) -> &'i str {
        &self.content[..self.local_at.saturating_sub(1)]
    }

    #[inline]
    pub(super) fn local(&self) -> &'i str {
        &self.content[self.local_at..self.name_len]
    }

    /// Whether it has neither attributes nor declarations.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.name_len == self.content.len() || self.content[self.name_len..].trim_ascii().is_empty()
    }

    /// Whether it is `<name>`: no attributes, no white space, no slash.
    #[inline]
    pub(super) fn is_bare(&self) -> bool {
        self.name_len == self.content.len() && !self.empty
    }

    /// Name and value of the only attribute, if it is of the usual form: no prefix, no declaration, and nothing in
    /// the value that means something else.
    pub(super) fn only_attribute(&self) -> Option<(&'i str, &'i str)> {
        let part = self.content.get(self.name_len..)?.strip_prefix(' ')?;
        let (name, value) = part.split_once("=\"")?;
        let value = value.strip_suffix('"')?;
        let is_name = name.bytes().all(|b| b.is_ascii_alphabetic()) && !name.is_empty();
        let is_plain = value
            .bytes()
            .all(|b| b >= b' ' && !matches!(b, b'"' | b'<' | b'&'));
        (is_name && is_plain && name != "xmlns").then_some((name, value))
    }

    /// Whether white space stands before a part of the tag. The tokeniser does not ask for it.
    pub(super) fn has_space_before(&self, part: &'i str) -> bool {
        let at = part
            .as_ptr()
            .addr()
            .wrapping_sub(self.content.as_ptr().addr());
        let before = self.content.as_bytes().get(at.wrapping_sub(1));
        before.is_some_and(u8::is_ascii_whitespace)
    }

    pub(super) fn raw_attributes(&self) -> attributes::Attributes<'i> {
        attributes::Attributes::new(self.content, self.name_len)
    }
}
