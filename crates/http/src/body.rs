//! The one body type of requests and responses: whole bytes, or a stream.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;

use crate::{Effect, Error};

mod joined;
mod start;

pub(crate) use start::{Start, sought, start};

/// What a streamed body may fail with.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A message body. Whole bodies can be sent again, streams cannot.
pub struct Body(Kind);

enum Kind {
    Whole { bytes: Bytes, is_read: bool },
    Stream(UnsyncBoxBody<Bytes, BodyError>),
}

impl Body {
    /// A body that is in memory and can be sent again.
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        Self(Kind::Whole {
            bytes: bytes.into(),
            is_read: false,
        })
    }

    /// A body that passes by once.
    pub fn stream<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        Self(Kind::Stream(body.map_err(Into::into).boxed_unsync()))
    }

    /// The bytes, if the body is in memory.
    pub fn as_whole(&self) -> Option<&Bytes> {
        match &self.0 {
            Kind::Whole { bytes, .. } => Some(bytes),
            Kind::Stream(_) => None,
        }
    }

    /// All bytes of an answer's body, as long as it is: bound it with [`AnswerLimit`](crate::AnswerLimit).
    ///
    /// `effect` is what the request does; it decides whether a broken answer leaves the outcome open.
    ///
    /// # Errors
    /// Whatever broke the stream, by [`Error::from_body`].
    pub async fn bytes(self, effect: Effect) -> Result<Bytes, Error> {
        match self.0 {
            Kind::Whole { bytes, .. } => Ok(bytes),
            Kind::Stream(stream) => match stream.collect().await {
                Ok(whole) => Ok(whole.to_bytes()),
                Err(error) => Err(Error::from_body(error, effect)),
            },
        }
    }

    /// All bytes of a request's body, if they are no more than `limit`.
    ///
    /// # Errors
    /// [`Error::RequestTooLarge`], [`Error::RequestBroken`].
    pub async fn bytes_up_to(self, limit: usize) -> Result<Bytes, Error> {
        if self.size_hint().lower() > limit as u64 {
            return Err(Error::RequestTooLarge { limit });
        }
        let mut stream = match self.0 {
            Kind::Whole { bytes, .. } => return Ok(bytes),
            Kind::Stream(stream) => stream,
        };
        let mut whole = BytesMut::new();
        while let Some(frame) = stream.frame().await {
            let frame = frame.map_err(Error::RequestBroken)?;
            let data = frame.data_ref().map_or(&[][..], |data| &data[..]);
            if data.len() > limit - whole.len() {
                return Err(Error::RequestTooLarge { limit });
            }
            whole.extend_from_slice(data);
        }
        Ok(whole.freeze())
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut self.0 {
            Kind::Whole { bytes, is_read } => {
                let is_left = !std::mem::replace(is_read, true) && !bytes.is_empty();
                Poll::Ready(is_left.then(|| Ok(Frame::data(bytes.clone()))))
            }
            Kind::Stream(stream) => Pin::new(stream).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Whole { bytes, is_read } => *is_read || bytes.is_empty(),
            // Some decoders tell that nothing is left only by the length; a server that knows it asks no further, and
            // who follows an answer would take it for one that was given up.
            Kind::Stream(stream) => stream.is_end_stream() || stream.size_hint().exact() == Some(0),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole { is_read: true, .. } => SizeHint::with_exact(0),
            Kind::Whole { bytes, .. } => SizeHint::with_exact(bytes.len() as u64),
            Kind::Stream(stream) => stream.size_hint(),
        }
    }
}

/// Prints the length only: bodies hold customer data.
impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Kind::Whole { bytes, .. } => write!(f, "Body({} bytes)", bytes.len()),
            Kind::Stream(_) => f.write_str("Body(stream)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    /// Tells its length, and never that it has ended, as a decoder that has nothing to decode.
    struct Decoder(Full<Bytes>);

    impl http_body::Body for Decoder {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            Pin::new(&mut self.0).poll_frame(context)
        }

        fn size_hint(&self) -> SizeHint {
            self.0.size_hint()
        }
    }

    #[tokio::test]
    async fn a_stream_of_known_length_has_ended_with_its_last_byte() {
        let mut body = Body::stream(Decoder(Full::from("ab")));
        assert!(!body.is_end_stream());
        assert!(body.frame().await.is_some());
        assert!(body.is_end_stream());
        assert!(Body::stream(Decoder(Full::default())).is_end_stream());
    }
}
