//! How urgent a profile is, and why.

use jiff::civil::Date;

use super::{DEADLINE, Key, Profile, QUEUE_DAYS, State};

/// How urgent a profile is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Risk {
    /// The sum of the weights; the higher, the more urgent.
    pub score: u32,
    /// Each reason that added to it, the weightiest first.
    pub reasons: Vec<String>,
}

/// How urgent `profile` is on the day `today`.
pub fn risk(profile: &Profile, today: Date) -> Risk {
    let mut reasons: Vec<(u32, String)> = Vec::new();
    let mut add = |weight: u32, reason: String| reasons.push((weight, reason));
    let moved = profile.state == State::Oauth;
    match profile.state {
        State::Legacy => add(
            40,
            "state legacy: every message still carries a password".into(),
        ),
        State::Shadow => add(15, "state shadow: writes still go the old way".into()),
        State::Oauth => {}
    }
    if !moved {
        if profile.inst_env.eq_ignore_ascii_case("PROD") {
            add(
                10,
                "InstEnv PROD: production still runs on the old model".into(),
            );
        }
        let left = days(today, DEADLINE);
        let spare = left - QUEUE_DAYS;
        if left < 0 {
            add(
                60,
                format!("the old model ended {} days ago, on {DEADLINE}", -left),
            );
        } else if profile.dates.requested.is_none() && spare < 0 {
            add(
                50,
                format!(
                    "{left} days to {DEADLINE}, and a queue of up to {QUEUE_DAYS} days has not begun"
                ),
            );
        } else if spare < 180 {
            add(
                20,
                format!("{left} days to {DEADLINE}, of which the queue may take {QUEUE_DAYS}"),
            );
        }
        match (profile.dates.requested, profile.dates.jxchange_authorized) {
            (None, _) => add(5, "no date of a request to the bank".into()),
            (Some(requested), None) if days(requested, today) > QUEUE_DAYS => add(
                15,
                format!(
                    "requested {} days ago and not authorized: ask, the queue is 60 to 90 days",
                    days(requested, today)
                ),
            ),
            _ => {}
        }
    }
    if profile.client_id.is_none() {
        add(10, "no client id".into());
    }
    if profile.jwks_url.is_none() {
        add(
            25,
            "no jwks_url: a bank's environment needs one, and keys rotate by it only".into(),
        );
    }
    match &profile.key {
        Key::None if moved => add(20, "no key".into()),
        Key::SharedSecret => add(20, "a shared secret in place of a key".into()),
        Key::Unreadable(code) => add(20, format!("the key cannot be read here ({code})")),
        Key::None | Key::Elsewhere | Key::Known { .. } => {}
    }
    if profile.proof.as_ref().is_some_and(|proof| !proof.holds) {
        add(20, "the comparison of its messages does not hold".into());
    }
    if let Some(code) = &profile.unseen {
        add(10, format!("what was seen of it cannot be read ({code})"));
    }
    if let Some(shadow) = &profile.shadow {
        let (all, odd) = shadow.totals();
        if odd > 0 && !moved {
            add(
                15,
                format!("{odd} of {all} answers under OAuth were not those of the old model"),
            );
        }
    }
    reasons.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    Risk {
        score: reasons.iter().map(|(weight, _)| weight).sum(),
        reasons: reasons.into_iter().map(|(_, reason)| reason).collect(),
    }
}

/// The days from one date to another.
pub(super) fn days(from: Date, to: Date) -> i32 {
    // In days a span of two dates is at most some 7 million.
    from.until(to).map_or(0, |span| span.get_days())
}
