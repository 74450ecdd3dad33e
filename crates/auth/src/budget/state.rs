//! Who was refused where, when, how often; pure, seconds since 1970 passed in.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Applicant;
use crate::Rested;

/// The form of the file.
const VERSION: u32 = 1;
/// The first rest of a client, in seconds.
const FIRST_REST: u64 = 60;
/// Its longest.
const LONGEST_REST: u64 = 3600;
/// So many refusals from a host …
const HOST_LIMIT: usize = 10;
/// … within so many seconds stop clients without an earlier success.
const HOST_WINDOW: u64 = 300;
/// Clients that never got a token and were not refused for so long are forgotten.
const FORGET_AFTER: u64 = 7 * 24 * 3600;

/// The whole state, as the file holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    version: u32,
    #[serde(default)]
    hosts: BTreeMap<String, Host>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            version: VERSION,
            hosts: BTreeMap::new(),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Host {
    /// When it last refused anybody, oldest first.
    #[serde(default)]
    refusals: Vec<u64>,
    #[serde(default)]
    clients: BTreeMap<String, Client>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Client {
    fingerprint: u64,
    /// How often in a row it was refused.
    #[serde(default)]
    refusals: u32,
    /// Until when it rests.
    #[serde(default)]
    until: u64,
    /// Whether it ever got a token.
    #[serde(default)]
    succeeded: bool,
}

/// What becomes of a client that wants to send a token request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may; it got a token before.
    Proven,
    /// It may, as one of few.
    Unproven,
    /// Others of its kind have their requests under way.
    Queue,
    /// It may not for a while.
    Rest(Rested, Duration),
}

impl State {
    /// What a file holds; nothing if there is none or it cannot be understood.
    pub(super) fn read(file: Option<&[u8]>) -> Self {
        let Some(file) = file else {
            return Self::default();
        };
        match serde_json::from_slice::<Self>(file) {
            Ok(state) if state.version == VERSION => state,
            _ => {
                tracing::warn!("the kept failure budget cannot be read and begins anew");
                Self::default()
            }
        }
    }

    /// What a file is to hold.
    pub(super) fn write(&mut self, now: u64) -> Vec<u8> {
        for host in self.hosts.values_mut() {
            host.clients.retain(|_, client| {
                client.succeeded || client.until.saturating_add(FORGET_AFTER) > now
            });
        }
        // Numbers and texts only: it cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(super) fn judge(&self, who: &Applicant, under_way: usize, now: u64) -> Verdict {
        let client = self
            .hosts
            .get(&who.host)
            .and_then(|host| host.clients.get(&who.client_id));
        if let Some(client) = client {
            let mended = client.fingerprint != who.fingerprint;
            if let Some(wait) = client.rest(now).filter(|_| !mended) {
                return Verdict::Rest(Rested::Client, wait);
            }
            if client.succeeded {
                return Verdict::Proven;
            }
        }
        if let Some(wait) = self.host_rest(&who.host, now) {
            return Verdict::Rest(Rested::Host, wait);
        }
        // Each request under way may become a refusal.
        if self.recent(&who.host, now).len() + under_way < HOST_LIMIT {
            Verdict::Unproven
        } else {
            Verdict::Queue
        }
    }

    pub(super) fn client_rest(&self, host: &str, client_id: &str, now: u64) -> Option<Duration> {
        self.hosts.get(host)?.clients.get(client_id)?.rest(now)
    }

    pub(super) fn host_rest(&self, host: &str, now: u64) -> Option<Duration> {
        let recent = self.recent(host, now);
        let oldest = recent.len().checked_sub(HOST_LIMIT)?;
        let until = recent.get(oldest)?.saturating_add(HOST_WINDOW);
        Some(Duration::from_secs(until.saturating_sub(now).max(1)))
    }

    pub(super) fn refused(&mut self, who: &Applicant, now: u64) {
        self.count(&who.host, now);
        let client = self.client(who);
        if client.fingerprint != who.fingerprint {
            client.fingerprint = who.fingerprint;
            client.refusals = 0;
        }
        client.refusals = client.refusals.saturating_add(1);
        let doublings = (client.refusals - 1).min(16);
        client.until = now.saturating_add((FIRST_REST << doublings).min(LONGEST_REST));
    }

    /// Whether that changes anything.
    pub(super) fn granted(&mut self, who: &Applicant) -> bool {
        let after = Client {
            fingerprint: who.fingerprint,
            refusals: 0,
            until: 0,
            succeeded: true,
        };
        let client = self.client(who);
        let is_news = *client != after;
        *client = after;
        is_news
    }

    /// Counts a refusal against a host.
    pub(super) fn count(&mut self, host: &str, at: u64) {
        let host = self.hosts.entry(host.to_owned()).or_default();
        host.refusals.push(at);
        host.refusals.sort_unstable();
        let surplus = host.refusals.len().saturating_sub(HOST_LIMIT);
        host.refusals.drain(..surplus);
    }

