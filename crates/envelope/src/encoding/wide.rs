//! Reads UTF-16 as UTF-8 and maps offsets back.

use smallvec::SmallVec;

use super::Form;
use crate::error::{Flaw, Refusal};

/// Which byte of a UTF-16 code unit comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

impl Order {
    fn unit(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }
}

/// The start of a UTF-16 input in UTF-8, as far as it was read.
pub(crate) struct Wide {
    order: Order,
    /// Offset in the input at which `text` begins.
    start: usize,
    /// Offset in the input up to which it was read.
    at: usize,
    /// UTF-8, by construction.
    text: SmallVec<[u8; 2048]>,
    flaw: Option<Flaw>,
}

impl Wide {
    /// Nothing read yet; what is not wide is taken for big-endian.
    pub(crate) fn new(form: Form) -> Self {
        let (order, start) = match form {
            Form::Wide { order, start } => (order, start),
            Form::Bytes => (Order::Big, 0),
        };
        Self {
            order,
            start,
            at: start,
            text: SmallVec::new(),
            flaw: None,
        }
    }

    /// Reads on in `input`, which begins as it did the last time; a character cut off at its end is left for the next.
    pub(crate) fn read(&mut self, input: &[u8]) {
        while self.flaw.is_none() {
            match self.order {
                Order::Little => self.plain(input, u16::from_le_bytes),
                Order::Big => self.plain(input, u16::from_be_bytes),
            }
            match self.character(input) {
                Ok(Some((character, length))) => {
                    let mut utf8 = [0; 4];
                    self.text
                        .extend_from_slice(character.encode_utf8(&mut utf8).as_bytes());
                    self.at += length;
                }
                Ok(None) => return,
                Err(flaw) => self.flaw = Some(flaw),
            }
        }
    }

    /// What was read.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Offset in the input up to which it was read.
    pub(crate) fn end(&self) -> usize {
        self.at
    }

    /// Why reading cannot go on, with the offset in the input.
    pub(crate) fn flaw(&self) -> Option<Refusal> {
        self.flaw.map(|flaw| Refusal::malformed(self.at, flaw))
    }

    /// Maps offsets in the text to offsets in the input.
    pub(crate) fn offsets(&self) -> Offsets<'_> {
        Offsets {
            text: &self.text,
            start: self.start,
            at: 0,
            original: self.start,
        }
    }

    /// Whole blocks of ASCII; without a branch inside the block the compiler makes vector instructions of it.
    fn plain(&mut self, input: &[u8], unit: impl Fn([u8; 2]) -> u16) {
        let rest = input.get(self.at..).unwrap_or_default();
        let (blocks, _) = rest.as_chunks::<32>();
        for block in blocks {
            let (pairs, _) = block.as_chunks::<2>();
            let mut narrow = [0; 16];
            let mut all = 0;
            for (byte, &pair) in narrow.iter_mut().zip(pairs) {
                let unit = unit(pair);
                all |= unit;
                *byte = unit as u8;
            }
            if all >= 0x80 {
                return;
            }
            self.text.extend_from_slice(&narrow);
            self.at += 32;
        }
    }

    /// The next character with its length in the input; none if that ends first.
    fn character(&self, input: &[u8]) -> Result<Option<(char, usize)>, Flaw> {
        let unit = |at: usize| {
            let bytes = input.get(at..)?.first_chunk::<2>()?;
            Some(self.order.unit(*bytes))
        };
        let Some(first) = unit(self.at) else {
            return Ok(None);
        };
        match first {
            0xd800..0xdc00 => match unit(self.at + 2) {
                None => Ok(None),
                Some(second) => char::decode_utf16([first, second])
                    .next()
                    .and_then(Result::ok)
                    .map(|character| Some((character, 4)))
                    .ok_or(Flaw::Utf16),
            },
            0xfffe | 0xffff => Err(Flaw::Character),
            _ => match char::from_u32(u32::from(first)) {
                Some(character) => Ok(Some((character, 2))),
                None => Err(Flaw::Utf16),
            },
        }
    }
}

/// Maps offsets in the text to offsets in the input; cheap for offsets that rise.
pub(crate) struct Offsets<'t> {
    text: &'t [u8],
    start: usize,
    at: usize,
    original: usize,
}

impl Offsets<'_> {
    pub(crate) fn original(&mut self, offset: usize) -> usize {
        if offset < self.at {
            self.at = 0;
            self.original = self.start;
        }
        let passed = self.text.get(self.at..offset).unwrap_or_default();
        self.original += width(passed);
        self.at += passed.len();
        self.original
    }
}

/// How many bytes of UTF-16 the UTF-8 text takes.
pub(crate) fn width(text: &[u8]) -> usize {
    if text.is_ascii() {
        return 2 * text.len();
    }
    let units = |&byte: &u8| usize::from(byte & 0xc0 != 0x80) + usize::from(byte >= 0xf0);
    2 * text.iter().map(units).sum::<usize>()
}
