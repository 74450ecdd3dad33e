//! Logs what no answer will tell: a client that left, and an answer that broke off.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use castile_http::{Body, Effect, Error, Phase, Progress};
use http::Request;
use http_body::{Frame, SizeHint};

/// A request that was handed to the stack; dropped before [`UnderWay::end`], it was given up.
pub(crate) struct UnderWay {
    progress: Progress,
    effect: Effect,
    ended: bool,
}

impl UnderWay {
    /// Follows `request` through the stack.
    pub(crate) fn start(request: &mut Request<Body>) -> Self {
        let progress = Progress::of(request);
        request.extensions_mut().insert(progress.clone());
        Self {
            progress,
            effect: Effect::of(request),
            ended: false,
        }
    }

    /// The stack has spoken; gives what the request does.
    pub(crate) fn end(mut self) -> Effect {
        self.ended = true;
        self.effect()
    }

    /// A configuration may know better than the name.
    fn effect(&self) -> Effect {
        self.progress.effect().unwrap_or(self.effect)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if !self.ended {
            let phase = self.progress.give_up();
            let outcome_unknown = phase == Phase::Answer && self.effect() != Effect::Read;
            tracing::warn!(outcome_unknown, "given up {phase}: the client left");
        }
    }
}

/// The body of an answer; the client sees it break off, the log says what that means.
pub(crate) fn body(body: Body, effect: Effect) -> Body {
    match body.as_whole() {
        Some(_) => body,
        None => Body::stream(Watched {
            body,
            effect,
            // The body is written when the request's span is left already.
            request: tracing::Span::current(),
        }),
    }
}

struct Watched {
    body: Body,
    effect: Effect,
    request: tracing::Span,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(frame.map(|frame| {
            frame.map_err(|error| {
                let error = Error::from_body(error, self.effect);
                let (code, outcome_unknown) = (error.code(), error.outcome_unknown());
                self.request.in_scope(|| {
                    tracing::warn!(code, outcome_unknown, "the answer broke off");
                });
                error
            })
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
