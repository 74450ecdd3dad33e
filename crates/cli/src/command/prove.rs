//! `castile prove`: evidence that the new envelope is the old one minus its security header, and nothing else.

mod evidence;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use castile_envelope::{Document, OtherActor, Policy};
use serde::Serialize;

use super::files::{Source, walk};
use super::strip::{TellError, document, json, plan, show};
use crate::args::Prove;
use crate::output::{self, visible};
use crate::problem::{Exit, Problem};
use evidence::Evidence;

/// What is printed as JSON.
#[derive(Debug, Serialize)]
struct Proof {
    schema_version: u32,
    tool: Tool,
    policy: Told,
    /// Whether every pair holds.
    holds: bool,
    files: Vec<Pair>,
}

#[derive(Debug, Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// What was allowed.
#[derive(Debug, Serialize)]
struct Told {
    content_type: Option<String>,
    other_actor: &'static str,
    allow_second_block: bool,
    allow_signed: bool,
    actor: Option<String>,
    drop_empty_header: bool,
    well_formed: bool,
    header_limit: usize,
}

/// One file of either side.
#[derive(Debug, Serialize)]
struct Pair {
    old: String,
    new: String,
    holds: bool,
    #[serde(flatten)]
    evidence: Option<Evidence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<TellError>,
}

pub(super) fn run(arguments: &Prove) -> Result<Exit, Problem> {
    let document = document(arguments.reading.content_type.as_deref())?;
    let policy = arguments.reading.policy();
    let folders = [&arguments.old, &arguments.new].map(|path| path.is_dir());
    let mut worst = Exit::Done;
    let mut files = Vec::new();
    match folders {
        [false, false] => {
            let (old, new) = (Source::named(&arguments.old), Source::named(&arguments.new));
            let pair = compare(&old, &new, &document, &policy)?;
            files.push(pair);
        }
        [true, true] => {
            for (old, new) in pairs(&arguments.old, &arguments.new, &mut worst, &mut files) {
                match compare(&old, &new, &document, &policy) {
                    Ok(pair) => files.push(pair),
                    Err(problem) => {
                        anstream::eprint!("{problem}");
                        worst = worst.max(problem.exit());
                        files.push(failed(&old.name(), &new.name(), &problem));
                    }
                }
            }
        }
        _ => {
            let fact = "a file and a folder cannot be compared";
            return Err(Problem::said("usage-arguments", fact).at("the command line"));
        }
    }
    let holds = files.iter().all(|pair| pair.holds);
    if !holds {
        worst = worst.max(Exit::Findings);
    }
    if arguments.json {
        output::line(json(&Proof {
            schema_version: 1,
            tool: Tool {
                name: "castile",
                version: env!("CARGO_PKG_VERSION"),
            },
            policy: told(&policy, arguments),
            holds,
            files,
        })?)?;
    } else {
        for pair in &files {
            output::line(words(pair))?;
        }
    }
    Ok(worst)
}

/// The files that stand on both sides; one that stands on one side only is a failure.
fn pairs(old: &Path, new: &Path, worst: &mut Exit, files: &mut Vec<Pair>) -> Vec<(Source, Source)> {
    let mut sides: BTreeMap<PathBuf, [Option<Source>; 2]> = BTreeMap::new();
    for (side, folder) in [old, new].into_iter().enumerate() {
        let found = walk(folder);
        for source in found.sources {
            let relative = source.relative.clone();
            sides.entry(relative).or_default()[side] = Some(source);
        }
        for problem in found.problems {
            anstream::eprint!("{problem}");
            *worst = (*worst).max(problem.exit());
            let name = problem.place().unwrap_or_default().to_owned();
            files.push(failed(&name, "", &problem));
        }
    }
    let mut pairs = Vec::new();
    for sources in sides.into_values() {
        match sources {
            [Some(old), Some(new)] => pairs.push((old, new)),
            [old, new] => {
                let [old, new] = [old, new].map(|side| side.map(|source| source.name()));
                let alone = old.as_ref().or(new.as_ref()).map_or("", String::as_str);
                let fact = "it has no counterpart in the other folder";
                let problem = Problem::said("prove-unpaired", fact).at(alone);
                anstream::eprint!("{problem}");
                *worst = (*worst).max(problem.exit());
                let [old, new] = [old, new].map(Option::unwrap_or_default);
                files.push(failed(&old, &new, &problem));
            }
        }
    }
    pairs
}

fn compare(
    old: &Source,
    new: &Source,
    document: &Document,
    policy: &Policy,
) -> Result<Pair, Problem> {
    let (before, after) = (old.read()?, new.read()?);
    let edits = plan(document, &before, policy, &old.name())?;
    let evidence = Evidence::of(&before, &after, &edits);
    Ok(Pair {
        old: old.name(),
        new: new.name(),
        holds: evidence.difference.is_none(),
        evidence: Some(evidence),
        error: None,
    })
}

fn failed(old: &str, new: &str, problem: &Problem) -> Pair {
    Pair {
        old: old.to_owned(),
        new: new.to_owned(),
        holds: false,
        evidence: None,
        error: Some(TellError::of(problem)),
    }
}

fn told(policy: &Policy, arguments: &Prove) -> Told {
    Told {
        content_type: arguments.reading.content_type.clone(),
        other_actor: match policy.other_actor {
            OtherActor::Keep => "keep",
            OtherActor::Cut => "cut",
            _ => "refuse",
        },
        allow_second_block: policy.allow_second_block,
        allow_signed: policy.allow_signed,
        actor: policy.actor.clone(),
        drop_empty_header: policy.drop_empty_header,
        well_formed: policy.well_formed,
        header_limit: policy.limits.header_bytes,
    }
}

fn words(pair: &Pair) -> String {
    let title = visible(&format!("{} -> {}", pair.old, pair.new));
    let Some(evidence) = &pair.evidence else {
        return format!("{title}: not compared");
    };
    let mut lines = vec![match &evidence.difference {
        None => format!("{title}: holds"),
        Some(difference) => format!("{title}: does not hold, {difference}"),
    }];
    let removed = evidence.removed.iter();
    lines.extend(removed.map(|block| format!("  removed  {}", show::removed(block))));
    if evidence.removed.is_empty() {
        lines.push(String::from("  removed  nothing"));
    }
    if let Some(header) = &evidence.dropped_header {
        lines.push(format!(
            "  dropped  bytes {}..{}, the Header with nothing left in it",
            header.start, header.end
        ));
    }
    if let Some(corrected) = &evidence.corrected {
        lines.push(format!(
            "  corrected  bytes {}..{}, the root part's Content-Length",
            corrected.start, corrected.end
        ));
    }
    lines.extend(evidence.kept.iter().map(|kept| {
        format!(
            "  kept     bytes {}..{} ({} bytes), sha256 {}",
            kept.start, kept.end, kept.length, kept.sha256
        )
    }));
    for (side, file) in [("old", &evidence.old_file), ("new", &evidence.new_file)] {
        lines.push(format!(
            "  {side}      {} bytes, sha256 {}",
            file.length, file.sha256
        ));
    }
    lines.join("\n")
}
