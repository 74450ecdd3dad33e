//! Finds out from the first bytes in which encoding a document is written.

mod name;
mod wide;

use crate::error::{Flaw, Refusal};
use crate::scan::chars;
pub(crate) use name::Named;
pub(crate) use wide::{Offsets, Order, Wide, width};

/// The encodings whose markup can be found byte by byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    /// UTF-8 or US-ASCII: bytes from 0x80 up are checked.
    Utf8,
    /// ISO 8859 or Windows-125x: each byte is a character.
    SingleByte,
}

/// What the first bytes show before anything is decoded (XML 1.0, appendix F).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One byte an ASCII character.
    Bytes,
    /// Two bytes an ASCII character; the text begins at `start`, behind the byte order mark.
    Wide { order: Order, start: usize },
}

impl Form {
    /// Looks at the first bytes, to which `beside` (the charset of Content-Type) may not say otherwise.
    ///
    /// # Errors
    /// UTF-32 and EBCDIC; and [`Refusal::EncodingContradicted`] at 0, where the charset stands beside the bytes.
    pub(crate) fn of(input: &[u8], beside: Option<Named>) -> Result<Self, Refusal> {
        let wide = |order, start| Self::Wide { order, start };
        let form = match *input {
            [0xff, 0xfe, 0, 0, ..]
            | [0, 0, 0xfe, 0xff, ..]
            | [0, 0, 0, b'<', ..]
            | [b'<', 0, 0, 0, ..]
            | [0x4c, 0x6f, 0xa7, 0x94, ..] => return Err(Refusal::Encoding { offset: 0 }),
            [0xff, 0xfe, ..] => wide(Order::Little, 2),
            [0xfe, 0xff, ..] => wide(Order::Big, 2),
            // In ASCII a NUL is never well-formed.
            [1..=255, 0, ..] => wide(Order::Little, 0),
            [0, 1..=255, ..] => wide(Order::Big, 0),
            // Too short to show anything.
            [] | [_] => return Ok(Self::Bytes),
            _ => Self::Bytes,
        };
        match beside {
            // UTF-32 shows only in four bytes.
            Some(named) if !named.fits(form) && input.len() < 4 => Err(Refusal::Truncated {
                offset: input.len(),
            }),
            Some(named) if !named.fits(form) => Err(Refusal::EncodingContradicted { offset: 0 }),
            _ => Ok(form),
        }
    }
}

/// What stands before the first markup that is not the XML declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prolog {
    pub(crate) charset: Charset,
    /// Offset behind byte order mark and XML declaration.
    pub(crate) end: usize,
    /// Where the encoding is named, or 0.
    pub(crate) named_at: usize,
}

const BOM: &[u8] = b"\xef\xbb\xbf";

impl Prolog {
    /// Reads byte order mark and XML declaration (XML 1.0, section 4.3.3).
    ///
    /// `input` is what has `form`: if that is wide, the text in UTF-8 without byte order mark.
    /// The encoding is that of the mark, of `beside`, of the declaration, or UTF-8; who speaks later must agree.
    ///
    /// # Errors
    /// Encodings that are not ASCII or a superset of it, names that contradict each other or the bytes, and what is no XML.
    pub(crate) fn read(input: &[u8], form: Form, beside: Option<Named>) -> Result<Self, Refusal> {
        let utf_8 = form == Form::Bytes && beside.is_none_or(|named| named == Named::Utf8);
        match Self::usual(input).filter(|_| utf_8) {
            Some(usual) => Ok(usual),
            None => Self::any(input, form, beside),
        }
    }

    /// That of nearly every document: version and UTF-8 without a blank too many, in either kind of quotes.
    fn usual(input: &[u8]) -> Option<Self> {
        const HEAD: usize = b"<?xml version='1.0' encoding='".len();
        let rest = input.strip_prefix(BOM).unwrap_or(input);
        let (head, rest) = rest.split_first_chunk::<HEAD>()?;
        let (name, rest) = rest.split_first_chunk::<5>()?;
        let tail: &[u8; 3] = match head {
            b"<?xml version=\"1.0\" encoding=\"" => b"\"?>",
            b"<?xml version='1.0' encoding='" => b"'?>",
            _ => return None,
        };
        let rest = rest.strip_prefix(tail)?;
        name.eq_ignore_ascii_case(b"utf-8").then(|| {
            let end = input.len() - rest.len();
            Self {
                charset: Charset::Utf8,
                end,
                named_at: end - tail.len() - name.len(),
            }
        })
    }

