//! Where each piece of markup ends in a document that comes in chunks.

use memchr::{memchr, memchr3};

/// Follows the markup of a document byte by byte; each byte is looked at once, however the document is cut.
///
/// It tells pieces apart and nothing more: what stands inside of them is for others to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Markup {
    /// Behind a piece.
    #[default]
    Between,
    Text,
    /// Behind `<`.
    Open,
    /// In a start tag; the open quote, and whether the last byte was a slash.
    Start(Option<u8>, bool),
    End,
    /// Behind `<!` and so many bytes of what it turns out to be.
    Declaration(Word, u8),
    /// In what ends with a word, of which so many bytes are there.
    Until(Word, u8),
}

/// A kind of piece that a word begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Comment,
    CData,
    Instruction,
}

/// A piece of markup that is all there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    Text,
    /// A start tag, or an empty element.
    Start {
        empty: bool,
    },
    End,
    /// A comment, a CDATA section or a processing instruction.
    Other,
}

/// What no SOAP message has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    DocType,
    Malformed,
}

impl Word {
    fn opening(self) -> &'static [u8] {
        match self {
            Self::Comment => b"--",
            Self::CData => b"[CDATA[",
            Self::Instruction => b"",
        }
    }

    fn closing(self) -> &'static [u8] {
        match self {
            Self::Comment => b"-->",
            Self::CData => b"]]>",
            Self::Instruction => b"?>",
        }
    }
}

impl Markup {
    /// Goes on in `bytes`, from `at` to behind the piece at hand; none if it goes on in the next chunk. `at` is then
    /// the end of `bytes`.
    pub(super) fn piece(&mut self, bytes: &[u8], at: &mut usize) -> Result<Option<Piece>, Odd> {
        while let Some(&byte) = bytes.get(*at) {
            let piece = match *self {
                Self::Between if byte == b'<' => {
                    (*self, *at) = (Self::Open, *at + 1);
                    None
                }
                Self::Between => {
                    *self = Self::Text;
                    None
                }
                Self::Text => {
                    let end = memchr(b'<', &bytes[*at..]);
                    *at = end.map_or(bytes.len(), |end| *at + end);
                    end.map(|_| Piece::Text)
                }
                Self::Open => {
                    (*self, *at) = match byte {
                        b'/' => (Self::End, *at + 1),
                        b'?' => (Self::Until(Word::Instruction, 0), *at + 1),
                        b'!' => (Self::Declaration(Word::Comment, 0), *at + 1),
                        _ => (Self::Start(None, false), *at),
                    };
                    None
                }
                Self::Start(quote, slash) => self.start_tag(bytes, at, quote, slash),
                Self::End => {
                    let end = memchr(b'>', &bytes[*at..]);
                    *at = end.map_or(bytes.len(), |end| *at + end + 1);
                    end.map(|_| Piece::End)
                }
                Self::Declaration(word, known) => {
                    self.declaration(byte, word, known)?;
                    *at += 1;
                    None
                }
                Self::Until(word, known) => self.until(bytes, at, word, known),
            };
            if piece.is_some() {
                *self = Self::Between;
                return Ok(piece);
            }
        }
        Ok(None)
    }

    /// Whether nothing of a piece is there.
    pub(super) fn is_between(self) -> bool {
        self == Self::Between
    }

    fn start_tag(
        &mut self,
        bytes: &[u8],
        at: &mut usize,
        quote: Option<u8>,
        slash: bool,
    ) -> Option<Piece> {
        let rest = &bytes[*at..];
        let found = match quote {
            Some(quote) => memchr(quote, rest),
            None => memchr3(b'>', b'"', b'\'', rest),
        };
        let Some(found) = found else {
            let last = rest.last().copied();
            *self = Self::Start(quote, quote.is_none() && last == Some(b'/'));
            *at = bytes.len();
            return None;
        };
        let is_behind_slash = match found.checked_sub(1) {
            Some(before) => rest[before] == b'/',
            None => slash,
        };
        *at += found + 1;
        *self = match (quote, rest[found]) {
            (Some(_), _) => Self::Start(None, false),
            (None, b'>') => {
                let empty = is_behind_slash;
                return Some(Piece::Start { empty });
            }
            (None, quote) => Self::Start(Some(quote), false),
        };
        None
    }

