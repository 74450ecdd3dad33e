//! Refuses answers that are longer than a limit.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body as _, Frame, SizeHint};

use crate::{Body, BodyError, Effect, Error, SoapTransport};

/// Limits of one exchange in place of those of its stack, as a request extension.
///
/// For answers that are read as they come: how long that takes is for who reads them to say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallLimits {
    /// For the whole exchange, the reading of the answer included.
    pub total: Option<Duration>,
    /// The longest answer in bytes.
    pub answer: Option<usize>,
}

impl CallLimits {
    /// The limits that travel with `request`; those of the stack if none do.
    pub fn of<B>(request: &Request<B>) -> Self {
        request.extensions().get().copied().unwrap_or_default()
    }

    /// Another time limit.
    #[must_use]
    pub fn with_total(mut self, limit: Duration) -> Self {
        self.total = Some(limit);
        self
    }

    /// Another limit for the answer, in bytes.
    #[must_use]
    pub fn with_answer(mut self, limit: usize) -> Self {
        self.answer = Some(limit);
        self
    }
}

/// Lets at most `limit` bytes of an answer's body through; [`CallLimits`] may say otherwise for one of them.
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

    fn send(
        &self,
        request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + Send {
        async move {
            let effect = Effect::of(&request);
            let limit = CallLimits::of(&request).answer.unwrap_or(self.limit);
            let sent = pin!(self.inner.send(request));
            let answer = sent.await.map_err(Into::into)?;
            let hint = answer.body().size_hint();
            if hint.lower() > limit as u64 {
                return Err(Error::AnswerTooLarge { limit, effect });
            }
            if hint.exact().is_some() {
                return Ok(answer);
            }
            Ok(answer.map(|body| {
                Body::stream(Bounded {
                    body,
                    left: limit,
                    limit,
                    effect,
                })
            }))
        }
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
        for (limit, own, fits) in [
            (7, None, false),
            (8, None, true),
            (7, Some(8), true),
            (8, Some(7), false),
        ] {
            let mut request = Request::new(Body::whole(""));
            request.extensions_mut().insert(Effect::Write);
            if let Some(own) = own {
                let own = CallLimits::default().with_answer(own);
                request.extensions_mut().insert(own);
            }
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
