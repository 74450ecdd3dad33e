//! Reads text that comes in pieces, each of which ends at the end of a character.

mod tag;

use smallvec::SmallVec;

use super::inspection::Inspection;
use super::stack::Stack;
use super::{Start, text};
use crate::encoding::{Charset, Form, width};
use crate::error::{Flaw, Refusal};
use crate::policy::Limits;
use crate::report::Finding;
use crate::scan::{Attribute, Ns, Opening, chars, truncated};

/// Where in the markup reading stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Content,
    Comment,
    Cdata,
    Instruction,
}

pub(super) struct Reader {
    limits: Limits,
    /// Whether the text is UTF-8, or else single bytes.
    utf_8: bool,
    /// Whether offsets count UTF-16.
    wide: bool,
    /// Offset in the document up to which it was read.
    base: usize,
    /// What was cut off: markup, a reference, brackets.
    begun: Vec<u8>,
    /// The quote that is open at the end of `begun`, if that is a tag.
    quote: Option<u8>,
    /// Whether what is read is printing ASCII throughout.
    plain: bool,
    place: Place,
    stack: Stack,
    attributes: SmallVec<[Attribute; 16]>,
    root_seen: bool,
    inspection: Option<Inspection>,
}

impl Reader {
    pub(super) fn new(start: Start, limits: Limits, inspection: Option<Inspection>) -> Self {
        Self {
            limits,
            utf_8: start.charset == Charset::Utf8,
            wide: matches!(start.form, Form::Wide { .. }),
            base: start.at,
            begun: Vec::new(),
            quote: None,
            plain: false,
            place: Place::Content,
            stack: Stack::default(),
            attributes: SmallVec::new(),
            root_seen: false,
            inspection,
        }
    }

    pub(super) fn findings(self) -> Vec<Finding> {
        self.inspection
            .map_or(Vec::new(), |inspection| inspection.findings)
    }

    /// The refusal for what comes next not being text, unless what has begun is refused before it.
    pub(super) fn broken_off(&mut self, refusal: Refusal) -> Refusal {
        let begun = std::mem::take(&mut self.begun);
        let end = self.offset(&begun, begun.len());
        match self.read(&begun) {
            Ok(_) => refusal.mapped(|_| end),
            Err(earlier) => earlier,
        }
    }

    /// Reads on; `plain` says that all of `piece` is printing ASCII.
    pub(super) fn push(&mut self, piece: &[u8], plain: bool) -> Result<(), Refusal> {
        self.plain = false;
        let mut rest = piece;
        while !self.begun.is_empty() {
            if rest.is_empty() {
                return Ok(());
            }
            let (length, ready) = self.wanted(rest);
            let before = self.begun.len();
            self.begun.extend_from_slice(&rest[..length]);
            rest = &rest[length..];
            if !ready && before + length <= self.limits.header_bytes {
                continue;
            }
            let mut begun = std::mem::take(&mut self.begun);
            let read = self.read(&begun)?;
            if read >= before {
                // The rest of it is the piece's, too.
                let unread = rest.len() + begun.len() - read;
                rest = &piece[piece.len() - unread..];
                begun.clear();
                self.begun = begun;
            } else {
                begun.drain(..read);
                self.hold(begun);
            }
        }
        self.plain = plain;
        let read = self.read(rest)?;
        self.plain = false;
        if read < rest.len() {
            let mut begun = std::mem::take(&mut self.begun);
            begun.extend_from_slice(&rest[read..]);
            self.hold(begun);
        }
        Ok(())
    }

    /// Ends the document; `missing` bytes of a character were left over.
    pub(super) fn finish(&mut self, missing: usize) -> Result<(), Refusal> {
        let begun = std::mem::take(&mut self.begun);
        let read = self.read(&begun)?;
        let complete = self.stack.depth() == 0 && self.root_seen && self.place == Place::Content;
        let end = self.offset(&begun[read..], begun.len() - read);
        if !complete || read < begun.len() {
            return Err(Refusal::Truncated {
                offset: end + missing,
            });
        }
        match missing {
            0 => Ok(()),
            _ => Err(Refusal::malformed(end, Flaw::TextOutsideRoot)),
        }
    }

    fn hold(&mut self, begun: Vec<u8>) {
        self.quote = None;
        tag_end(&begun, &mut self.quote);
        self.begun = begun;
    }

    /// How much of `rest` what has begun may need, and whether it is worth a look then.
    ///
    /// Who looked at each byte again would be quadratic in the length of a tag.
    fn wanted(&mut self, rest: &[u8]) -> (usize, bool) {
        let found = match self.begun[..] {
            [b'<'] => return (1, true),
            [b'<', b'?', ..] => rest.iter().position(|&byte| !chars::is_name_byte(byte)),
            [b'<', b'!', ..] => return (rest.len().min(16), true),
            [b'<', ..] => tag_end(rest, &mut self.quote),
            _ => return (rest.len().min(32), true),
        };
        found.map_or((rest.len(), false), |at| (at + 1, true))
    }

