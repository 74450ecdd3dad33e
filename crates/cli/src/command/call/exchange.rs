//! One message out, one answer back, judged.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use castile_auth::ports::Random as _;
use castile_codegen::instance::{Callable, Message};
use castile_envelope::{Content, FaultCode, Refusal};
use castile_http::{
    Answer, Attempts, Body, Effect, Error, OsRandom, Phase, Progress, SoapTransport,
};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use url::Url;

use crate::explain;
use crate::problem::Exit;

/// A message with what goes with it. It holds customer data, and so has no `Debug`.
pub(crate) struct Prepared {
    pub(crate) callable: Arc<Callable>,
    pub(crate) url: Url,
    pub(crate) effect: Effect,
    pub(crate) headers: HeaderMap,
    pub(crate) envelope: Bytes,
}

/// What came of it.
pub(crate) struct Exchanged {
    pub(crate) took: Duration,
    /// Under which the message was sent, the last one last.
    pub(crate) tracking_ids: Vec<String>,
    pub(crate) outcome: Result<Replied, Failed>,
}

/// A good answer.
pub(crate) struct Replied {
    pub(crate) status: StatusCode,
    /// As it came.
    pub(crate) text: Bytes,
    /// What stands in its body; none if that is empty.
    pub(crate) message: Option<Message>,
}

/// No good answer.
pub(crate) enum Failed {
    /// None at all.
    Transport(Error),
    /// None that is SOAP.
    Status(Answer),
    /// None that can be read.
    Envelope(Refusal),
    /// A SOAP fault, with the answer that it came in.
    Fault(Box<Told>, Replied),
    /// Somebody stopped the program.
    Stopped {
        /// Whether a byte of the message may have left by then.
        was_sent: bool,
    },
}

/// What a fault tells. Reason and descriptions may hold customer data.
pub(crate) struct Told {
    pub(crate) code: Option<FaultCode>,
    pub(crate) is_communication: bool,
    pub(crate) is_declared: bool,
    /// Code, category and element of each `HdrFault` record; no values, no texts.
    pub(crate) records: Vec<[String; 3]>,
}

/// The code by which the gateway tells that the provider behind it did not take the connection.
const COMMUNICATION: &str = "100";

impl Failed {
    /// The stable code that `castile explain` knows.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Transport(error) => error.code(),
            Self::Status(answer) => answer.code().unwrap_or("gateway-not-soap"),
            Self::Envelope(refusal) => refusal.code(),
            Self::Fault(told, _) if told.is("FailedAuthentication") => {
                "gateway-failed-authentication"
            }
            Self::Fault(told, _) if told.is_communication => "gateway-communication",
            Self::Fault(..) => "gateway-fault",
            Self::Stopped { .. } => "call-stopped",
        }
    }

    /// Whether the operation may have been carried out all the same; as the typed client judges.
    pub(crate) fn outcome_unknown(&self, effect: Effect) -> bool {
        match self {
            Self::Transport(error) => error.outcome_unknown(),
            Self::Status(answer) => answer.outcome_unknown(effect),
            Self::Envelope(_) => effect != Effect::Read,
            Self::Fault(told, _) => {
                let not_taken = told.code.as_ref().is_some_and(FaultCode::is_not_taken);
                let is_refused = (told.is_declared || not_taken) && !told.is_communication;
                effect != Effect::Read && !is_refused
            }
            Self::Stopped { was_sent } => effect != Effect::Read && *was_sent,
        }
    }
}

impl Failed {
    /// The exit code: that of the code's explanation, but for the outcome, which depends on the operation too.
    pub(crate) fn exit(&self, effect: Effect) -> Exit {
        if self.outcome_unknown(effect) {
            return Exit::OutcomeUnknown;
        }
        match explain::entry(self.code()).map(|entry| entry.exit) {
            Some(Exit::OutcomeUnknown) | None => match self {
                Self::Transport(_) => Exit::Network,
                Self::Stopped { .. } => Exit::Stopped,
                _ => Exit::Gateway,
            },
            Some(exit) => exit,
        }
    }
}

impl Told {
    fn is(&self, code: &str) -> bool {
        self.code.as_ref().is_some_and(|known| known.local == code)
    }
}

/// An id made of 122 random bits (RFC 9562 section 5.4); none where the system has no randomness.
pub(crate) fn tracking_id() -> Option<String> {
    let mut bytes = [0; 16];
    OsRandom.fill(&mut bytes).ok()?;
    let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
    Some(id.to_string())
}

/// Sends a message once, or as often as the stack may, until there is an answer or `stop` completes.
pub(crate) async fn send<T>(
    gateway: &T,
    prepared: &Prepared,
    stop: impl Future<Output = ()>,
) -> Exchanged
where
    T: SoapTransport<Error = Error>,
{
    let mut request = request(prepared);
    let attempts = Attempts::of(&request);
    let progress = Progress::default();
    request.extensions_mut().insert(progress.clone());
    let before = tokio::time::Instant::now();
    let outcome = tokio::select! {
        biased;
        outcome = exchange(gateway, prepared, request) => outcome,
        () = stop => Err(Failed::Stopped { was_sent: progress.give_up() == Phase::Answer }),
    };
    Exchanged {
        took: before.elapsed(),
        tracking_ids: attempts.ids(),
        outcome,
    }
}

