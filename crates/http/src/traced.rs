//! Tells spans and metrics of each exchange, and nothing personal in either.
//!
//! Names follow the semantic conventions of OpenTelemetry where there are any (RPC and HTTP, version 1.38). A routing
//! number is told only by choice ([`Watched::with_institution`]); in names of profiles and operations six digits or
//! more in a row are `#`.

mod attempt;
mod numbers;

use std::borrow::Cow;
use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use castile_auth::ports::Clock;
use http::{Request, Response};
use http_body::{Body as _, Frame, SizeHint};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

pub(crate) use attempt::{answered, attempt};
pub(crate) use numbers::without_numbers;

use crate::{
    Answer, Attempts, Body, BodyError, Effect, Error, Institution, OperationName, Origin, Phase,
    Progress, SoapTransport,
};

/// What spans and metrics tell.
#[derive(Clone, Default)]
pub struct Watched {
    clock: Option<Arc<dyn Clock>>,
    tells_institution: bool,
}

impl Watched {
    /// Times exchanges by this clock.
    pub fn by(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock: Some(clock),
            tells_institution: false,
        }
    }

    /// Tells `InstRtId` in spans, too; in metrics never.
    #[must_use]
    pub fn with_institution(mut self) -> Self {
        self.tells_institution = true;
        self
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched")
            .field("has_clock", &self.clock.is_some())
            .field("tells_institution", &self.tells_institution)
            .finish()
    }
}

/// A span `soap` around each exchange, its answer's body included; metrics under the feature `metrics`.
///
/// | Field of the span | |
/// |---|---|
/// | `otel.kind`, `otel.name` | `client`, the operation |
/// | `rpc.system.name`, `rpc.method` | `soap`, and `Service/Operation` or the operation alone |
/// | `server.address`, `server.port` | of the gateway |
/// | `castile.profile`, `castile.effect` | the profile's name, what the operation does |
/// | `castile.inst_rt_id` | by choice only |
/// | `castile.attempts`, `castile.outcome_unknown` | how often it was sent; whether it may have happened all the same |
/// | `http.request.body.size`, `http.response.body.size` | in bytes, where they are known |
/// | `http.response.status_code` | of the last attempt |
/// | `error.type` | a code that `castile explain` knows, or the status of an answer from 400 on |
/// | `castile.duration_ms` | until the end of the answer |
///
/// | Metric | Kind | Labels beside `castile.profile` |
/// |---|---|---|
/// | `rpc.client.call.duration` | histogram, seconds | `rpc.system.name`, `rpc.method`, `server.address`, `castile.outcome` (`ok`, `failed`, `unknown`), `error.type` |
/// | `http.client.active_requests` | gauge | |
/// | `http.client.request.body.size` | histogram, bytes | `rpc.method` |
/// | `http.client.response.body.size` | histogram, bytes | `rpc.method` |
/// | `castile.client.repetitions` | counter | `rpc.method` |
///
/// Of the operations that callers name by themselves, no more than 1,000 are told apart in metrics.
#[derive(Debug, Clone)]
pub struct Traced<T> {
    inner: T,
    watched: Watched,
    origin: Origin,
    profile: Arc<str>,
    inst_rt_id: Option<Arc<str>>,
}

impl<T> Traced<T> {
    /// Spans and metrics of what goes through `inner` to `origin`.
    pub fn new(
        inner: T,
        watched: Watched,
        origin: Origin,
        institution: Option<&Institution>,
    ) -> Self {
        let inst_rt_id = institution.filter(|_| watched.tells_institution);
        Self {
            inner,
            origin,
            profile: institution
                .map(|institution| without_numbers(&institution.profile))
                .unwrap_or_default()
                .into(),
            inst_rt_id: inst_rt_id.map(|institution| institution.inst_rt_id.as_str().into()),
            watched,
        }
    }

    fn begin(&self, request: &mut Request<Body>) -> Exchange {
        let operation = OperationName::of(request);
        let size = request.body().size_hint().exact();
        let size = size.and_then(|size| usize::try_from(size).ok());
        Exchange {
            span: self.span(operation.as_ref(), size),
            begun: self.watched.clock.as_ref().map(|clock| clock.steady()),
            clock: self.watched.clock.clone(),
            received: 0,
            failure: Some("call-dropped".into()),
            is_open: None,
            effect: Effect::of(request),
            progress: Progress::carried(request),
            attempts: Attempts::of(request),
            #[cfg(feature = "metrics")]
            metrics: crate::metrics::Under::way(
                Arc::clone(&self.profile),
                operation.as_ref(),
                method(operation.as_ref()),
                self.origin.host(),
                size,
            ),
        }
    }

    fn span(&self, operation: Option<&OperationName>, size: Option<usize>) -> Span {
        tracing::info_span!(
            "soap",
            "otel.kind" = "client",
            "otel.name" = operation.map(|operation| without_numbers(operation.name())),
            "rpc.system.name" = "soap",
            "rpc.method" = method(operation),
            "server.address" = self.origin.host(),
            "server.port" = self.origin.port(),
            "castile.profile" = &*self.profile,
            "castile.inst_rt_id" = self.inst_rt_id.as_deref(),
            "castile.effect" = Empty,
            "castile.attempts" = Empty,
            "castile.outcome_unknown" = Empty,
            "castile.duration_ms" = Empty,
            "http.request.body.size" = size,
            "http.response.status_code" = Empty,
            "http.response.body.size" = Empty,
            "error.type" = Empty,
        )
    }
}

