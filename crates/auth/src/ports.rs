//! What the outside world lends: time, sleep, background tasks and one HTTP exchange.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A future that an object-safe trait can return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The ports that a [`TokenCache`](crate::TokenCache) needs, shared by as many caches as there are.
#[derive(Clone)]
pub struct Ports {
    /// Reaches the authorization server.
    pub http: Arc<dyn TokenHttp>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Waits.
    pub sleep: Arc<dyn Sleep>,
    /// Runs token requests that nobody waits for.
    pub spawn: Arc<dyn Spawn>,
    /// Spreads renewals and gives each assertion its `jti`.
    pub random: Arc<dyn Random>,
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ports")
    }
}

/// Tells the time, twice: the calendar for claims, a steady count for lifetimes.
pub trait Clock: Send + Sync {
    /// Calendar time, for `iat` and `exp`.
    fn now(&self) -> SystemTime;

    /// Time since an arbitrary fixed point; never runs backwards, never jumps.
    fn steady(&self) -> Duration;
}

/// Waits.
pub trait Sleep: Send + Sync {
    /// Completes once `duration` has passed.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// Runs a future that nobody waits for, so that a caller who gives up cancels nothing.
pub trait Spawn: Send + Sync {
    /// Starts `task` and returns at once.
    fn spawn(&self, task: BoxFuture<'static, ()>);
}

/// Fills a buffer with bytes from a cryptographically secure source.
pub trait Random: Send + Sync {
    /// Overwrites all of `buffer`.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The system has no randomness to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no secure randomness available")]
pub struct NoRandomness;

/// One HTTP exchange with an authorization server.
///
/// An implementation follows no redirects, repeats nothing, bounds the answer at
/// [`TOKEN_ANSWER_LIMIT`] bytes and keeps a time limit of its own. Both bodies hold secrets: it logs neither.
pub trait TokenHttp: Send + Sync {
    /// Sends `request` and returns the answer with its whole body.
    fn send(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<http::Response<Vec<u8>>, TokenHttpError>>;
}

/// The largest answer of a token endpoint that is read: 64 KiB.
pub const TOKEN_ANSWER_LIMIT: usize = 64 * 1024;

/// Why an exchange with the authorization server gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenHttpError {
    /// No connection, a broken one, or TLS that could not be agreed.
    #[error("authorization server unreachable")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No whole answer within the time limit.
    #[error("no answer from the authorization server within {limit:?}")]
    TimedOut {
        /// The limit that was kept.
        limit: Duration,
    },
    /// The answer is longer than [`TOKEN_ANSWER_LIMIT`].
    #[error("answer of the authorization server exceeds {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}
