//! Prints what came back from a call, or why nothing did and what to do then.

use castile::LookUp;
use castile_codegen::instance::Message;
use castile_http::{Effect, Profile};
use serde::Serialize;

use super::exchange::{Exchanged, Failed, Prepared};
use crate::args::Call;
use crate::command::table::{Table, csv};
use crate::explain;
use crate::output;
use crate::problem::{Exit, Problem};

/// What is shown. Serialised as it stands for scripts.
#[derive(Serialize)]
struct Shown<'a> {
    schema_version: u32,
    profile: &'a str,
    service: &'a str,
    operation: &'a str,
    tracking_id: Option<&'a str>,
    /// Whether it is a SOAP fault.
    fault: bool,
    status: u16,
    took_ms: u128,
    leaves: Vec<Leaf>,
}

#[derive(Serialize)]
struct Leaf {
    path: String,
    value: String,
}

/// Shows an answer, a fault too: then the error follows.
pub(super) fn show(
    arguments: &Call,
    profile: &Profile,
    prepared: &Prepared,
    exchanged: Exchanged,
) -> Result<Exit, Problem> {
    let tracking_id = exchanged.tracking_ids.last().map(String::as_str);
    let (replied, failed) = match &exchanged.outcome {
        Ok(replied) => (replied, None),
        Err(failed @ Failed::Fault(_, replied)) => (replied, Some(failed)),
        Err(failed) => return Err(problem(profile, prepared, tracking_id, failed)),
    };
    let message = replied.message.as_ref();
    let leaves = message.map(Message::leaves).unwrap_or_default();
    let leaves = leaves.into_iter().map(|(path, value)| Leaf { path, value });
    let shown = Shown {
        schema_version: 1,
        profile: &profile.name,
        service: &prepared.callable.service,
        operation: &prepared.callable.name,
        tracking_id,
        fault: failed.is_some(),
        status: replied.status.as_u16(),
        took_ms: exchanged.took.as_millis(),
        leaves: leaves.collect(),
    };
    if arguments.xml {
        output::line(String::from_utf8_lossy(&replied.text))?;
    } else if arguments.format.json {
        let text = serde_json::to_string_pretty(&shown);
        output::line(text.map_err(|error| Problem::new("cli-json", &error))?)?;
    } else {
        list(arguments, &shown.leaves)?;
    }
    match failed {
        Some(failed) => Err(problem(profile, prepared, tracking_id, failed)),
        None => Ok(Exit::Done),
    }
}

fn list(arguments: &Call, leaves: &[Leaf]) -> Result<(), Problem> {
    // Markers of versions say nothing to people; scripts get them all.
    let rows = leaves
        .iter()
        .filter(|leaf| arguments.format.csv || !is_marker(leaf))
        .map(|leaf| [leaf.path.as_str(), leaf.value.as_str()]);
    match arguments.format.csv {
        true => output::line(csv(["path", "value"], rows)),
        false => output::line(Table::of(["path", "value"], rows)),
    }
}

fn is_marker(leaf: &Leaf) -> bool {
    let name = leaf.path.rsplit('/').next().unwrap_or_default();
    leaf.value.is_empty() && name.starts_with("Ver_")
}

/// Why there is no good answer; where the outcome is open, how to look it up.
fn problem(
    profile: &Profile,
    prepared: &Prepared,
    tracking_id: Option<&str>,
    failed: &Failed,
) -> Problem {
    let operation = prepared.callable.full_name();
    let mut problem = match failed {
        Failed::Transport(error) => Problem::new(error.code(), error),
        Failed::Envelope(refusal) => Problem::new(refusal.code(), refusal),
        Failed::Status(answer) => Problem::said(failed.code(), format!("{answer:?}")),
        Failed::Stopped { was_sent } => Problem::said(
            failed.code(),
            match was_sent {
                true => format!("{operation} was stopped before its answer was there"),
                false => format!("{operation} was stopped before it was sent"),
            },
        ),
        Failed::Fault(told, _) => {
            let code = told.code.as_ref().map_or("no code", |code| &code.local);
            let mut fact = format!("{operation} was answered by a fault: {code}");
            for [code, category, element] in &told.records {
                fact.push_str(&format!("; {category} {code}"));
                if !element.is_empty() {
                    fact.push_str(&format!(" at {element}"));
                }
            }
            Problem::said(failed.code(), fact)
        }
    };
    problem = problem.at(format_args!("{operation} under profile {}", profile.name));
    if let Some(id) = tracking_id {
        problem = problem.tracked(id);
    }
    let exit = failed.exit(prepared.effect);
    problem = problem.exiting(exit);
    if exit == Exit::Stopped {
        return problem.remedy("nothing happened: call again when you like");
    }
    if exit != Exit::OutcomeUnknown {
        let is_read = prepared.effect == Effect::Read;
        let is_open = explain::entry(failed.code()).map(|entry| entry.exit) == Some(exit);
        return match is_read && !is_open {
            true => problem.remedy("it only reads, so nothing happened: try again"),
            false => problem,
        };
    }
    let envelope = String::from_utf8_lossy(&prepared.envelope);
    let look_up = LookUp::of(&prepared.callable.name, &envelope);
    problem
        .note(
            "outcome",
            "UNKNOWN: it may have been carried out. Do not send it again before you know.",
        )
        .note("look", format!("up by {look_up}"))
}
