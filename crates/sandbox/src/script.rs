//! Lets a test say how the next requests go wrong.

mod error;
mod file;

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

pub use error::ScriptError;
pub use file::ScriptFile;

/// Which of the two peers a script is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// The token endpoint.
    TokenEndpoint,
    /// The gateway.
    Gateway,
}

/// What happens to one request in place of its true answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// The true answer; lets a later request be the one that fails.
    Pass,
    /// 401 in the form that the gateway gives for an expired token; nothing is processed.
    Unauthorized,
    /// 403 with an empty body; nothing is processed.
    Forbidden,
    /// 500 with the SOAP fault `FailedAuthentication`, "Access is denied.", as the gateway answers a client that it
    /// does not know; nothing is processed.
    AccessDenied,
    /// 502 with an HTML page, as a network appliance answers; nothing is processed.
    BadGatewayHtml,
    /// 503 with `Retry-After: 1`; nothing is processed.
    Unavailable,
    /// The true answer, after a delay.
    Slow(Duration),
    /// The connection is cut before anything is processed.
    CutBefore,
    /// The request is processed, then the connection is cut in place of the answer.
    CutAfter,
    /// The request is processed, and the connection is cut after so many bytes of the answer's body.
    CutAt(usize),
    /// 500 with a `HdrFault` of this error code, or with the fault that the contract declares in its place; nothing is
    /// processed.
    HdrFault(u32),
    /// 200 with an HTML page, as a portal answers; nothing is processed.
    Html,
    /// The true answer as the root part of an MTOM message.
    Mtom,
}

/// The steps that are still to come, one per request.
#[derive(Debug, Default)]
pub(crate) struct Script {
    token_endpoint: VecDeque<Step>,
    gateway: VecDeque<Step>,
    /// Those of single operations, which come before those of the gateway.
    operations: HashMap<String, VecDeque<Step>>,
}

impl Script {
    pub(crate) fn append(&mut self, peer: Peer, steps: impl IntoIterator<Item = Step>) {
        self.queue(peer).extend(steps);
    }

    pub(crate) fn append_to(&mut self, operation: &str, steps: impl IntoIterator<Item = Step>) {
        let queue = self.operations.entry(operation.to_owned()).or_default();
        queue.extend(steps);
    }

    /// The step for the next request, of an operation if it is known.
    pub(crate) fn next(&mut self, peer: Peer, operation: Option<&str>) -> Step {
        let own = operation.and_then(|operation| self.operations.get_mut(operation));
        let step = own.and_then(VecDeque::pop_front);
        step.or_else(|| self.queue(peer).pop_front())
            .unwrap_or(Step::Pass)
    }

    fn queue(&mut self, peer: Peer) -> &mut VecDeque<Step> {
        match peer {
            Peer::TokenEndpoint => &mut self.token_endpoint,
            Peer::Gateway => &mut self.gateway,
        }
    }
}
