//! `castile strip`: envelopes in, the same envelopes without their security header out.

pub(super) mod show;
mod write;

use std::collections::BTreeMap;
use std::path::PathBuf;

use castile_envelope::{Document, Edits, Policy, Report};
use serde::Serialize;

use super::files::{Source, walk};
use super::progress::Progress;
use crate::args::{ReportFormat, Strip};
use crate::output;
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &Strip) -> Result<Exit, Problem> {
    let document = document(arguments.reading.content_type.as_deref())?;
    let policy = Policy {
        inspect_body: arguments.report.is_some(),
        ..arguments.reading.policy()
    };
    let job = Job {
        arguments,
        document,
        policy,
    };
    match &arguments.inputs[..] {
        [input] if !input.is_dir() => job.one(&Source::named(input)),
        _ => job.many(),
    }
}

/// What a Content-Type says, or what is wrong with it.
pub(super) fn document(content_type: Option<&str>) -> Result<Document, Problem> {
    Document::of(content_type).map_err(|refusal| {
        let place = format!("--content-type, byte {}", refusal.offset());
        Problem::new(refusal.code(), &refusal).at(place)
    })
}

/// The plan for one envelope, or why there is none.
pub(super) fn plan(
    document: &Document,
    input: &[u8],
    policy: &Policy,
    name: &str,
) -> Result<Edits, Problem> {
    document.cut(input, policy).map_err(|refusal| {
        let place = format!("{name}, byte {}", refusal.offset());
        Problem::new(refusal.code(), &refusal).at(place)
    })
}

struct Job<'a> {
    arguments: &'a Strip,
    document: Document,
    policy: Policy,
}

/// What became of one of many files.
#[derive(Debug, Serialize)]
struct Told {
    file: String,
    outcome: &'static str,
    #[serde(flatten)]
    report: Option<Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<TellError>,
}

#[derive(Debug, Serialize)]
pub(super) struct TellError {
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

impl TellError {
    pub(super) fn of(problem: &Problem) -> Self {
        Self {
            code: problem.code(),
            message: problem.fact(),
            at: problem.place().map(str::to_owned),
        }
    }
}

/// What became of many files.
#[derive(Debug, Serialize)]
struct Tally {
    schema_version: u32,
    castile: &'static str,
    files: Vec<Told>,
}

impl Job<'_> {
    fn one(&self, source: &Source) -> Result<Exit, Problem> {
        self.whole_is_possible(std::slice::from_ref(source))?;
        let name = source.name();
        let input = source.read()?;
        let edits = plan(&self.document, &input, &self.policy, &name)?;
        let report = edits.report();
        let to_output = match &self.arguments.output {
            Some(path) => {
                write::to_named(path, edits.pieces(&input))?;
                false
            }
            None => !self.put(source, &input, &edits)?,
        };
        if to_output {
            write::to_output(edits.pieces(&input))?;
        }
        match self.arguments.report {
            None => self.warn(&report, &name, &Progress::of(1))?,
            Some(format) => {
                let text = match format {
                    ReportFormat::Text => show::report(&report, &name),
                    ReportFormat::Json => json(&report)?,
                };
                if to_output {
                    anstream::eprintln!("{text}");
                } else {
                    output::line(text)?;
                }
            }
        }
        Ok(self.exit(&report))
    }

    fn many(&self) -> Result<Exit, Problem> {
        let arguments = self.arguments;
        if arguments.output.is_some()
            || !(arguments.out.is_some() || arguments.in_place || arguments.check)
        {
            let fact = "several files or a folder: where is the output to go?";
            return Err(Problem::said("usage-arguments", fact)
                .at("the command line")
                .remedy("give --out DIR, --in-place or --check"));
        }
        let mut sources = Vec::new();
        let mut worst = Exit::Done;
        let mut told = Vec::new();
        for input in &arguments.inputs {
            if !input.is_dir() {
                sources.push(Source::named(input));
                continue;
            }
            if let Some(out) = &arguments.out
                && write::lies_in(out, input)
            {
                let fact = "the folder for the output lies in a folder of the input";
                return Err(Problem::said("usage-arguments", fact)
                    .at(out.display())
                    .remedy("choose another folder, or --in-place"));
            }
            let found = walk(input);
            sources.extend(found.sources);
            for problem in found.problems {
                anstream::eprint!("{problem}");
                worst = worst.max(problem.exit());
                let name = problem.place().unwrap_or_default().to_owned();
                told.push(refused(name, &problem));
            }
        }
        self.whole_is_possible(&sources)?;
        let mut progress = Progress::of(sources.len());
        for source in &sources {
            let name = source.name();
            progress.next(&name);
            match self.each(source, &progress) {
                Ok(report) => {
                    worst = worst.max(self.exit(&report));
                    let outcome = match (report.removed.is_empty(), arguments.check) {
                        (true, _) => "unchanged",
                        (false, true) => "would-change",
                        (false, false) => "changed",
                    };
                    told.push(Told {
                        file: name,
                        outcome,
                        report: Some(report),
                        error: None,
                    });
                }
                Err(problem) => {
                    progress.clear();
                    anstream::eprint!("{problem}");
                    worst = worst.max(problem.exit());
                    told.push(refused(name, &problem));
                }
            }
        }
        progress.clear();
        if arguments.report == Some(ReportFormat::Json) {
            output::line(json(&Tally {
                schema_version: 1,
                castile: env!("CARGO_PKG_VERSION"),
                files: told,
            })?)?;
        }
        Ok(worst)
    }

