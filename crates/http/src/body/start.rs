//! Looks at the beginning of a body without losing it.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;

use super::{Body, BodyError};

/// The beginning of a body.
pub(crate) enum Start {
    /// All of it.
    Whole(Bytes),
    /// Not all of it: the body as it was, from its first byte.
    Part(Body),
    /// It broke off: the body as it was, from its first byte to the break.
    Broken(Body),
}

/// Reads until the end, or until more than `limit` bytes are there.
pub(crate) async fn start(mut body: Body, limit: usize) -> Start {
    let mut read: VecDeque<Result<Frame<Bytes>, BodyError>> = VecDeque::new();
    let mut length = 0;
    while length <= limit {
        match body.frame().await {
            None => {
                // Mostly it comes in one piece.
                if read.len() == 1
                    && let Some(Ok(frame)) = read.pop_front()
                {
                    return Start::Whole(frame.into_data().unwrap_or_default());
                }
                let mut whole = BytesMut::with_capacity(length);
                for data in read.iter().flatten().filter_map(data) {
                    whole.extend_from_slice(data);
                }
                return Start::Whole(whole.freeze());
            }
            Some(frame) => {
                let broken = frame.is_err();
                length += frame.as_ref().ok().and_then(data).map_or(0, Bytes::len);
                read.push_back(frame);
                if broken {
                    return Start::Broken(Body::stream(Rejoined { read, rest: body }));
                }
            }
        }
    }
    Start::Part(Body::stream(Rejoined { read, rest: body }))
}

/// Reads until `seek` has an answer for what came, to the end, or until more than `limit` bytes are there; gives the body
/// as it was, from its first byte.
pub(crate) async fn sought<T>(
    mut body: Body,
    limit: usize,
    seek: impl Fn(&[u8]) -> Option<T>,
) -> (Option<T>, Body) {
    let mut read = VecDeque::new();
    let mut text = BytesMut::new();
    // In the end only again when twice as much is there: tiny chunks must not cost their number squared.
    let (mut looks, mut enough) = (0, 0);
    let mut found = None;
    while found.is_none() && text.len() <= limit {
        let Some(frame) = body.frame().await else {
            // Not every stream may be asked again after its end.
            body = Body::whole("");
            break;
        };
        let is_broken = frame.is_err();
        text.extend_from_slice(frame.as_ref().ok().and_then(data).map_or(&[], |data| data));
        read.push_back(frame);
        if is_broken {
            break;
        }
        if text.len() >= enough {
            found = seek(&text);
            looks += 1;
            enough = if looks < READS { 0 } else { 2 * text.len() };
        }
    }
    if found.is_none() {
        found = seek(&text);
    }
    (found, Body::stream(Rejoined { read, rest: body }))
}

/// How often the beginning is looked at, chunk by chunk, before it must double.
const READS: usize = 16;

fn data(frame: &Frame<Bytes>) -> Option<&Bytes> {
    frame.data_ref()
}

struct Rejoined {
    read: VecDeque<Result<Frame<Bytes>, BodyError>>,
    rest: Body,
}

impl http_body::Body for Rejoined {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.read.pop_front() {
            Some(frame) => Poll::Ready(Some(frame)),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }

    fn size_hint(&self) -> SizeHint {
        let read = self.read.iter().flatten().filter_map(data);
        let read = read.map(Bytes::len).sum::<usize>() as u64;
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(read));
        if let Some(upper) = rest.upper().and_then(|upper| upper.checked_add(read)) {
            hint.set_upper(upper);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream;
    use http_body_util::StreamBody;

    use super::*;

    #[tokio::test]
    async fn a_stream_that_ended_while_it_was_looked_through_is_not_asked_again() {
        // One that panics when it is.
        let once = stream::unfold(true, |is_first| async move {
            is_first.then(|| (Ok::<_, Infallible>(Frame::data(Bytes::from("ab"))), false))
        });
        let body = Body::stream(StreamBody::new(Box::pin(once)));
        let (found, body) = sought(body, 64, |_| None::<()>).await;
        assert!(found.is_none());
        assert_eq!(body.collect().await.unwrap().to_bytes(), "ab");
    }
}
