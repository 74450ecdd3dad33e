//! Texts as markup carries them.

use crate::Attribute;
use crate::attributes::XSI;
use crate::name::local_start;

/// Namespace and local name that an `xsi:type` holds.
pub(super) fn type_name(attribute: &Attribute) -> Option<(&str, &str)> {
    let is_type = attribute.namespace() == XSI && attribute.local_name() == "type";
    let name = attribute.value().strip_prefix('{').filter(|_| is_type)?;
    let (namespace, local) = name.rsplit_once('}')?;
    let is_name = local_start(local.as_bytes()) == Some(0);
    is_name.then_some((namespace, local))
}

pub(crate) fn escape_attribute(value: &str, out: &mut String) {
    // Only namespaces come here: they were read from XML or stand in generated code.
    let _ = escape(value, true, out);
}

/// Whether a text is written as it is; one that is not said to be may be all the same.
///
/// Eight bytes at a time: most texts are of one or two such words.
#[inline]
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let half = |four: Option<&[u8; 4]>| four.map_or(0, |four| u64::from(u32::from_le_bytes(*four)));
    match bytes.last_chunk::<8>() {
        Some(last) => {
            let (words, _) = bytes.as_chunks::<8>();
            let has_odd = |word: &[u8; 8]| is_odd(u64::from_le_bytes(*word));
            !words.iter().any(has_odd) && !has_odd(last)
        }
        None if bytes.len() >= 4 => {
            !is_odd(half(bytes.first_chunk()) | half(bytes.last_chunk()) << 32)
        }
        None => bytes.iter().all(|b| !IS_ODD[usize::from(*b)]),
    }
}

/// Whether one of eight bytes is not ASCII, a control character, or one of `<>&"`.
#[inline]
fn is_odd(word: u64) -> bool {
    const EACH: u64 = u64::MAX / 0xFF;
    // Two characters each that differ in one bit: what is left of them is a zero.
    let each = |byte: u8| u64::from(byte) * EACH;
    let angle = (word | each(0x02)) ^ each(b'>');
    let other = (word | each(0x04)) ^ each(b'&');
    let below = |word: u64, least| word.wrapping_sub(each(least));
    let odd = word | below(word, 0x20) | below(angle, 1) | below(other, 1);
    odd & each(0x80) != 0
}

/// Appends the text with references where XML needs them, so that a reader gives back the same characters.
///
/// # Errors
/// Index of the first character that XML 1.0 cannot carry.
pub(super) fn escape(text: &str, in_attribute: bool, out: &mut String) -> Result<(), usize> {
    let bytes = text.as_bytes();
    let (mut from, mut at) = (0, 0);
    while let Some(more) = bytes[at..].iter().position(|b| IS_ODD[usize::from(*b)]) {
        at += more;
        let reference = match bytes[at] {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            // Written as it is, the reader would normalise it (XML 1.0, sections 2.11 and 3.3.3).
            b'\r' => "&#13;",
            b'"' if in_attribute => "&quot;",
            b'\t' if in_attribute => "&#9;",
            b'\n' if in_attribute => "&#10;",
            0..0x20 if !matches!(bytes[at], b'\t' | b'\n') => {
                return Err(text[..at].chars().count());
            }
            // U+FFFE and U+FFFF
            0xEF if matches!(bytes[at..], [_, 0xBF, 0xBE | 0xBF, ..]) => {
                return Err(text[..at].chars().count());
            }
            _ => {
                at += 1;
                continue;
            }
        };
        out.push_str(&text[from..at]);
        out.push_str(reference);
        at += 1;
        from = at;
    }
    out.push_str(&text[from..]);
    Ok(())
}

/// Bytes at which [`escape`] has to look.
const IS_ODD: [bool; 256] = {
    let mut table = [false; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = matches!(b as u8, 0..0x20 | b'<' | b'>' | b'&' | b'"' | 0xEF);
        b += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_is_one_that_is_written_as_it_is() {
        for length in 0..20 {
            let text = "x".repeat(length);
            assert!(is_plain(&text), "{length}");
            for (at, byte) in (0..length).flat_map(|at| (0..0x80).map(move |b| (at, b))) {
                let mut odd = text.clone().into_bytes();
                odd[at] = byte;
                let odd = String::from_utf8(odd).unwrap();
                let mut out = String::new();
                let is_same = escape(&odd, false, &mut out).is_ok() && out == odd;
                assert!(is_same || !is_plain(&odd), "{byte} at {at} of {length}");
                let is_letter = !IS_ODD[usize::from(byte)];
                assert_eq!(is_plain(&odd), is_letter, "{byte} at {at} of {length}");
            }
        }
        for text in ["é", "straße", "1234567\u{FFFE}", "1234567\u{FFFF}89"] {
            let mut out = String::new();
            let is_same = escape(text, false, &mut out).is_ok() && out == *text;
            assert!(is_same || !is_plain(text), "{text}");
        }
    }
}