fn request(prepared: &Prepared) -> Request<Body> {
    let mut request = Request::new(Body::whole(prepared.envelope.clone()));
    *request.method_mut() = http::Method::POST;
    // What a profile has is a URL, and so an address.
    *request.uri_mut() = prepared.url.as_str().parse().unwrap_or_default();
    request.headers_mut().extend(prepared.headers.clone());
    request.extensions_mut().insert(prepared.effect);
    let sent = Message::read(&prepared.envelope).ok();
    let leaves = sent.map(|message| message.leaves()).unwrap_or_default();
    let id = leaves
        .into_iter()
        .find(|(path, value)| path.ends_with("jXchangeHdr/jXLogTrackingId") && !value.is_empty());
    if let Some((_, id)) = id {
        let attempts = Attempts::renewed(id, tracking_id);
        request.extensions_mut().insert(attempts);
    }
    request
}

/// The headers of a message, as the binding wants them (SOAP 1.1 section 6.1.1, RFC 3902); none if no header can carry
/// the action.
pub(crate) fn headers(callable: &Callable) -> Option<HeaderMap> {
    let pairs = pairs(callable)?.into_iter();
    let headers = pairs.map(|(name, value)| {
        let name = HeaderName::from_static(name);
        Some((name, HeaderValue::from_str(&value).ok()?))
    });
    headers.collect()
}

fn pairs(callable: &Callable) -> Option<Vec<(&'static str, String)>> {
    let action = &callable.action;
    if action.contains(['"', '\\']) {
        return None;
    }
    Some(match callable.soap_1_2 {
        true => {
            let mut media_type = "application/soap+xml; charset=utf-8".to_owned();
            if !action.is_empty() {
                media_type.push_str(&format!("; action=\"{action}\""));
            }
            vec![
                ("content-type", media_type),
                ("accept", "application/soap+xml".to_owned()),
            ]
        }
        false => vec![
            ("content-type", "text/xml; charset=utf-8".to_owned()),
            ("accept", "text/xml".to_owned()),
            ("soapaction", format!("\"{action}\"")),
        ],
    })
}

async fn exchange<T>(
    gateway: &T,
    prepared: &Prepared,
    request: Request<Body>,
) -> Result<Replied, Failed>
where
    T: SoapTransport<Error = Error>,
{
    let effect = prepared.effect;
    let answer = gateway.send(request).await.map_err(Failed::Transport)?;
    let (head, body) = answer.into_parts();
    let text = body.bytes(effect).await.map_err(Failed::Transport)?;
    let replied = |message| Replied {
        status: head.status,
        text: text.clone(),
        message,
    };
    match Answer::classify(head.status, &head.headers, &text) {
        Answer::Soap => {}
        Answer::Empty(status) if prepared.callable.one_way && status.is_success() => {
            return Ok(replied(None));
        }
        answer => return Err(Failed::Status(answer)),
    }
    let opened = castile_envelope::open(&text).map_err(Failed::Envelope)?;
    match opened.content {
        Content::Empty => Ok(replied(None)),
        // Well-formed, as the envelope was opened; within the bounds of this reader, or shown as it came only.
        Content::Payload(_) => Ok(replied(Message::read(&text).ok())),
        Content::Fault(fault) => {
            let message = Message::read(&text).ok();
            let told = told(prepared, *fault, message.as_ref());
            Err(Failed::Fault(Box::new(told), replied(message)))
        }
    }
}

fn told(prepared: &Prepared, fault: castile_envelope::Fault, message: Option<&Message>) -> Told {
    let leaves = message.map(Message::leaves).unwrap_or_default();
    let below = |path: &str| {
        path.strip_prefix("detail/")
            .or(path.strip_prefix("Detail/"))
            .map(str::to_owned)
    };
    let is_declared = leaves
        .iter()
        .filter_map(|(path, _)| below(path))
        .any(|path| {
            let name = path.split(['/', '[']).next().unwrap_or_default();
            prepared
                .callable
                .faults
                .iter()
                .any(|fault| fault.local() == name)
        });
    let mut records: Vec<[String; 3]> = Vec::new();
    for (path, value) in &leaves {
        let path = below(path).filter(|path| path.contains("FaultMsgRec"));
        let Some(name) = path.as_deref().and_then(|path| path.rsplit('/').next()) else {
            continue;
        };
        let at = match name {
            "ErrCode" => {
                records.push([value.clone(), String::new(), String::new()]);
                continue;
            }
            "ErrCat" => 1,
            "ErrElem" => 2,
            _ => continue,
        };
        if let Some(last) = records.last_mut() {
            last[at].clone_from(value);
        }
    }
    Told {
        code: fault.code,
        is_communication: records
            .iter()
            .any(|[code, ..]| code.trim() == COMMUNICATION),
        is_declared,
        records,
    }
}
