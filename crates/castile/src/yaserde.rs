//! Calls with messages that another generator typed for yaserde.
//!
//! A program that has such types keeps them; the line that posted an envelope becomes
//! [`Client::call_yaserde`](crate::Client::call_yaserde).
//! yaserde drops what it does not know, trims texts, and holds amounts as its types say; what
//! [`castile::Client::call`](crate::Client::call) promises of values it does not.

use std::any::type_name;

use castile_envelope::{Content, Refusal, Wrap};
use castile_http::journal::Outcome;
use castile_http::{Answer, Blame, Body, Effect, JournalEntry, Progress, SoapTransport};
use castile_model::{NoFault, Raw};
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use http::response::Parts;
use http::{Method, Request};
use yaserde::{YaDeserialize, YaSerialize};

use crate::{Cause, Client, Fault};

const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");

/// Why there is no answer. No text of it holds a value of a message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum YaserdeError {
    /// yaserde cannot write the request. Nothing was sent.
    #[error("yaserde cannot write {type_name}")]
    Write {
        /// The request's type.
        type_name: &'static str,
    },
    /// yaserde cannot read the answer. Its reason is not kept, for it may quote the answer.
    #[error("yaserde cannot read the answer as {type_name}")]
    Read {
        /// The answer's type.
        type_name: &'static str,
        /// What the request does.
        effect: Effect,
    },
    /// The action cannot stand in a header. Nothing was sent.
    #[error("the SOAPAction cannot stand in an HTTP header")]
    Action,
    /// Anything else.
    #[error(transparent)]
    Call(#[from] Box<Cause<NoFault>>),
}

impl YaserdeError {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Write { .. } => "yaserde-write",
            Self::Read { .. } => "yaserde-read",
            Self::Action => "call-action",
            Self::Call(cause) => cause.code(),
        }
    }

    /// Who must act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Write { .. } | Self::Action => Blame::Caller,
            Self::Read { .. } => Blame::JackHenry,
            Self::Call(cause) => cause.blame(),
        }
    }

    /// Whether the operation may have been carried out although there is no answer that says so.
    pub fn outcome_unknown(&self) -> bool {
        match self {
            Self::Write { .. } | Self::Action => false,
            Self::Read { effect, .. } => *effect != Effect::Read,
            Self::Call(cause) => cause.outcome_unknown(),
        }
    }

    /// Whether the same call may be made again: nothing can happen twice, and it may go better.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Call(cause) => cause.is_retryable(),
            _ => false,
        }
    }
}

impl From<Cause<NoFault>> for YaserdeError {
    fn from(cause: Cause<NoFault>) -> Self {
        Self::Call(Box::new(cause))
    }
}

impl<T> Client<T>
where
    T: SoapTransport<Error = castile_http::Error>,
{
    /// Sends the body of a message by yaserde, in a SOAP 1.1 envelope, and reads the answer's body by yaserde.
    ///
    /// What the operation does is told by `action` ([`Effect::from_soap_action`]), unless the configuration knows
    /// better; only a read is ever repeated. The request says its `jXchangeHdr` itself: nothing fills it here.
    ///
    /// # Errors
    /// See [`YaserdeError`]; a fault is a [`Cause::Fault`] with its detail raw.
    pub async fn call_yaserde<Q, R>(&self, action: &str, request: &Q) -> Result<R, YaserdeError>
    where
        Q: YaSerialize,
        R: YaDeserialize,
    {
        let progress = Progress::default();
        progress.affect(Effect::from_soap_action(action));
        let mut request = self.yaserde_request(action, request)?;
        request.extensions_mut().insert(progress.clone());
        let answer = self.transport().send(request).await.map_err(Cause::from)?;
        let (head, body) = answer.into_parts();
        // A configuration may know better than the name.
        let effect = progress.effect().unwrap_or_default();
        let answer = read(&head, body, effect).await;
        if let Some(entry) = head.extensions.get::<JournalEntry>() {
            match &answer {
                Ok(_) => entry.settle(Outcome::Done, None),
                Err(error) if error.outcome_unknown() => {
                    entry.settle(Outcome::Open, Some(error.code()));
                }
                Err(error) => entry.settle(Outcome::NotDone, Some(error.code())),
            }
        }
        answer
    }

    fn yaserde_request<Q: YaSerialize>(
        &self,
        action: &str,
        request: &Q,
    ) -> Result<Request<Body>, YaserdeError> {
        let config = yaserde::ser::Config {
            write_document_declaration: false,
            ..yaserde::ser::Config::default()
        };
        let type_name = type_name::<Q>();
        let payload = yaserde::ser::to_string_with_config(request, &config)
            .map_err(|_| YaserdeError::Write { type_name })?;
        let envelope = castile_envelope::wrap(payload.as_bytes(), &Wrap::default())
            .map_err(Cause::Envelope)?;
        let action =
            HeaderValue::from_str(&format!("\"{action}\"")).map_err(|_| YaserdeError::Action)?;
        let mut message = Request::new(Body::whole(envelope));
        *message.method_mut() = Method::POST;
        *message.uri_mut() = self.url().clone();
        let headers = message.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/xml; charset=utf-8"),
        );
        headers.insert(ACCEPT, HeaderValue::from_static("text/xml"));
        headers.insert(SOAP_ACTION, action);
        Ok(message)
    }
}

async fn read<R: YaDeserialize>(
    head: &Parts,
    body: Body,
    effect: Effect,
) -> Result<R, YaserdeError> {
    let body = body.bytes(effect).await.map_err(Cause::from)?;
    let status = head.status;
    match Answer::classify(status, &head.headers, &body) {
        Answer::Soap => {}
        answer => return Err(Cause::Status { answer, effect }.into()),
    }
    let refused = |refusal: Refusal| Cause::Reply {
        refusal,
        status,
        effect,
    };
    let opened = castile_envelope::open(&body).map_err(refused)?;
    match opened.content {
        Content::Payload(part) => {
            let type_name = type_name::<R>();
            let unreadable = YaserdeError::Read { type_name, effect };
            // With the declarations that it needs from around it.
            let payload = std::str::from_utf8(&body[part.range.clone()])
                .ok()
                .and_then(|payload| Raw::parse(payload, &part.namespaces.clone().into()).ok());
            let Some(payload) = payload else {
                return Err(unreadable);
            };
            yaserde::de::from_str(&payload.to_xml()).map_err(|_| unreadable)
        }
        Content::Fault(fault) => {
            let fault = Fault::read(*fault, &body, Vec::new(), effect);
            Err(Cause::Fault(Box::new(fault)).into())
        }
        Content::Empty => Err(Cause::EmptyBody { status, effect }.into()),
    }
}
