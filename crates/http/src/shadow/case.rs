//! One read: asked by the old model, repeated by the new one, compared.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use castile_envelope::{
    Assembled, Attachment, Comparison, Difference, Differences, Document, Refusal, XopLimits,
    assemble,
};
use http::header::{AUTHORIZATION, CONTENT_ENCODING};
use http::{HeaderMap, Method, Request, StatusCode, response};

use super::layer::Side;
use super::tee::{Copy, Tee};
use super::{Outcome, VOLATILE};
use crate::confirmed::is_read;
use crate::rewrite::content_type;
use crate::{Answer, Body, Effect, Error, OperationName, Progress, SoapTransport};

/// What is told as the operation where the body does not say one.
const NO_OPERATION: &str = "?";

/// The path by which a status that differs is told.
const STATUS: &str = "HTTP-status";

/// The path by which parts that differ are told, if the envelopes do not refer to them.
const PARTS: &str = "MIME-parts";

/// A read on its way by the old model.
pub(super) struct Begun {
    method: Method,
    headers: HeaderMap,
    operation: Option<OperationName>,
    message: Message,
    /// Says what the layers that sent it took it for.
    progress: Progress,
}

/// The bytes of a request.
enum Message {
    Whole(Bytes),
    Passing(Copy),
}

/// A read and its answer by the old model.
pub(super) struct Case {
    begun: Begun,
    status: StatusCode,
    headers: HeaderMap,
    answer: Copy,
}

/// Room for one repetition; given back when dropped.
pub(super) struct Place(Arc<AtomicU64>);

