//! Classes of bytes and references as XML 1.0 defines them.

use std::borrow::Cow;

use crate::error::{Flaw, Refusal};

const NAME: u8 = 1;
const NAME_START: u8 = 2;
const SPACE: u8 = 4;
const TEXT: u8 = 8;
const VALUE: u8 = 16;
const PLAIN_NAME: u8 = 32;
const PART: u8 = 64;

static CLASS: [u8; 256] = classes();

/// Bytes from 0x80 up count as name characters: no name we act on has one, so that
/// being generous here cannot move a cut, and it holds for every single-byte encoding.
const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        let letter = b.is_ascii_alphabetic() || b == b'_' || b >= 0x80;
        let space = matches!(b, b' ' | b'\t' | b'\r' | b'\n');
        let mut class = 0;
        if letter || b == b':' {
            class |= NAME_START;
        }
        if letter || b.is_ascii_digit() || matches!(b, b':' | b'-' | b'.') {
            class |= NAME;
            if b != b':' {
                class |= if b < 0x80 { PART | PLAIN_NAME } else { PART };
            }
        }
        if space {
            class |= SPACE;
        }
        if b >= 0x20 || space {
            if !matches!(b, b'<' | b'&' | b']') {
                class |= TEXT;
            }
            if !matches!(b, b'<' | b'&' | b'"' | b'\'') {
                class |= VALUE;
            }
        }
        table[byte] = class;
        byte += 1;
    }
    table
}

fn run(input: &[u8], from: usize, class: u8) -> usize {
    let mut at = from;
    while let Some(&byte) = input.get(at)
        && CLASS[usize::from(byte)] & class != 0
    {
        at += 1;
    }
    at
}

/// The same for what is seldom empty: of eight bytes the compiler makes no loop.
#[inline(always)]
fn long_run(input: &[u8], from: usize, class: u8) -> usize {
    let mut at = from;
    while let Some(block) = input.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let ends = |&byte: &u8| CLASS[usize::from(byte)] & class == 0;
        match block.iter().position(ends) {
            Some(end) => return at + end,
            None => at += 8,
        }
    }
    run(input, at, class)
}

/// The end of the name that begins at `from`; `from` itself if none does.
pub(crate) fn name_end(input: &[u8], from: usize) -> usize {
    match input.get(from) {
        Some(&byte) if CLASS[usize::from(byte)] & NAME_START != 0 => {
            long_run(input, from + 1, NAME)
        }
        _ => from,
    }
}

/// The end of the part of a name, prefix or local name, that goes on at `from`.
pub(crate) fn part_end(input: &[u8], from: usize) -> usize {
    long_run(input, from, PART)
}

/// The end of the name of ASCII without a colon that goes on at `from`.
pub(crate) fn plain_name_end(input: &[u8], from: usize) -> usize {
    long_run(input, from, PLAIN_NAME)
}

/// Whether the characters of a name that [`name_end`] passed are those of production 4.
pub(crate) fn is_name(name: &str) -> bool {
    let start = |c: char| {
        c.is_ascii()
            || matches!(
                c,
                '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
                | '\u{37f}'..='\u{1fff}' | '\u{200c}' | '\u{200d}' | '\u{2070}'..='\u{218f}'
                | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}'
                | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}'
            )
    };
    let other = |c: char| {
        matches!(
            c,
            '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}' | '\u{2040}'
        )
    };
    let mut fresh = true;
    name.chars().all(|c| {
        let first = std::mem::replace(&mut fresh, c == ':');
        start(c) || (!first && other(c))
    })
}

/// Whether a name may go on with the byte.
pub(crate) fn is_name_byte(byte: u8) -> bool {
    CLASS[usize::from(byte)] & NAME != 0
}

/// Whether a name may begin with the byte, the colon left out.
pub(crate) fn is_name_start(byte: u8) -> bool {
    CLASS[usize::from(byte)] & NAME_START != 0 && byte != b':'
}

/// The end of the white space that begins at `from`.
#[inline]
pub(crate) fn space_end(input: &[u8], from: usize) -> usize {
    run(input, from, SPACE)
}

/// The next byte that text cannot simply hold: `<`, `&`, `]` or a control character.
pub(crate) fn text_end(input: &[u8], from: usize) -> usize {
    // Most text is a few words.
    let short = &input[..input.len().min(from.saturating_add(SHORT))];
    let end = long_run(short, from, TEXT);
    if end < short.len() || end >= input.len() {
        return end;
    }
    let from = plain_end(input, end, |byte| {
        (byte.cast_signed() < 0x20) | (byte == b'<') | (byte == b'&') | (byte == b']')
    });
    long_run(input, from, TEXT)
}

/// Up to here text is not worth the vector instructions.
const SHORT: usize = 64;

/// The next byte that an attribute value cannot simply hold: a quote, `<`, `&` or a control character.
pub(crate) fn value_end(input: &[u8], from: usize) -> usize {
    // Quotes and `&` in one comparison, with `#`.
    let from = plain_end(input, from, |byte| {
        (byte.cast_signed() < 0x20) | (byte == b'<') | (byte | 5 == b'\'')
    });
    long_run(input, from, VALUE)
}