    /// Reads the markup that is complete, and says how far.
    fn read(&mut self, buffer: &[u8]) -> Result<usize, Refusal> {
        let mut at = 0;
        loop {
            match self.step(buffer, at) {
                Ok(next) if next > at => at = next,
                Ok(_) | Err(Refusal::Truncated { .. }) => break,
                Err(refusal) => return Err(refusal.mapped(|at| self.offset(buffer, at))),
            }
        }
        self.base = self.offset(buffer, at);
        Ok(at)
    }

    fn offset(&self, buffer: &[u8], at: usize) -> usize {
        if self.wide {
            self.base + width(buffer.get(..at).unwrap_or_default())
        } else {
            self.base + at
        }
    }

    /// One tag, text or piece of one; no step forward where that is not complete.
    #[inline]
    fn step(&mut self, buffer: &[u8], at: usize) -> Result<usize, Refusal> {
        match self.place {
            Place::Content => {}
            Place::Comment => return self.comment(buffer, at),
            Place::Cdata => return self.cdata(buffer, at),
            Place::Instruction => return self.instruction(buffer, at),
        }
        match buffer.get(at..).unwrap_or_default() {
            [] | [b'<'] => Ok(at),
            [b'<', b'/', ..] => self.end_tag(buffer, at),
            [b'<', b'?', ..] => self.bounded(buffer, at, Self::instruction_target),
            [b'<', b'!', ..] => self.declaration(buffer, at),
            [b'<', ..] => self.start_tag(buffer, at),
            _ => self.text(buffer, at),
        }
    }

    /// Reads markup that is held until it is complete, and so may not be of any length.
    fn bounded(
        &mut self,
        buffer: &[u8],
        at: usize,
        read: impl FnOnce(&mut Self, &[u8], usize) -> Result<usize, Refusal>,
    ) -> Result<usize, Refusal> {
        let limit = self.limits.header_bytes;
        let reach = at.saturating_add(limit);
        let window = &buffer[..buffer.len().min(reach)];
        read(self, window, at).map_err(|refusal| match refusal {
            Refusal::Truncated { .. } if buffer.len() > reach => {
                Refusal::TagTooLong { offset: at, limit }
            }
            refusal => refusal,
        })
    }

    #[inline]
    fn text(&mut self, buffer: &[u8], at: usize) -> Result<usize, Refusal> {
        if self.stack.depth() == 0 {
            let end = chars::space_end(buffer, at);
            return match buffer.get(end) {
                None | Some(b'<') => Ok(end),
                Some(_) => Err(Refusal::malformed(end, Flaw::TextOutsideRoot)),
            };
        }
        let end = text::end(buffer, at, self.plain);
        match buffer.get(end) {
            None | Some(b'<') => Ok(end),
            Some(b'&') => match chars::reference(buffer, end) {
                Ok((_, end)) => Ok(end),
                // What stands before it has been read.
                Err(Refusal::Truncated { .. }) => Ok(end),
                Err(refusal) => Err(refusal),
            },
            Some(b']') => match &buffer[end + 1..] {
                [b']', b'>', ..] => Err(Refusal::malformed(end, Flaw::CdataEnd)),
                [] | [b']'] => Ok(end),
                _ => Ok(end + 1),
            },
            Some(_) => Err(Refusal::malformed(end, Flaw::Character)),
        }
    }

    #[inline]
    fn end_tag(&mut self, buffer: &[u8], at: usize) -> Result<usize, Refusal> {
        let Some(name) = self.stack.name() else {
            return Err(Refusal::malformed(at, Flaw::EndTag));
        };
        let rest = &buffer[at + 2..];
        let end = at + 2 + name.len();
        let plain = rest.starts_with(name) && buffer.get(end) == Some(&b'>');
        if !plain || end - at >= self.limits.header_bytes {
            return self.bounded(buffer, at, Self::spaced_end_tag);
        }
        self.close();
        Ok(end + 1)
    }

    /// An end tag with white space in it, or that is none.
    fn spaced_end_tag(&mut self, buffer: &[u8], at: usize) -> Result<usize, Refusal> {
        let flaw = Refusal::malformed(at, Flaw::EndTag);
        let name = self.stack.name().unwrap_or_default();
        let rest = &buffer[at + 2..];
        if !rest.starts_with(name) {
            return Err(if name.starts_with(rest) {
                truncated(buffer)
            } else {
                flaw
            });
        }
        let close = chars::space_end(buffer, at + 2 + name.len());
        match buffer.get(close) {
            Some(b'>') => {
                self.close();
                Ok(close + 1)
            }
            Some(_) => Err(flaw),
            None => Err(truncated(buffer)),
        }
    }

