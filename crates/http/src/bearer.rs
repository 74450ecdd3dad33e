//! Adds the bearer token to each request that goes to the one origin it is for.

mod challenge;
mod peek;

use std::pin::pin;
use std::sync::Arc;

use castile_auth::{AccessToken, TokenSource};
use http::header::{AUTHORIZATION, HOST, HeaderValue};
use http::{Request, Response, StatusCode};
use tracing::Instrument as _;
use url::Url;

use crate::confirmed::may_repeat;
use crate::replay::Replay;
use crate::stack::Plan;
use crate::traced;
use crate::{Attempts, Body, Effect, Error, Institution, Origin, Phase, Progress, SoapTransport};

/// Sends each request under a bearer token (RFC 6750 section 2.1), or under one that is bound to a key, with a proof
/// of that key for each attempt (RFC 9449 section 7.1): [`TokenSource::constraint`] says which.
///
/// An answer 401 drops the token that was refused. The request is then sent once more with the next token if
/// its body is in memory and it is a read, or it is a write (or unknown) and the answer proves that it was
/// refused before it was processed: no SOAP message, and `WWW-Authenticate: Bearer` or `DPoP`.
/// What its headers alone call a read ([`Effect::told_by_headers`]) must be one by its body, or counts as unknown.
/// A 401 that asks for a nonce of the proof keeps the token, and counts as that one repetition.
/// Never twice, and never for any other status.
pub struct Bearer<T> {
    inner: T,
    source: Arc<dyn TokenSource>,
    origin: Origin,
    repeat_writes: bool,
    institution: Option<Arc<Institution>>,
    /// Whether only layers of ours are around it, which change nothing of a request.
    is_planned: bool,
}

impl<T> Bearer<T> {
    /// Tokens from `source` for requests to `origin` through `inner`.
    ///
    /// `repeat_writes` repeats a write once after any 401, proof or not.
    ///
    /// # Errors
    /// [`Error::InsecureOrigin`] unless `origin` is https, or http on loopback.
    pub fn new(
        inner: T,
        source: Arc<dyn TokenSource>,
        origin: Origin,
        repeat_writes: bool,
    ) -> Result<Self, Error> {
        if !origin.is_confidential() {
            return Err(Error::InsecureOrigin);
        }
        Ok(Self {
            inner,
            source,
            origin,
            repeat_writes,
            institution: None,
            is_planned: false,
        })
    }

    /// The same from a plan, which holds no other than a confidential origin.
    pub(crate) fn planned(plan: Plan, inner: T) -> Self {
        Self {
            inner,
            origin: plan.origin().clone(),
            source: plan.source,
            repeat_writes: plan.repeat_writes_on_401,
            institution: plan.institution,
            is_planned: true,
        }
    }

    async fn token(&self, progress: &Progress) -> Result<(AccessToken, HeaderValue), Error> {
        progress.reach(Phase::Token);
        let token = self.source.token().await?;
        if let Some(institution) = &self.institution {
            institution.owns(token.reveal())?;
        }
        let value = self.authorization(&token)?;
        Ok((token, value))
    }

    fn authorization(&self, token: &AccessToken) -> Result<HeaderValue, Error> {
        let scheme = self
            .source
            .constraint()
            .map_or("Bearer", |key| key.token_type());
        // The header takes the text over: there is no second copy.
        let text = [scheme, " ", token.reveal()].concat();
        let mut value = HeaderValue::try_from(text).map_err(|_| Error::TokenUnsendable)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl<T> Bearer<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    fn exchange(
        &self,
        mut request: Request<Body>,
        effect: Effect,
    ) -> impl Future<Output = Result<Response<Body>, Error>> {
        async move {
            self.origin.check(request.uri())?;
            // A name of the caller's own could lead to another tenant of the same address.
            request.headers_mut().remove(HOST);
            let progress = Progress::carried(&mut request);
            let attempts = Attempts::of(&request);
            let again = match self.is_planned {
                true => Replay::shared(&mut request),
                false => Replay::of(&mut request),
            };

            let (token, authorization) = self.token(&progress).await?;
            let (answer, wants_nonce) =
                pin!(self.attempt(request, &token, authorization, &attempts)).await?;
            if answer.status() != StatusCode::UNAUTHORIZED {
                return Ok(answer);
            }
            if !wants_nonce {
                self.source.reject(&token);
            }

            let Some(again) = again else {
                return Ok(answer);
            };
            let (answer, unprocessed) = match effect {
                Effect::Read if may_repeat(again.message()) => (answer, true),
                _ => peek::refused_unprocessed(answer).await,
            };
            if !unprocessed && !self.repeat_writes {
                return Ok(answer);
            }
            let (next, authorization) = if wants_nonce {
                let authorization = self.authorization(&token)?;
                (token, authorization)
            } else {
                let next = match self.token(&progress).await {
                    Ok(next) => next,
                    Err(error) if unprocessed => return Err(error),
                    // The refusal is all that is known of the first attempt: it must reach the caller.
                    Err(_) => return Ok(answer),
                };
                if next.0.generation() == token.generation() {
                    return Ok(answer);
                }
                next
            };
            drop(answer);
            let mut again = again.request();
            again.headers_mut().remove(HOST);
            let (answer, wants_nonce) =
                pin!(self.attempt(again, &next, authorization, &attempts)).await?;
            if answer.status() == StatusCode::UNAUTHORIZED && !wants_nonce {
                self.source.reject(&next);
            }
            Ok(answer)
        }
    }

    /// The answer, and whether it is a refusal for want of a nonce that it brought.
    fn attempt(
        &self,
        mut request: Request<Body>,
        token: &AccessToken,
        authorization: HeaderValue,
        attempts: &Attempts,
    ) -> impl Future<Output = Result<(Response<Body>, bool), Error>> {
        async move {
            // In place of whatever came: the old model's Basic credentials must not travel on.
            request.headers_mut().insert(AUTHORIZATION, authorization);
            let bound = match self.source.constraint() {
                None => None,
                Some(key) => {
                    let url = Url::parse(&request.uri().to_string())
                        .map_err(|error| Error::Setup(error.into()))?;
                    let (name, proof) = key.prove(request.method(), &url, Some(token)).await?;
                    request.headers_mut().insert(name, proof);
                    Some((key, url))
                }
            };
            Progress::of(&request).reach(Phase::Answer);
            let number = attempts.begin(&mut request);
            let span = traced::attempt(&request, &self.origin, number, attempts);
            let sent = pin!(self.inner.send(request));
            let answer = sent.instrument(span.clone()).await.map_err(Into::into);
            let answer = traced::answered(&span, answer)?;
            let wants_nonce = bound
                .is_some_and(|(key, url)| key.heed(&url, answer.status(), answer.headers(), None));
            Ok((answer, wants_nonce))
        }
    }
}

impl<T> SoapTransport for Bearer<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    type Error = Error;

    fn send(
        &self,
        request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + Send {
        let effect = Effect::of(&request);
        let span = tracing::debug_span!("bearer", origin = %self.origin, ?effect);
        self.exchange(request, effect).instrument(span)
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Bearer<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bearer")
            .field("origin", &self.origin)
            .field("repeat_writes", &self.repeat_writes)
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