    fn any(input: &[u8], form: Form, beside: Option<Named>) -> Result<Self, Refusal> {
        let bom = form == Form::Bytes && input.starts_with(BOM);
        if bom && beside.is_some_and(|named| named != Named::Utf8) {
            return Err(Refusal::EncodingContradicted { offset: 0 });
        }
        let start = if bom { BOM.len() } else { 0 };
        let first = chars::space_end(input, start);
        match &input[first..] {
            [b'<', ..] => {}
            [b'-', b'-', ..] => return Err(Refusal::Multipart { offset: first }),
            _ => return Err(Refusal::NotXml { offset: first }),
        }
        let plain = Self {
            charset: match beside {
                Some(Named::SingleByte) => Charset::SingleByte,
                _ => Charset::Utf8,
            },
            end: start,
            named_at: 0,
        };
        let rest = &input[start..];
        if !rest.starts_with(b"<?xml") || !rest.get(5).is_none_or(|&b| chars::is_space(b)) {
            return Ok(plain);
        }
        let Some(length) = rest.windows(2).take(LONGEST).position(|w| w == b"?>") else {
            return Err(if rest.len() <= LONGEST {
                Refusal::Truncated {
                    offset: input.len(),
                }
            } else {
                Refusal::malformed(start, Flaw::XmlDeclaration)
            });
        };
        let end = start + length + 2;
        let Some(named_at) = declared(input, start + 5, start + length)
            .map_err(|()| Refusal::malformed(start, Flaw::XmlDeclaration))?
        else {
            return Ok(Self { end, ..plain });
        };
        let offset = named_at.start;
        let named = Named::of(&input[named_at]).ok_or(Refusal::Encoding { offset })?;
        let agrees = named.fits(form)
            && beside.is_none_or(|beside| named.agrees(beside))
            && !(bom && named == Named::SingleByte);
        if !agrees {
            return Err(Refusal::EncodingContradicted { offset });
        }
        Ok(Self {
            charset: match named {
                Named::SingleByte => Charset::SingleByte,
                _ => Charset::Utf8,
            },
            end,
            named_at: offset,
        })
    }
}

/// No XML declaration needs more bytes.
const LONGEST: usize = 256;

/// Where the declaration between `at` and `end` names the encoding; `Err` if it is not as production 23 has it.
fn declared(input: &[u8], mut at: usize, end: usize) -> Result<Option<std::ops::Range<usize>>, ()> {
    const ORDER: [&[u8]; 3] = [b"version", b"encoding", b"standalone"];
    let input = &input[..end];
    let mut next = 0;
    let mut encoding = None;
    loop {
        let name = chars::space_end(input, at);
        if name == end {
            return if next == 0 { Err(()) } else { Ok(encoding) };
        }
        let name_end = chars::name_end(input, name);
        let which = ORDER
            .iter()
            .position(|known| *known == &input[name..name_end])
            .filter(|&which| which >= next && (which == 0 || next > 0) && name > at)
            .ok_or(())?;
        next = which + 1;
        let equals = chars::space_end(input, name_end);
        if input.get(equals) != Some(&b'=') {
            return Err(());
        }
        let quote = chars::space_end(input, equals + 1);
        let Some(&mark @ (b'"' | b'\'')) = input.get(quote) else {
            return Err(());
        };
        let length = input[quote + 1..]
            .iter()
            .position(|&b| b == mark)
            .ok_or(())?;
        let value = quote + 1..quote + 1 + length;
        at = value.end + 1;
        match (which, &input[value.clone()]) {
            (0, b"1.0") | (2, b"yes" | b"no") => {}
            (1, named) if !named.is_empty() => encoding = Some(value),
            _ => return Err(()),
        }
    }
}

impl Charset {
    /// Checks bytes that the scanner has passed.
    pub(crate) fn check(self, passed: &[u8]) -> Result<(), Refusal> {
        if self == Self::SingleByte || passed.is_ascii() {
            return Ok(());
        }
        let text = std::str::from_utf8(passed)
            .map_err(|error| Refusal::malformed(error.valid_up_to(), Flaw::Utf8))?;
        match text.find(['\u{fffe}', '\u{ffff}']) {
            Some(at) => Err(Refusal::malformed(at, Flaw::Character)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
