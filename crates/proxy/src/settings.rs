//! The bounds that a proxy keeps.

use std::time::Duration;

/// How much a proxy takes on at once. Message size and time are bounded by the stack behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// Connections at once; more wait unaccepted. 1024 by default.
    pub connections: usize,
    /// Requests that wait for their answer at once; more are answered 503. 256 by default.
    pub requests: usize,
    /// Bytes of a request's head; more are answered 431. 64 KiB by default.
    pub head_bytes: usize,
    /// How long a request's head may take to arrive, and a kept connection may rest. 60 s by default.
    pub head_time: Duration,
    /// How long requests under way may go on after shutdown began. 30 s by default.
    pub drain: Duration,
    /// Whether to listen on an address that other machines reach.
    ///
    /// Off by default: whoever reaches the proxy acts as the bank's client.
    pub allow_remote: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connections: 1024,
            requests: 256,
            head_bytes: 64 * 1024,
            head_time: Duration::from_secs(60),
            drain: Duration::from_secs(30),
            allow_remote: false,
        }
    }
}
