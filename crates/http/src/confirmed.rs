//! Lets the body of a message have its say on what its headers alone call a read.

use std::sync::Arc;

use bytes::Bytes;
use castile_envelope::{Document, Intent};
use futures_util::TryFutureExt as _;
use futures_util::future::Either;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, Request, Response};
use http_body::Body as _;

use crate::body::{Start, start};
use crate::rewrite::content_type;
use crate::{Body, Effect, Effects, Error, OperationName, Phase, Progress, SoapTransport};

/// Travels with a request whose effect, or the name that it was configured for, nobody but its headers told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByHeaders;

/// The longest message that is held to be looked into: a read is a few kilobytes.
const HELD: usize = 128 * 1024;

/// Takes a message for a read only if its headers and its body agree that it is one, before it is noted or sent.
///
/// Which of action and body a gateway goes by is not known.
/// So what [`Effect::told_by_headers`] calls a read, or [`Effects`] call one by a name that only headers say, is, from
/// here on, what the element in its Body says where that says more: an `XferAdd` under the action of an `AcctInq` is a
/// write called `XferAdd`, for the journal, for [`Error::outcome_unknown`] and for all that is repeated.
/// It stands inside of [`Classify`](crate::Classify), so that the body has the last word.
/// A message that cannot be looked into is [`Effect::Unknown`], which counts as a write: one under a
/// Content-Encoding, in UTF-16, longer than 128 KiB as a stream, or that is no envelope with one payload.
/// Of a multipart message the root part is looked into.
///
/// What a caller who knows its operation calls a read passes unread, and so does every write.
#[derive(Debug, Clone)]
pub struct Confirm<T> {
    inner: T,
    effects: Arc<Effects>,
}

impl<T> Confirm<T> {
    /// Messages on their way to `inner`; `effects` goes before what the name of a payload says.
    pub fn new(inner: T, effects: Arc<Effects>) -> Self {
        Self { inner, effects }
    }
}

impl<T> Confirm<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    async fn confirmed(&self, mut request: Request<Body>) -> Result<Response<Body>, Error> {
        let progress = Progress::carried(&mut request);
        progress.reach(Phase::Request);
        let operation = OperationName::carried(&mut request);
        let (mut parts, body) = request.into_parts();
        let body = held(body).await?;
        let intent = body
            .as_whole()
            .and_then(|message| intent(&parts.headers, message));
        let effect = match &intent {
            None => Effect::Unknown,
            Some(intent) if is_named(operation.as_ref(), intent) => Effect::Read,
            Some(Intent { payload, .. }) => {
                self.effects.of(payload, Effect::from_soap_action(payload))
            }
        };
        let reserves = intent.as_ref().is_none_or(|intent| intent.reserves);
        if effect == Effect::Read {
            // An inquiry that reserves stays under the word of its headers: a read, but none to be repeated.
            if !reserves {
                parts.extensions.remove::<ByHeaders>();
            }
        } else {
            parts.extensions.insert(effect);
            progress.affect(effect);
            let payload = intent.as_ref().map(|intent| &*intent.payload);
            if let Some(payload) = payload.and_then(OperationName::of_payload) {
                parts.extensions.insert(payload);
            }
        }
        let request = Request::from_parts(parts, body);
        self.inner.send(request).await.map_err(Into::into)
    }
}

impl<T> SoapTransport for Confirm<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    type Error = Error;

    fn send(
        &self,
        request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + Send {
        let is_open = request.extensions().get::<ByHeaders>().is_some();
        if is_open && Effect::of(&request) == Effect::Read {
            Either::Right(Box::pin(self.confirmed(request)))
        } else {
            Either::Left(self.inner.send(request).err_into())
        }
    }
}

/// The body in memory if it is short enough, else as it was.
async fn held(body: Body) -> Result<Body, Error> {
    if body.as_whole().is_some() || body.size_hint().lower() > HELD as u64 {
        return Ok(body);
    }
    Ok(match start(body, HELD).await {
        Start::Whole(bytes) => Body::whole(bytes),
        Start::Part(body) => body,
        Start::Broken(body) => Body::whole(body.bytes_up_to(usize::MAX).await?),
    })
}

/// What a message says it does, if it can be looked into.
fn intent(headers: &HeaderMap, message: &[u8]) -> Option<Intent> {
    if headers.contains_key(CONTENT_ENCODING) {
        return None;
    }
    let document = Document::of(content_type(headers).ok()?).ok()?;
    document.intent(message).ok()
}

/// Whether a request whose effect is [`Effect::Read`] may be sent again as a read.
///
/// Where headers alone told the effect, the body must say the same.
pub(crate) fn may_repeat(request: &Request<Bytes>) -> bool {
    if request.extensions().get::<ByHeaders>().is_none() {
        return true;
    }
    let intent = intent(request.headers(), request.body());
    intent.is_some_and(|intent| is_read(OperationName::of(request).as_ref(), &intent))
}

/// Whether what the body says agrees with a read of `operation`, and reserves nothing for a change to come.
pub(crate) fn is_read(operation: Option<&OperationName>, intent: &Intent) -> bool {
    let reads =
        is_named(operation, intent) || Effect::from_soap_action(&intent.payload) == Effect::Read;
    !intent.reserves && reads
}

/// Whether the body holds the operation that it is said to hold. Who knows the service made it by its contract.
fn is_named(operation: Option<&OperationName>, intent: &Intent) -> bool {
    operation.is_some_and(|known| known.service().is_some() || known.name() == intent.payload)
}

#[cfg(test)]
mod tests;
