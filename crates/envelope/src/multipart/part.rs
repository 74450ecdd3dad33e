//! Reads the header of one part.

use std::ops::Range;

use crate::error::Refusal;
use crate::media::{self, MediaType};

/// Bytes that the header of one part may have.
const LIMIT: usize = 16 * 1024;
/// Lines that it may have.
const LINES: usize = 128;

/// What the header of a part says; offsets count from its first byte.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PartHeader {
    /// Where the content begins.
    pub(crate) end: usize,
    /// Content-ID without angle brackets.
    pub(crate) id: Option<Box<str>>,
    /// Content-Type, and where its field begins.
    pub(crate) media: Option<(MediaType, usize)>,
    /// Where Content-Transfer-Encoding stands, if it encodes.
    pub(crate) encoded: Option<usize>,
    /// Where a digest over the content stands.
    pub(crate) digest: Option<usize>,
    /// Content-Length: its digits, and what they say.
    pub(crate) length: Option<(Range<usize>, usize)>,
    /// The fields that may stand only once, by the position in [`ONCE`].
    seen: [bool; ONCE.len()],
}

const ONCE: [&str; 4] = [
    "content-id",
    "content-type",
    "content-transfer-encoding",
    "content-length",
];

const DIGESTS: [&str; 4] = ["content-md5", "content-digest", "repr-digest", "digest"];

impl PartHeader {
    /// Reads the header at the start of `input`; `None` if it is not all there yet.
    ///
    /// # Errors
    /// [`Refusal::PartHeader`] for what is no header field (a line break other than CRLF included) and
    /// for one given twice, [`Refusal::PartHeaderTooLarge`].
    pub(crate) fn read(input: &[u8]) -> Result<Option<Self>, Refusal> {
        let window = &input[..input.len().min(LIMIT)];
        let more = || {
            if input.len() > LIMIT {
                Err(too_large(LIMIT))
            } else {
                Ok(None)
            }
        };
        let mut header = Self::default();
        let (mut begin, mut at) = (0, 0);
        for _ in 0..LINES {
            let Some(end) = line_end(window, at)? else {
                return more();
            };
            if end == begin {
                header.end = end + 2;
                return Ok(Some(header));
            }
            at = end + 2;
            match window.get(at) {
                None => return more(),
                // A field goes on in lines that begin with white space (RFC 5322 section 2.2.3).
                Some(b' ' | b'\t') => {}
                Some(_) => {
                    header.field(input, begin..end)?;
                    begin = at;
                }
            }
        }
        Err(too_large(at))
    }

    fn field(&mut self, input: &[u8], line: Range<usize>) -> Result<(), Refusal> {
        let start = line.start;
        let refuse = || Refusal::PartHeader { offset: start };
        let text = std::str::from_utf8(&input[line]).map_err(|_| refuse())?;
        let (name, raw) = text.split_once(':').ok_or_else(refuse)?;
        // A delimiter may look like a field: `--uuid:1`.
        if name.is_empty() || name.starts_with("--") || !name.bytes().all(media::is_token) {
            return Err(refuse());
        }
        let name_length = name.len();
        let name = name.to_ascii_lowercase();
        if let Some(once) = ONCE.iter().position(|known| *known == name) {
            if self.seen[once] {
                return Err(refuse());
            }
            self.seen[once] = true;
        }
        let unfolded = raw.replace("\r\n", "");
        let value = unfolded.trim_matches([' ', '\t']);
        match name.as_str() {
            "content-id" => self.id = Some(bare_id(value).ok_or_else(refuse)?.into()),
            "content-type" => {
                let media = MediaType::read(value).map_err(|_| refuse())?;
                self.media = Some((media, start));
            }
            "content-transfer-encoding" => {
                let plain = ["7bit", "8bit", "binary"];
                if !plain.iter().any(|plain| value.eq_ignore_ascii_case(plain)) {
                    self.encoded = Some(start);
                }
            }
            "content-length" => {
                let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
                let number = value.parse().ok().filter(|_| digits).ok_or_else(refuse)?;
                let within = raw.find(value).ok_or_else(refuse)?;
                let from = start + name_length + 1 + within;
                self.length = Some((from..from + value.len(), number));
            }
            name if DIGESTS.contains(&name) => self.digest = self.digest.or(Some(start)),
            _ => {}
        }
        Ok(())
    }
}

