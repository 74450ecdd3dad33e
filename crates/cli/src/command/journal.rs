//! `castile journal`: which writes somebody must look up, and what came of that.

use std::path::{Path, PathBuf};

use castile_auth::ports::Clock as _;
use castile_http::journal::{self, Entry, Standing};
use castile_http::{Config, JournalError, SystemClock};
use serde::Serialize;

use crate::args::{Found, Journal, JournalCommand, JournalPlace, Resolve};
use crate::output::{self, many, visible};
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &Journal) -> Result<Exit, Problem> {
    match &arguments.command {
        Some(JournalCommand::Resolve(arguments)) => resolve(arguments),
        None => list(arguments),
    }
}

/// What is shown. Serialised as it stands for scripts.
#[derive(Serialize)]
struct Listed {
    schema_version: u32,
    journals: Vec<File>,
}

#[derive(Serialize)]
struct File {
    path: PathBuf,
    /// Whether the file is there; before the first write it is not.
    exists: bool,
    unresolved: usize,
    entries: Vec<Row>,
    /// Counted from 1.
    damaged_lines: Vec<u64>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    at: String,
    standing: &'static str,
    profile: Option<String>,
    service: Option<String>,
    operation: Option<String>,
    tracking_id: Option<String>,
    attempt: u32,
    outcome: Option<&'static str>,
    code: Option<String>,
    is_resolved: bool,
}

fn list(arguments: &Journal) -> Result<Exit, Problem> {
    let mut listed = Listed {
        schema_version: 1,
        journals: Vec::new(),
    };
    for path in files(&arguments.place)? {
        let exists = path.exists();
        if !exists && arguments.place.file.is_some() {
            // A name that was typed wrong must not look like a journal that is in order.
            let problem = Problem::said("journal-unreadable", "there is no such file");
            return Err(problem.at(path.display()));
        }
        let journal = journal::read(&path).map_err(|error| problem(&error, &path))?;
        let entries = journal.entries.iter();
        let shown = entries.filter(|entry| arguments.all || entry.standing == Standing::Unresolved);
        listed.journals.push(File {
            unresolved: journal.unresolved().count(),
            entries: shown.map(row).collect(),
            damaged_lines: journal.damage.iter().map(|damage| damage.line).collect(),
            exists,
            path,
        });
    }
    let mut journals = listed.journals.iter();
    let is_fine = journals.all(|file| file.unresolved == 0 && file.damaged_lines.is_empty());
    if arguments.json {
        let text = serde_json::to_string_pretty(&listed)
            .map_err(|error| Problem::new("cli-json", &error))?;
        output::line(text)?;
    } else {
        show(&listed)?;
    }
    Ok(if is_fine { Exit::Done } else { Exit::Findings })
}

fn resolve(arguments: &Resolve) -> Result<Exit, Problem> {
    let files = files(&arguments.place)?;
    let [path] = &files[..] else {
        let said = "the profiles keep several journals, and entries of each have the same names";
        return Err(Problem::said("journal-several", said));
    };
    let is_done = arguments.found == Found::Done;
    journal::resolve(path, arguments.id, is_done, SystemClock.now())
        .map_err(|error| problem(&error, path))?;
    let how = if is_done { "done" } else { "not done" };
    output::line(format!("{} is noted as {how}", arguments.id))?;
    Ok(Exit::Done)
}

/// The journals in question, each once.
fn files(place: &JournalPlace) -> Result<Vec<PathBuf>, Problem> {
    if let Some(file) = &place.file {
        return Ok(vec![file.clone()]);
    }
    let config =
        Config::read(&place.config).map_err(|error| Problem::config(&error, &place.config))?;
    let mut files: Vec<_> = config
        .profiles()
        .filter_map(|profile| profile.journal.clone())
        .collect();
    files.sort();
    files.dedup();
    if files.is_empty() {
        let problem = Problem::said("journal-none", "no profile keeps a journal");
        return Err(problem.at(place.config.display()));
    }
    Ok(files)
}

fn problem(error: &JournalError, path: &Path) -> Problem {
    Problem::new(error.code(), error).at(path.display())
}

fn row(entry: &Entry) -> Row {
    let at = i64::try_from(entry.at).ok();
    let at = at.and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    Row {
        id: entry.id.to_string(),
        at: at.map_or_else(String::new, |at| at.to_string()),
        standing: match entry.standing {
            Standing::Settled => "settled",
            Standing::UnderWay => "under-way",
            Standing::Unresolved => "unresolved",
        },
        profile: entry.profile.clone(),
        service: entry.service.clone(),
        operation: entry.operation.clone(),
        tracking_id: entry.tracking_id.clone(),
        attempt: entry.attempt,
        outcome: entry.outcome.map(journal::Outcome::as_str),
        code: entry.code.clone(),
        is_resolved: entry.is_resolved,
    }
}

fn show(listed: &Listed) -> Result<(), Problem> {
    let mut unresolved = 0;
    for file in &listed.journals {
        output::line(visible(&file.path.display().to_string()))?;
        if !file.exists {
            output::line("  there is no such file: nothing was noted yet")?;
        }
        for row in &file.entries {
            output::line(visible(&format!("  {}", line(row))))?;
        }
        for number in &file.damaged_lines {
            let said = "an entry may be missing";
            output::line(format!("  [journal-damaged] line {number}: {said}"))?;
        }
        unresolved += file.unresolved;
    }
    output::line(match unresolved {
        0 => "no write to look up".to_owned(),
        count => format!(
            "{} to look up; `castile explain journal-unresolved` says how",
            many(count, "write")
        ),
    })
}

fn line(row: &Row) -> String {
    let or_unknown = |text: &Option<String>| text.clone().unwrap_or_else(|| "?".to_owned());
    let operation = match &row.service {
        Some(service) => format!("{service}/{}", or_unknown(&row.operation)),
        None => or_unknown(&row.operation),
    };
    let mut line = format!(
        "{}  {}  {}  {operation}  attempt {}  tracking id {}  {}",
        row.id,
        row.at,
        or_unknown(&row.profile),
        row.attempt,
        or_unknown(&row.tracking_id),
        row.outcome.unwrap_or(row.standing),
    );
    if let Some(code) = &row.code {
        line.push_str(&format!(" [{code}]"));
    }
    if row.is_resolved {
        line.push_str(" looked up");
    }
    line
}
