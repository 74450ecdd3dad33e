//! Which texts are names that XML can write and read back.

/// Where the local part of a qualified name starts; `None` if it is no such name.
///
/// Outside ASCII all characters pass: none of them is markup.
#[inline]
pub(crate) fn local_start(name: &[u8]) -> Option<usize> {
    let is_start = |b: u8| b.is_ascii_alphabetic() || b == b'_' || b >= 0x80;
    let mut local_at = 0;
    for (at, &b) in name.iter().enumerate() {
        let ok = match b {
            b':' if local_at == 0 && at > 0 => {
                local_at = at + 1;
                true
            }
            b'0'..=b'9' | b'-' | b'.' => at > local_at,
            b => is_start(b),
        };
        if !ok {
            return None;
        }
    }
    (local_at < name.len()).then_some(local_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qualified_name_has_one_colon_with_a_name_on_each_side() {
        for (name, start) in [
            ("a", 0),
            ("_a.b-9", 0),
            ("p:a", 2),
            ("jx:Ver_1", 3),
            ("é", 0),
        ] {
            assert_eq!(local_start(name.as_bytes()), Some(start), "{name}");
        }
        for name in [
            "", ":", "p:", ":a", "a:b:c", "1", "p:1", "-a", "a b", "a#2", "{u}a", "a>", "a/",
            "a\0", "a=",
        ] {
            assert_eq!(local_start(name.as_bytes()), None, "{name}");
        }
    }
}
