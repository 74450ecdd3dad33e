//! One call: typed request out, typed response or error back.

mod attached;
mod open;
mod options;
mod streamed;

use std::pin::{Pin, pin};
use std::sync::Arc;

use bytes::Bytes;
use castile_envelope::{Content, Front, Part, SoapVersion, Wrap};
use castile_http::connect::Pin as Pinned;
use castile_http::journal::Outcome;
use castile_http::{
    Answer, Attempts, Body, CallLimits, Effect, JournalEntry, OperationName, Progress,
    SoapTransport,
};
use castile_model::{Decoded, Fill, Operation, Raw};
use futures_util::TryFutureExt as _;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use http::response::Parts;
use http::{Method, Request, Uri};
use tracing::Instrument as _;

use self::options::Unfit;
use crate::error::{Context, tracking_id};
use crate::{Cause, Error, Fault, Header};
pub use attached::Attachment;
use attached::{Attaching, accept, envelope_of};
pub(crate) use open::Unread;
pub use streamed::{AttachedPart, AttachedParts, StreamedReply};

const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");

/// A prepared call of one operation.
///
/// Dropping the future of a call that changes something leaves its outcome unknown, as a broken connection would.
#[derive(Debug)]
#[must_use = "nothing is sent before `send`"]
pub struct Call<'c, T, O> {
    transport: &'c T,
    url: &'c Uri,
    header: Arc<Header>,
    request: &'c O,
    fill: Fill,
    tracking_id: Option<String>,
    /// Whether each attempt has a tracking id of its own.
    is_traced: bool,
    /// Tracking ids that the request may not have.
    used_ids: Vec<String>,
    is_checked: bool,
    headers: Vec<Raw>,
    limits: CallLimits,
    unfit: Option<Unfit>,
    attaching: Option<Attaching>,
    pin: Option<Pinned>,
}

/// A request that is ready, and what is to be told of it.
struct Prepared {
    request: Request<Body>,
    progress: Progress,
    context: Context,
    span: tracing::Span,
}

/// A response with the header blocks that came with it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reply<R> {
    /// The response, with what was odd about it.
    pub response: Decoded<R>,
    /// The header blocks in their order; [`Raw::read`] reads the declared ones.
    pub headers: Vec<Raw>,
    /// The attachments that the answer does not refer to.
    pub attachments: Vec<Attachment>,
    /// The `jXLogTrackingId`s under which the request was sent; the last is that of the attempt which this answers.
    pub tracking_ids: Vec<String>,
}

/// What came of a call, and how.
type Replied<O> =
    Result<(Reply<<O as Operation>::Response>, Progress), Error<<O as Operation>::Fault>>;

