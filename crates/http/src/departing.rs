//! A body that tells when its first byte is about to leave.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};

use crate::{Body, BodyError, Phase, Progress};

/// A body that says when it is first asked for: then the head is about to leave, and what comes after is open.
pub(crate) struct Departing {
    /// reqwest wants a body that threads may share; nobody ever waits for this lock.
    body: Mutex<Body>,
    progress: Progress,
}

impl Departing {
    /// Says on `progress` when `body` departs; before that, what is waited for is a connection.
    pub(crate) fn new(body: Body, progress: &Progress) -> Self {
        // hyper does not poll a body that is empty: then nothing tells that the head was sent.
        progress.reach(if body.is_end_stream() {
            Phase::Answer
        } else {
            Phase::Connect
        });
        Self {
            body: Mutex::new(body),
            progress: progress.clone(),
        }
    }

    /// A body that came in, for those who want one that threads may share.
    #[cfg(feature = "reqwest-middleware")]
    pub(crate) fn arrived(body: Body) -> Self {
        Self {
            body: Mutex::new(body),
            progress: Progress::default(),
        }
    }

    fn body(&mut self) -> Pin<&mut Body> {
        Pin::new(self.body.get_mut().unwrap_or_else(PoisonError::into_inner))
    }
}

impl http_body::Body for Departing {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.progress.reach(Phase::Answer);
        self.body().poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .size_hint()
    }
}
