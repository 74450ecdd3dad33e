//! A transport on a hyper client, with the connector that a program has already.

use std::fmt;
use std::time::Duration;

use ::hyper_util::client::legacy::Client;
use ::hyper_util::client::legacy::connect::Connect;
use ::hyper_util::rt::{TokioExecutor, TokioTimer};
use http::{Request, Response};

use crate::departing::Departing;
use crate::{Body, Effect, Error, Phase, Progress, SoapTransport};

/// How long an unused connection is kept: shorter than the minute or more after which servers close theirs.
const IDLE: Duration = Duration::from_secs(30);

/// hyper's client: it follows no redirects, and repeats no request of which it does not know that no byte left.
///
/// TLS, proxies and the time limit for connecting are the connector's: give it one that does TLS 1.2 or later, for a
/// token goes over https only (`http` is for loopback). Of `hyper-rustls` that is
/// `HttpsConnectorBuilder::new().with_native_roots()?.https_or_http().enable_http1().build()`.
///
/// A request leaves at most once: repetition of requests that were cancelled on a kept connection is off.
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
            .retry_canceled_requests(false)
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

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let progress = Progress::of(&request);
        let effect = Effect::of(&request);
        let (mut head, body) = request.into_parts();
        // Extensions are for the layers above; nothing of them is for the wire.
        head.extensions.clear();
        let request = Request::from_parts(head, Departing::new(body, &progress));
        match self.client.request(request).await {
            Ok(answer) => Ok(answer.map(Body::stream)),
            Err(error) if error.is_connect() || progress.phase() != Phase::Answer => {
                Err(Error::Connect(error.into()))
            }
            Err(error) => Err(Error::Interrupted {
                effect,
                source: error.into(),
            }),
        }
    }
}