    /// Rewrites one of many files.
    fn each(&self, source: &Source, progress: &Progress) -> Result<Report, Problem> {
        let name = source.name();
        let input = source.read()?;
        let edits = plan(&self.document, &input, &self.policy, &name)?;
        self.put(source, &input, &edits)?;
        let report = edits.report();
        match self.arguments.report {
            None => self.warn(&report, &name, progress)?,
            Some(ReportFormat::Text) => {
                progress.clear();
                output::line(show::report(&report, &name))?;
            }
            Some(ReportFormat::Json) => {}
        }
        Ok(report)
    }

    /// Writes where `--out`, `--in-place` or `--check` say; false if they say nothing.
    fn put(&self, source: &Source, input: &[u8], edits: &Edits) -> Result<bool, Problem> {
        let Some(path) = &source.path else {
            return Ok(self.arguments.check);
        };
        if let Some(out) = &self.arguments.out {
            write::below(out, &source.relative, path, edits.pieces(input))?;
        } else if self.arguments.in_place {
            if !edits.is_empty() {
                write::to_named(path, edits.pieces(input))?;
            }
        } else {
            return Ok(self.arguments.check);
        }
        Ok(true)
    }

    /// Refuses, before anything is written, what would write two files to one place, or standard input to none.
    fn whole_is_possible(&self, sources: &[Source]) -> Result<(), Problem> {
        let arguments = self.arguments;
        let mut targets: BTreeMap<PathBuf, &Source> = BTreeMap::new();
        for source in sources {
            if source.path.is_none() && (arguments.in_place || arguments.out.is_some()) {
                let fact = "standard input has no place in a folder";
                return Err(Problem::said("usage-arguments", fact)
                    .at("the command line")
                    .remedy("write it with -o OUT"));
            }
            if let (Some(out), Some(path)) = (&arguments.out, &source.path) {
                let target = out.join(&source.relative);
                if write::lies_in(&target, path) {
                    let fact = "the output would replace the input";
                    return Err(Problem::said("usage-arguments", fact)
                        .at(target.display())
                        .remedy("choose another folder, or --in-place"));
                }
                if let Some(other) = targets.insert(target.clone(), source) {
                    let fact = format!(
                        "{} and {} would be written there",
                        other.name(),
                        source.name()
                    );
                    return Err(Problem::said("usage-arguments", fact)
                        .at(target.display())
                        .remedy("write them to two folders"));
                }
            }
        }
        Ok(())
    }

    /// Findings are never silent, report or not; nor is what `--check` would remove.
    fn warn(&self, report: &Report, name: &str, progress: &Progress) -> Result<(), Problem> {
        if self.arguments.check && !report.removed.is_empty() {
            progress.clear();
            let gone: usize = report.removed.iter().map(|removed| removed.length).sum();
            output::line(format!("{}: {gone} bytes would go", output::visible(name)))?;
        }
        for finding in &report.findings {
            progress.clear();
            anstream::eprintln!("{}", show::finding(*finding, name));
        }
        Ok(())
    }

    fn exit(&self, report: &Report) -> Exit {
        let would_go = self.arguments.check && !report.removed.is_empty();
        if would_go || !report.findings.is_empty() {
            Exit::Findings
        } else {
            Exit::Done
        }
    }
}

fn refused(file: String, problem: &Problem) -> Told {
    Told {
        file,
        outcome: "refused",
        report: None,
        error: Some(TellError::of(problem)),
    }
}

pub(super) fn json(value: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string_pretty(value).map_err(|error| Problem::new("cli-json", &error))
}