impl<'c, T, O> Call<'c, T, O>
where
    T: SoapTransport<Error = castile_http::Error>,
    O: Operation,
{
    pub(crate) fn new(transport: &'c T, url: &'c Uri, header: Arc<Header>, request: &'c O) -> Self {
        let (fill, tracking_id) = header.for_call();
        Self {
            transport,
            url,
            header,
            request,
            fill,
            tracking_id,
            is_traced: true,
            used_ids: Vec::new(),
            is_checked: true,
            headers: Vec::new(),
            limits: CallLimits::default(),
            unfit: None,
            attaching: None,
            pin: None,
        }
    }

    /// The same on stacks as they are now.
    pub(crate) fn pinned(mut self, pin: Option<Pinned>) -> Self {
        self.pin = pin;
        self
    }

    /// Other limits for this call than those of its client.
    pub fn within(mut self, limits: CallLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The `jXLogTrackingId` of the first attempt, unless the request has one itself: keep it with whatever you note
    /// about a call, for it is what Jack Henry finds a call by.
    ///
    /// A read that is sent again, and a write that was refused unprocessed, get a new one each time;
    /// [`Reply::tracking_ids`] and [`Error::tracking_ids`] have them all.
    pub fn tracking_id(&self) -> Option<&str> {
        self.tracking_id.as_deref()
    }

    /// Sends the request and returns the response.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::outcome_unknown`] tells whether the operation may have happened all the same.
    pub fn send(self) -> impl Future<Output = Result<O::Response, Error<O::Fault>>> {
        self.replied().map_ok(|(reply, _)| reply.response.value)
    }

    /// The same as [`send`](Self::send), with what was odd about the response.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_decoded(
        self,
    ) -> impl Future<Output = Result<Decoded<O::Response>, Error<O::Fault>>> {
        self.replied().map_ok(|(reply, _)| reply.response)
    }

    /// The same as [`send_decoded`](Self::send_decoded), with the header blocks of the answer.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_whole(self) -> impl Future<Output = Result<Reply<O::Response>, Error<O::Fault>>> {
        self.replied().map_ok(|(reply, progress)| Reply {
            tracking_ids: progress.attempts().ids(),
            ..reply
        })
    }

    /// The response, and how it was come by.
    ///
    /// On the heap, so that the futures of callers stay small: all layers are in it.
    fn replied(self) -> Pin<Box<impl Future<Output = Replied<O>>>> {
        Box::pin(async move {
            let Prepared {
                request,
                progress,
                mut context,
                span,
            } = self.prepared()?;
            let received = pin!(self.exchange(request, &progress))
                .instrument(span.clone())
                .await;
            let reply = span.in_scope(|| received.map_err(Cause::from)?.reply::<O>());
            match reply {
                Ok(reply) => Ok((reply, progress)),
                Err(cause) => {
                    context.tracked(progress.attempts());
                    Err(Error::new(cause, context))
                }
            }
        })
    }

    fn prepared(&self) -> Result<Prepared, Error<O::Fault>> {
        let (mut request, envelope) = match self.message() {
            Ok(message) => message,
            Err(cause) => {
                let context = Context::of::<O>(self.tracking_id.clone());
                return Err(Error::new(cause, context));
            }
        };
        let operation = OperationName::new(O::SERVICE, O::NAME);
        let attempts = self.attempts(&envelope);
        let progress = Progress::of_call(operation, effect_of::<O>(), attempts);
        request.extensions_mut().insert(progress.clone());
        let mut context = Context::of::<O>(None);
        context.sent(envelope);
        if self.limits != CallLimits::default() {
            request.extensions_mut().insert(self.limits);
        }
        // The layer that sends an attempt has a span with the id of each.
        let span = tracing::debug_span!(
            "call",
            service = O::SERVICE,
            operation = O::NAME,
            tracking_id = progress.attempts().ids().first()
        );
        Ok(Prepared {
            request,
            progress,
            context,
            span,
        })
    }

    /// By the id that the message holds, for a request may have one of its own.
    fn attempts(&self, envelope: &Bytes) -> Attempts {
        match tracking_id(envelope) {
            Some(id) => {
                let made = self.tracking_id().filter(|_| self.is_traced);
                self.header.attempts(id, made)
            }
            None => Attempts::default(),
        }
    }

    async fn exchange(
        &self,
        request: Request<Body>,
        progress: &Progress,
    ) -> Result<Received, castile_http::Error> {
        let answer = pin!(self.transport.send(request)).await?;
        let (head, body) = answer.into_parts();
        let effect = progress.effect().unwrap_or_default();
        let body = body.bytes(effect).await;
        Ok(Received { head, body, effect })
    }

    /// The request, and its envelope, which is all of it unless values leave it as attachments.
    fn message(&self) -> Result<(Request<Body>, Bytes), Cause<O::Fault>> {
        if let Some(unfit) = self.unfit {
            return Err(unfit.into());
        }
        let (request, fill) = (self.request, &self.fill);
        let (payload, attachments) = match (&self.attaching, self.is_checked) {
            (Some(attaching), is_checked) => {
                castile_model::encode_attached(request, fill, is_checked, attaching.attach())?
            }
            (None, true) => (
                castile_model::encode_filled_valid(request, fill)?,
                Vec::new(),
            ),
            (None, false) => (castile_model::encode_filled(request, fill)?, Vec::new()),
        };
        let used_id = || tracking_id(payload.as_bytes()).filter(|id| self.used_ids.contains(id));
        if !self.used_ids.is_empty() && used_id().is_some() {
            return Err(Unfit::SameTrackingId.into());
        }
        let headers: String = self.headers.iter().map(Raw::to_xml).collect();
        let wrap = Wrap {
            soap: soap_of::<O>(),
            headers: headers.as_bytes(),
            ..Wrap::default()
        };
        let envelope =
            castile_envelope::wrap(payload.as_bytes(), &wrap).map_err(Cause::Envelope)?;
        let value = |text: String| {
            HeaderValue::try_from(text).map_err(|_| Cause::Action { action: O::ACTION })
        };
        let envelope = Bytes::from(envelope);
        let mut request = Request::new(Body::whole(envelope.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.url.clone();
        if let Some(pin) = &self.pin {
            request.extensions_mut().insert(pin.clone());
        }
        let headers = request.headers_mut();
        match wrap.soap {
            SoapVersion::V11 => {
                let content_type = HeaderValue::from_static("text/xml; charset=utf-8");
                headers.insert(CONTENT_TYPE, content_type);
                headers.insert(ACCEPT, HeaderValue::from_static("text/xml"));
                // SOAP 1.1 section 6.1.1 has the action in quotes.
                headers.insert(SOAP_ACTION, value(["\"", O::ACTION, "\""].concat())?);
            }
            SoapVersion::V12 => {
                // A parameter of the media type (SOAP 1.2 part 2, section 7.1.4; RFC 3902), where there is an action.
                let mut media_type = "application/soap+xml; charset=utf-8".to_owned();
                if O::ACTION.contains(['"', '\\']) {
                    return Err(Cause::Action { action: O::ACTION });
                }
                if !O::ACTION.is_empty() {
                    media_type.push_str(&format!("; action=\"{}\"", O::ACTION));
                }
                headers.insert(CONTENT_TYPE, value(media_type)?);
                headers.insert(ACCEPT, HeaderValue::from_static("application/soap+xml"));
            }
        }
        if let Some(attaching) = self.attaching.as_ref().filter(|_| !attachments.is_empty()) {
            let (content_type, body) =
                attaching.pack(&envelope, &attachments, wrap.soap, O::ACTION)?;
            *request.body_mut() = Body::whole(body);
            let headers = request.headers_mut();
            headers.insert(CONTENT_TYPE, content_type);
            headers.insert(ACCEPT, accept(wrap.soap));
        }
        Ok((request, envelope))
    }
}

/// An answer, or the beginning of one that broke off.
struct Received {
    head: Parts,
    body: Result<Bytes, castile_http::Error>,
    effect: Effect,
}

impl Received {
    /// What the answer says, to the journal too.
    fn reply<O: Operation>(self) -> Result<Reply<O::Response>, Cause<O::Fault>> {
        let Self { head, body, effect } = self;
        let body = body.map_err(Cause::from);
        let reply = body.and_then(|body| answer::<O>(&head, body, effect));
        settle(head.extensions.get(), &reply);
        reply
    }
}

fn answer<O: Operation>(
    head: &Parts,
    body: Bytes,
    effect: Effect,
) -> Result<Reply<O::Response>, Cause<O::Fault>> {
    tracing::debug!(
        status = head.status.as_u16(),
        bytes = body.len(),
        "response"
    );
    match Answer::classify(head.status, &head.headers, &body) {
        Answer::Soap => {
            let (envelope, attachments) = envelope_of(&head.headers, body, head.status, effect)?;
            let mut reply = read(&envelope, head.status, effect)?;
            reply.attachments = attachments;
            Ok(reply)
        }
        // A service that has nothing to say says 202 without a body (SOAP 1.1 over HTTP, Basic Profile R2714).
        Answer::Empty(status) if O::ONE_WAY && status.is_success() => Ok(Reply {
            response: O::Response::default().into(),
            headers: Vec::new(),
            attachments: Vec::new(),
            tracking_ids: Vec::new(),
        }),
        answer => Err(Cause::Status { answer, effect }),
    }
}

/// Says to the journal what came of a call.
fn settle<R, F>(entry: Option<&JournalEntry>, answer: &Result<R, Cause<F>>) {
    let Some(entry) = entry else {
        return;
    };
    match answer {
        Ok(_) => entry.settle(Outcome::Done, None),
        Err(cause) if cause.outcome_unknown() => entry.settle(Outcome::Open, Some(cause.code())),
        Err(cause) => entry.settle(Outcome::NotDone, Some(cause.code())),
    }
}

impl<F> From<Unfit> for Cause<F> {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::NoActIntentKey => Self::NoActIntentKey,
            Unfit::OtherOperation { refused } => Self::OtherOperation { refused },
            Unfit::SameTrackingId => Self::SameTrackingId,
        }
    }
}

