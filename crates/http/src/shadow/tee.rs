//! A body that passes by and leaves a copy.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame, SizeHint};

use crate::{Body, BodyError};

/// What passed by, once it has passed whole and within a limit.
#[derive(Clone)]
pub(super) struct Copy {
    /// Nothing once it is over that it was too long.
    whole: Arc<OnceLock<Option<Bytes>>>,
    limit: usize,
}

impl Copy {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            whole: Arc::default(),
            limit,
        }
    }

    /// Whether it has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.whole.get().is_some()
    }

    /// The whole body; none as long as it has not ended, or if it was too long.
    pub(super) fn whole(&self) -> Option<Bytes> {
        self.whole.get().cloned().flatten()
    }
}

/// Passes a body on frame by frame, at its own pace, and keeps a copy of its data.
pub(super) struct Tee {
    body: Body,
    kept: Kept,
    copy: Copy,
    /// Dropped with the body.
    _then: Option<Box<dyn Send>>,
}

impl Tee {
    /// `body` with a `copy` of it; `then` is dropped when the body is.
    pub(super) fn body(body: Body, copy: Copy, then: Option<Box<dyn Send>>) -> Body {
        let mut tee = Self {
            kept: Kept::Growing(BytesMut::new()),
            body,
            copy,
            _then: then,
        };
        tee.end_if_ended();
        Body::stream(tee)
    }

    fn end_if_ended(&mut self) {
        if self.body.is_end_stream() {
            self.end();
        }
    }

    fn end(&mut self) {
        let whole = match std::mem::replace(&mut self.kept, Kept::Told) {
            Kept::Growing(kept) => Some(kept.freeze()),
            Kept::TooLong => None,
            Kept::Told => return,
        };
        // Told once only.
        let _ = self.copy.whole.set(whole);
    }

    fn keep(&mut self, data: &Bytes) {
        let limit = self.copy.limit;
        if let Kept::Growing(kept) = &mut self.kept {
            if data.len() <= limit.saturating_sub(kept.len()) {
                kept.extend_from_slice(data);
            } else {
                self.kept = Kept::TooLong;
            }
        }
    }
}

/// What is kept so far.
enum Kept {
    Growing(BytesMut),
    TooLong,
    /// The body has ended or broken.
    Told,
}

impl http_body::Body for Tee {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    self.keep(data);
                }
                // A server that knows the length asks no further.
                self.end_if_ended();
            }
            Some(Err(_)) => self.kept = Kept::Told,
            None => self.end(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
