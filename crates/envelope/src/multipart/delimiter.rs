//! Finds the lines that part a multipart body (RFC 2046 section 5.1.1).

use memchr::memmem;

use crate::error::Refusal;

/// `--` and the boundary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delimiter(Box<[u8]>);

/// What a delimiter line turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// A part begins behind it, at this offset.
    Open(usize),
    /// The last one.
    Close,
    /// That takes more input to say.
    Unfinished,
}

/// Spaces that a mail gateway may have added; more is no delimiter line of anyone.
const PADDING: usize = 64;

impl Delimiter {
    /// The delimiter of a boundary parameter; `None` if that is none.
    pub(crate) fn new(boundary: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
        let sound = (1..=70).contains(&boundary.len())
            && boundary.bytes().all(allowed)
            && !boundary.ends_with(' ');
        sound.then(|| Self([b"--", boundary.as_bytes()].concat().into()))
    }

    /// Its length in bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The first place from `from` on where it begins a line; `from` begins one if `fresh`.
    ///
    /// A line feed alone counts as the end of a line here: whoever reads on must see the line, to refuse it.
    pub(crate) fn find(&self, input: &[u8], from: usize, fresh: bool) -> Option<usize> {
        let begins_line = |at: usize| match at.checked_sub(1).filter(|before| *before >= from) {
            Some(before) => input[before] == b'\n',
            None => fresh,
        };
        // A delimiter holds no line feed, so one that begins a line overlaps with none that does not.
        memmem::find_iter(input.get(from..)?, &self.0)
            .map(|at| from + at)
            .find(|at| begins_line(*at))
    }

    /// Where the content in front of the delimiter at `at` ends: the line break belongs to the delimiter.
    pub(crate) fn content_end(input: &[u8], at: usize) -> usize {
        match &input[..at] {
            [.., b'\r', b'\n'] => at - 2,
            [.., b'\n'] => at - 1,
            _ => at,
        }
    }

    /// Reads the line whose delimiter begins at `at`; `complete` if no more input comes.
    ///
    /// # Errors
    /// [`Refusal::BoundaryLine`] if anything but padding stands there, or a line break is not CRLF:
    /// another reader might part the message elsewhere.
    pub(crate) fn line(&self, input: &[u8], at: usize, complete: bool) -> Result<Line, Refusal> {
        let bad = Refusal::BoundaryLine { offset: at };
        if at > 0 && !input[..at].ends_with(b"\r\n") {
            return Err(bad);
        }
        let rest = &input[at + self.0.len()..];
        let (close, rest_at) = match rest {
            [b'-', b'-', ..] => (true, 2),
            [] | [b'-'] => return Ok(Line::Unfinished),
            _ => (false, 0),
        };
        let padding = rest[rest_at..]
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        if padding > PADDING {
            return Err(bad);
        }
        let end = rest_at + padding;
        match (&rest[end..], close) {
            ([b'\r', b'\n', ..], true) => Ok(Line::Close),
            ([], true) if complete => Ok(Line::Close),
            ([b'\r', b'\n', ..], false) => Ok(Line::Open(at + self.0.len() + end + 2)),
            ([] | [b'\r'], _) => Ok(Line::Unfinished),
            _ => Err(bad),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_as_rfc_2046_has_it() {
        for good in ["b", "a'()+_,-./:=? z", &"x".repeat(70)] {
            assert!(Delimiter::new(good).is_some(), "{good}");
        }
        for bad in ["", "b ", "a\"b", "\u{e9}", "a\r\nb", "a;b", &"x".repeat(71)] {
            assert_eq!(Delimiter::new(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_delimiter_line_is_open_or_closed_or_refused() {
        let delimiter = Delimiter::new("b").unwrap();
        let line = |text: &str| delimiter.line(text.as_bytes(), text.find("--b").unwrap(), false);
        assert_eq!(line("--b\r\nx"), Ok(Line::Open(5)));
        assert_eq!(line("x\r\n--b \t\r\nx"), Ok(Line::Open(10)));
        assert_eq!(line("--b--\r\n"), Ok(Line::Close));
        for unfinished in ["--b", "--b-", "--b--", "--b ", "--b\r", "--b--  \r"] {
            assert_eq!(line(unfinished), Ok(Line::Unfinished), "{unfinished}");
        }
        assert_eq!(delimiter.line(b"--b-- ", 0, true), Ok(Line::Close));
        let long = format!("--b{}\r\n", " ".repeat(65));
        for bad in [
            "x\n--b\r\n",
            "--b\n",
            "--bc\r\n",
            "--b-c",
            "--b--c",
            "--b\rx",
            &long,
        ] {
            let offset = bad.find("--b").unwrap();
            assert_eq!(line(bad), Err(Refusal::BoundaryLine { offset }), "{bad}");
        }
    }

    #[test]
    fn only_the_beginning_of_a_line_counts() {
        let delimiter = Delimiter::new("b").unwrap();
        assert_eq!(delimiter.find(b"--b", 0, true), Some(0));
        assert_eq!(delimiter.find(b"--b", 0, false), None);
        assert_eq!(delimiter.find(b"x--b\r\n--c\n--b", 0, true), Some(10));
        assert_eq!(delimiter.find(b"", 0, true), None);
    }
}