    #[inline]
    fn close(&mut self) {
        if let Some(inspection) = &mut self.inspection {
            inspection.end(self.stack.depth());
        }
        self.stack.pop();
    }

    fn declaration(&mut self, buffer: &[u8], at: usize) -> Result<usize, Refusal> {
        match Opening::of(&buffer[at..], at)? {
            Opening::Comment => {
                self.place = Place::Comment;
                Ok(at + Opening::COMMENT.len())
            }
            Opening::Cdata if self.stack.depth() == 0 => {
                Err(Refusal::malformed(at, Flaw::TextOutsideRoot))
            }
            Opening::Cdata => {
                self.place = Place::Cdata;
                Ok(at + Opening::CDATA.len())
            }
        }
    }

    fn comment(&mut self, buffer: &[u8], at: usize) -> Result<usize, Refusal> {
        let end = until(buffer, at, b'-')?;
        match buffer.get(end + 1..).unwrap_or_default() {
            [] => Ok(end.min(buffer.len())),
            [b'-'] => Ok(end),
            [b'-', b'>', ..] => {
                self.place = Place::Content;
                Ok(end + 3)
            }
            [b'-', ..] => Err(Refusal::malformed(end, Flaw::Comment)),
            _ => Ok(end + 1),
        }
    }

    fn cdata(&mut self, buffer: &[u8], at: usize) -> Result<usize, Refusal> {
        let end = text::end(buffer, at, self.plain);
        match buffer.get(end..).unwrap_or_default() {
            [] | [b']'] | [b']', b']'] => Ok(end),
            [b']', b']', b'>', ..] => {
                self.place = Place::Content;
                Ok(end + 3)
            }
            [b']' | b'<' | b'&', ..] => Ok(end + 1),
            _ => Err(Refusal::malformed(end, Flaw::Character)),
        }
    }

    fn instruction_target(&mut self, buffer: &[u8], at: usize) -> Result<usize, Refusal> {
        let end = chars::name_end(buffer, at + 2);
        let target = &buffer[at + 2..end];
        let flaw = Refusal::malformed(at, Flaw::ProcessingInstruction);
        let separated = match buffer.get(end..).unwrap_or_default() {
            [] | [b'?'] => return Err(truncated(buffer)),
            [b'?', next, ..] => *next == b'>',
            [next, ..] => chars::is_space(*next),
        };
        if target.eq_ignore_ascii_case(b"xml") {
            return Err(Refusal::malformed(at, Flaw::XmlDeclaration));
        }
        if target.is_empty() || target.contains(&b':') || !separated || !self.is_name(target) {
            return Err(flaw);
        }
        self.place = Place::Instruction;
        Ok(end)
    }

    fn instruction(&mut self, buffer: &[u8], at: usize) -> Result<usize, Refusal> {
        let end = until(buffer, at, b'?')?;
        match buffer.get(end + 1) {
            None => Ok(end.min(buffer.len())),
            Some(b'>') => {
                self.place = Place::Content;
                Ok(end + 2)
            }
            Some(_) => Ok(end + 1),
        }
    }

    fn is_name(&self, name: &[u8]) -> bool {
        !self.utf_8 || name.is_ascii() || std::str::from_utf8(name).is_ok_and(chars::is_name)
    }

    /// Opens an element whose tag is at `at` of `buffer`.
    #[inline]
    fn found(&mut self, buffer: &[u8], at: usize, ns: Option<Ns>, local: &[u8], empty: bool) {
        self.root_seen = true;
        if self.inspection.is_some() {
            let offset = self.offset(buffer, at);
            let ns = ns.or_else(|| self.stack.resolve(b"")).unwrap_or(Ns::None);
            let depth = self.stack.depth();
            if let Some(inspection) = &mut self.inspection {
                inspection.start(ns, local, depth, empty, offset);
            }
        }
        if empty {
            self.stack.pop();
        }
    }
}

/// The next `wanted`, or the end of the input.
///
/// # Errors
/// A control character before it.
fn until(input: &[u8], from: usize, wanted: u8) -> Result<usize, Refusal> {
    let rest = input.get(from..).unwrap_or_default();
    let stop = |&byte: &u8| byte == wanted || chars::is_control(byte);
    let at = from + rest.iter().position(stop).unwrap_or(rest.len());
    match input.get(at) {
        Some(&byte) if byte != wanted => Err(Refusal::malformed(at, Flaw::Character)),
        _ => Ok(at),
    }
}

/// Where the `>` stands that ends a tag; `quote` is the quote that is open before and behind.
fn tag_end(input: &[u8], quote: &mut Option<u8>) -> Option<usize> {
    input.iter().position(|&byte| match *quote {
        Some(open) => {
            if byte == open {
                *quote = None;
            }
            false
        }
        None => {
            if matches!(byte, b'"' | b'\'') {
                *quote = Some(byte);
            }
            byte == b'>'
        }
    })
}
