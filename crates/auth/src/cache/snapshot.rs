//! What a cache holds at one moment; replaced as a whole, never changed.

use std::time::Duration;

use super::plan::{self, Held};
use crate::{AccessToken, Error, FetchReason, TokenEvent};

/// A token, or none; and the last failures, if the last request failed.
#[derive(Clone, Default)]
pub(super) struct Snapshot {
    held: Option<Held>,
    failure: Option<Failure>,
    /// How many tokens in a row were rejected soon after they were fetched.
    rejections: u32,
}

/// Why the last request failed, and how long that is remembered.
#[derive(Clone)]
pub(super) struct Failure {
    pub(super) error: Error,
    count: u32,
    until: Duration,
    /// Of the proof that was refused, if it was.
    pub(super) fingerprint: Option<u64>,
}

/// What a caller gets at one moment.
pub(super) enum Reading {
    /// A token, nothing to do.
    Fresh(AccessToken),
    /// A token that is to be renewed now.
    Renew(AccessToken),
    /// A failure that is still remembered.
    Failed(Failure),
    /// A request is needed.
    Nothing,
}

impl Snapshot {
    /// The same with a new token.
    pub(super) fn holding(&self, held: Held) -> Self {
        Self {
            held: Some(held),
            failure: None,
            rejections: self.rejections,
        }
    }

    /// The same after one more failure; a token that still lives stays.
    pub(super) fn failing(
        &self,
        error: Error,
        fingerprint: Option<u64>,
        now: Duration,
        spread: f64,
    ) -> Self {
        let count = self
            .failure
            .as_ref()
            .map_or(1, |failure| failure.count.saturating_add(1));
        Self {
            held: self.held.clone(),
            failure: Some(Failure {
                until: now + self.rest(&error, count, now, spread),
                error,
                count,
                fingerprint,
            }),
            rejections: self.rejections,
        }
    }

    /// How long to rest after a failure; during an outage not so long that the token held dies of it.
    fn rest(&self, error: &Error, count: u32, now: Duration, spread: f64) -> Duration {
        let rest = plan::rest(error, count, spread);
        let held = self.held.as_ref().filter(|held| now < held.dead_at);
        match held {
            Some(held) if error.is_outage() => rest.min(plan::longest_outage_rest(held, now)),
            _ => rest,
        }
    }

    /// The same without `token`, which was rejected at this age; `None` if that is not the token held.
    pub(super) fn without(
        &self,
        token: &AccessToken,
        now: Duration,
        spread: f64,
    ) -> Option<(Self, Duration)> {
        let held = self.held.as_ref().filter(|held| {
            held.token.generation() == token.generation() && held.token.reveal() == token.reveal()
        })?;
        let rejections = plan::rejections(held, self.rejections, now);
        let failure = match plan::patience(rejections, spread) {
            Some((error, wait)) => Some(Failure {
                error,
                count: 0,
                until: now + wait,
                fingerprint: None,
            }),
            None => self.failure.clone(),
        };
        let age = now.saturating_sub(held.started);
        let without = Self {
            held: None,
            failure,
            rejections,
        };
        Some((without, age))
    }

    /// Why a request starts that starts now.
    pub(super) fn reason(&self, now: Duration) -> FetchReason {
        match (&self.held, &self.failure) {
            (Some(held), _) if now < held.dead_at => FetchReason::RenewAhead,
            (_, Some(_)) => FetchReason::Again,
            (Some(_), None) => FetchReason::Expired,
            (None, None) if self.rejections > 0 => FetchReason::Rejected,
            (None, None) => FetchReason::First,
        }
    }

    /// What has just come about, for those who were waiting.
    pub(super) fn event(&self, now: Duration, waiting: usize) -> Option<TokenEvent> {
        if let Some(failure) = &self.failure {
            return Some(TokenEvent::Failed {
                code: failure.error.code(),
                failures: failure.count,
                rest: failure.until.saturating_sub(now),
                token_kept: self.held.as_ref().is_some_and(|held| now < held.dead_at),
                waiting,
            });
        }
        self.held.as_ref().map(|held| TokenEvent::Fetched {
            generation: held.token.generation(),
            took: held.took,
            lifetime: held.token.lifetime(),
            clock_offset: held.clock_offset,
            missing_scope: held.token.missing_scope().count(),
            waiting,
        })
    }

