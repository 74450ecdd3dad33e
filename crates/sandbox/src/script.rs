//! Lets a test say how the next requests go wrong.

use std::collections::VecDeque;
use std::time::Duration;

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
}

/// The steps that are still to come, one per request.
#[derive(Debug, Default)]
pub(crate) struct Script {
    token_endpoint: VecDeque<Step>,
    gateway: VecDeque<Step>,
}

impl Script {
    pub(crate) fn append(&mut self, peer: Peer, steps: impl IntoIterator<Item = Step>) {
        self.queue(peer).extend(steps);
    }

    pub(crate) fn next(&mut self, peer: Peer) -> Step {
        self.queue(peer).pop_front().unwrap_or(Step::Pass)
    }

    fn queue(&mut self, peer: Peer) -> &mut VecDeque<Step> {
        match peer {
            Peer::TokenEndpoint => &mut self.token_endpoint,
            Peer::Gateway => &mut self.gateway,
        }
    }
}
