//! Keeps what the sandbox decided and why, for the tests and for the person at the terminal.

use std::borrow::Cow;
use std::collections::VecDeque;

use crate::Cause;

/// How many entries are kept; the oldest go first.
pub(crate) const KEPT: usize = 4096;

/// One decision of the provider or the gateway.
///
/// Holds no token, no assertion, no password and no value out of a SOAP body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, in seconds since 1970 by the sandbox's clock.
    pub at: u64,
    /// The HTTP status of the answer; 0 when the connection was cut instead.
    pub status: u16,
    /// What was decided.
    pub event: Event,
}

/// What the provider or the gateway decided.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The token endpoint gave a token.
    TokenIssued {
        /// To whom.
        client_id: String,
    },
    /// The token endpoint refused; the caller saw less than this.
    TokenRefused {
        /// The true cause.
        cause: Cause,
    },
    /// The gateway answered an operation.
    Answered {
        /// Name of the operation, such as `AcctSrch`; with its service where a contract is kept.
        operation: Cow<'static, str>,
    },
    /// The gateway refused, or answered with a fault.
    Refused {
        /// The true cause.
        cause: Cause,
    },
    /// A scripted answer was given in place of a true one.
    Scripted {
        /// The script's step.
        step: crate::Step,
    },
}

impl Event {
    /// Why the provider or the gateway refused; `None` for an answer that was given.
    pub fn cause(&self) -> Option<&Cause> {
        match self {
            Self::TokenRefused { cause } | Self::Refused { cause } => Some(cause),
            _ => None,
        }
    }
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ", self.at, self.status)?;
        match &self.event {
            Event::TokenIssued { client_id } => write!(f, "token issued to {client_id}"),
            Event::TokenRefused { cause } => write!(f, "token refused: {cause}"),
            Event::Answered { operation } => write!(f, "answered {operation}"),
            Event::Refused { cause } => write!(f, "refused: {cause}"),
            Event::Scripted { step } => write!(f, "scripted: {step:?}"),
        }
    }
}

/// How often what happened, since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Requests that reached the token endpoint.
    pub token_requests: u64,
    /// Tokens given.
    pub tokens_issued: u64,
    /// Requests that reached the gateway.
    pub gateway_requests: u64,
    /// Requests that the gateway answered with 401.
    pub gateway_unauthorized: u64,
    /// Operations answered with 200.
    pub operations_answered: u64,
    /// Most requests that stood at the token endpoint at one time.
    pub token_requests_at_once: u64,
}

/// The last [`KEPT`] entries.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: VecDeque<Entry>,
}

impl Log {
    pub(crate) fn push(&mut self, entry: Entry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.iter().cloned().collect()
    }
}
