//! What a token cache tells those who watch it.

use std::time::Duration;

/// Is told what happens in a cache, for metrics. Called on the task that it happens on: returns at once.
pub trait Watch: Send + Sync {
    /// Takes note of `event`, which holds no secret.
    fn event(&self, event: &TokenEvent);
}

/// What happens in a cache.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum TokenEvent {
    /// A token request starts.
    Started {
        /// Why.
        reason: FetchReason,
    },
    /// It brought a token.
    Fetched {
        /// The generation of the token.
        generation: u64,
        /// How long the request took.
        took: Duration,
        /// How long the token lives, if the server said.
        lifetime: Option<Duration>,
        /// By how many seconds the server's clock is ahead of ours, if it told the time.
        clock_offset: Option<i64>,
        /// How many scope tokens were asked for and not granted.
        missing_scope: usize,
        /// How many callers waited for it.
        waiting: usize,
    },
    /// It brought none.
    Failed {
        /// The stable code of the error.
        code: &'static str,
        /// How many requests in a row have failed.
        failures: u32,
        /// How long no further one is made.
        rest: Duration,
        /// Whether a token is served all the same.
        token_kept: bool,
        /// How many callers waited for it.
        waiting: usize,
    },
    /// The resource server rejected the token held.
    Rejected {
        /// Its generation.
        generation: u64,
        /// How old it was, counted from the request that brought it.
        age: Duration,
    },
}

/// Why a token request starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FetchReason {
    /// There was no token yet.
    First,
    /// The token is near its end.
    RenewAhead,
    /// The token's life is over.
    Expired,
    /// The resource server rejected the token.
    Rejected,
    /// The last request failed and its rest is over.
    Again,
}

impl FetchReason {
    /// A word for labels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::RenewAhead => "renew-ahead",
            Self::Expired => "expired",
            Self::Rejected => "rejected",
            Self::Again => "again",
        }
    }
}
