//! What a cache holds at one moment; replaced as a whole, never changed.

use std::time::Duration;

use super::plan::{self, Held};
use crate::{AccessToken, Error};

/// A token, or none; and the last failures, if the last request failed.
#[derive(Clone, Default)]
pub(super) struct Snapshot {
    held: Option<Held>,
    failure: Option<Failure>,
    /// How many tokens in a row were rejected soon after they were fetched.
    rejections: u32,
}

#[derive(Clone)]
struct Failure {
    error: Error,
    count: u32,
    until: Duration,
}

/// What a caller gets at one moment.
pub(super) enum Reading {
    /// A token, nothing to do.
    Fresh(AccessToken),
    /// A token that is to be renewed now.
    Renew(AccessToken),
    /// A failure that is still remembered.
    Failed(Error),
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
    pub(super) fn failing(&self, error: Error, now: Duration, spread: f64) -> Self {
        let count = self
            .failure
            .as_ref()
            .map_or(1, |failure| failure.count.saturating_add(1));
        Self {
            held: self.held.clone(),
            failure: Some(Failure {
                until: now + plan::rest(&error, count, spread),
                error,
                count,
            }),
            rejections: self.rejections,
        }
    }

    /// The same without `token`, which was rejected; `None` if that is not the token held.
    pub(super) fn without(&self, token: &AccessToken, now: Duration, spread: f64) -> Option<Self> {
        let held = self.held.as_ref().filter(|held| {
            held.token.generation() == token.generation() && held.token.reveal() == token.reveal()
        })?;
        let rejections = plan::rejections(held, self.rejections, now);
        let failure = match plan::patience(rejections, spread) {
            Some((error, wait)) => Some(Failure {
                error,
                count: 0,
                until: now + wait,
            }),
            None => self.failure.clone(),
        };
        Some(Self {
            held: None,
            failure,
            rejections,
        })
    }

    pub(super) fn read(&self, now: Duration) -> Reading {
        let resting = self.failure.as_ref().filter(|failure| now < failure.until);
        match (&self.held, resting) {
            (Some(held), _) if now < held.renew_at => Reading::Fresh(held.token.clone()),
            (Some(held), Some(_)) if now < held.dead_at => Reading::Fresh(held.token.clone()),
            (Some(held), None) if now < held.dead_at => Reading::Renew(held.token.clone()),
            (_, Some(failure)) => Reading::Failed(failure.error.clone()),
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

    pub(super) fn state(&self, now: Duration, in_flight: bool, fetches: u64) -> CacheState {
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
            in_flight,
            fetches,
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
    /// Whether a token request is under way.
    pub in_flight: bool,
    /// How many token requests were started.
    pub fetches: u64,
    /// The generation of the token held.
    pub generation: Option<u64>,
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
