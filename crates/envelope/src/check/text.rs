//! Finds the next byte that text cannot simply hold.

use crate::scan::chars;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * ONES;

/// The next `<`, `&`, `]` or control character that is no white space.
///
/// Most text is a word or two long, which eight bytes at a time end exactly; what is longer goes by in blocks.
///
/// `plain` says that `input` holds no control character; what it holds is then for a search that knows the machine.
pub(super) fn end(input: &[u8], from: usize, plain: bool) -> usize {
    let mut at = from;
    let mut words = 0;
    while let Some(word) = input.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let hits = special(u64::from_le_bytes(*word));
        if hits == 0 {
            at += 8;
            words += 1;
            if words == 4 {
                if plain {
                    let found = memchr::memchr3(b'<', b'&', b']', &input[at..]);
                    return found.map_or(input.len(), |found| at + found);
                }
                at = blocks_end(input, at);
                words = 0;
            }
            continue;
        }
        at += hits.trailing_zeros() as usize / 8;
        if !chars::is_space(input[at]) {
            return at;
        }
        at = chars::space_end(input, at + 1);
    }
    chars::text_end(input, at)
}

/// The high bit of the first special byte, white space other than a blank among them; bits above it mean nothing.
fn special(word: u64) -> u64 {
    let zero = |x: u64| x.wrapping_sub(ONES) & !x;
    let is = |byte: u8| zero(word ^ (ONES * u64::from(byte)));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (is(b'<') | is(b'&') | is(b']') | control) & HIGH
}

/// Passes whole blocks by; without a branch inside the block the compiler makes vector instructions of it.
fn blocks_end(input: &[u8], from: usize) -> usize {
    let (blocks, _) = input.get(from..).unwrap_or_default().as_chunks::<64>();
    let markup = |byte: u8| (byte == b'<') | (byte == b'&') | (byte == b']');
    let plain = |block: &&[u8; 64]| {
        // One comparison for control characters and all above ASCII.
        let rough = block.iter().fold(false, |any, &byte| {
            any | markup(byte) | (byte.cast_signed() < 0x20)
        });
        !rough
            || !block.iter().fold(false, |any, &byte| {
                let space = (byte == b'\n') | (byte == b'\r') | (byte == b'\t');
                any | markup(byte) | ((byte < 0x20) & !space)
            })
    };
    from + 64 * blocks.iter().take_while(plain).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_special_byte_is_found_wherever_it_stands() {
        for at in 0..200 {
            for byte in 0..=255 {
                let mut input = [b'\t', b'x', 0xff, b' ', b'\n'].repeat(40);
                input[at] = byte;
                let special = matches!(byte, b'<' | b'&' | b']') || chars::is_control(byte);
                let expected = if special { at } else { input.len() };
                for from in [0, at / 2, at] {
                    assert_eq!(end(&input, from, false), expected, "{byte} at {at}");
                }
                let mut plain = vec![b'x'; 200];
                plain[at] = byte;
                assert_eq!(end(&plain, 0, false), expected, "{byte} at {at}");
                if byte >= 0x20 {
                    assert_eq!(end(&plain, 0, true), expected, "{byte} at {at}");
                }
            }
        }
    }
}
