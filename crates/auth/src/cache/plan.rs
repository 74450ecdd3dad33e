//! When a token is renewed, when it is dead, how long a failure is remembered.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::grant::Grant;
use crate::ports::Random;
use crate::{AccessToken, Error};

/// The life of a token whose lifetime the server did not state.
const ASSUMED_LIFE: Duration = Duration::from_secs(300);
/// No token is used in its last moments: 5 % of its life, at most this.
const LONGEST_MARGIN: Duration = Duration::from_secs(10);
/// A token rejected at this age was good before.
const OLD_ENOUGH: Duration = Duration::from_secs(60);
/// So many new tokens may be rejected in a row before the next one has to wait.
const PATIENCE: u32 = 3;
/// No failure is remembered longer, whatever the server asks.
const LONGEST_REST: Duration = Duration::from_secs(3600);

/// A token with its two times, both on the steady clock.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) token: AccessToken,
    pub(super) started: Duration,
    pub(super) took: Duration,
    /// By how many seconds the server's clock is ahead of ours.
    pub(super) clock_offset: Option<i64>,
    pub(super) renew_at: Duration,
    pub(super) dead_at: Duration,
}

/// Plans the life of a token that was asked for at `started`; `spread` is a number from 0 to 1.
pub(super) fn hold(
    grant: Grant,
    requested: Option<&Arc<str>>,
    generation: u64,
    started: Duration,
    (ended, calendar): (Duration, SystemTime),
    spread: f64,
) -> Held {
    let life = grant.expires_in.unwrap_or(ASSUMED_LIFE);
    let server_date = grant.server_date;
    let token = AccessToken::new(
        grant.access_token,
        generation,
        grant.expires_in.map(|life| started + life),
    )
    .with_lifetime(grant.expires_in)
    .with_scope(requested.cloned(), grant.scope);
    Held {
        token,
        started,
        took: ended.saturating_sub(started),
        clock_offset: server_date.and_then(|date| offset(date, calendar)),
        renew_at: started + life.mul_f64(0.75 + 0.10 * spread),
        dead_at: started + life - (life / 20).min(LONGEST_MARGIN),
    }
}

/// By how many seconds `server` is ahead of `ours`.
fn offset(server: SystemTime, ours: SystemTime) -> Option<i64> {
    match server.duration_since(ours) {
        Ok(ahead) => i64::try_from(ahead.as_secs()).ok(),
        Err(behind) => i64::try_from(behind.duration().as_secs())
            .ok()
            .map(|seconds| -seconds),
    }
}

/// How long to leave the server alone after the `count`th failure in a row (from 1).
pub(super) fn rest(error: &Error, count: u32, spread: f64) -> Duration {
    if let Error::Resting { wait, .. } = error {
        return (*wait).min(LONGEST_REST);
    }
    let (first, longest) = match error {
        refused if refused.is_invalid_client() => (Duration::from_secs(60), LONGEST_REST),
        // What the server answered it will answer again.
        Error::Refused { .. }
        | Error::Redirected { .. }
        | Error::NotJson { .. }
        | Error::Answer(_) => (Duration::from_secs(5), LONGEST_REST),
        _ => (Duration::from_secs(1), Duration::from_secs(60)),
    };
    let doubled = first
        .saturating_mul(
            1_u32
                .checked_shl(count.saturating_sub(1))
                .unwrap_or(u32::MAX),
        )
        .min(longest);
    // The server may ask for any number of seconds; multiplied, the largest would overflow.
    let asked = error.retry_after().unwrap_or_default().min(LONGEST_REST);
    // Only ever longer than asked: replicas that failed together do not return together.
    doubled
        .max(asked)
        .mul_f64(1.0 + 0.1 * spread)
        .min(LONGEST_REST)
}

