//! The body of a message that is streamed through the rewriter.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use castile_envelope::{DocumentRewriter, Refusal};
use http_body::{Frame, SizeHint};

use super::{Start, note};
use crate::{Body, BodyError};

/// What is ready, then the rest as it comes.
pub(super) struct Passing {
    body: Body,
    /// `None` once the message has ended.
    rewriter: Option<DocumentRewriter>,
    ready: VecDeque<Bytes>,
    /// Bytes still to come, if that is known.
    left: Option<u64>,
    /// Whether the findings have been told.
    noted: bool,
}

impl Passing {
    pub(super) fn new(start: Start, length: Option<u64>, noted: bool) -> Self {
        Self {
            body: start.body,
            rewriter: Some(start.rewriter),
            ready: start.ready,
            left: length,
            noted,
        }
    }

    fn end(&mut self) -> Result<(), Refusal> {
        let Some(rewriter) = self.rewriter.take() else {
            return Ok(());
        };
        let mut out = Vec::new();
        let report = rewriter.finish(&mut out)?;
        if !self.noted {
            note(&report.findings);
        }
        self.ready.extend(out);
        Ok(())
    }

    fn refused(&mut self, refusal: Refusal) -> BodyError {
        self.rewriter = None;
        self.ready.clear();
        self.body = Body::whole(Bytes::new());
        let (code, offset) = (refusal.code(), refusal.offset());
        tracing::warn!(code, offset, "refused after a part of it was sent");
        refusal.into()
    }
}

impl http_body::Body for Passing {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                self.left = self
                    .left
                    .map(|left| left.saturating_sub(piece.len() as u64));
                return Poll::Ready(Some(Ok(Frame::data(piece))));
            }
            if self.rewriter.is_none() {
                return Poll::Ready(None);
            }
            let frame = ready!(Pin::new(&mut self.body).poll_frame(context)).transpose()?;
            let taken = match frame.map(Frame::into_data) {
                None => self.end(),
                // Trailer fields may speak of the message as it was.
                Some(Err(_)) => Ok(()),
                Some(Ok(chunk)) => {
                    let mut out = Vec::new();
                    let pushed = match &mut self.rewriter {
                        Some(rewriter) => rewriter.push(chunk, &mut out),
                        None => Ok(()),
                    };
                    self.ready.extend(out);
                    pushed
                }
            };
            if let Err(refusal) = taken {
                return Poll::Ready(Some(Err(self.refused(refusal))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rewriter.is_none() && self.ready.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.left
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
