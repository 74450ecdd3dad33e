//! Checks what the compiler does not: arrows, files, traces, generated code, ledger.

mod arrows;
mod ledger;
mod length;
mod manifests;
mod sentences;
mod table;
mod traces;

use std::fmt;

use crate::workspace::{SourceFile, Workspace};
use crate::{Outcome, Stop, codegen, options, terminal};

const HELP: &str = "\
Check what the compiler does not.

Usage: cargo xtask tidy [--fix]

  arrows      who imports whom, against the table in ARCHITECTURE.md
  manifests   versions in [workspace.dependencies] only, lints inherited
  sentences   each hand-written file opens with one `//!` sentence; no `mod.rs`
  length      at most 400 lines of code a file, or a reason in docs/long-files.toml
  traces      no path of one machine, no foreign package registry
  ledger      each promise in docs/ledger.toml has a test that exists
  table       README's table of what works is the ledger's
  generated   crates/jx is what `cargo xtask codegen` writes

Options:
  --fix       Rewrite README's table from the ledger
  -h, --help  Print this

Exit codes: 0 clean, 1 findings, 2 usage.
";

/// One thing to put right.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    path: String,
    line: usize,
    what: String,
    remedy: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}\n    do: {}",
            self.path, self.line, self.what, self.remedy
        )
    }
}

/// Runs every rule over the checkout and prints what it finds.
pub(crate) fn run(workspace: &Workspace, words: &[&str]) -> Result<Outcome, Stop> {
    let flags = match options(words, &["--fix"], HELP) {
        Ok(flags) => flags,
        Err(outcome) => return Ok(outcome),
    };
    if flags.contains(&"--fix") {
        table::fix(workspace)?;
    }

    let (packages, _) = workspace.metadata()?;
    let files = workspace.files()?;
    let mut findings = Vec::new();
    findings.extend(arrows::check(&packages, &files));
    findings.extend(manifests::check(&packages, &files));
    findings.extend(sentences::check(&files));
    findings.extend(length::check(&files));
    findings.extend(traces::check(&files));
    findings.extend(ledger::check(&packages, &files));
    findings.extend(table::check(&files));

    for finding in &findings {
        println!("{finding}");
    }
    // It prints what differs, file by file.
    let generated = codegen::run(workspace, &["--check"])?;
    if findings.is_empty() && generated == Outcome::Done {
        println!("{} {} files", terminal::green("tidy:"), files.len());
        Ok(Outcome::Done)
    } else {
        println!("{} {} findings", terminal::red("tidy:"), findings.len());
        Ok(Outcome::Findings)
    }
}

/// Made by a program and marked so on its first line.
fn is_generated(file: &SourceFile) -> bool {
    file.text
        .lines()
        .next()
        .is_some_and(|line| line.contains(concat!("@", "generated")))
}

/// Rust that people write: no generated code, no expected output of the generator.
fn hand_written(files: &[SourceFile]) -> impl Iterator<Item = &SourceFile> {
    files.iter().filter(|file| {
        file.path.ends_with(".rs") && !is_generated(file) && !file.path.ends_with("/expected.rs")
    })
}

fn find<'f>(files: &'f [SourceFile], path: &str) -> Option<&'f SourceFile> {
    files.iter().find(|file| file.path == path)
}

/// The number of the first line that holds `needle`, else 1.
fn line_of(text: &str, needle: &str) -> usize {
    text.lines()
        .position(|line| line.contains(needle))
        .map_or(1, |index| index + 1)
}

/// A file for the tests of the rules.
#[cfg(test)]
fn file(path: &str, text: &str) -> SourceFile {
    SourceFile {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}