/// The base row does not import each other, so the contract's effect is told to the stack here.
fn effect_of<O: Operation>() -> Effect {
    match O::EFFECT {
        castile_model::Effect::Read => Effect::Read,
        castile_model::Effect::Write => Effect::Write,
        castile_model::Effect::Unknown => Effect::Unknown,
    }
}

fn soap_of<O: Operation>() -> SoapVersion {
    match O::SOAP {
        castile_model::Soap::V1_1 => SoapVersion::V11,
        castile_model::Soap::V1_2 => SoapVersion::V12,
    }
}

pub(crate) fn read<R, F>(
    body: &Bytes,
    status: http::StatusCode,
    effect: Effect,
) -> Result<Reply<R>, Cause<F>>
where
    R: castile_model::Message,
    F: castile_model::Detail,
{
    let refused = |refusal| Cause::Reply {
        refusal,
        status,
        effect,
    };
    let (response, headers) = match castile_envelope::open_front(body) {
        Err(refusal) => return Err(refused(refusal)),
        Ok(Front::Payload(payload)) => {
            let start = payload.start();
            let scope = payload.namespaces().clone().into();
            match castile_model::decode_front(&body[start..], &scope) {
                Ok((response, len)) => (response, payload.close(start + len).map_err(refused)?),
                Err(source) => {
                    // An envelope that is malformed says more than what could not be read of it.
                    castile_envelope::open(body).map_err(refused)?;
                    return Err(Cause::Decode {
                        offset: start,
                        source,
                        effect,
                    });
                }
            }
        }
        Ok(Front::Whole(opened)) => match opened.content {
            Content::Fault(fault) => {
                let headers = raws(&opened.headers, body);
                let fault = Fault::read(*fault, body, headers, effect);
                return Err(Cause::Fault(Box::new(fault)));
            }
            _ if R::ELEMENT.is_empty() => (R::default().into(), opened.headers),
            _ => return Err(Cause::EmptyBody { status, effect }),
        },
    };
    Ok(Reply {
        response,
        headers: raws(&headers, body),
        attachments: Vec::new(),
        tracking_ids: Vec::new(),
    })
}

/// The elements of an envelope as they came; it was seen to be well-formed UTF-8.
fn raws(parts: &[Part], body: &Bytes) -> Vec<Raw> {
    let raw = |part: &Part| {
        let element = std::str::from_utf8(&body[part.range.clone()]).ok()?;
        Raw::parse(element, &part.namespaces.clone().into()).ok()
    };
    parts.iter().filter_map(raw).collect()
}

#[cfg(test)]
mod tests;
