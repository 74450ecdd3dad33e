//! Why a call has no response, who must act, and whether the operation may have happened.

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
pub enum Error<F> {
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

impl<F> Error<F> {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Encode(error) => error.code(),
            Self::Envelope(refusal) | Self::Reply { refusal, .. } => refusal.code(),
            Self::Action { .. } => "call-action",
            Self::Transport(error) => error.code(),
            Self::Status { answer, .. } => answer.code().unwrap_or("gateway-not-soap"),
            Self::Fault(fault) if fault.is_failed_authentication() => {
                "gateway-failed-authentication"
            }
            Self::Fault(_) => "gateway-fault",
            Self::EmptyBody { .. } => "gateway-empty",
            Self::Decode { source, .. } => source.code(),
        }
    }

    /// Who must act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Fault(fault) if fault.is_failed_authentication() => Blame::JackHenry,
            Self::Encode(_) | Self::Envelope(_) | Self::Fault(_) => Blame::Caller,
            Self::Action { .. } => Blame::Castile,
            Self::Transport(error) => error.blame(),
            Self::Status { answer, .. } => answer.blame(),
            Self::Reply { .. } | Self::EmptyBody { .. } | Self::Decode { .. } => Blame::JackHenry,
        }
    }

    /// Whether the operation may have been carried out although there is no response that says so.
    ///
    /// Then it must be looked up, not repeated. Never true of a read: it changes nothing.
    pub fn outcome_unknown(&self) -> bool {
        match self {
            Self::Encode(_) | Self::Envelope(_) | Self::Action { .. } => false,
            Self::Fault(fault) => fault.outcome_unknown(),
            Self::Transport(error) => error.outcome_unknown(),
            Self::Status { answer, effect } => answer.outcome_unknown(*effect),
            Self::Reply { effect, .. }
            | Self::EmptyBody { effect, .. }
            | Self::Decode { effect, .. } => *effect != Effect::Read,
        }
    }

    /// Whether the same call may be made again: nothing can happen twice, and it may go better.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_retryable(),
            _ => false,
        }
    }

    /// The fault message that the contract declares, if that is what came.
    pub fn fault(&self) -> Option<&F> {
        match self {
            Self::Fault(fault) => fault.detail.as_ref(),
            _ => None,
        }
    }
}
