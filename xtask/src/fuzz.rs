//! Builds the fuzz targets with instrumentation and runs each for a while.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::workspace::Workspace;
use crate::{Outcome, Stop, terminal};

const HELP: &str = "\
Build the fuzz targets and run each for a while, on the stable toolchain.

Usage: cargo xtask fuzz [--seconds N | --runs N] [TARGET…]

Targets: whole, chunked, multipart, utf16, decode; all of them if none is named.
Each has another parser as its judge. What was learnt is kept in the target directory, under fuzz/corpus;
an input that fails is written to fuzz/artifacts there, and `fuzz/…/release/TARGET FILE` runs it again.
It takes a C++ compiler.

Options:
  --seconds N  For each target [default: 30]
  --runs N     So many inputs for each target, from an empty corpus and a fixed seed: the same code gives the
               same answer, which is what a gate needs; a search for something new takes --seconds
  -h, --help   Print this

Exit codes: 0 nothing found, 1 a target failed, 2 usage or a missing part.
";

const TARGETS: [&str; 5] = ["whole", "chunked", "multipart", "utf16", "decode"];

/// What `cargo fuzz --sanitizer none` passes: coverage for libFuzzer, which the stable compiler gives.
const INSTRUMENTED: &str = "--cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Ccodegen-units=1";

/// Longer inputs than this teach little and cost much.
const LONGEST: usize = 4096;

/// How long a target is fuzzed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effort {
    Seconds(u32),
    /// From a fixed seed and nothing learnt before.
    Runs(u32),
}

impl std::fmt::Display for Effort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Seconds(number) => write!(f, "{number} s"),
            Self::Runs(number) => write!(f, "{number} inputs"),
        }
    }
}

/// Runs the targets that are named, or all.
pub(crate) fn run(workspace: &Workspace, words: &[&str]) -> Result<Outcome, Stop> {
    let (effort, targets) = match wanted(words) {
        Ok(wanted) => wanted,
        Err(outcome) => return Ok(outcome),
    };
    let (_, target) = workspace.metadata()?;
    let work = target.join("fuzz");
    let binaries = build(workspace, &work)?;
    let mut failed = Vec::new();
    for name in targets {
        println!("{} {name}, {effort}", terminal::bold("==>"));
        if !fuzz(workspace, &work, &binaries, name, effort)? {
            failed.push(name);
        }
    }
    for name in &failed {
        let artifacts = work.join("artifacts").join(name);
        println!(
            "{} {name}: see {}",
            terminal::red("failed:"),
            artifacts.display()
        );
    }
    Ok(if failed.is_empty() {
        Outcome::Done
    } else {
        Outcome::Findings
    })
}

fn wanted<'w>(words: &[&'w str]) -> Result<(Effort, Vec<&'w str>), Outcome> {
    let mut effort = Effort::Seconds(30);
    let mut targets = Vec::new();
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match word {
            "-h" | "--help" => {
                print!("{HELP}");
                return Err(Outcome::Done);
            }
            "--seconds" | "--runs" => {
                // To libFuzzer 0 means for ever.
                let number = words.next().and_then(|number| number.parse().ok());
                let Some(number) = number.filter(|number| *number > 0) else {
                    return Err(misused(&format!("{word} wants a number from 1 on")));
                };
                effort = match word {
                    "--runs" => Effort::Runs(number),
                    _ => Effort::Seconds(number),
                };
            }
            name if TARGETS.contains(&name) => targets.push(name),
            other => return Err(misused(&format!("no option or target `{other}`"))),
        }
    }
    if targets.is_empty() {
        targets = TARGETS.to_vec();
    }
    Ok((effort, targets))
}

fn misused(fact: &str) -> Outcome {
    eprintln!("{} {fact}\n", terminal::red("error:"));
    eprint!("{HELP}");
    Outcome::Usage
}

