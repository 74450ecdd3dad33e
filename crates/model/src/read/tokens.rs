//! The payload as tags and texts, with byte offsets, checked against XML 1.0.

mod attributes;

use std::borrow::Cow;

use quick_xml::escape::resolve_xml_entity;

use super::namespaces::{Namespace, Namespaces};
use super::scan::{Event, Scanner};
use super::tag::Tag;
use crate::{DecodeError, Limits, Scope};

const NAMESPACE_BYTES: &str = "bytes of a namespace name";

pub(super) struct Tokens<'i> {
    xml: Scanner<'i>,
    input: &'i str,
    /// Bytes before `input`: the length of a byte order mark, which the tokeniser must not see (it would not
    /// count it).
    base: usize,
    /// Whether there is a carriage return anywhere.
    has_returns: bool,
    /// The same for `]]>`, which ends CDATA sections and may not stand in a text (XML 1.0, section 2.4).
    has_cdata_ends: bool,
    depth: usize,
    /// Elements entered so far.
    elements: usize,
    pub(super) namespaces: Namespaces<'i>,
    pub(super) limits: Limits,
}

pub(super) enum Token<'i> {
    Open(Tag<'i>),
    Close,
    /// Text with references resolved, and where it starts. One text may come in several pieces.
    Text(Cow<'i, str>, usize),
    Eof,
}

impl<'i> Tokens<'i> {
    pub(super) fn new(
        payload: &'i [u8],
        scope: &Scope,
        limits: &Limits,
        ours: &'static str,
    ) -> Result<Self, DecodeError> {
        let input = std::str::from_utf8(payload).map_err(|source| DecodeError::Utf8 {
            offset: source.valid_up_to(),
            source,
        })?;
        if let Some(offset) = forbidden(payload) {
            return Err(DecodeError::Character { offset });
        }
        if scope
            .bindings()
            .any(|(_, namespace)| namespace.len() > limits.namespace)
        {
            return Err(DecodeError::Limit {
                path: String::new(),
                limit: NAMESPACE_BYTES,
                max: limits.namespace,
                offset: 0,
            });
        }
        let base = if input.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        let input = &input[base..];
        Ok(Self {
            xml: Scanner::new(input),
            input,
            base,
            has_returns: memchr::memchr(b'\r', payload).is_some(),
            has_cdata_ends: memchr::memchr(b']', payload)
                .is_some_and(|at| memchr::memmem::find(&payload[at..], b"]]>").is_some()),
            depth: 0,
            elements: 0,
            namespaces: Namespaces::new(scope, ours),
            limits: *limits,
        })
    }

    /// Comments and processing instructions are skipped: they are no data.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Token<'i>, DecodeError> {
        let (event, start) = match self.xml.next() {
            Ok(next) => next,
            Err(flaw) => return Err(self.syntax(flaw.at, flaw.rule)),
        };
        Ok(match event {
            Event::Open(tag) => Token::Open(tag),
            Event::Close => Token::Close,
            Event::Text(text) if self.has_cdata_ends && text.contains("]]>") => {
                return Err(self.syntax(start, "`]]>` in a text"));
            }
            Event::Text(text) | Event::CData(text) => Token::Text(self.normalise(text), start),
            Event::Reference(reference) => Token::Text(self.resolve(reference, start)?, start),
            Event::DocType => {
                return Err(DecodeError::Dtd {
                    offset: self.offset(start),
                });
            }
            Event::Eof => Token::Eof,
        })
    }

    /// Goes into the element that comes next, if its start tag is the usual one and no limit stands against it.
    #[inline(always)]
    pub(super) fn enter_plain(&mut self) -> Option<Tag<'i>> {
        if self.elements >= self.limits.elements || self.depth >= self.limits.depth {
            return None;
        }
        let tag = self.xml.plain_start()?;
        self.depth += 1;
        self.elements += 1;
        Some(tag)
    }

    /// Goes behind the end tag that comes next, if it is the usual one.
    #[inline]
    pub(super) fn plain_end(&mut self) -> bool {
        self.xml.plain_end()
    }

    /// Goes to the content of the element just entered.
    #[inline]
    pub(super) fn go_in(&mut self, tag: &Tag<'i>) {
        self.xml.go_in(tag);
    }

    /// The content of the element just entered, if it is nothing but text as it is read. Goes behind its end tag.
    #[inline(always)]
    pub(super) fn plain_content(&mut self, tag: &Tag<'i>) -> Option<&'i str> {
        let (text, behind) = self.xml.plain_content(tag)?;
        let is_odd = self.has_cdata_ends || self.has_returns && text.contains('\r');
        if is_odd {
            return None;
        }
        self.xml.go_to(behind);
        Some(text)
    }

    /// Line ends as XML 1.0 (section 2.11) wants them read.
    #[inline(always)]
    fn normalise(&self, text: &'i str) -> Cow<'i, str> {
        match self.has_returns {
            true => without_returns(text),
            false => Cow::Borrowed(text),
        }
    }

    fn resolve(&self, reference: &str, at: usize) -> Result<Cow<'i, str>, DecodeError> {
        if let Some(text) = resolve_xml_entity(reference) {
            return Ok(Cow::Borrowed(text));
        }
        match reference.strip_prefix('#') {
            Some(number) => match character(number) {
                Some(c) => Ok(Cow::Owned(c.into())),
                None => Err(DecodeError::Character {
                    offset: self.offset(at),
                }),
            },
            None => Err(DecodeError::Entity {
                path: String::new(),
                offset: self.offset(at),
            }),
        }
    }

    /// Goes into an element: its declarations are in scope until [`leave`](Self::leave).
    #[inline]
    pub(super) fn enter(&mut self, tag: &Tag<'i>) -> Result<(), DecodeError> {
        self.depth += 1;
        self.elements += 1;
        if self.elements > self.limits.elements || self.depth > self.limits.depth {
            self.limit("elements", self.limits.elements, self.elements, tag.start)?;
            self.limit(
                "elements inside each other",
                self.limits.depth,
                self.depth,
                tag.start,
            )?;
        }
        match tag.is_plain() {
            true => Ok(()),
            false => self.declarations(tag),
        }
    }

    #[inline]
    pub(super) fn leave(&mut self) {
        self.namespaces.leave(self.depth);
        self.depth -= 1;
    }

    /// The same for an element whose tag declares nothing.
    #[inline]
    pub(super) fn leave_plain(&mut self) {
        self.depth -= 1;
    }

    /// Whether an element is entered that was not left.
    #[inline]
    pub(super) fn is_inside(&self) -> bool {
        self.depth > 0
    }

    /// The name of an entered element: local name in the namespace of the message, else `{namespace}local`.
    #[inline]
    pub(super) fn name(&self, tag: &Tag<'i>) -> Result<Cow<'i, str>, DecodeError> {
        let local = tag.local();
        match self.namespaces.resolve(tag.prefix()) {
            Some(Namespace::Ours) => Ok(Cow::Borrowed(local)),
            Some(Namespace::Other(namespace)) => Ok(Cow::Owned(format!("{{{namespace}}}{local}"))),
            None => Err(self.unbound(tag)),
        }
    }

    /// The source from a place to where reading stands.
    pub(super) fn since(&self, start: usize) -> &'i str {
        &self.input[start..self.position()]
    }

    /// A place in the input as an offset in the payload.
    pub(super) fn offset(&self, at: usize) -> usize {
        self.base + at
    }

    pub(super) fn position(&self) -> usize {
        self.xml.position()
    }

    fn unbound(&self, tag: &Tag<'i>) -> DecodeError {
        DecodeError::Prefix {
            path: String::new(),
            offset: self.offset(tag.start),
        }
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
                path: String::new(),
                limit,
                max,
                offset: self.offset(at),
            }),
            false => Ok(()),
        }
    }

    fn syntax(&self, at: usize, rule: &'static str) -> DecodeError {
        DecodeError::Syntax {
            path: String::new(),
            offset: self.offset(at),
            rule,
        }
    }
}