    fn declaration(&mut self, byte: u8, word: Word, known: u8) -> Result<(), Odd> {
        let word = match (known, byte) {
            (0, b'[') => Word::CData,
            (0, b'D' | b'd') => return Err(Odd::DocType),
            _ => word,
        };
        let opening = word.opening();
        if opening.get(usize::from(known)) != Some(&byte) {
            return Err(Odd::Malformed);
        }
        *self = match usize::from(known) + 1 == opening.len() {
            true => Self::Until(word, 0),
            false => Self::Declaration(word, known + 1),
        };
        Ok(())
    }

    fn until(&mut self, bytes: &[u8], at: &mut usize, word: Word, known: u8) -> Option<Piece> {
        let closing = word.closing();
        let (first, last) = (closing[0], closing.len() - 1);
        let mut known = usize::from(known);
        loop {
            if known == 0 {
                match memchr(first, &bytes[*at..]) {
                    Some(found) => *at += found,
                    None => *at = bytes.len(),
                }
            }
            let Some(&byte) = bytes.get(*at) else {
                *self = Self::Until(word, known as u8);
                return None;
            };
            *at += 1;
            known = match byte {
                _ if byte == closing[known] && known == last => return Some(Piece::Other),
                _ if byte == closing[known] => known + 1,
                // Of `--->` and `]]]>` the last bytes count.
                _ if byte == first => last.min(known),
                _ => 0,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of a text that comes in chunks of a size, each with its end.
    fn pieces(text: &str, size: usize) -> Result<Vec<(Piece, usize)>, Odd> {
        let (mut markup, mut found, mut seen) = (Markup::default(), Vec::new(), 0);
        for chunk in text.as_bytes().chunks(size) {
            let mut at = 0;
            while let Some(piece) = markup.piece(chunk, &mut at)? {
                found.push((piece, seen + at));
            }
            assert_eq!(at, chunk.len());
            seen += chunk.len();
        }
        Ok(found)
    }

    #[test]
    fn pieces_end_where_they_end_however_they_come() {
        use Piece::{End, Other, Start, Text};
        let text = "<?xml?><a b='/>' c=\">\">x<!-- <a> - -- --->y<![CDATA[<b>]]]]>z</a ><c d=''/><e/><f/ ><g>";
        let expected = [
            (Other, "<?xml?>"),
            (Start { empty: false }, "<a b='/>' c=\">\">"),
            (Text, "x"),
            (Other, "<!-- <a> - -- --->"),
            (Text, "y"),
            (Other, "<![CDATA[<b>]]]]>"),
            (Text, "z"),
            (End, "</a >"),
            (Start { empty: true }, "<c d=''/>"),
            (Start { empty: true }, "<e/>"),
            (Start { empty: false }, "<f/ >"),
            (Start { empty: false }, "<g>"),
        ];
        for size in 1..=text.len() {
            let (found, mut begin) = (pieces(text, size).unwrap(), 0);
            assert_eq!(found.len(), expected.len(), "{size}");
            for ((piece, end), (kind, source)) in found.iter().zip(expected) {
                assert_eq!((*piece, &text[begin..*end]), (kind, source), "{size}");
                begin = *end;
            }
        }
    }

    #[test]
    fn what_no_soap_message_has_is_told() {
        for (text, odd) in [
            ("<!DOCTYPE a>", Odd::DocType),
            ("<!doctype a>", Odd::DocType),
            ("<!ELEMENT a>", Odd::Malformed),
            ("<!-a", Odd::Malformed),
            ("<![IGNORE[", Odd::Malformed),
        ] {
            for size in [1, 2, 100] {
                assert_eq!(pieces(text, size), Err(odd), "{text} {size}");
            }
        }
    }
}
