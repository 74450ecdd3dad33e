//! Reads tags with their offsets and namespaces out of bytes that are ASCII or a superset of it.
//!
//! It checks all that XML 1.0 and Namespaces in XML 1.0 demand of what it passes, except which
//! characters from 0x80 up may stand in a name. It holds offsets, never slices.

pub(crate) mod chars;
mod namespaces;
mod opening;
mod tag;
mod usual;

use smallvec::SmallVec;

use crate::error::{Flaw, Refusal};
use crate::policy::Limits;
use namespaces::Binding;
pub(crate) use namespaces::{Bindings, Ns};
pub(crate) use tag::{Attribute, QName, Tag, quoted_end, truncated};

/// A byte range that is cheap to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    pub(crate) fn of(self, input: &[u8]) -> &[u8] {
        input.get(self.start..self.end).unwrap_or_default()
    }
}

/// What the scanner came upon; comments and processing instructions it passes by.
#[derive(Debug)]
pub(crate) enum Event {
    /// A start tag or an empty-element tag. Its attributes are at hand until the next event.
    Start(Tag),
    /// An end tag; the span is the tag itself.
    End(Span),
    /// Text up to the next markup, or the inside of a CDATA section, raw.
    Text(Text),
    /// The end of a complete document.
    Eof,
}

/// Character data as it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text {
    pub(crate) span: Span,
    /// Whether it is a CDATA section, in which `&` means itself.
    pub(crate) cdata: bool,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    name: Span,
    /// How many declarations were in scope before this element.
    bindings: usize,
}

/// The elements that are open around another, and what they declare.
pub(crate) struct Outside {
    open: SmallVec<[Open; 2]>,
    bindings: SmallVec<[Binding; 2]>,
}

#[derive(Debug)]
pub(crate) struct Scanner<'i> {
    input: &'i [u8],
    limits: Limits,
    at: usize,
    open: SmallVec<[Open; 16]>,
    bindings: Bindings,
    attributes: SmallVec<[Attribute; 16]>,
    /// An empty-element tag's declarations end with the next event.
    ended: Option<usize>,
    root_seen: bool,
}

impl<'i> Scanner<'i> {
    /// Reads `input` from `at`, which lies behind byte order mark and XML declaration.
    pub(crate) fn new(input: &'i [u8], at: usize, limits: &Limits) -> Self {
        Self {
            input,
            limits: limits.clone(),
            at,
            open: SmallVec::new(),
            bindings: Bindings::default(),
            attributes: SmallVec::new(),
            ended: None,
            root_seen: false,
        }
    }

