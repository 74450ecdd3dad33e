//! Reads elements with a simple value.

use std::borrow::Cow;

use super::cursor::Reader;
use super::tag::Tag;
use super::tokens::Token;
use crate::error::WarningKind;
use crate::{DecodeError, InvalidValue, Leaf};

impl<'i> Reader<'i> {
    /// Reads the element that waits, with a simple value; tells whether one waited.
    pub fn leaf(&mut self, leaf: &mut dyn Leaf) -> bool {
        if let Some(tag) = &self.tag
            && tag.is_bare()
            && let Some(text) = self.tokens.plain_content(tag)
        {
            self.plain_leaf(leaf, text);
            return true;
        }
        self.any_leaf(leaf)
    }

    /// The same for a tag and a content of any form.
    #[inline(never)]
    fn any_leaf(&mut self, leaf: &mut dyn Leaf) -> bool {
        let Some(tag) = self.start() else {
            return false;
        };
        let read = self.value(&tag, leaf);
        self.settle(read);
        true
    }

    /// Takes the text of the element that waits, which was already passed.
    #[inline]
    fn plain_leaf(&mut self, leaf: &mut dyn Leaf, text: &str) {
        self.level.progress = true;
        if text.len() > self.tokens.limits.text {
            return self.odd_leaf(leaf, text.len(), Ok(true));
        }
        match leaf.read(text) {
            Ok(true) => {
                self.tokens.leave_plain();
                match self.tokens.is_inside() {
                    true => self.step(),
                    false => self.halt(),
                }
            }
            odd => self.odd_leaf(leaf, text.len(), odd),
        }
    }

    /// The same for a text that is too long, or was not read as a value.
    #[cold]
    fn odd_leaf(&mut self, leaf: &dyn Leaf, len: usize, value: Result<bool, InvalidValue>) {
        let Some(tag) = self.start() else {
            return;
        };
        let read = self.text_limit(len, tag.start);
        let read = read.and_then(|()| self.odd_value(value, leaf, tag.start));
        self.settle(read);
    }

    fn value(&mut self, tag: &Tag<'i>, leaf: &mut dyn Leaf) -> Result<(), DecodeError> {
        if !tag.is_plain() {
            *leaf.attributes_mut() = self.attributes(tag)?;
        }
        let plain = match tag.empty {
            true => Some(""),
            // It was tried.
            false if tag.is_bare() => None,
            false => self.tokens.plain_content(tag),
        };
        let mut is_open = plain.is_none();
        if is_open {
            self.tokens.go_in(tag);
        }
        let mut text = Cow::Borrowed(plain.unwrap_or_default());
        self.text_limit(text.len(), tag.start)?;
        while is_open {
            match self.next()? {
                Token::Text(more, _) if text.is_empty() => text = more,
                Token::Text(more, _) => join(&mut text, &more),
                Token::Close => is_open = false,
                Token::Open(inner) => {
                    return Err(DecodeError::ElementInValue {
                        path: self.here(),
                        offset: self.offset(inner.start),
                    });
                }
                Token::Eof => return Err(self.unclosed(tag.start)),
            }
            self.text_limit(text.len(), tag.start)?;
        }
        let read = leaf.read(&text);
        self.odd_value(read, leaf, tag.start)
    }

    /// What a value that was read gives, unless all is well.
    fn odd_value(
        &mut self,
        read: Result<bool, InvalidValue>,
        leaf: &dyn Leaf,
        start: usize,
    ) -> Result<(), DecodeError> {
        match read {
            Ok(true) => {}
            // An empty number with JHANull or xsi:nil says what it means; without, it is an empty box on a form.
            Ok(false) if leaf.attributes().is_nil() || leaf.attributes().is_null() => {}
            Ok(false) => self.warn(WarningKind::EmptyValue, "", start),
            Err(invalid) => {
                let offset = self.offset(start);
                return Err(DecodeError::Value {
                    path: self.here(),
                    offset,
                    kind: invalid.kind,
                });
            }
        }
        Ok(())
    }
}

/// Puts a piece behind a text.
fn join(text: &mut Cow<'_, str>, more: &str) {
    if let Cow::Borrowed(first) = *text {
        // A reference has a piece before it and one behind it.
        let mut joined = String::with_capacity(2 * (first.len() + more.len()));
        joined.push_str(first);
        *text = Cow::Owned(joined);
    }
    text.to_mut().push_str(more);
}
