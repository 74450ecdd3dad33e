//! `castile status`: how far each profile is.

mod show;

use std::time::SystemTime;

use castile_auth::ports::Clock as _;
use castile_http::evidence::{LastCall, Seen, Tally};
use castile_http::keys::Store;
use castile_http::{Config, Profile, SystemClock};
use castile_migrate::report::{DEADLINE, QUEUE_DAYS};
use jiff::civil::Date;
use serde::Serialize;

use super::migrate::today;
use crate::args::Status;
use crate::output;
use crate::problem::{Exit, Problem};

/// What is shown. Serialised as it stands for scripts.
#[derive(Serialize)]
struct Shown {
    schema_version: u32,
    today: String,
    /// To the end of the old model.
    days_left: i32,
    profiles: Vec<Row>,
}

/// One profile; what nobody has seen or written down is none.
#[derive(Serialize)]
struct Row {
    name: String,
    inst_env: String,
    state: String,
    /// Whether what is seen at run time is kept.
    evidence: bool,
    last_token: Option<String>,
    last_call: Option<LastCall>,
    key_age_days: Option<u64>,
    /// Whether its tokens are bound to a key.
    dpop: bool,
    requested: Option<String>,
    client_id_received: Option<String>,
    jwks_registered: Option<String>,
    jxchange_authorized: Option<String>,
    /// Since the request, as long as it is not authorized.
    days_in_queue: Option<i32>,
    /// To the last day on which a request gets through the queue in time; none once it was made.
    days_to_request: Option<i32>,
    shadow: Option<Tally>,
    /// Why what was seen cannot be told.
    problem: Option<String>,
}

pub(super) fn run(arguments: &Status) -> Result<Exit, Problem> {
    let file = &arguments.config;
    let in_config = |error| Problem::config(&error, file);
    let config = Config::read(file).map_err(in_config)?;
    let mut profiles: Vec<_> = config.profiles().cloned().collect();
    if !arguments.profile.is_empty() {
        let named = arguments.profile.iter();
        profiles = named
            .map(|name| config.profile(name).map_err(in_config))
            .collect::<Result<_, _>>()?;
    }
    let today = arguments.today.unwrap_or_else(today);
    let now = SystemClock.now();
    let shown = Shown {
        schema_version: 1,
        today: today.to_string(),
        days_left: days(today, DEADLINE),
        profiles: profiles
            .iter()
            .map(|profile| row(profile, today, now))
            .collect(),
    };
    if arguments.json {
        let text = serde_json::to_string_pretty(&shown)
            .map_err(|error| Problem::new("cli-json", &error))?;
        output::line(text)?;
    } else if arguments.csv {
        show::csv(&shown)?;
    } else {
        show::table(&shown)?;
    }
    let is_odd = shown.profiles.iter().any(|row| row.problem.is_some());
    Ok(if is_odd { Exit::Findings } else { Exit::Done })
}

fn row(profile: &Profile, today: Date, now: SystemTime) -> Row {
    let (seen, problem) = match profile.evidence.as_deref() {
        None => (None, None),
        Some(path) => match Seen::read(path, &profile.name) {
            Ok(seen) => (seen, None),
            Err(error) => (None, Some(error.code().to_owned())),
        },
    };
    let dates = profile.dates;
    let waiting = dates
        .requested
        .filter(|_| dates.jxchange_authorized.is_none());
    let latest = DEADLINE.saturating_sub(jiff::Span::new().days(QUEUE_DAYS));
    let is_open = dates.requested.is_none() && dates.jxchange_authorized.is_none();
    Row {
        name: profile.name.clone(),
        inst_env: profile.inst_env.clone(),
        state: profile.state.to_string(),
        evidence: profile.evidence.is_some(),
        last_token: seen
            .as_ref()
            .and_then(|seen| seen.last_token)
            .map(|at| at.to_string()),
        last_call: seen.as_ref().and_then(|seen| seen.last_call.clone()),
        key_age_days: key_age_days(profile, now),
        dpop: profile.oauth.as_ref().is_some_and(|oauth| oauth.dpop),
        requested: written(dates.requested),
        client_id_received: written(dates.client_id_received),
        jwks_registered: written(dates.jwks_registered),
        jxchange_authorized: written(dates.jxchange_authorized),
        days_in_queue: waiting.map(|requested| days(requested, today)),
        days_to_request: is_open.then(|| days(today, latest)),
        shadow: seen
            .and_then(|seen| seen.shadow)
            .map(|shadow| shadow.total()),
        problem,
    }
}

fn written(date: Option<Date>) -> Option<String> {
    date.map(|date| date.to_string())
}

/// Of a key in a file; what lies elsewhere is not fetched to tell its age.
fn key_age_days(profile: &Profile, now: SystemTime) -> Option<u64> {
    let client = profile
        .client
        .as_ref()
        .filter(|client| !client.has_secret)?;
    let store = Store::of_secret(&client.key).ok()?;
    let age = store.key_age(now).ok()?;
    Some(age.as_secs() / 86_400)
}

fn days(from: Date, to: Date) -> i32 {
    // In days a span of two dates is at most some 7 million.
    from.until(to).map_or(0, |span| span.get_days())
}
