//! A transport on a hyper client, with the connector that a program has already.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use ::hyper_util::client::legacy::connect::Connect;
use ::hyper_util::client::legacy::{Client, Error as ClientError};
use ::hyper_util::rt::{TokioExecutor, TokioTimer};
use futures_util::FutureExt as _;
use futures_util::future::{Either, ready};
use http::{Request, Response};
use url::ParseError;

use crate::departing::Departing;
use crate::{Body, Effect, Error, Phase, Progress, SoapTransport};

/// How long an unused connection is kept: shorter than the minute or more after which servers close theirs.
pub(crate) const IDLE: Duration = Duration::from_secs(30);

/// hyper's client: it follows no redirects, and repeats no request of which a byte was written.
///
/// TLS, proxies and the time limit for connecting are the connector's: give it one that does TLS 1.2 or later, for a
/// token goes over https only (`http` is for loopback). Of `hyper-rustls` that is
/// `HttpsConnectorBuilder::new().with_native_roots()?.https_or_http().enable_http1().build()`.
///
/// A connector that fails by [`ConnectTimedOut`] gives [`Error::Timeout`], by anything else [`Error::Connect`].
///
/// A request leaves at most once.
/// What the pool underneath may do is pick another connection when a kept one turns out closed before the first
/// byte was written: hyper hands a request back only if the connection never took it up.
#[derive(Clone)]
pub struct HyperTransport<C> {
    client: Client<C, Departing>,
}

impl<C> HyperTransport<C>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    /// A client of its own that connects by `connector`.
    pub fn new(connector: C) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .retry_canceled_requests(true)
            .build(connector);
        Self { client }
    }
}

impl<C> fmt::Debug for HyperTransport<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport").finish_non_exhaustive()
    }
}

impl<C> SoapTransport for HyperTransport<C>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    type Error = Error;

    fn send(
        &self,
        request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + Send {
        let progress = Progress::of(&request);
        let effect = Effect::of(&request);
        let (mut head, body) = request.into_parts();
        if head.uri.scheme().is_none() || head.uri.authority().is_none() {
            let error = ParseError::RelativeUrlWithoutBase;
            return Either::Left(ready(Err(Error::Setup(error.into()))));
        }
        // Extensions are for the layers above; nothing of them is for the wire.
        head.extensions.clear();
        let request = Request::from_parts(head, Departing::new(body, &progress));
        let sent = self.client.request(request);
        Either::Right(sent.map(move |answer| match answer {
            Ok(answer) => Ok(answer.map(Body::stream)),
            Err(error) => Err(classify(error, progress.phase(), effect)),
        }))
    }
}

fn classify(error: ClientError, phase: Phase, effect: Effect) -> Error {
    if !error.is_connect() && phase == Phase::Answer {
        return Error::Interrupted {
            effect,
            source: error.into(),
        };
    }
    let timed_out = causes(&error).find_map(|cause| cause.downcast_ref().copied());
    match timed_out {
        Some(ConnectTimedOut { limit }) => Error::Timeout {
            phase: Phase::Connect,
            limit,
            effect,
        },
        None => Error::Connect(error.into()),
    }
}

/// An error, and what it came from.
pub(crate) fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// What a connector fails by when its time is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no connection within {limit:?}")]
pub struct ConnectTimedOut {
    /// The limit that was kept.
    pub limit: Duration,
}
