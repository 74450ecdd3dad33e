//! The stack as middleware of `reqwest-middleware`: a program keeps its client and adds one line.
//!
//! ```no_run
//! # #[cfg(all(feature = "reqwest", feature = "tokio"))]
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use castile_http::middleware::RawMiddleware;
//! use castile_http::{Config, connect};
//!
//! let profile = Config::read("castile.toml")?.profile("first-bank-test")?;
//! let plan = connect::plan(&profile, Arc::new(connect::token_source(&profile)?))?;
//! let inner = reqwest::Client::builder()
//!     .redirect(reqwest::redirect::Policy::none())
//!     .retry(reqwest::retry::never())
//!     .build()?;
//! let client = reqwest_middleware::ClientBuilder::new(inner)
//!     .with(RawMiddleware::new(plan)) // the line
//!     .build();
//! # Ok(()) }
//! ```
//!
//! A [`Plan`] that is made by hand ([`Plan::new`]) looks at no institution and keeps no journal until it is told to;
//! that of a profile does. What a profile says of single services and operations is not looked at here: a plan is made
//! of [`Profile::for_operation`](crate::Profile::for_operation) then.
//!
//! What a request does is told by an [`Effect`] in its extensions (`.with_extension(Effect::Read)`), else by its
//! `SOAPAction`, of which a read must be one by its body too ([`Confirm`](crate::Confirm)). An error of the stack is a [`reqwest_middleware::Error::Middleware`]; the
//! [`Error`] in it comes out by `downcast_ref`.
//!
//! # What cannot be enforced here
//!
//! Whoever made the client decides what happens behind this line; [`ReqwestTransport`](crate::ReqwestTransport) is
//! made so that none of it can happen.
//!
//! - **Redirects**: reqwest follows ten unless the client was built with
//!   `redirect(reqwest::redirect::Policy::none())`. A 307 or 308 is not followed, for the body of a message is gone;
//!   after a 301, 302 or 303 it asks the new address by GET, and the answer to that looks like the gateway's.
//! - **Repetitions**: middleware that stands behind this one may send again. The message itself can go out once only:
//!   its body cannot be cloned, so middleware that repeats requests says so instead. Build the client with
//!   `retry(reqwest::retry::never())` and put repeating middleware nowhere, or before this one for reads only.
//! - **Logging**: middleware behind this one sees the token.
//! - **Time limits, proxies and TLS** are the client's; the plan's total limit holds all the same.

use async_trait::async_trait;
use http::{Extensions, Request};
use reqwest::ResponseBuilderExt as _;
use reqwest_middleware::{Middleware, Next};

use crate::departing::Departing;
use crate::stack::{self, Plan};
use crate::{Body, Effect, Error, Phase, Progress, SoapTransport};

/// Rewriting and bearer token, as [`stack::raw`], for programs that make whole envelopes as before.
#[derive(Debug, Clone)]
pub struct RawMiddleware(Plan);

impl RawMiddleware {
    /// The stack of this plan around whatever comes behind it.
    pub fn new(plan: Plan) -> Self {
        Self(plan)
    }
}

/// The bearer token without rewriting, as [`stack::typed_confirmed`], for envelopes that have no security header.
#[derive(Debug, Clone)]
pub struct TypedMiddleware(Plan);

impl TypedMiddleware {
    /// The stack of this plan around whatever comes behind it.
    pub fn new(plan: Plan) -> Self {
        Self(plan)
    }
}

#[async_trait]
impl Middleware for RawMiddleware {
    async fn handle(
        &self,
        request: reqwest::Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        let behind = Behind::new(next, extensions);
        through(&stack::raw(self.0.clone(), behind), request, extensions).await
    }
}

#[async_trait]
impl Middleware for TypedMiddleware {
    async fn handle(
        &self,
        request: reqwest::Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        let behind = Behind::new(next, extensions);
        let stack = stack::typed_confirmed(self.0.clone(), behind);
        through(&stack, request, extensions).await
    }
}

async fn through<T>(
    stack: &T,
    request: reqwest::Request,
    extensions: &Extensions,
) -> reqwest_middleware::Result<reqwest::Response>
where
    T: SoapTransport<Error = Error>,
{
    let url = request.url().clone();
    let mut request = Request::try_from(request)?.map(|body| match body.as_bytes() {
        Some(bytes) => Body::whole(bytes.to_vec()),
        None => Body::stream(body),
    });
    if let Some(effect) = extensions.get::<Effect>() {
        request.extensions_mut().insert(*effect);
    } else {
        Effect::told_by_headers(&mut request);
    }
    let answer = stack.send(request).await;
    let (mut head, body) = answer
        .map_err(reqwest_middleware::Error::middleware)?
        .into_parts();
    let body = reqwest::Body::wrap(Departing::arrived(body));
    let mut answer = http::Response::builder()
        .url(url)
        .status(head.status)
        .version(head.version)
        .body(body)
        .map_err(reqwest_middleware::Error::middleware)?;
    *answer.headers_mut() = std::mem::take(&mut head.headers);
    answer.extensions_mut().extend(head.extensions);
    Ok(reqwest::Response::from(answer))
}

/// The rest of the chain, as a transport.
struct Behind<'a> {
    next: Next<'a>,
    extensions: Extensions,
}

impl<'a> Behind<'a> {
    fn new(next: Next<'a>, extensions: &Extensions) -> Self {
        Self {
            next,
            extensions: extensions.clone(),
        }
    }
}

impl SoapTransport for Behind<'_> {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<http::Response<Body>, Error> {
        let progress = Progress::of(&request);
        let effect = Effect::of(&request);
        let (mut head, body) = request.into_parts();
        head.extensions.clear();
        let body = reqwest::Body::wrap(Departing::new(body, &progress));
        let request = reqwest::Request::try_from(Request::from_parts(head, body))
            .map_err(|error| Error::Setup(error.without_url().into()))?;
        let mut extensions = self.extensions.clone();
        match self.next.clone().run(request, &mut extensions).await {
            Ok(answer) => Ok(http::Response::from(answer).map(Body::stream)),
            // A failure to connect may be that of an attempt which somebody behind made on top of one that got through.
            Err(error) if progress.give_up() != Phase::Answer => {
                Err(Error::Connect(error.without_url().into()))
            }
            Err(error) => Err(Error::Interrupted {
                effect,
                source: error.without_url().into(),
            }),
        }
    }
}