    /// How many elements are open.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn bindings(&self) -> &Bindings {
        &self.bindings
    }

    /// How many declarations were in scope before the element whose start tag was read last.
    pub(crate) fn outer_bindings(&self) -> usize {
        let open = || self.open.last().map_or(0, |open| open.bindings);
        // An empty element is not among the open ones.
        self.ended.unwrap_or_else(open)
    }

    /// What is open around the element whose start tag was read last.
    pub(crate) fn outside(&self) -> Outside {
        // An empty element is not among the open ones.
        let open = self.open.len() - usize::from(self.ended.is_none());
        Outside {
            open: SmallVec::from_slice(&self.open[..open]),
            bindings: self.bindings.first(self.outer_bindings()),
        }
    }

    /// Goes on where this is open, with nothing read yet.
    pub(crate) fn go_outside(&mut self, outside: &Outside) {
        self.root_seen = true;
        self.open.extend_from_slice(&outside.open);
        self.bindings.extend(&outside.bindings);
    }

    /// The bytes of `span`.
    pub(crate) fn bytes(&self, span: Span) -> &'i [u8] {
        span.of(self.input)
    }

    /// The whole input.
    pub(crate) fn input(&self) -> &'i [u8] {
        self.input
    }

    /// The next tag, text or end.
    ///
    /// # Errors
    /// What is malformed, what exceeds a limit, and the end of the input inside a document.
    pub(crate) fn next(&mut self) -> Result<Event, Refusal> {
        self.end_empty();
        loop {
            let Some(&byte) = self.input.get(self.at) else {
                return if self.open.is_empty() && self.root_seen {
                    Ok(Event::Eof)
                } else {
                    Err(self.truncated())
                };
            };
            if byte != b'<' {
                if let Some(text) = self.text()? {
                    return Ok(Event::Text(text));
                }
                continue;
            }
            match self.input.get(self.at + 1) {
                Some(b'/') => return self.end_tag().map(Event::End),
                Some(b'?') => self.processing_instruction()?,
                Some(b'!') => {
                    if let Some(text) = self.declaration()? {
                        return Ok(Event::Text(text));
                    }
                }
                Some(_) => {
                    let tag = match self.usual_start() {
                        Some(usual) => usual,
                        None => self.full_tag()?,
                    };
                    return Ok(Event::Start(tag));
                }
                None => return Err(self.truncated()),
            }
        }
    }

    /// Ends the declarations of the empty-element tag that was read last, if it was one.
    #[inline]
    fn end_empty(&mut self) {
        if let Some(len) = self.ended.take() {
            self.bindings.truncate(len);
        }
    }

    fn truncated(&self) -> Refusal {
        Refusal::Truncated {
            offset: self.input.len(),
        }
    }

    /// Text up to the next `<`; none if it is white space outside of the root.
    fn text(&mut self) -> Result<Option<Text>, Refusal> {
        let start = self.at;
        if self.open.is_empty() {
            self.at = chars::space_end(self.input, start);
            return match self.input.get(self.at) {
                None | Some(b'<') => Ok(None),
                Some(_) => Err(Refusal::malformed(self.at, Flaw::TextOutsideRoot)),
            };
        }
        loop {
            self.at = chars::text_end(self.input, self.at);
            match self.input.get(self.at) {
                Some(b'<') => {
                    let span = Span {
                        start,
                        end: self.at,
                    };
                    return Ok(Some(Text { span, cdata: false }));
                }
                Some(b'&') => self.at = chars::reference(self.input, self.at)?.1,
                Some(b']') => {
                    if self.input[self.at..].starts_with(b"]]>") {
                        return Err(Refusal::malformed(self.at, Flaw::CdataEnd));
                    }
                    self.at += 1;
                }
                Some(_) => return Err(Refusal::malformed(self.at, Flaw::Character)),
                None => return Err(self.truncated()),
            }
        }
    }

    fn end_tag(&mut self) -> Result<Span, Refusal> {
        let start = self.at;
        let flaw = || Refusal::malformed(start, Flaw::EndTag);
        let Some(open) = self.open.last() else {
            return Err(flaw());
        };
        let name = self.bytes(open.name);
        let rest = &self.input[start + 2..];
        if !rest.starts_with(name) {
            return Err(if name.starts_with(rest) {
                self.truncated()
            } else {
                flaw()
            });
        }
        let close = chars::space_end(self.input, start + 2 + name.len());
        match self.input.get(close) {
            Some(b'>') => {}
            Some(_) => return Err(flaw()),
            None => return Err(self.truncated()),
        }
        self.bindings.truncate(open.bindings);
        self.open.pop();
        self.at = close + 1;
        Ok(Span {
            start,
            end: self.at,
        })
    }

    fn processing_instruction(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        let name = Span {
            start: start + 2,
            end: chars::name_end(self.input, start + 2),
        };
        if name.end == self.input.len() {
            return Err(self.truncated());
        }
        let target = self.bytes(name);
        if target.eq_ignore_ascii_case(b"xml") {
            return Err(Refusal::malformed(start, Flaw::XmlDeclaration));
        }
        let separated = match self.input.get(name.end) {
            Some(b'?') => self
                .input
                .get(name.end + 1)
                .is_none_or(|&byte| byte == b'>'),
            Some(&byte) => chars::is_space(byte),
            None => false,
        };
        if target.is_empty() || target.contains(&b':') || !separated {
            return Err(Refusal::malformed(start, Flaw::ProcessingInstruction));
        }
        let end = self.find(b"?>", name.end)?;
        self.no_controls(name.end, end)?;
        self.at = end + 2;
        Ok(())
    }

    /// A comment, which is passed by, or a CDATA section.
    fn declaration(&mut self) -> Result<Option<Text>, Refusal> {
        let start = self.at;
        match Opening::of(&self.input[start..], start)? {
            Opening::Comment => {
                let hyphens = self.find(b"--", start + Opening::COMMENT.len())?;
                match self.input.get(hyphens + 2) {
                    Some(b'>') => {}
                    Some(_) => return Err(Refusal::malformed(hyphens, Flaw::Comment)),
                    None => return Err(self.truncated()),
                }
                self.no_controls(start, hyphens)?;
                self.at = hyphens + 3;
                Ok(None)
            }
            Opening::Cdata if self.open.is_empty() => {
                Err(Refusal::malformed(start, Flaw::TextOutsideRoot))
            }
            Opening::Cdata => {
                let from = start + Opening::CDATA.len();
                let span = Span {
                    start: from,
                    end: self.find(b"]]>", from)?,
                };
                self.no_controls(span.start, span.end)?;
                self.at = span.end + 3;
                Ok(Some(Text { span, cdata: true }))
            }
        }
    }

    fn find(&self, what: &[u8], from: usize) -> Result<usize, Refusal> {
        self.input
            .get(from..)
            .and_then(|rest| rest.windows(what.len()).position(|window| window == what))
            .map(|at| from + at)
            .ok_or_else(|| self.truncated())
    }

    fn no_controls(&self, start: usize, end: usize) -> Result<(), Refusal> {
        match self.input[start..end]
            .iter()
            .position(|&byte| chars::is_control(byte))
        {
            Some(at) => Err(Refusal::malformed(start + at, Flaw::Character)),
            None => Ok(()),
        }
    }
}

/// What `<!` opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    Comment,
    Cdata,
}

impl Opening {
    pub(crate) const COMMENT: &[u8] = b"<!--";
    pub(crate) const CDATA: &[u8] = b"<![CDATA[";

    /// What `rest`, which begins with `<!` at `start`, opens.
    ///
    /// # Errors
    /// A document type declaration, other markup, and [`Refusal::Truncated`] where that cannot be told.
    pub(crate) fn of(rest: &[u8], start: usize) -> Result<Self, Refusal> {
        const DOCTYPE: &[u8] = b"<!DOCTYPE";
        if rest.starts_with(Self::COMMENT) {
            Ok(Self::Comment)
        } else if rest.starts_with(Self::CDATA) {
            Ok(Self::Cdata)
        } else if begins(DOCTYPE, rest) {
            Err(Refusal::Dtd { offset: start })
        } else if Self::COMMENT.starts_with(rest)
            || Self::CDATA.starts_with(rest)
            || begins(rest, DOCTYPE)
        {
            Err(Refusal::Truncated {
                offset: start + rest.len(),
            })
        } else {
            Err(Refusal::malformed(start, Flaw::Markup))
        }
    }
}

/// Whether `whole` begins with `start` in upper or lower case: `<!doctype html>` is meant, too.
fn begins(start: &[u8], whole: &[u8]) -> bool {
    whole
        .get(..start.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}
