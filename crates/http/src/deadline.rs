//! Ends an exchange, the answer's body included, when its time is up.

use std::future::{Future as _, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use castile_auth::ports::{BoxFuture, Sleep};
use http::{Request, Response};
use http_body::{Frame, SizeHint};

use crate::{Body, BodyError, CallLimits, Effect, Error, Phase, Progress, SoapTransport};

/// Gives the transport inside `limit` for everything: message, token, connection, repetition, answer.
///
/// [`CallLimits`] may say otherwise for one exchange.
#[derive(Clone)]
pub struct Deadline<T> {
    inner: T,
    limit: Duration,
    sleep: Arc<dyn Sleep>,
}

impl<T> Deadline<T> {
    /// A limit around `inner`.
    pub fn new(inner: T, limit: Duration, sleep: Arc<dyn Sleep>) -> Self {
        Self {
            inner,
            limit,
            sleep,
        }
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Deadline<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deadline")
            .field("limit", &self.limit)
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

impl<T> SoapTransport for Deadline<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    type Error = Error;

    fn send(
        &self,
        mut request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + Send {
        let progress = Progress::carried(&mut request);
        let effect = Effect::of(&request);
        let limit = CallLimits::of(&request).total.unwrap_or(self.limit);
        let mut alarm = self.sleep.sleep(limit);
        async move {
            let mut exchange = pin!(self.inner.send(request));
            let answer = poll_fn(|context| {
                // The answer first: one that is there counts, however late it is.
                if let Poll::Ready(answer) = exchange.as_mut().poll(context) {
                    return Poll::Ready(answer.map_err(Into::into));
                }
                alarm.as_mut().poll(context).map(|()| {
                    Err(Error::Timeout {
                        phase: progress.give_up(),
                        limit,
                        effect: progress.effect().unwrap_or(effect),
                    })
                })
            })
            .await?;
            Ok(answer.map(|body| match body.as_whole() {
                Some(_) => body,
                None => Body::stream(Timed {
                    body,
                    alarm,
                    limit,
                    effect: progress.effect().unwrap_or(effect),
                }),
            }))
        }
    }
}

/// A body whose frames must come before the alarm.
struct Timed {
    body: Body,
    alarm: BoxFuture<'static, ()>,
    limit: Duration,
    effect: Effect,
}

impl http_body::Body for Timed {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame);
        }
        if self.alarm.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        let error = Error::Timeout {
            phase: Phase::Answer,
            limit: self.limit,
            effect: self.effect,
        };
        // The connection goes with the body: nobody waits for it any more. The alarm must not ring twice.
        self.body = Body::whole(Bytes::new());
        self.alarm = Box::pin(std::future::pending());
        Poll::Ready(Some(Err(error.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
#[cfg(feature = "hyper")]
mod tests {
    use std::sync::Mutex;
    use std::task::Waker;

    use http_body::Body as _;

    use super::*;
    use crate::departing::Departing;

    /// Keeps the body, as a connection on another thread does; asks for it at once, or later.
    struct Elsewhere {
        asks_at_once: bool,
        body: Mutex<Option<Departing>>,
    }

    fn asked(body: &mut Departing) -> Option<Result<Frame<Bytes>, BodyError>> {
        match Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(frame) => frame,
            Poll::Pending => None,
        }
    }

    impl SoapTransport for Elsewhere {
        type Error = Error;

        async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
            let progress = Progress::of(&request);
            let mut body = Departing::new(request.into_body(), &progress);
            if self.asks_at_once {
                asked(&mut body).unwrap().unwrap();
            }
            *self.body.lock().unwrap() = Some(body);
            std::future::pending().await
        }
    }

    struct Elapsed;

    impl Sleep for Elapsed {
        fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
            Box::pin(std::future::ready(()))
        }
    }

    #[tokio::test]
    async fn a_write_told_as_unsent_does_not_leave_afterwards() {
        for (asks_at_once, code) in [(false, "timeout-connect"), (true, "timeout-answer")] {
            let inner = Arc::new(Elsewhere {
                asks_at_once,
                body: Mutex::default(),
            });
            let deadline = Deadline::new(inner.clone(), Duration::ZERO, Arc::new(Elapsed));
            let mut request = Request::new(Body::whole("message"));
            request.extensions_mut().insert(Effect::Write);
            let error = deadline.send(request).await.unwrap_err();
            assert_eq!(error.code(), code);
            assert_eq!(error.outcome_unknown(), asks_at_once);
            let mut body = inner.body.lock().unwrap().take().unwrap();
            let left = !matches!(asked(&mut body), Some(Err(_)));
            assert_eq!(left, asks_at_once);
        }
    }
}
