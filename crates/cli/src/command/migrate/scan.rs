//! `castile migrate scan`: what has to change in source and configuration.

use std::fmt::Write as _;
use std::path::Path;

use castile_migrate::{Baseline, Level, Scanner, Walked, fingerprints, rules, sarif, walk};
use serde::Serialize;

use super::problem;
use crate::args::Scan;
use crate::command::strip::json;
use crate::output::{self, many, visible};
use crate::problem::{Exit, Problem};

/// What is printed as JSON.
#[derive(Debug, Serialize)]
struct Told {
    schema_version: u32,
    scanned: usize,
    skipped: Skipped,
    /// Findings that the baseline knows.
    suppressed: usize,
    /// What the baseline knows and this scan did not find.
    not_found: usize,
    /// Files of which only the first findings are told.
    cut: Vec<String>,
    unreadable: usize,
    findings: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct Skipped {
    other_kind: usize,
    binary: usize,
    huge: usize,
    links: usize,
}

#[derive(Debug, Serialize)]
struct Finding {
    rule: &'static str,
    level: &'static str,
    file: String,
    line: usize,
    column: usize,
    construct: &'static str,
    what: &'static str,
    why: &'static str,
    instead: &'static str,
    fingerprint: String,
}

#[derive(Debug, Serialize)]
struct Rules {
    schema_version: u32,
    rules: Vec<Rule>,
}

#[derive(Debug, Serialize)]
struct Rule {
    id: &'static str,
    level: &'static str,
    what: &'static str,
    why: &'static str,
}

pub(super) fn run(arguments: &Scan) -> Result<Exit, Problem> {
    if arguments.rules {
        return list(arguments.json);
    }
    let known = arguments.baseline.as_deref().map(baseline).transpose()?;
    let scanner = Scanner::new().map_err(|error| problem(&error))?;
    let here = std::env::current_dir()
        .map_err(|error| Problem::new("file-unreadable", &error).at("the working directory"))?;
    let mut walked = walk(&scanner, &arguments.paths, &here);
    let mut exit = Exit::Done;
    for error in &walked.problems {
        let problem = problem(error);
        anstream::eprint!("{problem}");
        exit = exit.max(problem.exit());
    }
    if let Some(path) = &arguments.write_baseline {
        let baseline = Baseline::of(&walked.files);
        castile_http::keys::replace(path, &baseline.to_json())
            .map_err(|error| Problem::new("file-unwritable", &error).at(path.display()))?;
        let count = many(baseline.len(), "finding");
        anstream::eprintln!("wrote {count} to {}", path.display());
    }
    let (suppressed, not_found) = known.map_or((0, 0), |known| {
        let suppressed = known.suppress(&mut walked.files);
        (suppressed, known.len().saturating_sub(suppressed))
    });
    let mut levels = walked.files.iter().flat_map(|file| &file.findings);
    // A note asks for nothing.
    if levels.any(|finding| finding.rule.level > Level::Note) && arguments.write_baseline.is_none()
    {
        exit = exit.max(Exit::Findings);
    }
    let notes = notes(&walked, suppressed, not_found);
    if arguments.sarif {
        let is_whole = walked.problems.is_empty();
        let log = sarif(env!("CARGO_PKG_VERSION"), &walked.files, &notes, is_whole);
        output::line(json(&log)?)?;
    } else if arguments.json {
        output::line(json(&told(&walked, suppressed, not_found))?)?;
    } else {
        output::line(words(&walked, &notes))?;
    }
    Ok(exit)
}

fn baseline(path: &Path) -> Result<Baseline, Problem> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Problem::new("file-unreadable", &error).at(path.display()))?;
    Baseline::parse(&text).map_err(|error| problem(&error).at(path.display()))
}

fn list(as_json: bool) -> Result<Exit, Problem> {
    if as_json {
        let listed = rules().iter().map(|rule| Rule {
            id: rule.id,
            level: rule.level.name(),
            what: rule.what,
            why: rule.why,
        });
        output::line(json(&Rules {
            schema_version: 1,
            rules: listed.collect(),
        })?)?;
    } else {
        for rule in rules() {
            let level = rule.level.name();
            output::line(format_args!("{} ({level}): {}", rule.id, rule.what))?;
            output::line(format_args!("  {}", rule.why))?;
        }
    }
    Ok(Exit::Done)
}

/// What was not looked at, or is not told.
fn notes(walked: &Walked, suppressed: usize, not_found: usize) -> Vec<String> {
    let skipped = &walked.skipped;
    let counts = [
        (skipped.other_kind, "file", "of no kind that has rules"),
        (skipped.binary, "file", "with binary data"),
        (skipped.huge, "file", "larger than 32 MiB"),
        (skipped.links, "link", "or what else is no regular file"),
        (walked.problems.len(), "path", "that cannot be read"),
    ];
    let mut notes: Vec<String> = counts
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, what, why)| format!("not scanned: {} {why}", many(*count, what)))
        .collect();
    notes.extend(
        walked
            .cut
            .iter()
            .map(|file| format!("{file}: only its first findings are told")),
    );
    if suppressed > 0 {
        notes.push(format!(
            "{} in the baseline",
            many(suppressed, "known finding")
        ));
    }
    if not_found > 0 {
        notes.push(format!(
            "{} of the baseline did not turn up: mended, or not scanned, or named from another folder than this one",
            many(not_found, "finding")
        ));
    }
    if walked.scanned == 0 {
        notes.push("nothing was scanned".to_owned());
    }
    notes
}

fn told(walked: &Walked, suppressed: usize, not_found: usize) -> Told {
    let findings = walked.files.iter().flat_map(|file| {
        file.findings
            .iter()
            .zip(fingerprints(file))
            .map(|(finding, fingerprint)| Finding {
                rule: finding.rule.id,
                level: finding.rule.level.name(),
                file: file.file.clone(),
                line: finding.line,
                column: finding.column,
                construct: finding.construct,
                what: finding.rule.what,
                why: finding.rule.why,
                instead: finding.instead,
                fingerprint,
            })
    });
    Told {
        schema_version: 1,
        scanned: walked.scanned,
        skipped: Skipped {
            other_kind: walked.skipped.other_kind,
            binary: walked.skipped.binary,
            huge: walked.skipped.huge,
            links: walked.skipped.links,
        },
        suppressed,
        not_found,
        cut: walked.cut.clone(),
        unreadable: walked.problems.len(),
        findings: findings.collect(),
    }
}

fn words(walked: &Walked, notes: &[String]) -> String {
    let bold = anstyle::Style::new().bold();
    let mut text = String::new();
    let mut count = 0;
    for file in &walked.files {
        let name = visible(&file.file).replace('\n', "\\n");
        for finding in &file.findings {
            count += 1;
            let (rule, line, column) = (finding.rule, finding.line, finding.column);
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                "{bold}{name}:{line}:{column}{bold:#}: {}[{}] {}: {}\n  why: {}\n  do:  {}\n",
                rule.level.name(),
                rule.id,
                finding.construct,
                rule.what,
                rule.why,
                finding.instead,
            );
        }
    }
    let scanned = many(walked.scanned, "file");
    let _ = write!(text, "{} in {scanned}", many(count, "finding"));
    for note in notes {
        let _ = write!(text, "\n{}", visible(note));
    }
    text
}
