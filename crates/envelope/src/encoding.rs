//! Finds out from the first bytes in which encoding a document is written.

use crate::error::{Flaw, Refusal};
use crate::scan::chars;

/// The encodings whose markup can be found byte by byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    /// UTF-8 or US-ASCII: bytes from 0x80 up are checked.
    Utf8,
    /// ISO 8859 or Windows-125x: each byte is a character.
    SingleByte,
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
    /// Reads byte order mark and XML declaration (XML 1.0, section 4.3.3 and appendix F).
    ///
    /// `content_type` is the charset that the Content-Type names: it yields to a byte order mark and
    /// outdoes the declaration (RFC 7303 section 3).
    ///
    /// # Errors
    /// Encodings that are not ASCII or a superset of it, a declaration that contradicts the bytes, and what is no XML.
    pub(crate) fn read(input: &[u8], content_type: Option<&str>) -> Result<Self, Refusal> {
        match input {
            [0xff, 0xfe, 0, 0, ..]
            | [0, 0, 0xfe, 0xff, ..]
            | [0, 0, 0, b'<', ..]
            | [b'<', 0, 0, 0, ..]
            | [0x4c, 0x6f, 0xa7, 0x94, ..] => return Err(Refusal::Encoding { offset: 0 }),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..] => {
                return Err(Refusal::Utf16 { offset: 0 });
            }
            _ => {}
        }
        let bom = input.starts_with(BOM);
        let start = if bom { BOM.len() } else { 0 };
        let first = chars::space_end(input, start);
        match &input[first..] {
            [b'<', ..] => {}
            [b'-', b'-', ..] => return Err(Refusal::Multipart { offset: first }),
            _ => return Err(Refusal::NotXml { offset: first }),
        }
        let outer = match content_type {
            Some(named) if !bom => Some(charset(named.as_bytes(), bom, 0)?),
            _ => None,
        };
        let plain = Self {
            charset: outer.unwrap_or(Charset::Utf8),
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
        let charset = match outer {
            Some(charset) => charset,
            None => charset(&input[named_at.clone()], bom, named_at.start)?,
        };
        Ok(Self {
            charset,
            end,
            named_at: named_at.start,
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

fn charset(named: &[u8], bom: bool, offset: usize) -> Result<Charset, Refusal> {
    if named.eq_ignore_ascii_case(b"utf-8") {
        return Ok(Charset::Utf8);
    }
    let named = named.to_ascii_lowercase();
    match named.as_slice() {
        b"utf8" | b"us-ascii" | b"ascii" => return Ok(Charset::Utf8),
        name if [
            &b"utf-16"[..],
            b"utf-32",
            b"ucs-",
            b"iso-10646-ucs",
            b"utf16",
            b"utf32",
        ]
        .iter()
        .any(|wide| name.starts_with(wide)) =>
        {
            return Err(Refusal::EncodingContradicted { offset });
        }
        _ => {}
    }
    let digits = |prefix: &[u8]| {
        named
            .strip_prefix(prefix)
            .and_then(|rest| std::str::from_utf8(rest).ok())
            .and_then(|rest| rest.parse::<u32>().ok())
    };
    let single = matches!(digits(b"iso-8859-"), Some(1..=11 | 13..=16))
        || matches!(
            digits(b"windows-").or_else(|| digits(b"cp")),
            Some(1250..=1258)
        )
        || matches!(named.as_slice(), b"latin1" | b"iso_8859-1");
    match (single, bom) {
        (true, false) => Ok(Charset::SingleByte),
        (true, true) => Err(Refusal::EncodingContradicted { offset }),
        (false, _) => Err(Refusal::Encoding { offset }),
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
