//! Carries SOAP messages through reqwest.

mod address;
mod egress;
mod token;

use std::time::Duration;

use ::reqwest::{Client, ClientBuilder, redirect, retry};
use futures_util::FutureExt as _;
use futures_util::future::{Either, ready};
use http::header::ACCEPT_ENCODING;
use http::{Request, Response};

use address::LastUrl;
pub use token::{ReqwestTokenHttp, TOKEN_TIME_LIMIT};

use crate::departing::Departing;
use crate::hyper::IDLE;
use crate::profile::{Egress, Limits};
use crate::{Body, Effect, Error, Phase, Progress, SoapTransport};

/// A client that does what it is told and nothing more.
///
/// HTTP/1.1, TLS 1.2 or later, no redirects, no retries, no cookies, and no proxy taken from the environment: the
/// address in the profile is where messages go. Proxy, roots, client certificate and packed answers are as an
/// [`Egress`] says, and none of them unless it does.
/// [`EgressTransport`](crate::EgressTransport) takes this one only where it needs it, for hyper alone costs less.
///
/// A request leaves at most once.
/// What the pool underneath may do is pick another connection when a kept one turns out closed before the first
/// byte was written; a message of which a byte was written cannot be sent again, for its body is gone.
#[derive(Clone)]
pub struct ReqwestTransport {
    client: Client,
    connect_limit: Duration,
    gzip: bool,
    last_url: LastUrl,
}

impl ReqwestTransport {
    /// A client of its own that leaves directly. [`Limits::connect`] is kept here; the rest is the stack's.
    ///
    /// # Errors
    /// [`Error::Setup`] when the system offers no TLS roots.
    pub fn new(limits: Limits) -> Result<Self, Error> {
        Self::through(&Egress::default(), limits)
    }

    /// The same by another way. Blocks while it reads the files and secrets that are named.
    ///
    /// # Errors
    /// As [`new`](Self::new); [`Error::Config`] when a file or a secret cannot be used.
    pub fn through(egress: &Egress, limits: Limits) -> Result<Self, Error> {
        let client = egress::apply(egress, quiet(limits.connect))?
            .gzip(egress.gzip)
            .pool_idle_timeout(IDLE)
            .build()
            .map_err(|error| Error::Setup(error.into()))?;
        Ok(Self {
            client,
            connect_limit: limits.connect,
            gzip: egress.gzip,
            last_url: LastUrl::default(),
        })
    }
}

impl std::fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReqwestTransport")
            .field("connect_limit", &self.connect_limit)
            .finish_non_exhaustive()
    }
}

impl SoapTransport for ReqwestTransport {
    type Error = Error;

    fn send(
        &self,
        request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + Send {
        let progress = Progress::of(&request);
        let effect = Effect::of(&request);
        let (mut parts, body) = request.into_parts();
        // Extensions are for the layers above; nothing of them is for the wire, and so they stay behind.
        if self.gzip {
            // What is unpacked here is asked for here.
            parts.headers.remove(ACCEPT_ENCODING);
        }
        let body = Departing::new(body, &progress);
        let url = match self.last_url.of(&parts.uri) {
            Ok(url) => url,
            Err(error) => return Either::Left(ready(Err(Error::Setup(error.into())))),
        };
        let mut request = ::reqwest::Request::new(parts.method, url);
        *request.headers_mut() = parts.headers;
        *request.version_mut() = parts.version;
        *request.body_mut() = Some(::reqwest::Body::wrap(body));
        let sent = self.client.execute(request);
        Either::Right(sent.map(move |answer| match answer {
            Ok(answer) => Ok(Response::from(answer).map(Body::stream)),
            Err(error) => Err(self.classify(error, progress.phase(), effect)),
        }))
    }
}

impl ReqwestTransport {
    fn classify(&self, error: ::reqwest::Error, phase: Phase, effect: Effect) -> Error {
        // An address may hold more than a log should.
        let error = error.without_url();
        let unsent = error.is_connect() || phase != Phase::Answer;
        match (unsent, error.is_timeout()) {
            (true, true) => Error::Timeout {
                phase: Phase::Connect,
                limit: self.connect_limit,
                effect,
            },
            (true, false) => Error::Connect(error.into()),
            (false, _) => Error::Interrupted {
                effect,
                source: error.into(),
            },
        }
    }
}

/// What every client of this house has in common.
fn quiet(connect: Duration) -> ClientBuilder {
    Client::builder()
        .connect_timeout(connect)
        .http1_only()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
}
