//! How far a request has come, as a request extension: decides whether its outcome is known.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// What an exchange waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The caller's message. Nothing was sent.
    Request,
    /// A token. Nothing was sent, or the attempt before was refused.
    Token,
    /// A connection. Nothing was sent.
    Connect,
    /// The answer. The request, or a part of it, was sent.
    Answer,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "before the message was complete",
            Self::Token => "before there was a token",
            Self::Connect => "before there was a connection",
            Self::Answer => "after the request was sent",
        })
    }
}

/// Shared by the layers and the transport of one exchange.
///
/// A layer that hands a request to a transport says [`Phase::Answer`], the careful assumption; a transport
/// that knows better says [`Phase::Connect`] and then [`Phase::Answer`] before the first byte leaves.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<AtomicU8>);

impl Progress {
    /// The progress that travels with `request`; a new one if none does.
    pub fn of<B>(request: &http::Request<B>) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }

    /// Says what is waited for from now on.
    pub fn reach(&self, phase: Phase) {
        self.0.store(phase as u8, Ordering::SeqCst);
    }

    /// What is waited for now.
    pub fn phase(&self) -> Phase {
        match self.0.load(Ordering::SeqCst) {
            0 => Phase::Request,
            1 => Phase::Token,
            2 => Phase::Connect,
            _ => Phase::Answer,
        }
    }
}
