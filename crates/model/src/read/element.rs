//! Reads one element after the other: structs, values, and what is kept verbatim.

use std::borrow::Cow;

use super::cursor::{Reader, marker};
use super::tag::Tag;
use super::tokens::Token;
use crate::error::{self, Warning, WarningKind};
use crate::{Attributes, DecodeError, InvalidValue, Leaf, Raw};

/// An element that was taken verbatim.
pub(super) struct Captured {
    pub(super) raw: Raw,
    /// Whether it has neither attributes, nor elements, nor text.
    is_hollow: bool,
    has_elements: bool,
}

impl<'i> Reader<'i> {
    /// The start tag of the root element.
    pub(super) fn prolog(&mut self) -> Result<Tag<'i>, DecodeError> {
        loop {
            match self.next()? {
                Token::Open(tag) => return Ok(tag),
                Token::Text(text, _) if is_blank(&text) => {}
                Token::Text(_, at) => return Err(self.syntax(at, "text before the root element")),
                Token::Close | Token::Eof => return Err(self.syntax(0, "no root element")),
            }
        }
    }

    /// What may follow the root element.
    pub(super) fn epilog(&mut self) -> Result<(), DecodeError> {
        self.path.clear();
        loop {
            match self.next()? {
                Token::Eof => return Ok(()),
                Token::Text(text, _) if is_blank(&text) => {}
                Token::Text(_, at) | Token::Open(Tag { start: at, .. }) => {
                    return Err(self.syntax(at, "content after the root element"));
                }
                Token::Close => return Err(self.syntax(0, "an end tag without start tag")),
            }
        }
    }

    /// Reads what follows the message; gives what was odd about it.
    pub(super) fn finish(mut self) -> Result<Vec<Warning>, DecodeError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        self.epilog()?;
        Ok(self.warnings)
    }

    /// Ends with the message; gives what was odd about it, and the offset behind it.
    pub(super) fn finish_front(mut self) -> Result<(Vec<Warning>, usize), DecodeError> {
        match self.error.take() {
            Some(error) => Err(error),
            None => Ok((self.warnings, self.tokens.offset(self.tokens.position()))),
        }
    }

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
                self.go_on();
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
        let read = self.limit("bytes of text", self.tokens.limits.text, len, tag.start);
        let read = read.and_then(|()| self.odd_value(value, leaf, tag.start));
        self.settle(read);
    }

    /// Reads the element that waits as it is; tells whether one waited.
    pub fn raw(&mut self, raw: &mut Raw) -> bool {
        let Some(tag) = self.start() else {
            return false;
        };
        let read = self.capture(&tag).map(|captured| *raw = captured.raw);
        self.settle(read);
        true
    }

    /// The `xsi:type` of the element that waits, as `{namespace}local`.
    pub fn xsi_type(&self) -> Option<String> {
        // A flaw in the attributes is told when they are read.
        let attributes = self.attributes(self.tag.as_ref()?).ok()?;
        attributes.xsi_type().map(str::to_owned)
    }

    /// Takes the element that waits.
    #[inline]
    pub(super) fn start(&mut self) -> Option<Tag<'i>> {
        let tag = self.tag?;
        self.tag = None;
        self.level.progress = true;
        self.path.push(tag.local());
        Some(tag)
    }

    /// Leaves the element, if it could be read, and goes on to the next.
    pub(super) fn settle(&mut self, read: Result<(), DecodeError>) {
        match read {
            Ok(()) => self.leave(),
            Err(error) => self.fail(error),
        }
    }

    /// Leaves the element and goes on to the next.
    pub(super) fn leave(&mut self) {
        self.path.pop();
        self.tokens.leave();
        self.go_on();
    }

    /// Goes on behind an element that was left.
    #[inline]
    fn go_on(&mut self) {
        match self.tokens.is_inside() {
            true => self.advance(),
            // It was the root element.
            false => self.halt(),
        }
    }

    /// Goes to the next element of the struct, or to its end.
    pub(super) fn advance(&mut self) {
        if let Some(tag) = self.tokens.enter_plain() {
            match self.tokens.namespaces.is_known(tag.prefix()) {
                true => self.wait_for(tag),
                false => self.wait(tag),
            }
        } else if self.tokens.plain_end() {
            self.halt();
        } else {
            self.seek();
        }
    }

    /// An entered element of the message's namespace waits from here on.
    #[inline]
    fn wait_for(&mut self, tag: Tag<'i>) {
        (self.tag, self.local) = (Some(tag), tag.local());
        self.forget_foreign();
    }

    /// The same for an element of any namespace.
    #[inline(never)]
    fn wait(&mut self, tag: Tag<'i>) {
        if self.tokens.namespaces.is_ours(tag.prefix()) {
            return self.wait_for(tag);
        }
        match self.name(&tag) {
            Ok(Cow::Borrowed(_)) => self.wait_for(tag),
            Ok(Cow::Owned(name)) => {
                (self.tag, self.local, self.foreign) = (Some(tag), "", Some(name));
            }
            Err(error) => self.fail(error),
        }
    }

    /// The same as [`advance`](Self::advance) for whatever comes.
    #[inline(never)]
    fn seek(&mut self) {
        match self.sought() {
            Ok(Some(tag)) => self.wait(tag),
            Ok(None) => self.halt(),
            Err(error) => self.fail(error),
        }
    }

    /// The next element of the struct, entered, if there is one more.
    fn sought(&mut self) -> Result<Option<Tag<'i>>, DecodeError> {
        loop {
            match self.next()? {
                Token::Open(tag) => {
                    self.enter(&tag)?;
                    return Ok(Some(tag));
                }
                Token::Close => return Ok(None),
                Token::Text(text, _) if is_blank(&text) => {}
                Token::Text(text, at) => {
                    self.verbatim_text(&text, at)?;
                    self.warn(WarningKind::StrayText, "", at);
                    let slice = self.tokens.since(at);
                    self.keep(Raw::new(slice, Vec::new()));
                }
                Token::Eof => return Err(self.unclosed(self.level.start)),
            }
        }
    }

    /// Keeps an entered element that no field takes; or it is a version marker.
    pub(super) fn set_aside(&mut self, tag: &Tag<'i>) -> Result<(), DecodeError> {
        let captured = self.capture(tag)?;
        match marker(self.local) {
            Some(n) if captured.is_hollow => self.note_marker(n),
            _ => {
                let kind = match self.level.is_taken {
                    true => WarningKind::RepeatedElement,
                    false => WarningKind::UnknownElement,
                };
                self.warn(kind, tag.local(), tag.start);
                self.keep(captured.raw);
                if !self.level.is_taken && self.foreign.is_none() && captured.has_elements {
                    self.level.stranger.get_or_insert(tag.start);
                }
            }
        }
        self.tokens.leave();
        self.advance();
        Ok(())
    }

    fn keep(&mut self, raw: Raw) {
        self.kept.push((raw, self.level.version));
    }

    fn value(&mut self, tag: &Tag<'i>, leaf: &mut dyn Leaf) -> Result<(), DecodeError> {
        if !tag.is_plain() {
            *leaf.attributes_mut() = self.attributes(tag)?;
        }
        let plain = match tag.empty {
            true => Some(""),
            false => self.tokens.plain_content(tag),
        };
        let mut is_open = plain.is_none();
        if is_open {
            self.tokens.go_in(tag);
        }
        let mut text = Cow::Borrowed(plain.unwrap_or_default());
        self.limit(
            "bytes of text",
            self.tokens.limits.text,
            text.len(),
            tag.start,
        )?;
        while is_open {
            match self.next()? {
                Token::Text(more, _) if text.is_empty() => text = more,
                Token::Text(more, _) => text.to_mut().push_str(&more),
                Token::Close => is_open = false,
                Token::Open(inner) => {
                    return Err(DecodeError::ElementInValue {
                        path: self.here(),
                        offset: self.offset(inner.start),
                    });
                }
                Token::Eof => return Err(self.unclosed(tag.start)),
            }
            self.limit(
                "bytes of text",
                self.tokens.limits.text,
                text.len(),
                tag.start,
            )?;
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

    /// Takes the element verbatim.
    pub(super) fn capture(&mut self, tag: &Tag<'i>) -> Result<Captured, DecodeError> {
        let mut is_hollow = self.attributes(tag)?.is_empty();
        let mut has_elements = false;
        let mut has_bare_names = tag.prefix().is_empty();
        let mut open = usize::from(!tag.empty);
        self.tokens.go_in(tag);
        while open > 0 {
            match self.next()? {
                Token::Open(inner) => {
                    (is_hollow, has_elements) = (false, true);
                    has_bare_names |= inner.prefix().is_empty();
                    self.enter(&inner)?;
                    self.tokens.go_in(&inner);
                    // Slices are written back as they are: only what is well-formed may come in.
                    self.name(&inner)?;
                    self.attributes(&inner)?;
                    if inner.empty {
                        self.tokens.leave();
                    } else {
                        open += 1;
                    }
                }
                Token::Close => {
                    open -= 1;
                    if open > 0 {
                        self.tokens.leave();
                    }
                }
                Token::Text(text, at) => {
                    is_hollow &= is_blank(&text);
                    self.verbatim_text(&text, at)?;
                }
                Token::Eof => return Err(self.unclosed(tag.start)),
            }
        }
        let slice = self.tokens.since(tag.start);
        let scope = self.tokens.namespaces.needed_by(slice, has_bare_names);
        Ok(Captured {
            raw: Raw::new(slice, scope),
            is_hollow,
            has_elements,
        })
    }

    /// Checks a text that is written back as it came.
    fn verbatim_text(&self, text: &str, at: usize) -> Result<(), DecodeError> {
        self.limit("bytes of text", self.tokens.limits.text, text.len(), at)
    }

    fn next(&mut self) -> Result<Token<'i>, DecodeError> {
        self.tokens.next().map_err(|error| self.placed(error))
    }

    pub(super) fn enter(&mut self, tag: &Tag<'i>) -> Result<(), DecodeError> {
        self.tokens.enter(tag).map_err(|error| self.placed(error))
    }

    pub(super) fn name(&self, tag: &Tag<'i>) -> Result<Cow<'i, str>, DecodeError> {
        self.tokens.name(tag).map_err(|error| self.placed(error))
    }

    pub(super) fn attributes(&self, tag: &Tag<'i>) -> Result<Attributes, DecodeError> {
        self.tokens
            .attributes(tag)
            .map_err(|error| self.placed(error))
    }

    fn limit(
        &self,
        limit: &'static str,
        max: usize,
        is: usize,
        at: usize,
    ) -> Result<(), DecodeError> {
        match is > max {
            true => Err(DecodeError::Limit {
                path: self.here(),
                limit,
                max,
                offset: self.offset(at),
            }),
            false => Ok(()),
        }
    }

    fn syntax(&self, at: usize, rule: &'static str) -> DecodeError {
        DecodeError::Syntax {
            path: self.here(),
            offset: self.offset(at),
            rule,
        }
    }

    fn unclosed(&self, start: usize) -> DecodeError {
        self.syntax(start, "an element is not closed")
    }

    fn warn(&mut self, kind: WarningKind, name: &str, at: usize) {
        if self.warnings.len() < self.tokens.limits.warnings {
            let name = error::clip(name, 100);
            let names = self
                .path
                .iter()
                .copied()
                .chain((!name.is_empty()).then_some(&*name));
            let path = error::path(names);
            self.warnings.push(Warning {
                kind,
                path,
                offset: Some(self.offset(at)),
            });
        }
    }

    /// The tokeniser knows no path: adds it.
    fn placed(&self, mut error: DecodeError) -> DecodeError {
        use DecodeError::{Entity, Limit, Prefix, Syntax};
        if let Syntax { path, .. }
        | Entity { path, .. }
        | Prefix { path, .. }
        | Limit { path, .. } = &mut error
        {
            *path = self.here();
        }
        error
    }

    pub(super) fn here(&self) -> String {
        error::path(self.path.iter().copied())
    }

    pub(super) fn offset(&self, at: usize) -> usize {
        self.tokens.offset(at)
    }
}

#[inline]
fn is_blank(text: &str) -> bool {
    text.bytes()
        .all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
}
