//! Knows the names of encodings.

use super::{Form, Order};

/// What the name of an encoding says of the bytes, as far as it matters to a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Utf8,
    /// Which of the single-byte encodings is all one: what is cut is ASCII.
    SingleByte,
    /// UTF-16 whose byte order shows in the bytes, or is named.
    Utf16(Option<Order>),
}

impl Named {
    /// Knows a name of the IANA registry in upper or lower case; none for encodings that are stateful,
    /// hide ASCII in other characters, or are unknown.
    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        if name.eq_ignore_ascii_case(b"utf-8") {
            return Some(Self::Utf8);
        }
        // None of those below is longer.
        let mut lower = [0; 16];
        let lower = lower.get_mut(..name.len())?;
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        let name = std::str::from_utf8(lower).ok()?;
        let digits = |prefix: &str| name.strip_prefix(prefix)?.parse::<u32>().ok();
        match name {
            "utf8" | "us-ascii" | "ascii" => return Some(Self::Utf8),
            "utf-16" | "utf16" | "ucs-2" | "iso-10646-ucs-2" => return Some(Self::Utf16(None)),
            "utf-16le" => return Some(Self::Utf16(Some(Order::Little))),
            "utf-16be" => return Some(Self::Utf16(Some(Order::Big))),
            "koi8-r" | "koi8-u" | "macintosh" | "tis-620" | "iso_8859-1" => {
                return Some(Self::SingleByte);
            }
            _ => {}
        }
        let page = digits("windows-")
            .or_else(|| digits("cp"))
            .or_else(|| digits("ibm"));
        let single = matches!(digits("iso-8859-"), Some(1..=11 | 13..=16))
            || matches!(digits("latin"), Some(1..=10))
            // 864 has an Arabic sign in the place of the per cent.
            || matches!(
                page,
                Some(437 | 737 | 775 | 850 | 852 | 855 | 857 | 858 | 860..=863 | 865 | 866 | 869 | 874 | 1250..=1258)
            );
        single.then_some(Self::SingleByte)
    }

    /// Whether the bytes can be in an encoding of this name.
    pub(super) fn fits(self, form: Form) -> bool {
        match (self, form) {
            (Self::Utf16(named), Form::Wide { order, .. }) => {
                named.is_none_or(|named| named == order)
            }
            (Self::Utf8 | Self::SingleByte, Form::Bytes) => true,
            _ => false,
        }
    }

    /// Whether two names can be of one encoding.
    pub(super) fn agrees(self, other: Self) -> bool {
        matches!((self, other), (Self::Utf16(_), Self::Utf16(_))) || self == other
    }
}