/// The longest rest during an outage while `held` lives: so that there are several attempts before its end.
pub(super) fn longest_outage_rest(held: &Held, now: Duration) -> Duration {
    let left = held.dead_at.saturating_sub(now);
    let least = (held.dead_at.saturating_sub(held.started) / 40).min(Duration::from_secs(1));
    (left / 4).max(least)
}

/// How many new tokens were rejected in a row, now that `held` was after `before` others.
pub(super) fn rejections(held: &Held, before: u32, now: Duration) -> u32 {
    if now.saturating_sub(held.started) < OLD_ENOUGH {
        before.saturating_add(1)
    } else {
        1
    }
}

/// Whether so many rejections mean that the next token would be rejected too, and for how long to wait.
pub(super) fn patience(rejections: u32, spread: f64) -> Option<(Error, Duration)> {
    let beyond = rejections
        .checked_sub(PATIENCE)
        .filter(|beyond| *beyond > 0)?;
    let error = Error::Rejected { count: rejections };
    let wait = rest(&error, beyond, spread);
    Some((error, wait))
}

/// A random number from 0 to 1. Without randomness 0: nothing secret hangs on it.
pub(super) fn spread(random: &dyn Random) -> f64 {
    let mut bytes = [0; 2];
    match random.fill(&mut bytes) {
        Ok(()) => f64::from(u16::from_le_bytes(bytes)) / f64::from(u16::MAX),
        Err(_) => 0.0,
    }
}

/// Logs a new token: its facts, never the token.
pub(super) fn tell_of(held: &Held) {
    let token = &held.token;
    tracing::info!(
        generation = token.generation(),
        lifetime = token.lifetime().map(|life| life.as_secs()),
        "access token fetched"
    );
    let missing = token.missing_scope().collect::<Vec<_>>();
    if !missing.is_empty() {
        tracing::warn!(
            generation = token.generation(),
            missing = missing.join(" "),
            "the authorization server granted less scope than requested"
        );
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn every_life_has_time_for_renewal_before_its_end() {
        for seconds in [1, 2, 4, 60, 600, 3600, 36_000, 366 * 86_400] {
            for spread in [0.0, 0.5, 1.0] {
                let grant = Grant {
                    access_token: String::from("t").into(),
                    expires_in: Some(Duration::from_secs(seconds)),
                    scope: None,
                    server_date: None,
                };
                let started = Duration::from_secs(1000);
                let held = hold(grant, None, 1, started, (started, UNIX_EPOCH), spread);
                let life = Duration::from_secs(seconds);
                assert!(held.renew_at >= started + life.mul_f64(0.75));
                assert!(held.renew_at < held.dead_at);
                assert!(held.dead_at < started + life);
                assert!(started + life - held.dead_at <= LONGEST_MARGIN);
            }
        }
    }

    #[test]
    fn a_life_that_was_not_stated_is_assumed_and_not_claimed() {
        let grant = Grant {
            access_token: String::from("t").into(),
            expires_in: None,
            scope: None,
            server_date: None,
        };
        let held = hold(
            grant,
            None,
            1,
            Duration::ZERO,
            (Duration::ZERO, UNIX_EPOCH),
            0.0,
        );
        assert_eq!(held.token.expires_at(), None);
        assert_eq!(held.dead_at.as_secs(), 290);
    }

    #[test]
    fn rests_double_to_their_limit_and_never_overflow() {
        let seconds = |error: &Error, count| rest(error, count, 0.0).as_secs();
        let refused = Error::Redirected { status: 302 };
        assert_eq!(seconds(&refused, 1), 5);
        assert_eq!(seconds(&refused, 5), 80);
        assert_eq!(seconds(&refused, 11), 3600);
        assert_eq!(seconds(&refused, u32::MAX), 3600);
        assert_eq!(seconds(&Error::Dropped, 1), 1);
        assert_eq!(seconds(&Error::Clock, 7), 60);
        assert_eq!(rest(&refused, 1, 1.0), Duration::from_millis(5500));
    }
}