    pub(super) fn read(&self, now: Duration) -> Reading {
        let resting = self.failure.as_ref().filter(|failure| now < failure.until);
        match (&self.held, resting) {
            (Some(held), _) if now < held.renew_at => Reading::Fresh(held.token.clone()),
            (Some(held), Some(_)) if now < held.dead_at => Reading::Fresh(held.token.clone()),
            (Some(held), None) if now < held.dead_at => Reading::Renew(held.token.clone()),
            (_, Some(failure)) => Reading::Failed(failure.clone()),
            (_, None) => Reading::Nothing,
        }
    }

    /// Logs what has just come about: facts, never a token.
    pub(super) fn tell(&self, now: Duration) {
        if let Some(failure) = &self.failure {
            tracing::warn!(
                code = failure.error.code(),
                status = failure.error.status(),
                failures = failure.count,
                rest = failure.until.saturating_sub(now).as_secs(),
                token_kept = self.held.as_ref().is_some_and(|held| now < held.dead_at),
                "token request failed"
            );
        } else if let Some(held) = &self.held {
            plan::tell_of(held);
        }
    }

    pub(super) fn state(&self, now: Duration) -> CacheState {
        let resting = self.failure.as_ref().filter(|failure| now < failure.until);
        let phase = match (&self.held, resting) {
            (Some(held), _) if now < held.renew_at => Phase::Fresh,
            (Some(held), _) if now < held.dead_at => Phase::RenewAhead,
            (_, Some(_)) => Phase::Failed,
            (Some(_), None) => Phase::Expired,
            (None, None) => Phase::Empty,
        };
        CacheState {
            phase,
            breaker: match (&self.failure, resting) {
                (None, _) => Breaker::Closed,
                (Some(_), Some(_)) => Breaker::Open,
                (Some(_), None) => Breaker::HalfOpen,
            },
            in_flight: false,
            waiting: 0,
            fetches: 0,
            age: self
                .held
                .as_ref()
                .map(|held| now.saturating_sub(held.started)),
            clock_offset: self.held.as_ref().and_then(|held| held.clock_offset),
            missing_scope: self.held.as_ref().map_or_else(Vec::new, |held| {
                held.token.missing_scope().map(str::to_owned).collect()
            }),
            generation: self.held.as_ref().map(|held| held.token.generation()),
            usable_for: self
                .held
                .as_ref()
                .map(|held| held.dead_at.saturating_sub(now)),
            failures: self.failure.as_ref().map_or(0, |failure| failure.count),
            rejections: self.rejections,
            failure: self.failure.as_ref().map(|failure| failure.error.clone()),
            rests_for: resting.map(|failure| failure.until - now),
        }
    }
}

/// What a [`TokenCache`](super::TokenCache) holds at one moment.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CacheState {
    /// What a caller would find.
    pub phase: Phase,
    /// Whether requests are made.
    pub breaker: Breaker,
    /// Whether a token request is under way.
    pub in_flight: bool,
    /// How many callers wait for it.
    pub waiting: usize,
    /// How many token requests were started.
    pub fetches: u64,
    /// The generation of the token held.
    pub generation: Option<u64>,
    /// How old the token held is, counted from the request that brought it.
    pub age: Option<Duration>,
    /// By how many seconds the server's clock is ahead of ours, as its last token answer told.
    pub clock_offset: Option<i64>,
    /// The scope tokens that were asked for and not granted.
    pub missing_scope: Vec<String>,
    /// How long the token held will still be served.
    pub usable_for: Option<Duration>,
    /// How many requests in a row have failed.
    pub failures: u32,
    /// How many tokens in a row were rejected within a minute of their request.
    pub rejections: u32,
    /// Why the last request failed, or why none is made.
    pub failure: Option<Error>,
    /// How long no request will be made.
    pub rests_for: Option<Duration>,
}

/// Whether a [`TokenCache`](super::TokenCache) makes token requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Breaker {
    /// As they are needed.
    Closed,
    /// None, after a failure; `rests_for` says how long.
    Open,
    /// One, which decides.
    HalfOpen,
}

/// What a caller of a [`TokenCache`](super::TokenCache) would find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// No token was fetched yet, or the last one was rejected: the next call fetches.
    Empty,
    /// A token that needs no renewal yet.
    Fresh,
    /// A token that is served while the next one is fetched.
    RenewAhead,
    /// The token is dead: the next call fetches.
    Expired,
    /// No token, and the last failure is returned without a request for a while.
    Failed,
}
