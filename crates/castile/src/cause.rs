//! Why a call has no response, as the step that failed tells it.

use castile_envelope::Refusal;
use castile_http::{Answer, Blame, Effect};
use castile_model::{DecodeError, EncodeError};
use http::StatusCode;

use crate::Fault;

/// Why a call has no response. `F` is the fault message that the contract declares.
///
/// No variant's text holds a token, a message or a customer's value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Cause<F> {
    /// The request lacks what the contract requires, or XML cannot carry it. Nothing was sent.
    #[error("the request cannot be sent: {0}")]
    Encode(#[from] EncodeError),
    /// The request's envelope cannot be built. Nothing was sent.
    #[error("the request's envelope cannot be built: {0}")]
    Envelope(#[source] Refusal),
    /// The contract's action cannot stand in a header. Nothing was sent.
    #[error("the SOAPAction of the contract cannot stand in an HTTP header: {action:?}")]
    Action {
        /// The action.
        action: &'static str,
    },
    /// The reading that the change is to be made upon gave no `ActIntentKey`. Nothing was sent.
    #[error("the inquiry gave no ActIntentKey: its ActIntent must be Upd or Dlt")]
    NoActIntentKey,
    /// The overrides are those of another operation. Nothing was sent.
    #[error("the overrides are for {refused}, which was refused")]
    OtherOperation {
        /// The operation that was refused.
        refused: &'static str,
    },
    /// The request has the tracking id of the call that was refused. Nothing was sent.
    #[error("the request has the jXLogTrackingId of the call that was refused")]
    SameTrackingId,
    /// The request's attachments cannot be packed. Nothing was sent.
    #[error("the request's attachments cannot be packed")]
    Attachments,
    /// A blocking call was made inside of an async runtime, which it would stop. Nothing was sent.
    #[error("a blocking call inside of an async runtime would stop it")]
    InsideAsync,
    /// No token, or no answer.
    #[error(transparent)]
    Transport(#[from] castile_http::Error),
    /// The answer is no SOAP message.
    #[error("the gateway's answer is no SOAP message: {answer:?}")]
    Status {
        /// What it is instead.
        answer: Answer,
        /// What the request does.
        effect: Effect,
    },
    /// The service answered with a fault.
    #[error("the service answered with a fault: {0}")]
    Fault(Box<Fault<F>>),
    /// The answer's envelope cannot be opened.
    #[error("the answer (HTTP {status}) is no SOAP envelope: {refusal}")]
    Reply {
        /// What is wrong, and where.
        #[source]
        refusal: Refusal,
        /// The status it came with.
        status: StatusCode,
        /// What the request does.
        effect: Effect,
    },
    /// The answer's Body holds nothing.
    #[error("the answer (HTTP {status}) has an empty Body")]
    EmptyBody {
        /// The status it came with.
        status: StatusCode,
        /// What the request does.
        effect: Effect,
    },
    /// The answer is not the response that the contract declares.
    #[error("the response, {offset} bytes into the answer, cannot be read: {source}")]
    Decode {
        /// Where the payload starts in the answer; offsets in `source` count from there.
        offset: usize,
        /// What is wrong, and where.
        source: DecodeError,
        /// What the request does.
        effect: Effect,
    },
}

impl<F> Cause<F> {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Encode(error) => error.code(),
            Self::Envelope(refusal) | Self::Reply { refusal, .. } => refusal.code(),
            Self::Action { .. } => "call-action",
            Self::InsideAsync => "call-inside-async",
            Self::NoActIntentKey => "call-no-act-intent-key",
            Self::OtherOperation { .. } => "call-other-operation",
            Self::SameTrackingId => "call-same-tracking-id",
            Self::Attachments => "call-attachments",
            Self::Transport(error) => error.code(),
            Self::Status { answer, .. } => answer.code().unwrap_or("gateway-not-soap"),
            Self::Fault(fault) if fault.is_failed_authentication() => {
                "gateway-failed-authentication"
            }
            Self::Fault(fault) if fault.is_communication() => "gateway-communication",
            Self::Fault(_) => "gateway-fault",
            Self::EmptyBody { .. } => "gateway-empty",
            Self::Decode { source, .. } => source.code(),
        }
    }

    pub(crate) fn blame(&self) -> Blame {
        match self {
            Self::Fault(fault) if fault.is_failed_authentication() || fault.is_communication() => {
                Blame::JackHenry
            }
            Self::Encode(_)
            | Self::Envelope(_)
            | Self::NoActIntentKey
            | Self::OtherOperation { .. }
            | Self::SameTrackingId
            | Self::InsideAsync
            | Self::Fault(_) => Blame::Caller,
            Self::Action { .. } | Self::Attachments => Blame::Castile,
            Self::Transport(error) => error.blame(),
            Self::Status { answer, .. } => answer.blame(),
            Self::Reply { .. } | Self::EmptyBody { .. } | Self::Decode { .. } => Blame::JackHenry,
        }
    }

    pub(crate) fn outcome_unknown(&self) -> bool {
        match self {
            Self::Encode(_)
            | Self::Envelope(_)
            | Self::Action { .. }
            | Self::NoActIntentKey
            | Self::OtherOperation { .. }
            | Self::SameTrackingId
            | Self::Attachments
            | Self::InsideAsync => false,
            Self::Fault(fault) => fault.outcome_unknown(),
            Self::Transport(error) => error.outcome_unknown(),
            Self::Status { answer, effect } => answer.outcome_unknown(*effect),
            Self::Reply { effect, .. }
            | Self::EmptyBody { effect, .. }
            | Self::Decode { effect, .. } => *effect != Effect::Read,
        }
    }

    pub(crate) fn is_retryable(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_retryable(),
            Self::Fault(fault) => fault.is_communication() && !fault.outcome_unknown(),
            Self::Status { answer, effect } => *effect == Effect::Read && is_put_off(*answer),
            _ => false,
        }
    }
}

/// Whether an answer says "not now": what comes from in front of the service, for a while.
fn is_put_off(answer: Answer) -> bool {
    let (Answer::Html(status) | Answer::Empty(status) | Answer::NotSoap(status)) = answer else {
        return false;
    };
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}
