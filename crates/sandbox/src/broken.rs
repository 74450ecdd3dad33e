//! A body that promises more than it gives.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// The beginning of a body whose length is told as if it were whole; then the connection ends.
pub(crate) struct Broken {
    beginning: Option<Bytes>,
    length: u64,
    has_waited: bool,
}

impl Broken {
    pub(crate) fn new(whole: Bytes, bytes: usize) -> Self {
        Self {
            length: whole.len() as u64,
            beginning: Some(whole.slice(..bytes.min(whole.len())))
                .filter(|bytes| !bytes.is_empty()),
            has_waited: false,
        }
    }
}

impl Body for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(beginning) = self.beginning.take() {
            return Poll::Ready(Some(Ok(Frame::data(beginning))));
        }
        if !self.has_waited {
            // The server writes what it has when there is nothing more to read for the moment.
            self.has_waited = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
