//! Turns chunks of any encoding into text in which no character is cut off.

use smallvec::SmallVec;

use super::read::Reader;
use crate::encoding::{Charset, Form, Wide};
use crate::error::{Flaw, Refusal};

/// Bytes that are decoded at a time, so that they are still near when they are read.
const TILE: usize = 16 * 1024;
const WIDE_TILE: usize = 4 * 1024;

pub(super) struct Decoder {
    form: Form,
    charset: Charset,
    /// The first bytes of a character that the last chunk cut off.
    begun: SmallVec<[u8; 4]>,
}

impl Decoder {
    pub(super) fn new(form: Form, charset: Charset) -> Self {
        let form = match form {
            Form::Wide { order, .. } => Form::Wide { order, start: 0 },
            Form::Bytes => form,
        };
        Self {
            form,
            charset,
            begun: SmallVec::new(),
        }
    }

    pub(super) fn push(&mut self, chunk: &[u8], reader: &mut Reader) -> Result<(), Refusal> {
        let mut rest = chunk;
        while !self.begun.is_empty() {
            let Some((&byte, tail)) = rest.split_first() else {
                return Ok(());
            };
            rest = tail;
            self.begun.push(byte);
            let begun = std::mem::take(&mut self.begun);
            let read = self.decode(&begun, reader)?;
            self.begun.extend_from_slice(&begun[read..]);
        }
        while !rest.is_empty() {
            let tile = &rest[..rest.len().min(self.tile())];
            let read = self.decode(tile, reader)?;
            if read == 0 || tile.len() == rest.len() {
                self.begun.extend_from_slice(&rest[read..]);
                return Ok(());
            }
            rest = &rest[read..];
        }
        Ok(())
    }

    pub(super) fn finish(&self, reader: &mut Reader) -> Result<(), Refusal> {
        reader.finish(self.begun.len())
    }

    fn tile(&self) -> usize {
        match self.form {
            Form::Bytes => TILE,
            Form::Wide { .. } => WIDE_TILE,
        }
    }

    /// Reads the whole characters of `bytes` and says how many bytes these are.
    fn decode(&self, bytes: &[u8], reader: &mut Reader) -> Result<usize, Refusal> {
        if let Form::Wide { .. } = self.form {
            let mut wide = Wide::new(self.form);
            wide.read(bytes);
            reader.push(wide.text(), false)?;
            return match wide.flaw() {
                Some(refusal) => Err(reader.broken_off(refusal)),
                None => Ok(wide.end()),
            };
        }
        let plain = is_plain(bytes);
        if plain || self.charset == Charset::SingleByte || bytes.is_ascii() {
            reader.push(bytes, plain)?;
            return Ok(bytes.len());
        }
        let (valid, flaw) = match std::str::from_utf8(bytes) {
            Ok(_) => (bytes.len(), None),
            Err(error) => (error.valid_up_to(), error.error_len().map(|_| Flaw::Utf8)),
        };
        // U+FFFE and U+FFFF.
        let outside = bytes[..valid]
            .windows(3)
            .position(|window| matches!(window, [0xef, 0xbf, 0xbe | 0xbf]));
        let (valid, flaw) = match outside {
            Some(at) => (at, Some(Flaw::Character)),
            None => (valid, flaw),
        };
        reader.push(&bytes[..valid], false)?;
        match flaw {
            Some(flaw) => Err(reader.broken_off(Refusal::malformed(0, flaw))),
            None => Ok(valid),
        }
    }
}

/// Whether all is printing ASCII, as base64 without line breaks is: then text needs to be searched for markup only.
fn is_plain(bytes: &[u8]) -> bool {
    let plain = |block: &[u8]| {
        // One comparison for control characters and all above ASCII.
        let other = |any, &byte: &u8| any | (byte.cast_signed() < 0x20);
        !block.iter().fold(false, other)
    };
    let (blocks, rest) = bytes.as_chunks::<256>();
    blocks.iter().all(|block| plain(block)) && plain(rest)
}
