//! The page over all profiles.

use jiff::civil::Date;

use super::page::{Block, Cell, Page};
use super::risk::{days, risk};
use super::{DEADLINE, Profile, QUEUE_DAYS, State};

/// The page over all profiles, the most urgent first; each stands with the name of its own page.
pub fn overview(profiles: &[(Profile, String)], today: Date) -> Page {
    let count = |state| {
        let of_state = profiles
            .iter()
            .filter(|(profile, _)| profile.state == state);
        of_state.count()
    };
    let mut ranked: Vec<_> = profiles
        .iter()
        .map(|(profile, page)| (risk(profile, today), profile, page))
        .collect();
    ranked.sort_by(|a, b| (b.0.score, &a.1.name).cmp(&(a.0.score, &b.1.name)));
    let rows = ranked.iter().map(|(risk, profile, page)| {
        vec![
            Cell::Text(risk.score.to_string()),
            Cell::Link {
                text: profile.name.clone(),
                page: (*page).clone(),
            },
            Cell::Text(profile.inst_rt_id.clone()),
            Cell::Text(profile.inst_env.clone()),
            Cell::Text(profile.state.name().to_owned()),
            Cell::Text(risk.reasons.join("; ")),
        ]
    });
    let head = ["Risk", "Profile", "InstRtId", "InstEnv", "State", "Why"];
    Page {
        title: "Migration to OAuth".to_owned(),
        blocks: vec![
            Block::Text(format!(
                "As of {today}: {} profiles, {} oauth, {} shadow, {} legacy.",
                profiles.len(),
                count(State::Oauth),
                count(State::Shadow),
                count(State::Legacy),
            )),
            Block::Text(format!(
                "{} days to {DEADLINE}, when the old model ends. Jack Henry's queue for a bank's OAuth configuration \
                 is 60 to 90 days: whoever is not requested by {} is late.",
                days(today, DEADLINE),
                latest_request(),
            )),
            Block::Table(head.map(str::to_owned).to_vec(), rows.collect()),
        ],
    }
}

/// The last day on which a request gets through the queue in time.
pub(super) fn latest_request() -> Date {
    DEADLINE.saturating_sub(jiff::Span::new().days(QUEUE_DAYS))
}
