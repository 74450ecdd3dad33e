//! Tells the `metrics` façade what a token cache does.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use castile_auth::{Breaker, CacheState, TokenEvent, Watch};
use metrics::{Label, SharedString, counter, gauge, histogram};

use crate::keys::{KeysError, Store};
use crate::traced::without_numbers;

mod calls;

pub(crate) use calls::Under;

/// A [`Watch`] that counts and measures with whatever recorder the process has installed.
///
/// Every metric has the label `client`. Times are in seconds.
///
/// | Metric | Kind | More labels |
/// |---|---|---|
/// | `castile_token_requests_total` | counter | `reason` |
/// | `castile_token_grants_total` | counter | |
/// | `castile_token_failures_total` | counter | `code`, `token_kept` |
/// | `castile_token_rejections_total` | counter | |
/// | `castile_token_request_seconds` | histogram | |
/// | `castile_token_waiting_callers` | histogram, for each request that ended | |
/// | `castile_token_rejected_age_seconds` | histogram | |
/// | `castile_token_generation` | gauge | |
/// | `castile_token_lifetime_seconds` | gauge | |
/// | `castile_token_clock_offset_seconds` | gauge, positive where the server's clock is ahead | |
/// | `castile_token_missing_scopes` | gauge | |
/// | `castile_token_failures_in_a_row` | gauge | |
/// | `castile_token_rest_seconds` | gauge | |
/// | `castile_token_age_seconds` | gauge, by [`observe`](Self::observe) | |
/// | `castile_token_usable_seconds` | gauge, by `observe` | |
/// | `castile_token_breaker_open` | gauge, 1 while no request is made, by `observe` | |
/// | `castile_key_age_seconds` | gauge, by [`observe_key`](Self::observe_key) | |
#[derive(Debug, Clone)]
pub struct TokenMetrics {
    client: Arc<str>,
}

impl TokenMetrics {
    /// Metrics of the client that `name` stands for: a profile's name, for example.
    ///
    /// Six digits or more in a row become `#`, so that no routing number gets into a label.
    pub fn new(name: &str) -> Self {
        Self {
            client: without_numbers(name).into(),
        }
    }

    /// Measures what changes while nothing happens; to be called before metrics are collected.
    pub fn observe(&self, state: &CacheState) {
        let age = state.age.map_or(0.0, |age| age.as_secs_f64());
        gauge!("castile_token_age_seconds", self.labels([])).set(age);
        let usable = state.usable_for.map_or(0.0, |left| left.as_secs_f64());
        gauge!("castile_token_usable_seconds", self.labels([])).set(usable);
        let open = f64::from(u8::from(state.breaker == Breaker::Open));
        gauge!("castile_token_breaker_open", self.labels([])).set(open);
    }

    /// Measures how old the key is that signs now; returns its age.
    ///
    /// # Errors
    /// See [`Store::key_age`].
    pub fn observe_key(&self, store: &Store, now: SystemTime) -> Result<Duration, KeysError> {
        let age = store.key_age(now)?;
        gauge!("castile_key_age_seconds", self.labels([])).set(age.as_secs_f64());
        Ok(age)
    }

    fn labels<const N: usize>(&self, more: [(&'static str, &'static str); N]) -> Vec<Label> {
        let client = Label::new("client", SharedString::from(Arc::clone(&self.client)));
        let more = more.map(|(name, value)| Label::from_static_parts(name, value));
        std::iter::once(client).chain(more).collect()
    }

    fn count(&self, name: &'static str, value: usize) {
        // Exact up to 2^53.
        histogram!(name, self.labels([])).record(value as f64);
    }
}

impl Watch for TokenMetrics {
    fn event(&self, event: &TokenEvent) {
        match event {
            TokenEvent::Started { reason } => {
                let labels = self.labels([("reason", reason.as_str())]);
                counter!("castile_token_requests_total", labels).increment(1);
            }
            TokenEvent::Fetched {
                generation,
                took,
                lifetime,
                clock_offset,
                missing_scope,
                waiting,
            } => {
                counter!("castile_token_grants_total", self.labels([])).increment(1);
                histogram!("castile_token_request_seconds", self.labels([])).record(*took);
                self.count("castile_token_waiting_callers", *waiting);
                gauge!("castile_token_generation", self.labels([])).set(*generation as f64);
                if let Some(lifetime) = lifetime {
                    gauge!("castile_token_lifetime_seconds", self.labels([])).set(*lifetime);
                }
                if let Some(offset) = clock_offset {
                    let offset = *offset as f64;
                    gauge!("castile_token_clock_offset_seconds", self.labels([])).set(offset);
                }
                let missing = *missing_scope as f64;
                gauge!("castile_token_missing_scopes", self.labels([])).set(missing);
                gauge!("castile_token_failures_in_a_row", self.labels([])).set(0);
                gauge!("castile_token_rest_seconds", self.labels([])).set(0);
            }
            TokenEvent::Failed {
                code,
                failures,
                rest,
                token_kept,
                waiting,
            } => {
                let kept = if *token_kept { "true" } else { "false" };
                let labels = self.labels([("code", code), ("token_kept", kept)]);
                counter!("castile_token_failures_total", labels).increment(1);
                self.count("castile_token_waiting_callers", *waiting);
                gauge!("castile_token_failures_in_a_row", self.labels([])).set(*failures);
                gauge!("castile_token_rest_seconds", self.labels([])).set(*rest);
            }
            TokenEvent::Rejected { age, .. } => {
                counter!("castile_token_rejections_total", self.labels([])).increment(1);
                histogram!("castile_token_rejected_age_seconds", self.labels([])).record(*age);
            }
            // An event of a later version has no metric yet.
            _ => {}
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
