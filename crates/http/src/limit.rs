//! Refuses answers that are longer than a limit.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body as _, Frame, SizeHint};

use crate::{Body, BodyError, Effect, Error, SoapTransport};

/// Lets at most `limit` bytes of an answer's body through.
#[derive(Debug, Clone)]
pub struct AnswerLimit<T> {
    inner: T,
    limit: usize,
}

impl<T> AnswerLimit<T> {
    /// A limit in bytes around `inner`.
    pub fn new(inner: T, limit: usize) -> Self {
        Self { inner, limit }
    }
}

impl<T> SoapTransport for AnswerLimit<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let effect = Effect::of(&request);
        let answer = self.inner.send(request).await.map_err(Into::into)?;
        let hint = answer.body().size_hint();
        if hint.lower() > self.limit as u64 {
            return Err(Error::AnswerTooLarge {
                limit: self.limit,
                effect,
            });
        }
        if hint.exact().is_some() {
            return Ok(answer);
        }
        Ok(answer.map(|body| {
            Body::stream(Bounded {
                body,
                left: self.limit,
                limit: self.limit,
                effect,
            })
        }))
    }
}

struct Bounded {
    body: Body,
    left: usize,
    limit: usize,
    effect: Effect,
}

impl http_body::Body for Bounded {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(Ok(data)) = frame
            .as_ref()
            .map(|frame| frame.as_ref().map(Frame::data_ref))
        {
            match self.left.checked_sub(data.map_or(0, Bytes::len)) {
                Some(left) => self.left = left,
                None => {
                    self.body = Body::whole(Bytes::new());
                    let error = Error::AnswerTooLarge {
                        limit: self.limit,
                        effect: self.effect,
                    };
                    return Poll::Ready(Some(Err(error.into())));
                }
            }
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

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http_body_util::combinators::UnsyncBoxBody;
    use http_body_util::{BodyExt as _, Full};

    use super::*;

    /// Answers with eight bytes of which nobody says how many they are.
    struct Unmeasured;

    struct Hidden(UnsyncBoxBody<Bytes, Infallible>);

    impl http_body::Body for Hidden {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Pin::new(&mut self.0).poll_frame(context)
        }
    }

    impl SoapTransport for Unmeasured {
        type Error = Infallible;

        async fn send(&self, _: Request<Body>) -> Result<Response<Body>, Infallible> {
            let body = Hidden(Full::from("12345678").boxed_unsync());
            Ok(Response::new(Body::stream(body)))
        }
    }

    #[tokio::test]
    async fn a_body_of_unknown_length_ends_at_the_limit() {
        for (limit, fits) in [(7, false), (8, true)] {
            let mut request = Request::new(Body::whole(""));
            request.extensions_mut().insert(Effect::Write);
            let answer = AnswerLimit::new(Unmeasured, limit).send(request).await;
            let body = answer.unwrap().into_body().bytes(Effect::Unknown).await;
            match body {
                Ok(bytes) => assert!(fits && bytes == "12345678"),
                Err(error) => {
                    assert!(!fits);
                    assert_eq!(error.code(), "answer-too-large");
                    assert!(error.outcome_unknown());
                }
            }
        }
    }
}
