//! Goes from one element to the next, or takes one verbatim.

use std::borrow::Cow;

use super::cursor::{Reader, marker};
use super::tag::Tag;
use super::tokens::Token;
use crate::error::{self, Warning, WarningKind};
use crate::{Attributes, DecodeError, Raw};

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
        match self.tokens.is_inside() {
            true => self.advance(),
            // It was the root element.
            false => self.halt(),
        }
    }

    /// Goes to the next element of the struct, or to its end.
    pub(super) fn advance(&mut self) {
        self.step();
    }

    /// The same, in the place where most of the time goes: the usual start tag, and no call that comes back.
    #[inline(always)]
    pub(super) fn step(&mut self) {
        match self.tokens.enter_plain() {
            Some(tag) => {
                let is_ours = self.tokens.namespaces.is_known(tag.prefix());
                (self.tag, self.local) = (Some(tag), tag.local());
                if !is_ours || self.foreign.is_some() {
                    self.wait();
                }
            }
            None => self.end_or_seek(),
        }
    }

    /// The same where no usual start tag comes.
    #[inline(never)]
    fn end_or_seek(&mut self) {
        match self.tokens.plain_end() {
            true => self.halt(),
            false => self.seek(),
        }
    }

    /// Finds the name under which the element waits that was just entered.
    #[inline(never)]
    fn wait(&mut self) {
        let Some(tag) = self.tag else {
            return;
        };
        (self.local, self.foreign) = (tag.local(), None);
        if self.tokens.namespaces.is_ours(tag.prefix()) {
            return;
        }
        match self.name(&tag) {
            Ok(Cow::Borrowed(_)) => {}
            Ok(Cow::Owned(name)) => (self.local, self.foreign) = ("", Some(name)),
            Err(error) => self.fail(error),
        }
    }

    /// The same as [`advance`](Self::advance) for whatever comes.
    #[inline(never)]
    fn seek(&mut self) {
        match self.sought() {
            Ok(Some(tag)) => {
                self.tag = Some(tag);
                self.wait();
            }
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
                    self.text_limit(text.len(), at)?;
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
                    self.text_limit(text.len(), at)?;
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

    /// Refuses a text, so many bytes long, that is too long.
    pub(super) fn text_limit(&self, len: usize, at: usize) -> Result<(), DecodeError> {
        self.limit("bytes of text", self.tokens.limits.text, len, at)
    }

    pub(super) fn next(&mut self) -> Result<Token<'i>, DecodeError> {
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

    pub(super) fn limit(
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

    pub(super) fn unclosed(&self, start: usize) -> DecodeError {
        self.syntax(start, "an element is not closed")
    }

    pub(super) fn warn(&mut self, kind: WarningKind, name: &str, at: usize) {
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