/// A Content-ID, or the parameter that names one, without angle brackets: they are left out now and then.
///
/// `None` if one is left: whether it belongs to the name, readers do not agree, and so not on the root part.
pub(crate) fn bare_id(text: &str) -> Option<&str> {
    let bare = text
        .strip_prefix('<')
        .and_then(|text| text.strip_suffix('>'))
        .unwrap_or(text);
    (!bare.contains(['<', '>'])).then_some(bare)
}

fn too_large(offset: usize) -> Refusal {
    Refusal::PartHeaderTooLarge {
        offset,
        limit: LIMIT,
    }
}

/// Where the line from `at` on ends, at its CRLF; `None` if that has not come.
fn line_end(window: &[u8], at: usize) -> Result<Option<usize>, Refusal> {
    let line = window.get(at..).unwrap_or_default();
    // Some readers take every control character for white space, others for part of the value.
    let control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    let Some(length) = line.iter().position(control) else {
        return Ok(None);
    };
    match line[length..] {
        [b'\r', b'\n', ..] => Ok(Some(at + length)),
        [b'\r'] => Ok(None),
        _ => Err(Refusal::PartHeader {
            offset: at + length,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<PartHeader>, Refusal> {
        PartHeader::read(text.as_bytes())
    }

    #[test]
    fn what_matters_is_read_and_the_rest_passed_by() {
        let text = "Content-Type: application/xop+xml;\r\n charset=utf-8\r\nX-Own:\r\n\
                    content-id:  <root@x> \r\nContent-Transfer-Encoding: 8BIT\r\nContent-Length: 42 \r\n\r\n<a/>";
        let header = read(text).unwrap().unwrap();
        assert!(text[header.end..].starts_with("<a/>"));
        assert_eq!(header.id.as_deref(), Some("root@x"));
        let (media, offset) = header.media.unwrap();
        assert_eq!(media.parameter("charset").unwrap().0, "utf-8");
        assert_eq!(offset, 0);
        assert_eq!((header.encoded, header.digest), (None, None));
        let (digits, number) = header.length.unwrap();
        assert_eq!((&text[digits], number), ("42", 42));
        assert_eq!(read("\r\n<a/>").unwrap().unwrap().end, 2);
    }

    #[test]
    fn every_beginning_of_a_header_asks_for_more() {
        let text = "Content-ID: <a>\r\nContent-Type: text/xml;\r\n\tcharset=utf-8\r\n\r\n";
        for end in 0..text.len() {
            assert_eq!(read(&text[..end]), Ok(None), "{:?}", &text[..end]);
        }
        assert_eq!(read(text).unwrap().unwrap().end, text.len());
    }

    #[test]
    fn what_is_no_header_is_refused_where_it_shows() {
        for (text, offset) in [
            ("no field\r\n\r\n", 0),
            (": x\r\n\r\n", 0),
            ("--uuid:1\r\n\r\n", 0),
            ("a b: x\r\n\r\n", 0),
            ("a: x\nb: y\r\n\r\n", 4),
            ("a: x\rb: y\r\n\r\n", 4),
            ("a: \0\r\n\r\n", 3),
            ("Content-ID: \u{b}<r>\r\n\r\n", 12),
            ("a: \u{7f}\r\n\r\n", 3),
            ("a: b\r\n--b\r\n\r\n", 6),
            ("Content-ID: a\r\nCONTENT-ID: b\r\n\r\n", 15),
            ("Content-ID: <a>>\r\n\r\n", 0),
            ("a: x\r\nContent-ID: <a\r\n\r\n", 6),
            ("Content-Type: text\r\n\r\n", 0),
            ("a: x\r\nContent-Length: 4x\r\n\r\n", 6),
            ("Content-Length: +4\r\n\r\n", 0),
            ("Content-Length: 99999999999999999999999\r\n\r\n", 0),
        ] {
            assert_eq!(read(text), Err(Refusal::PartHeader { offset }), "{text:?}");
        }
    }

    #[test]
    fn length_and_number_of_lines_are_bounded() {
        let long = format!("a: {}", "x".repeat(LIMIT));
        let folded = format!("a: {}", "x\r\n ".repeat(LIMIT));
        for (text, offset) in [
            (long.as_str(), LIMIT),
            (&folded, 6 + 127 * 4),
            (&"a: b\r\n".repeat(200), 128 * 6),
        ] {
            let limit = LIMIT;
            assert_eq!(
                read(text),
                Err(Refusal::PartHeaderTooLarge { offset, limit })
            );
        }
    }
}
