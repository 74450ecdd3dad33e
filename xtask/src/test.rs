//! Fetches what the tests need into the checkout, runs all of them and lists what did not run.

mod not_run;
mod peers;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use not_run::{NotRun, Tally};

use crate::workspace::Workspace;
use crate::{Outcome, Stop, options, terminal};

const HELP: &str = "\
Fetch what the tests need into the checkout and run all of them.

Usage: cargo xtask test [--strict]

Fetched: npm packages into tests/peers/oidc and tests/peers/xmlconf, Python packages into tests/peers/python/.venv.
Nothing is installed system-wide; what only the system can give is named with the command that installs it.
It ends with a list of what was NOT RUN and why.

Options:
  --strict    Fail if anything was not run
  -h, --help  Print this

Environment:
  CASTILE_SHARED   The folder with the vendor's contracts and messages [default: ../shared]

Exit codes: 0 all passed, 1 a test failed or, with --strict, was not run, 2 usage.
";

/// Runs the tests and says what came of them.
pub(crate) fn run(workspace: &Workspace, words: &[&str]) -> Result<Outcome, Stop> {
    let flags = match options(words, &["--strict"], HELP) {
        Ok(flags) => flags,
        Err(outcome) => return Ok(outcome),
    };
    let strict = flags.contains(&"--strict");
    only_the_owner_writes();
    let (_, target) = workspace.metadata()?;
    std::fs::create_dir_all(&target)?;
    let list = target.join("not-run.txt");
    // Tests append to it; what an earlier run left would be told twice.
    if list.exists() {
        std::fs::remove_file(&list)?;
    }

    step("what the tests need");
    let mut not_run = peers::fetch(workspace)?;
    let shared = std::env::var_os("CASTILE_SHARED")
        .map_or_else(|| workspace.root.join("..").join("shared"), Into::into);

    // The tests of the command line spawn the binary itself.
    step("build");
    let built = workspace
        .cargo()
        .args(["build", "--workspace", "--all-features", "--bins"])
        .status()?;
    if !built.success() {
        return Ok(Outcome::Findings);
    }

    step("tests");
    let mut child = workspace
        .cargo()
        .args(["test", "--workspace", "--all-features", "--no-fail-fast"])
        .env("CASTILE_NOT_RUN", &list)
        .env("CASTILE_SHARED", &shared)
        .env(
            "CASTILE_BIN",
            target.join("debug").join(executable("castile")),
        )
        .stdout(Stdio::piped())
        .spawn()?;
    let mut tally = Tally::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            println!("{line}");
            tally.read(&line);
        }
    }
    let passed = child.wait()?.success();

    if let Ok(text) = std::fs::read_to_string(&list) {
        let told: BTreeSet<NotRun> = not_run::read(&text).collect();
        // The harness took them for passed.
        tally.passed = tally.passed.saturating_sub(told.len());
        not_run.extend(told);
    }
    not_run.extend(tally.ignored.iter().cloned());
    not_run.sort();
    not_run.dedup();
    summary(&tally, &not_run);
    Ok(if !passed || (strict && !not_run.is_empty()) {
        Outcome::Findings
    } else {
        Outcome::Done
    })
}

/// Configurations that others can write are refused, and tests write configurations.
fn only_the_owner_writes() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_bits_truncate(0o022));
}

fn summary(tally: &Tally, not_run: &[NotRun]) {
    println!(
        "\n{}",
        terminal::bold(&format!("NOT RUN: {}", not_run.len()))
    );
    for NotRun { test, reason } in not_run {
        println!("  {test}: {reason}");
    }
    for name in &tally.failed {
        println!("{} {name}", terminal::red("failed:"));
    }
    let counts = format!("{} passed, {} failed", tally.passed, tally.failed.len());
    if tally.failed.is_empty() {
        println!("{} {counts}", terminal::green("tests:"));
    } else {
        println!("{} {counts}", terminal::red("tests:"));
    }
}

fn step(name: &str) {
    println!("{} {name}", terminal::bold("==>"));
}

fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}
