//! Turns the bytes of a file into text, by its byte order mark or by the encoding that it declares.

use std::borrow::Cow;
use std::sync::Arc;

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::{Error, Place};

/// How far an XML declaration may reach.
const DECLARATION: usize = 256;
/// How much of an unknown name is told.
const NAME: usize = 40;

/// The text of a file, without byte order mark; lines stay lines (XML 1.0, appendix F).
///
/// # Errors
///
/// [`Error::Encoding`]: an unknown encoding, or bytes that are not of it.
pub(super) fn text<'a>(file: &Arc<str>, bytes: &'a [u8]) -> Result<Cow<'a, str>, Error> {
    let place = |line| Place {
        file: file.clone(),
        line,
    };
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some(found) => found,
        None => (
            declared(bytes).map_err(|encoding| Error::Encoding {
                place: place(1),
                encoding,
            })?,
            0,
        ),
    };
    let bytes = &bytes[mark..];
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(text),
        None => Err(Error::Encoding {
            place: place(first_bad_line(encoding, bytes)),
            encoding: encoding.name().to_owned(),
        }),
    }
}

/// The encoding of a file without byte order mark; its name when it is not known.
fn declared(bytes: &[u8]) -> Result<&'static Encoding, String> {
    match bytes {
        [b'<', 0, ..] => return Ok(UTF_16LE),
        [0, b'<', ..] => return Ok(UTF_16BE),
        _ => {}
    }
    let start = &bytes[..bytes.len().min(DECLARATION)];
    let Some(name) = declaration(start).and_then(encoding_name) else {
        return Ok(UTF_8);
    };
    match Encoding::for_label(name) {
        // What was readable up to here is not of two bytes a character, whatever it says.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => Ok(UTF_8),
        Some(encoding) => Ok(encoding),
        None => {
            let name: String = String::from_utf8_lossy(name).chars().take(NAME).collect();
            Err(name.escape_default().to_string())
        }
    }
}

/// The inside of `<?xml … ?>`.
fn declaration(start: &[u8]) -> Option<&[u8]> {
    let inside = start.strip_prefix(b"<?xml")?;
    let end = inside.windows(2).position(|pair| pair == b"?>")?;
    Some(&inside[..end])
}

/// The value of the pseudo-attribute `encoding`.
fn encoding_name(declaration: &[u8]) -> Option<&[u8]> {
    const KEY: &[u8] = b"encoding";
    let at = declaration
        .windows(KEY.len())
        .position(|part| part == KEY)?;
    let rest = declaration[at + KEY.len()..].trim_ascii_start();
    let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
    let (&quote, rest) = rest
        .split_first()
        .filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    let end = rest.iter().position(|&byte| byte == quote)?;
    Some(&rest[..end])
}

/// The line, counted from 1, of the first bytes that are not of the encoding.
fn first_bad_line(encoding: &'static Encoding, bytes: &[u8]) -> u32 {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut line, mut rest) = (1_u32, bytes);
    let mut text = String::with_capacity(4096);
    loop {
        text.clear();
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = &rest[read..];
        line = line.saturating_add(u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX));
        match result {
            DecoderResult::OutputFull => {}
            DecoderResult::InputEmpty | DecoderResult::Malformed(..) => return line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, Error> {
        text(&Arc::from("a.wsdl"), bytes).map(Cow::into_owned)
    }

    fn utf16(text: &str, mark: bool, swap: bool) -> Vec<u8> {
        let mark = mark.then_some(0xFEFF).into_iter();
        let units = mark.chain(text.encode_utf16());
        units
            .flat_map(|unit| {
                if swap {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn text_is_the_same_in_every_encoding() {
        let utf8 = "<a>é</a>";
        assert_eq!(read(utf8.as_bytes()).unwrap(), utf8);
        assert_eq!(read("\u{feff}<a>é</a>".as_bytes()).unwrap(), utf8);
        for (mark, swap) in [(true, true), (true, false), (false, true), (false, false)] {
            assert_eq!(
                read(&utf16(utf8, mark, swap)).unwrap(),
                utf8,
                "{mark} {swap}"
            );
        }
        let cases: [(&[u8], &str); 4] = [
            (
                b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>",
                "é",
            ),
            (
                b"<?xml version=\"1.0\" encoding = \"windows-1255\"?><a>\xe0</a>",
                "א",
            ),
            (
                b"<?xml version='1.0' encoding='windows-1251'?><a>\xe0</a>",
                "а",
            ),
            (
                b"<?xml version='1.0' encoding='UTF-16'?><a>\xc3\xa9</a>",
                "é",
            ),
        ];
        for (bytes, letter) in cases {
            assert!(
                read(bytes).unwrap().ends_with(&format!("<a>{letter}</a>")),
                "{letter}"
            );
        }
    }

    #[test]
    fn what_is_not_of_its_encoding_is_refused_with_the_line() {
        let cases: [(&[u8], u32, &str); 4] = [
            (b"<a>\n\xff</a>", 2, "UTF-8"),
            (
                b"<?xml version='1.0' encoding='klingon'?>\n<a/>",
                1,
                "klingon",
            ),
            (
                b"<?xml version='1.0' encoding='shift_jis'?>\n\n<a>\x81",
                3,
                "Shift_JIS",
            ),
            (b"<\0a\0>\0\n\0\0\xd8x\0", 2, "UTF-16LE"),
        ];
        for (bytes, line, name) in cases {
            let error = read(bytes).unwrap_err();
            let Error::Encoding { place, encoding } = error else {
                panic!("{error}");
            };
            assert_eq!((place.line, &*encoding), (line, name));
        }
    }
}
