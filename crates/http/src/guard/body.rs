//! A streamed message that ends in an error where it would name an institution unseen.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use castile_envelope::{ADDRESS_OVERLAP, mentions_address};
use http_body::{Frame, SizeHint};

use super::Institution;
use crate::{Body, BodyError};

/// What was held of a message, then the rest of it, watched.
pub(super) struct Rest {
    held: Option<Bytes>,
    rest: Body,
    /// The last bytes that passed: a name may begin in one chunk and end in the next.
    tail: BytesMut,
    passed: usize,
    institution: Institution,
}

impl Rest {
    /// `read` is up to where `held` was judged.
    pub(super) fn new(held: Bytes, read: usize, rest: Body, institution: Institution) -> Self {
        let from = held.len().saturating_sub(ADDRESS_OVERLAP).max(read);
        Self {
            tail: BytesMut::from(held.get(from..).unwrap_or_default()),
            passed: held.len(),
            held: Some(held),
            rest,
            institution,
        }
    }

    fn watch(&mut self, chunk: &Bytes) -> Result<(), BodyError> {
        // The seam first, then the chunk itself: it is not copied.
        let seam = chunk.len().min(ADDRESS_OVERLAP);
        self.tail.extend_from_slice(&chunk[..seam]);
        if mentions_address(&self.tail) || mentions_address(chunk) {
            return Err(Box::new(self.institution.too_late(self.passed)));
        }
        self.passed += chunk.len();
        if chunk.len() >= ADDRESS_OVERLAP {
            self.tail.clear();
            self.tail
                .extend_from_slice(&chunk[chunk.len() - ADDRESS_OVERLAP..]);
        } else {
            let surplus = self.tail.len().saturating_sub(ADDRESS_OVERLAP);
            let _ = self.tail.split_to(surplus);
        }
        Ok(())
    }
}

impl http_body::Body for Rest {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Some(held) = self.held.take() {
            return Poll::Ready(Some(Ok(Frame::data(held))));
        }
        let frame = ready!(Pin::new(&mut self.rest).poll_frame(context));
        if let Some(Ok(frame)) = &frame
            && let Some(chunk) = frame.data_ref()
            && let Err(error) = self.watch(chunk)
        {
            return Poll::Ready(Some(Err(error)));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let held = self.held.as_ref().map_or(0, Bytes::len) as u64;
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower() + held);
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper + held);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(chunks: &[&[u8]]) -> bool {
        let institution = Institution::new("a", "1", "TEST");
        let mut rest = Rest::new(Bytes::new(), 0, Body::whole(""), institution);
        chunks
            .iter()
            .any(|chunk| rest.watch(&Bytes::copy_from_slice(chunk)).is_err())
    }

    #[test]
    fn a_mention_is_found_wherever_chunks_part_it() {
        let wide: Vec<u8> = "<a OvrrdInstRtId='1'>"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        for text in [
            &b"<a>text</a><x:jXchangeHdr>x"[..],
            b"<a OvrrdInstRtId='1'>",
            &wide,
        ] {
            for first in 0..text.len() {
                for second in [1, 2, 7, 40] {
                    let second = (first + second).min(text.len());
                    let parts = [&text[..first], &text[first..second], &text[second..]];
                    assert!(watched(&parts), "{parts:?}");
                }
            }
            let bytes: Vec<&[u8]> = text.chunks(1).collect();
            assert!(watched(&bytes));
        }
        assert!(!watched(&[
            b"<InstRtId>",
            b"jXchange",
            b" Hdr",
            b"OvrrdInst",
            b"-RtId"
        ]));
    }
}