/// Builds all targets and gives the folder they are in.
fn build(workspace: &Workspace, work: &Path) -> Result<PathBuf, Stop> {
    // Naming the host as the target keeps the instrumentation out of build scripts.
    let version = Command::new("rustc").arg("-vV").output()?;
    let version = String::from_utf8(version.stdout)?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or("`rustc -vV` names no host")?;
    let status = workspace
        .cargo()
        .args([
            "build",
            "--quiet",
            "--locked",
            "--release",
            "--target",
            host,
        ])
        .arg("--manifest-path")
        .arg(workspace.root.join("fuzz").join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", work)
        .env("RUSTFLAGS", INSTRUMENTED)
        .status()?;
    if !status.success() {
        return Err(
            "the fuzz targets were not built; they take a C++ compiler (Debian: apt-get install g++)"
                .into(),
        );
    }
    Ok(work.join(host).join("release"))
}

/// Whether the target found nothing.
fn fuzz(
    workspace: &Workspace,
    work: &Path,
    binaries: &Path,
    name: &str,
    effort: Effort,
) -> Result<bool, Stop> {
    let seeds = work.join("seeds").join(name);
    let (learnt, bounds) = match effort {
        Effort::Seconds(seconds) => ("corpus", vec![format!("-max_total_time={seconds}")]),
        Effort::Runs(runs) => {
            let learnt = work.join("fresh").join(name);
            if learnt.exists() {
                std::fs::remove_dir_all(learnt)?;
            }
            ("fresh", vec![format!("-runs={runs}"), "-seed=1".to_owned()])
        }
    };
    let corpus = work.join(learnt).join(name);
    let artifacts = work.join("artifacts").join(name);
    let log = work.join(format!("{name}.log"));
    for folder in [&seeds, &corpus, &artifacts] {
        std::fs::create_dir_all(folder)?;
    }
    let status = Command::new(binaries.join(name))
        .args([&corpus, &seeds])
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(format!(
            "-dict={}",
            workspace.root.join("fuzz").join("soap.dict").display()
        ))
        .args(bounds)
        .arg(format!("-max_len={LONGEST}"))
        .args([
            "-timeout=10",
            "-rss_limit_mb=2048",
            "-print_final_stats=1",
            "-verbosity=0",
        ])
        .env("CASTILE_FUZZ_SEEDS", &seeds)
        .stdin(Stdio::null())
        .stderr(File::create(&log)?)
        .status()?;
    let told = std::fs::read(&log)?;
    let told = String::from_utf8_lossy(&told);
    if let Some(count) = told
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
    {
        println!("    {} inputs", count.trim());
    }
    if !status.success() {
        let cause = told.lines().skip_while(|line| !line.contains("panicked"));
        for line in cause.take(20) {
            println!("    {line}");
        }
        println!("    all of it: {}", log.display());
    }
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_target_is_a_binary_of_the_fuzz_package() {
        let workspace = Workspace::find().unwrap();
        let manifest = workspace.root.join("fuzz").join("Cargo.toml");
        let manifest: toml::Table = std::fs::read_to_string(manifest).unwrap().parse().unwrap();
        let names: Vec<&str> = manifest["bin"]
            .as_array()
            .unwrap()
            .iter()
            .map(|bin| bin["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, TARGETS);
    }

    #[test]
    fn words_choose_effort_and_targets() {
        assert_eq!(wanted(&[]), Ok((Effort::Seconds(30), TARGETS.to_vec())));
        let words = ["utf16", "--seconds", "7"];
        assert_eq!(wanted(&words), Ok((Effort::Seconds(7), vec!["utf16"])));
        let words = ["--runs", "9", "whole"];
        assert_eq!(wanted(&words), Ok((Effort::Runs(9), vec!["whole"])));
        for wrong in [&["--seconds"][..], &["--runs", "0"], &["utf32"]] {
            assert_eq!(wanted(wrong), Err(Outcome::Usage));
        }
    }
}