    /// Takes one client's entry from `other`.
    pub(super) fn adopt(&mut self, other: &Self, host: &str, client_id: &str) {
        let entry = other
            .hosts
            .get(host)
            .and_then(|host| host.clients.get(client_id));
        if let Some(entry) = entry {
            let host = self.hosts.entry(host.to_owned()).or_default();
            host.clients.insert(client_id.to_owned(), entry.clone());
        }
    }

    fn client(&mut self, who: &Applicant) -> &mut Client {
        let host = self.hosts.entry(who.host.clone()).or_default();
        host.clients.entry(who.client_id.clone()).or_default()
    }

    /// The refusals within the window. One from the future was written before the clock was set back: it counts as old.
    fn recent(&self, host: &str, now: u64) -> &[u64] {
        let refusals = self
            .hosts
            .get(host)
            .map_or(&[][..], |host| &host.refusals[..]);
        let begin = refusals.partition_point(|at| at.saturating_add(HOST_WINDOW) <= now);
        let end = refusals.partition_point(|at| *at <= now);
        refusals.get(begin..end).unwrap_or_default()
    }
}

impl Client {
    fn rest(&self, now: u64) -> Option<Duration> {
        // Never longer than the longest, wherever the clock stood when it was written.
        let wait = self.until.saturating_sub(now).min(LONGEST_REST);
        (wait > 0).then(|| Duration::from_secs(wait))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(client: &str, fingerprint: u64) -> Applicant {
        Applicant {
            host: String::from("login.example"),
            client_id: String::from(client),
            fingerprint,
        }
    }

    fn rests(state: &State, who: &Applicant, now: u64) -> Option<u64> {
        match state.judge(who, 0, now) {
            Verdict::Rest(Rested::Client, wait) => Some(wait.as_secs()),
            _ => None,
        }
    }

    #[test]
    fn a_refused_client_rests_a_minute_doubling_to_an_hour() {
        let mut state = State::default();
        let who = who("c", 1);
        let mut now = 1_000_000;
        for expected in [60, 120, 240, 480, 960, 1920, 3600, 3600] {
            state.refused(&who, now);
            assert_eq!(rests(&state, &who, now), Some(expected));
            assert_eq!(rests(&state, &who, now + expected - 1), Some(1));
            now += expected;
            assert_eq!(rests(&state, &who, now), None);
        }
        assert!(state.granted(&who));
        assert!(!state.granted(&who), "no news");
        state.refused(&who, now);
        assert_eq!(rests(&state, &who, now), Some(60), "a success clears");
    }

    #[test]
    fn another_key_or_setting_ends_the_rest() {
        let mut state = State::default();
        for _ in 0..5 {
            state.refused(&who("c", 1), 1000);
        }
        assert_eq!(rests(&state, &who("c", 2), 1000), None);
        state.refused(&who("c", 2), 1000);
        assert_eq!(rests(&state, &who("c", 2), 1000), Some(60));
    }

    #[test]
    fn ten_refusals_in_five_minutes_stop_clients_without_a_success_only() {
        let mut state = State::default();
        let good = who("good", 1);
        state.granted(&good);
        for n in 0..10 {
            let who = who(&format!("bad-{n}"), 1);
            assert_eq!(state.judge(&who, 0, 1000 + n), Verdict::Unproven);
            state.refused(&who, 1000 + n);
        }
        assert_eq!(state.judge(&good, 0, 1010), Verdict::Proven);
        let newcomer = who("new", 1);
        let wait = Duration::from_secs(290);
        assert_eq!(
            state.judge(&newcomer, 0, 1010),
            Verdict::Rest(Rested::Host, wait)
        );
        assert_eq!(state.host_rest("login.example", 1010), Some(wait));
        assert_eq!(state.host_rest("other.example", 1010), None);
        assert_eq!(state.judge(&newcomer, 0, 1300), Verdict::Unproven);
        assert_eq!(state.judge(&newcomer, 1, 1300), Verdict::Queue);
    }

    #[test]
    fn a_clock_that_was_wrong_stops_nobody_for_long() {
        let mut state = State::default();
        for n in 0..10 {
            state.refused(&who(&format!("bad-{n}"), 1), 9_000_000);
        }
        assert_eq!(rests(&state, &who("bad-0", 1), 1000), Some(3600));
        assert_eq!(state.judge(&who("new", 1), 0, 1000), Verdict::Unproven);
    }

    #[test]
    fn what_is_written_is_read_and_what_is_broken_begins_anew() {
        let mut state = State::default();
        state.refused(&who("c", 7), 1000);
        state.granted(&who("d", u64::MAX));
        let written = state.write(1000);
        assert_eq!(State::read(Some(&written)), state);
        for broken in [&b""[..], b"{", b"{\"version\":2}", b"[]"] {
            assert_eq!(State::read(Some(broken)), State::default());
        }
        state.write(1000 + FORGET_AFTER + 61);
        assert_eq!(state.client_rest("login.example", "c", 1000), None);
        assert_eq!(state.hosts["login.example"].clients.len(), 1);
    }
}
