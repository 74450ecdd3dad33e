//! `castile keys rotate`: one step after the other, and what each means.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use castile_auth::keys::{Affected, Rotation, RotationError, StageKind};
use castile_auth::ports::Clock as _;
use castile_http::SystemClock;
use castile_http::keys::{KeysError, Rotator};
use castile_http::profile::SecretRef;
use serde_json::json;

use super::{Chosen, kid};
use crate::args::{Rotate, RotateAction};
use crate::output;
use crate::problem::{Exit, Problem};

/// How often a URL is asked that does not show the new key yet.
const POLL: Duration = Duration::from_secs(10);

pub(super) fn run(arguments: &Rotate) -> Result<Exit, Problem> {
    let chosen = Chosen::by(&arguments.which)?;
    let runtime = super::super::runtime()?;
    let _entered = runtime.enter();
    let ports = chosen.ports()?;
    let rotator = Rotator::new(
        chosen.store.clone(),
        chosen.options.clone(),
        ports.http,
        ports.clock,
    );
    let failed = |error: KeysError| chosen.problem(&error);
    let before = rotator.status().map_err(failed)?;
    let clients = clients(arguments, &chosen);
    if arguments.action == RotateAction::Status {
        show(arguments, &before)?;
        return Ok(Exit::Done);
    }
    if arguments.compromised {
        let state = rotator.withdraw().map_err(failed)?;
        show(arguments, &state)?;
        warn_of_withdrawal(&before, &state);
        return Ok(Exit::Done);
    }
    let state = runtime.block_on(async {
        let state = rotator.step(&clients).await;
        if !arguments.wait {
            return state;
        }
        // What it waits for is said once a stage, on standard error: standard output has the outcome.
        wait(&rotator, &clients, state).await
    });
    let state = match state {
        Ok(state) => state,
        Err(error) => {
            let problem = failed_step(&chosen, &error);
            return Err(problem);
        }
    };
    show(arguments, &state)?;
    Ok(Exit::Done)
}

async fn wait(
    rotator: &Rotator,
    clients: &[Affected],
    mut outcome: Result<Rotation, KeysError>,
) -> Result<Rotation, KeysError> {
    loop {
        match outcome {
            Ok(state) if state.kind() == StageKind::Settled => return Ok(state),
            Ok(state) => anstream::eprintln!("{}", state.kind()),
            Err(KeysError::Rotation(RotationError::TooEarly { wait, .. })) => {
                tokio::time::sleep(wait).await;
            }
            Err(KeysError::Rotation(RotationError::NotSeen { .. })) => {
                tokio::time::sleep(POLL).await;
            }
            Err(error) => return Err(error),
        }
        outcome = rotator.step(clients).await;
    }
}

/// The clients whose key it is: those of the command line, or every profile with the same key file.
fn clients(arguments: &Rotate, chosen: &Chosen) -> Vec<Affected> {
    let Some((config, _)) = &chosen.profile else {
        let url = arguments.jwks_url.clone().unwrap_or_default();
        return arguments
            .client_id
            .iter()
            .map(|client_id| Affected {
                client_id: client_id.clone(),
                jwks_url: url.clone(),
            })
            .collect();
    };
    config
        .profiles()
        .filter_map(|profile| profile.client.as_ref())
        .filter(|client| {
            matches!(&client.key, SecretRef::File(path) if path == chosen.store.key_file())
        })
        .map(|client| {
            let url = client.jwks_url.as_ref().map(ToString::to_string);
            Affected {
                client_id: client.client_id.clone(),
                // One without a URL stands in the list with none, so that the step is refused and not blind to it.
                jwks_url: url.or(arguments.jwks_url.clone()).unwrap_or_default(),
            }
        })
        .collect()
}

fn failed_step(chosen: &Chosen, error: &KeysError) -> Problem {
    let problem = chosen.problem(error);
    match error {
        KeysError::Rotation(RotationError::TooEarly { until, .. }) => {
            problem.remedy(format!("run it again at {} or later", utc(*until)))
        }
        _ => problem,
    }
}

fn show(arguments: &Rotate, state: &Rotation) -> Result<(), Problem> {
    let key =
        |key: &castile_auth::keys::NamedKey| json!({ "file": key.file, "kid": key.public.kid() });
    if arguments.json {
        let text = json!({
            "schema_version": 1,
            "stage": state.kind().as_str(),
            "rotation": state.number(),
            "active": key(state.active()),
            "next": state.next().map(key),
            "previous": state.previous().map(key),
            "not_before": state.until().map(utc),
            "clients": state.clients().iter().map(|client| &client.client_id).collect::<Vec<_>>(),
        });
        return output::line(text);
    }
    let bold = anstyle::Style::new().bold();
    let mut lines = vec![
        format!("{bold}{}{bold:#}: {}", state.kind(), meaning(state.kind())),
        format!(
            "  signs      {}  {}",
            kid(&state.active().public),
            state.active().file
        ),
    ];
    if let Some(next) = state.next() {
        lines.push(format!("  will sign  {}  {}", kid(&next.public), next.file));
    }
    if let Some(previous) = state.previous() {
        lines.push(format!(
            "  signed     {}  {}",
            kid(&previous.public),
            previous.file
        ));
    }
    for client in state.clients() {
        lines.push(format!(
            "  client     {}  {}",
            client.client_id, client.jwks_url
        ));
    }
    if let Some(until) = state.until() {
        let left = until
            .duration_since(SystemClock.now())
            .unwrap_or_default()
            .as_secs();
        lines.push(format!(
            "  next step  at {} or later, in {left} s",
            utc(until)
        ));
    }
    output::line(lines.join("\n"))
}

fn meaning(stage: StageKind) -> &'static str {
    match stage {
        StageKind::Settled => "one key signs and is published",
        StageKind::Published => {
            "a new key is in the document; publish it (castile keys jwks or serve), then run this again"
        }
        StageKind::Seen => {
            "every JWKS URL shows the new key; servers may keep the older document for a while"
        }
        StageKind::Signing => "the new key signs; the old one stays published for a while",
        _ => "a key was withdrawn; servers may keep the older document for a while",
    }
}

fn warn_of_withdrawal(before: &Rotation, after: &Rotation) {
    let old = match before.previous() {
        Some(previous) => &previous.public,
        None => &before.active().public,
    };
    anstream::eprintln!(
        "The key {} is withdrawn: it signs nothing any more and is out of the document.\n\
         What may fail now: token requests, until each server has fetched the document again (a minute or more after \
         it is published). Tokens that were granted go on.\n\
         What may succeed still: whoever has the old key is let in for as long. Publish the document of \
         `castile keys jwks` at once{}, and tell each bank.",
        kid(old),
        if after.clients().is_empty() {
            ""
        } else {
            " at every JWKS URL above"
        },
    );
}

/// `2026-11-21T12:00:00Z`, by the proleptic Gregorian calendar.
fn utc(time: SystemTime) -> String {
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Howard Hinnant's days algorithm, eras of 400 years from 0000-03-01.
    let z = days + 719_468;
    let era = z / 146_097;
    let day_of_era = z % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_by_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_262_645, "2026-11-21T12:04:05Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z"),
        ] {
            assert_eq!(utc(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }
}
