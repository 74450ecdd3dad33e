//! Damages contracts the way hands and tools do, the same way for the same seed.

/// A small generator of numbers (xorshift64*): the same on every machine.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap() % bound.max(1)
    }
}

/// Drops an attribute, drops an element, cuts the file short, lets a name dangle, or overwrites a byte.
pub(crate) fn damage(bytes: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut damaged = bytes.to_vec();
    match numbers.below(5) {
        0 => {
            if let Some((start, end)) = attribute(bytes, numbers) {
                damaged.drain(start..end);
            }
        }
        1 => {
            if let Some((start, end)) = element(bytes, numbers) {
                damaged.drain(start..end);
            }
        }
        2 => damaged.truncate(numbers.below(bytes.len())),
        3 => {
            if let Some((_, end)) = attribute(bytes, numbers) {
                damaged.splice(end - 1..end - 1, *b"Nowhere");
            }
        }
        _ => {
            if !damaged.is_empty() {
                let at = numbers.below(damaged.len());
                damaged[at] = b"<>&\"'=/ x:\xff\0"[numbers.below(12)];
            }
        }
    }
    damaged
}

/// The bytes of ` name="value"`, near a random place.
fn attribute(bytes: &[u8], numbers: &mut Numbers) -> Option<(usize, usize)> {
    let from = numbers.below(bytes.len());
    let quote = from + bytes[from..].windows(2).position(|pair| pair == b"=\"")?;
    let start = bytes[..quote]
        .iter()
        .rposition(|byte| byte.is_ascii_whitespace())?;
    let end = quote + 2 + bytes[quote + 2..].iter().position(|&byte| byte == b'"')?;
    Some((start, end + 1))
}

/// The bytes of an element, from its start tag to its end tag, near a random place.
fn element(bytes: &[u8], numbers: &mut Numbers) -> Option<(usize, usize)> {
    let from = numbers.below(bytes.len());
    let is_start = |pair: &[u8]| pair[0] == b'<' && pair[1].is_ascii_alphabetic();
    let start = from + bytes[from..].windows(2).position(is_start)?;
    let tag = start + bytes[start..].iter().position(|&byte| byte == b'>')?;
    if bytes[tag - 1] == b'/' {
        return Some((start, tag + 1));
    }
    let name = bytes[start + 1..]
        .split(|byte| byte.is_ascii_whitespace() || *byte == b'>')
        .next()?;
    let end_tag = [b"</", name, b">"].concat();
    let end = tag
        + bytes[tag..]
            .windows(end_tag.len())
            .position(|part| part == end_tag)?;
    Some((start, end + end_tag.len()))
}