/// The character of `&#…;` if XML 1.0 allows it.
fn character(number: &str) -> Option<char> {
    let code = match number.strip_prefix('x') {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
            u32::from_str_radix(hex, 16).ok()?
        }
        None if number.bytes().all(|b| b.is_ascii_digit()) => number.parse().ok()?,
        _ => return None,
    };
    char::from_u32(code).filter(|c| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'))
}

#[cold]
fn without_returns(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
        false => Cow::Borrowed(text),
    }
}

/// Where the first character stands that XML 1.0 (section 2.2) forbids.
fn forbidden(bytes: &[u8]) -> Option<usize> {
    let is_odd = |b: u8| (b < 0x20 && b != b'\t' && b != b'\n' && b != b'\r') || b == 0xEF;
    for (chunk, part) in bytes.chunks(1024).enumerate() {
        // Without an early exit the compiler makes vector loops of these; the first does for what has no line ends.
        let has_controls = part.iter().fold(u8::MAX, |least, &b| least.min(b)) < 0x20;
        if !has_controls && memchr::memchr(0xEF, part).is_none()
            || !part.iter().fold(false, |odd, &b| odd | is_odd(b))
        {
            continue;
        }
        for at in (chunk * 1024..).take(part.len()) {
            let is_fffe = matches!(bytes[at..], [0xEF, 0xBF, 0xBE | 0xBF, ..]);
            if is_fffe || bytes[at] < 0x20 && is_odd(bytes[at]) {
                return Some(at);
            }
        }
    }
    None
}
