//! `castile contract diff`: how two releases differ, and what of it breaks callers.

use castile_codegen::{Change, ContractDiff};
use serde::Serialize;

use super::table::Style;
use super::told::SCHEMA_VERSION;
use crate::args::{Diff, FailOn};
use crate::output::many;
use crate::problem::{Exit, Problem};

#[derive(Debug, Serialize)]
struct Told<'a> {
    schema_version: u32,
    old: Option<&'a str>,
    new: Option<&'a str>,
    breaking: usize,
    changes: Vec<Line<'a>>,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    kind: String,
    subject: &'a str,
    detail: &'a str,
    breaking: bool,
    /// Whether it concerns an operation in use.
    in_use: bool,
    operations: &'a [String],
}

pub(super) fn run(arguments: &Diff) -> Result<Exit, Problem> {
    let old = super::read(std::slice::from_ref(&arguments.old), &arguments.catalog)?;
    let new = super::read(std::slice::from_ref(&arguments.new), &arguments.catalog)?;
    let names: Vec<String> = arguments
        .ops
        .iter()
        .map(|name| name.trim().into())
        .collect();
    let diff = old.diff(&new, &names).map_err(Problem::contract)?;
    let breaking = diff.changes.iter().filter(|change| change.breaking).count();
    let in_use = diff
        .changes
        .iter()
        .filter(|change| is_in_use(change))
        .count();
    let told = Told {
        schema_version: SCHEMA_VERSION,
        old: diff.old.as_deref(),
        new: diff.new.as_deref(),
        breaking,
        changes: diff.changes.iter().map(line).collect(),
    };
    super::print(arguments.format, &told, |style| text(style, &diff, &names))?;
    Ok(match arguments.fail_on {
        FailOn::Breaking if breaking > 0 => Exit::Findings,
        FailOn::Any if in_use > 0 => Exit::Findings,
        _ => Exit::Done,
    })
}

fn is_in_use(change: &Change) -> bool {
    !change.operations.is_empty()
}

fn line(change: &Change) -> Line<'_> {
    Line {
        kind: change.kind.to_string(),
        subject: &change.subject,
        detail: &change.detail,
        breaking: change.breaking,
        in_use: is_in_use(change),
        operations: &change.operations,
    }
}

fn text(style: Style, diff: &ContractDiff, names: &[String]) -> String {
    let version =
        |version: &Option<String>| version.clone().unwrap_or_else(|| "unversioned".into());
    let title = format!("{} to {}", version(&diff.old), version(&diff.new));
    let mut text = style.heading(2, &title);
    // Without a selection what no operation reaches is worth a line as well.
    let shown = |change: &&Change| names.is_empty() || is_in_use(change);
    let (breaking, other): (Vec<&Change>, Vec<&Change>) = diff
        .changes
        .iter()
        .filter(shown)
        .partition(|change| change.breaking);
    let hidden = diff.changes.len() - breaking.len() - other.len();
    for (what, changes) in [("Breaking", &breaking), ("Not breaking", &other)] {
        if changes.is_empty() {
            continue;
        }
        text.push_str(style.blank());
        text.push_str(&style.heading(3, &format!("{what}: {}", changes.len())));
        let rows: Vec<Vec<String>> = changes.iter().map(|change| row(change)).collect();
        let heads = ["Change", "Where", "What", "Operations"];
        text.push_str(&style.table(&heads, &rows));
    }
    let all = many(breaking.len() + other.len(), "change");
    let mut last = format!("{all}, {} breaking", breaking.len());
    if hidden > 0 {
        last.push_str(&format!("; {} elsewhere", many(hidden, "more change")));
    }
    text.push_str(style.blank());
    text.push_str(&style.paragraph(&last));
    text
}

fn row(change: &Change) -> Vec<String> {
    let operations = match change.operations.as_slice() {
        [] => "none".to_owned(),
        [first, second, more @ ..] if more.len() > 1 => {
            format!("{first}, {second} and {} more", more.len())
        }
        few => few.join(", "),
    };
    vec![
        change.kind.to_string(),
        change.subject.clone(),
        change.detail.clone(),
        operations,
    ]
}