impl Place {
    pub(super) fn take(under_way: &Arc<AtomicU64>, most: u64) -> Option<Self> {
        let more = |taken: u64| (taken < most).then_some(taken + 1);
        under_way
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, more)
            .ok()
            .map(|_| Self(under_way.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Case {
    /// Keeps what a repetition needs; a message that is not in memory is copied as it passes.
    pub(super) fn begin(mut request: Request<Body>, limit: usize) -> (Request<Body>, Begun) {
        let progress = Progress::carried(&mut request);
        let operation = OperationName::of(&request);
        let (parts, body) = request.into_parts();
        let (body, message) = match body.as_whole() {
            Some(bytes) => {
                let message = Message::Whole(bytes.clone());
                (body, message)
            }
            None => {
                let copy = Copy::new(limit);
                (Tee::body(body, copy.clone(), None), Message::Passing(copy))
            }
        };
        let begun = Begun {
            method: parts.method.clone(),
            headers: parts.headers.clone(),
            operation,
            message,
            progress,
        };
        (Request::from_parts(parts, body), begun)
    }
}

impl Begun {
    pub(super) fn answered(self, parts: &response::Parts, answer: Copy) -> Case {
        Case {
            begun: self,
            status: parts.status,
            headers: parts.headers.clone(),
            answer,
        }
    }

    fn message(&self) -> Option<Bytes> {
        match &self.message {
            Message::Whole(bytes) => Some(bytes.clone()),
            Message::Passing(copy) => copy.whole(),
        }
    }

    /// The name of Body's element, if repeating the message can change nothing.
    fn read(&self, message: &[u8]) -> Result<String, Outcome> {
        if self.headers.contains_key(CONTENT_ENCODING) {
            return Err(Outcome::NotComparable);
        }
        let media_type = content_type(&self.headers).map_err(|_| Outcome::NotComparable)?;
        let document = Document::of(media_type).map_err(|_| Outcome::NotComparable)?;
        if document.is_multipart() {
            return Err(Outcome::NotComparable);
        }
        let intent = document
            .intent(message)
            .map_err(|_| Outcome::NotComparable)?;
        let effect = self.progress.effect().unwrap_or(Effect::Read);
        let reads = effect == Effect::Read && is_read(self.operation.as_ref(), &intent);
        if !reads || !is_name(&intent.payload) {
            return Err(Outcome::NotARead);
        }
        Ok(intent.payload)
    }
}

/// No name that a contract gives is longer, and what is no such name is not for a log.
fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

impl Case {
    /// Whether the caller took the answer to its end.
    pub(super) fn is_answered(&self) -> bool {
        self.answer.has_ended()
    }

    /// What the caller says it calls, for a case that nobody looks into.
    pub(super) fn operation(&self) -> &str {
        let named = self.begun.operation.as_ref().map(OperationName::name);
        named.filter(|name| is_name(name)).unwrap_or(NO_OPERATION)
    }

    /// Repeats and compares; tells what became of it, whatever that is.
    pub(super) async fn run<O>(self, side: Arc<Side<O>>, place: Place)
    where
        O: SoapTransport + 'static,
        O::Error: Into<Error>,
    {
        let mut told = Told {
            operation: self.operation().to_owned(),
            side: side.clone(),
            outcome: Some(Outcome::Failed("shadow-ended")),
            _place: place,
        };
        let limit = side.settings.timeout;
        let outcome = ::tokio::time::timeout(limit, self.outcome(&side, &mut told.operation)).await;
        told.outcome = Some(outcome.unwrap_or(Outcome::Failed("shadow-timeout")));
    }

    async fn outcome<O>(self, side: &Side<O>, operation: &mut String) -> Outcome
    where
        O: SoapTransport,
        O::Error: Into<Error>,
    {
        let (Some(message), Some(old)) = (self.begun.message(), self.answer.whole()) else {
            return Outcome::NotComparable;
        };
        if !is_comparable(self.status, &self.headers, &old) {
            return Outcome::NotComparable;
        }
        match self.begun.read(&message) {
            Ok(name) => *operation = name,
            Err(outcome) => return outcome,
        }
        let mut request = Request::new(Body::whole(message));
        *request.method_mut() = self.begun.method;
        *request.uri_mut() = side.target.clone();
        *request.headers_mut() = self.begun.headers;
        request.headers_mut().remove(AUTHORIZATION);
        request.extensions_mut().insert(Effect::Read);
        if let Some(operation) = self.begun.operation {
            request.extensions_mut().insert(operation);
        }
        let answer = match side.oauth.send(request).await {
            Ok(answer) => answer,
            Err(error) => return Outcome::Failed(error.into().code()),
        };
        let (parts, body) = answer.into_parts();
        let new = match body.bytes_up_to(side.settings.message_limit).await {
            Ok(new) => new,
            Err(Error::RequestTooLarge { .. }) => return Outcome::NotComparable,
            Err(Error::RequestBroken(error)) => {
                return Outcome::Failed(Error::from_body(error, Effect::Read).code());
            }
            Err(error) => return Outcome::Failed(error.code()),
        };
        if let Some(code) = Answer::classify(parts.status, &parts.headers, &new).code() {
            return Outcome::Failed(code);
        }
        if !is_comparable(parts.status, &parts.headers, &new) {
            return Outcome::NotComparable;
        }
        let same_status = self.status == parts.status;
        let old = Arrived {
            headers: self.headers,
            bytes: old,
        };
        let new = Arrived {
            headers: parts.headers,
            bytes: new,
        };
        let limit = side.settings.message_limit;
        let ignored = VOLATILE.iter().map(|name| (*name).to_owned());
        let mut comparison = Comparison::default();
        comparison.ignored = ignored
            .chain(side.settings.ignore.iter().cloned())
            .collect();
        // Long answers take their time, which is not to be that of the calls on this thread.
        let compare = move || differences(&comparison, &old, &new, limit);
        match ::tokio::task::spawn_blocking(compare).await {
            Ok(Ok(Some(found))) => judged(found, same_status),
            Ok(Ok(None) | Err(_)) => Outcome::NotComparable,
            Err(_) => Outcome::Failed("shadow-ended"),
        }
    }
}

fn judged(mut found: Differences, same_status: bool) -> Outcome {
    if !same_status {
        found.paths.insert(STATUS.to_owned(), Difference::Value);
    }
    if found.is_empty() {
        Outcome::Agreed
    } else {
        Outcome::Differed(found)
    }
}

/// Whether an answer is a SOAP message, alone or in parts, that is not packed.
fn is_comparable(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> bool {
    !headers.contains_key(CONTENT_ENCODING)
        && Answer::classify(status, headers, body) == Answer::Soap
}

/// An answer that came whole.
struct Arrived {
    headers: HeaderMap,
    bytes: Bytes,
}

impl Arrived {
    /// The envelope with what it refers to, so that a value counts the same inside of it and in a part of its own.
    fn assembled(&self, limit: usize) -> Result<Assembled<'_>, Refusal> {
        let media_type = content_type(&self.headers)?.unwrap_or("text/xml");
        let mut limits = XopLimits::default();
        // As base64 a part is longer by a third.
        limits.assembled = limit.saturating_mul(2);
        assemble(media_type, &self.bytes, &limits)
    }
}

fn differences(
    comparison: &Comparison,
    old: &Arrived,
    new: &Arrived,
    limit: usize,
) -> Result<Option<Differences>, Refusal> {
    let (old, new) = (old.assembled(limit)?, new.assembled(limit)?);
    let mut found = comparison.differences(&old.envelope, &new.envelope)?;
    let same = |(one, other): (&Attachment<'_>, &Attachment<'_>)| one.content == other.content;
    let same_parts =
        old.others.len() == new.others.len() && old.others.iter().zip(&new.others).all(same);
    if let Some(found) = found.as_mut().filter(|_| !same_parts) {
        found.paths.insert(PARTS.to_owned(), Difference::Value);
    }
    Ok(found)
}

/// Tells the outcome when dropped: also of a task that panicked, or that ended with its runtime.
struct Told<O> {
    operation: String,
    side: Arc<Side<O>>,
    outcome: Option<Outcome>,
    _place: Place,
}

impl<O> Drop for Told<O> {
    fn drop(&mut self) {
        if let Some(outcome) = self.outcome.take() {
            self.side.tell(&self.operation, &outcome);
        }
    }
}