/// `Service/Operation`, the operation alone, or what the conventions say where there is none.
fn method(operation: Option<&OperationName>) -> String {
    match operation {
        None => "_OTHER".to_owned(),
        Some(operation) => match operation.service() {
            Some(service) => without_numbers(&format!("{service}/{}", operation.name())),
            None => without_numbers(operation.name()),
        },
    }
}

impl<T> SoapTransport for Traced<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    type Error = Error;

    fn send(
        &self,
        mut request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + Send {
        async move {
            let exchange = self.begin(&mut request);
            let sent = pin!(self.inner.send(request));
            match sent.instrument(exchange.span.clone()).await {
                Ok(answer) => Ok(exchange.follow(answer)),
                Err(error) => {
                    let error = error.into();
                    exchange.fail(&error);
                    Err(error)
                }
            }
        }
    }
}

/// An exchange under way; tells what came of it when it is dropped.
struct Exchange {
    span: Span,
    clock: Option<Arc<dyn Clock>>,
    begun: Option<Duration>,
    attempts: Attempts,
    received: u64,
    /// Why it counts as failed, if nothing better is said.
    failure: Option<Cow<'static, str>>,
    /// Whether it may have happened all the same, once that was judged.
    is_open: Option<bool>,
    effect: Effect,
    progress: Progress,
    #[cfg(feature = "metrics")]
    metrics: crate::metrics::Under,
}

impl Exchange {
    /// A configuration may know better than who made the request.
    fn effect(&self) -> Effect {
        self.progress.effect().unwrap_or(self.effect)
    }

    fn fail(mut self, error: &Error) {
        self.failed(error);
    }

    fn failed(&mut self, error: &Error) {
        self.failure = Some(error.code().into());
        self.is_open = Some(error.outcome_unknown());
    }

    fn follow(mut self, answer: Response<Body>) -> Response<Body> {
        let status = answer.status();
        let effect = self.effect();
        self.span
            .record("http.response.status_code", status.as_u16());
        let begin: &[u8] = if answer.body().is_end_stream() {
            b""
        } else {
            b"?"
        };
        let judged = Answer::classify(status, answer.headers(), begin);
        let ended: Option<Cow<'static, str>> = match judged.code() {
            Some(code) => Some(code.into()),
            None if status.as_u16() >= 400 => Some(status.as_str().to_owned().into()),
            None => None,
        };
        let is_open = judged.outcome_unknown(effect);
        let (head, body) = answer.into_parts();
        if let Some(whole) = body.as_whole() {
            self.received = whole.len() as u64;
            (self.failure, self.is_open) = (ended, Some(is_open));
            return Response::from_parts(head, body);
        }
        // Of what is empty nobody reads the end.
        if body.is_end_stream() {
            (self.failure, self.is_open) = (ended, Some(is_open));
            return Response::from_parts(head, body);
        }
        let followed = Followed {
            body,
            ended: Some((ended, is_open)),
            exchange: self,
        };
        Response::from_parts(head, Body::stream(followed))
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let took = self.clock.as_ref().zip(self.begun);
        let took = took.map(|(clock, begun)| clock.steady().saturating_sub(begun));
        let attempts = self.attempts.count();
        let effect = self.effect();
        let is_open = self
            .is_open
            .unwrap_or_else(|| self.progress.give_up() == Phase::Answer && effect != Effect::Read);
        let span = &self.span;
        span.record("castile.effect", tracing::field::debug(effect));
        span.record("castile.attempts", attempts);
        span.record("castile.outcome_unknown", is_open);
        span.record("http.response.body.size", self.received);
        if let Some(took) = took {
            let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            span.record("castile.duration_ms", milliseconds);
        }
        if let Some(failure) = &self.failure {
            span.record("error.type", &**failure);
        }
        #[cfg(feature = "metrics")]
        self.metrics.end(
            took,
            attempts,
            self.received,
            self.failure.as_deref(),
            is_open,
        );
    }
}

/// An answer's body, counted.
struct Followed {
    body: Body,
    /// What counts once the end is there.
    ended: Option<(Option<Cow<'static, str>>, bool)>,
    exchange: Exchange,
}

impl Followed {
    fn end(&mut self) {
        if let Some((failure, is_open)) = self.ended.take() {
            self.exchange.failure = failure;
            self.exchange.is_open = Some(is_open);
        }
    }
}

impl http_body::Body for Followed {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                self.exchange.received += length as u64;
                if self.body.is_end_stream() {
                    self.end();
                }
            }
            Some(Err(error)) => {
                self.ended = None;
                match error.downcast_ref::<Error>() {
                    Some(error) => self.exchange.failed(error),
                    None => self.exchange.failure = Some("gateway-interrupted".into()),
                }
            }
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

#[cfg(test)]
#[cfg(all(feature = "metrics", feature = "tokio"))]
mod tests;
