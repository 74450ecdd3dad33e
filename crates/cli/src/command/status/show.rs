//! Prints the status of profiles as a table or as CSV.

use castile_http::evidence::{LastCall, Tally};
use castile_migrate::report::{DEADLINE, QUEUE_DAYS};

use super::{Row, Shown};
use crate::output::{self, visible};
use crate::problem::Problem;

/// What stands where nothing is known.
const NOT_SEEN: &str = "not seen";

/// What stands where nothing ever will be.
const NOT_KEPT: &str = "not kept";

pub(super) fn table(shown: &Shown) -> Result<(), Problem> {
    let head = [
        "PROFILE",
        "ENV",
        "STATE",
        "LAST TOKEN",
        "LAST CALL",
        "KEY AGE",
        "REGISTRATION",
        "SHADOW",
    ];
    let mut lines = vec![head.map(str::to_owned)];
    lines.extend(shown.profiles.iter().map(cells));
    let width = |column: usize| {
        let cells = lines.iter().map(|line| line[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    for line in &lines {
        let cells = line.iter().zip(&widths);
        let padded: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        output::line(visible(padded.join("  ").trim_end()))?;
    }
    for row in &shown.profiles {
        if let Some(problem) = &row.problem {
            output::line(visible(&format!(
                "{}: what was seen cannot be told [{problem}]",
                row.name
            )))?;
        }
    }
    if shown.profiles.iter().any(|row| !row.evidence) {
        output::line(format!(
            "{NOT_KEPT}: last token, last call and shadow are told of profiles with a folder for it, as evidence = \"evidence\" in [defaults]"
        ))?;
    }
    output::line(format!(
        "{} days to {DEADLINE}, when the old model ends; the queue for a registration takes 60 to {QUEUE_DAYS} days",
        shown.days_left
    ))
}

fn cells(row: &Row) -> [String; 8] {
    let or = |text: Option<String>, none: &str| text.unwrap_or_else(|| none.to_owned());
    let seen = |text| match row.evidence {
        true => or(text, NOT_SEEN),
        false => or(text, NOT_KEPT),
    };
    [
        row.name.clone(),
        row.inst_env.clone(),
        row.state.clone(),
        seen(row.last_token.clone()),
        seen(row.last_call.as_ref().map(call)),
        or(
            row.key_age_days.map(|days| format!("{days} d")),
            "not known",
        ),
        registration(row),
        seen(row.shadow.as_ref().map(shadow)),
    ]
}

fn call(call: &LastCall) -> String {
    let end = match (call.status, &call.code) {
        (Some(status), _) => status.to_string(),
        (None, Some(code)) => code.clone(),
        (None, None) => String::new(),
    };
    format!("{} {} {end}", call.at, call.state)
}

/// The last step that has a date.
fn registration(row: &Row) -> String {
    let steps = [
        ("authorized", &row.jxchange_authorized),
        ("JWKS registered", &row.jwks_registered),
        ("client id received", &row.client_id_received),
        ("requested", &row.requested),
    ];
    let step = steps
        .iter()
        .find_map(|(step, date)| date.as_ref().map(|date| format!("{step} {date}")));
    match (step, row.days_in_queue, row.days_to_request) {
        (Some(step), Some(waiting), _) => {
            format!("{step}, {waiting} of {QUEUE_DAYS} d in the queue")
        }
        (Some(step), None, _) => step,
        (None, _, Some(left)) if left < 0 => format!("no date, {} d too late", -left),
        (None, _, Some(left)) => format!("no date, {left} d left to request"),
        (None, _, None) => "no date".to_owned(),
    }
}

fn shadow(tally: &Tally) -> String {
    format!(
        "{} agree, {} differ, {} failed, {} not comparable, {} no read, {} dropped",
        tally.agreed,
        tally.differed,
        tally.failed,
        tally.not_comparable,
        tally.not_a_read,
        tally.dropped
    )
}

pub(super) fn csv(shown: &Shown) -> Result<(), Problem> {
    const HEAD: &str = "profile,inst_env,state,last_token,last_call,last_call_state,last_call_status,last_call_code,\
         key_age_days,requested,client_id_received,jwks_registered,jxchange_authorized,days_in_queue,days_to_request,\
         days_left,shadow_agreed,shadow_differed,shadow_failed,shadow_not_comparable,shadow_not_a_read,shadow_dropped,\
         problem";
    output::line(HEAD)?;
    for row in &shown.profiles {
        let call = row.last_call.as_ref();
        let tally = row.shadow.as_ref();
        let count = |of: fn(&Tally) -> u64| text(tally.map(of));
        let cells = [
            row.name.clone(),
            row.inst_env.clone(),
            row.state.clone(),
            text(row.last_token.as_ref()),
            text(call.map(|call| call.at)),
            text(call.map(|call| &call.state)),
            text(call.and_then(|call| call.status)),
            text(call.and_then(|call| call.code.as_ref())),
            text(row.key_age_days),
            text(row.requested.as_ref()),
            text(row.client_id_received.as_ref()),
            text(row.jwks_registered.as_ref()),
            text(row.jxchange_authorized.as_ref()),
            text(row.days_in_queue),
            text(row.days_to_request),
            shown.days_left.to_string(),
            count(|tally| tally.agreed),
            count(|tally| tally.differed),
            count(|tally| tally.failed),
            count(|tally| tally.not_comparable),
            count(|tally| tally.not_a_read),
            count(|tally| tally.dropped),
            text(row.problem.as_ref()),
        ];
        output::line(cells.map(|cell| quoted(&cell)).join(","))?;
    }
    Ok(())
}

/// Empty where nothing is known.
fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// RFC 4180 section 2; a spreadsheet shall take nothing for a formula.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '@', '\t'])
        || (cell.starts_with('-') && cell.parse::<i64>().is_err());
    let cell = visible(cell);
    if formula {
        format!("\"'{}\"", cell.replace('"', "\"\""))
    } else if cell.contains([',', '"', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}
