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