/// Passes whole blocks by in which no byte is `special`: namespace names are long and plain.
///
/// `special` may hold for bytes that are not, where that saves a comparison: below ASCII's end and above it
/// lie on one side of a signed one.
/// Without a branch inside the block the compiler makes vector instructions of it.
fn plain_end(input: &[u8], from: usize, special: impl Fn(u8) -> bool) -> usize {
    let rest = input.get(from..).unwrap_or_default();
    let (blocks, _) = rest.as_chunks::<16>();
    let plain = blocks
        .iter()
        .take_while(|block| !block.iter().fold(false, |any, &byte| any | special(byte)));
    from + 16 * plain.count()
}

pub(crate) fn is_space(byte: u8) -> bool {
    CLASS[usize::from(byte)] & SPACE != 0
}

/// A control character that XML 1.0 does not allow (production 2).
pub(crate) fn is_control(byte: u8) -> bool {
    byte < 0x20 && !is_space(byte)
}

/// `bytes` without white space around it.
pub(crate) fn trim(bytes: &[u8]) -> &[u8] {
    let start = space_end(bytes, 0);
    let end = bytes
        .iter()
        .rposition(|&b| !is_space(b))
        .map_or(start, |last| last + 1);
    bytes.get(start..end).unwrap_or_default()
}

/// The character a reference at `from` (a `&`) stands for, with the offset behind its `;`.
///
/// # Errors
/// [`Flaw::Reference`] for an entity that only a DTD could declare and for a character XML does not allow;
/// [`Refusal::Truncated`] when the input ends first.
pub(crate) fn reference(input: &[u8], from: usize) -> Result<(char, usize), Refusal> {
    // No reference worth having is longer; without the bound each `&` could read the whole input.
    const LONGEST: usize = 32;
    let flaw = Refusal::malformed(from, Flaw::Reference);
    let rest = input.get(from + 1..).unwrap_or_default();
    let Some(length) = rest.iter().take(LONGEST).position(|&byte| byte == b';') else {
        return Err(if rest.len() < LONGEST && !rest.contains(&b'<') {
            Refusal::Truncated {
                offset: input.len(),
            }
        } else {
            flaw
        });
    };
    let character = match &rest[..length] {
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"amp" => Some('&'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x', digits @ ..] => number(digits, 16),
        [b'#', digits @ ..] => number(digits, 10),
        _ => None,
    };
    character.map(|c| (c, from + 1 + length + 1)).ok_or(flaw)
}

fn number(digits: &[u8], radix: u32) -> Option<char> {
    if digits.is_empty() {
        return None;
    }
    let mut value: u32 = 0;
    for &digit in digits {
        value = value
            .checked_mul(radix)?
            .checked_add(char::from(digit).to_digit(radix)?)?;
    }
    char::from_u32(value).filter(|&c| is_char(c))
}

/// Whether XML 1.0 can carry the character (production 2).
pub(crate) fn is_char(c: char) -> bool {
    !matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

/// Text or an attribute value with its references replaced; what is no reference stays as it is.
pub(crate) fn unescape(raw: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'&', raw).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(&byte) = raw.get(at) {
        if byte == b'&'
            && let Ok((character, end)) = reference(raw, at)
        {
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            at = end;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_stand_for_characters_of_xml_only() {
        assert_eq!(reference(b"&#x41;", 0).unwrap(), ('A', 6));
        assert_eq!(reference(b"..&#65;", 2).unwrap(), ('A', 7));
        assert_eq!(reference(b"&apos;", 0).unwrap(), ('\'', 6));
        for wrong in [
            "&#0;",
            "&#xFFFE;",
            "&#xD800;",
            "&#x110000;",
            "&nbsp;",
            "&;",
            "&#;",
            "&#x;",
            "&#X41;",
        ] {
            assert_eq!(
                reference(wrong.as_bytes(), 0),
                Err(Refusal::malformed(0, Flaw::Reference)),
                "{wrong}"
            );
        }
        assert_eq!(reference(b"&am", 0), Err(Refusal::Truncated { offset: 3 }));
        assert_eq!(
            reference(b"& <a>", 0),
            Err(Refusal::malformed(0, Flaw::Reference))
        );
    }

    #[test]
    fn each_special_byte_is_found_wherever_it_stands() {
        let text = |byte| matches!(byte, b'<' | b'&' | b']') || is_control(byte);
        let value = |byte| matches!(byte, b'<' | b'&' | b'"' | b'\'') || is_control(byte);
        for at in (0..50).chain(60..68).chain([80, 90, 120]) {
            for byte in 0..=255 {
                let mut input = [b'\t', b'x', 0xff].repeat(50);
                input[at] = byte;
                for from in 0..=at {
                    let end = |special: bool| if special { at } else { input.len() };
                    assert_eq!(text_end(&input, from), end(text(byte)), "{byte} at {at}");
                    assert_eq!(value_end(&input, from), end(value(byte)), "{byte} at {at}");
                }
                assert_eq!(text_end(&input, at + 1), input.len());
            }
        }
        assert_eq!(text_end(b"ab", 2), 2);
        assert_eq!(value_end(b"ab", 3), 3);
    }

    #[test]
    fn unescape_leaves_what_is_no_reference() {
        assert_eq!(&*unescape(b"a&amp;b&#x20AC;&"), "a&b\u{20ac}&".as_bytes());
        assert!(matches!(unescape(b"plain"), Cow::Borrowed(_)));
    }
}
