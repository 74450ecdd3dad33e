//! `castile strip`: one envelope in, the same envelope without its security header out.

use std::io::{Read as _, Write as _};
use std::path::Path;

use castile_envelope::{Finding, PasswordKind, Policy, Report, Target};

use crate::args::{ReportFormat, Strip};
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &Strip) -> Result<Exit, Problem> {
    let name = match arguments.input.to_str() {
        Some("-") => String::from("standard input"),
        _ => arguments.input.display().to_string(),
    };
    let input = read(&arguments.input, &name)?;
    let policy = Policy {
        inspect_body: arguments.report.is_some(),
        ..Policy::default()
    };
    let cuts = castile_envelope::cut(&input, &policy).map_err(|refusal| {
        Problem::new(refusal.code(), &refusal).at(format_args!("{name}, byte {}", refusal.offset()))
    })?;
    let report = cuts.report();
    match &arguments.output {
        Some(path) => write_file(path, cuts.kept(&input))?,
        None => write_all(cuts.kept(&input))?,
    }
    match arguments.report {
        None => warn(&report, &name),
        Some(format) => {
            let text = match format {
                ReportFormat::Text => people(&report, &name),
                ReportFormat::Json => scripts(&report)?,
            };
            if arguments.output.is_some() {
                crate::output::line(text)?;
            } else {
                anstream::eprintln!("{text}");
            }
        }
    }
    Ok(if report.findings.is_empty() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

fn read(path: &Path, name: &str) -> Result<Vec<u8>, Problem> {
    let mut input = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut input).map(drop)
    } else {
        std::fs::read(path).map(|bytes| input = bytes)
    }
    .map_err(|error| Problem::new("file-unreadable", &error).at(name))?;
    Ok(input)
}

/// Writes beside the target first, so that a failure leaves what was there.
fn write_file<'a>(path: &Path, mut slices: impl Iterator<Item = &'a [u8]>) -> Result<(), Problem> {
    let unwritable = |error| Problem::new("file-unwritable", &error).at(path.display());
    // A link stays a link; a pipe or a device cannot be replaced.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let path = target.as_path();
    if path.metadata().is_ok_and(|there| !there.is_file()) {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .open(path)
            .map_err(unwritable)?;
        return slices
            .try_for_each(|slice| file.write_all(slice))
            .map_err(unwritable);
    }
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        for slice in slices {
            file.write_all(slice)?;
        }
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(unwritable)
}

fn write_all<'a>(slices: impl Iterator<Item = &'a [u8]>) -> Result<(), Problem> {
    let mut out = std::io::stdout().lock();
    let write = || -> std::io::Result<()> {
        for slice in slices {
            out.write_all(slice)?;
        }
        out.flush()
    };
    write().map_err(|error| Problem::new("file-unwritable", &error).at("standard output"))
}

fn scripts(report: &Report) -> Result<String, Problem> {
    serde_json::to_string_pretty(report).map_err(|error| Problem::new("cli-json", &error))
}

/// Findings are never silent, report or not.
fn warn(report: &Report, name: &str) {
    for finding in &report.findings {
        anstream::eprintln!("{}", line(*finding, name));
    }
}

fn people(report: &Report, name: &str) -> String {
    let mut lines: Vec<String> = report
        .removed
        .iter()
        .map(|removed| {
            let contents = &removed.contents;
            let held: Vec<&str> = [
                contents.username_token.map(|kind| match kind {
                    PasswordKind::None => "a UsernameToken without password",
                    PasswordKind::Text => "a UsernameToken with the password as text",
                    PasswordKind::Digest => "a UsernameToken with a password digest",
                }),
                contents
                    .binary_security_token
                    .then_some("a BinarySecurityToken"),
                contents.saml.then_some("a SAML assertion"),
                contents.signature.then_some("a signature"),
                contents.timestamp.then_some("a timestamp"),
                removed.must_understand.then_some("mustUnderstand"),
            ]
            .into_iter()
            .flatten()
            .collect();
            format!(
                "{name}: removed bytes {}..{} ({} bytes), wsse:Security for {}, with {}",
                removed.range.start,
                removed.range.end,
                removed.length,
                match removed.target {
                    Target::UltimateReceiver => "the receiver",
                    Target::Next => "the next node",
                    Target::Named => "a named actor",
                },
                if held.is_empty() {
                    String::from("nothing known")
                } else {
                    held.join(", ")
                },
            )
        })
        .collect();
    if lines.is_empty() {
        lines.push(format!("{name}: nothing to remove"));
    }
    lines.extend(report.findings.iter().map(|finding| line(*finding, name)));
    lines.push(format!(
        "{name}: {} bytes in, {} bytes out",
        report.input_length, report.output_length
    ));
    lines.join("\n")
}

fn line(finding: Finding, name: &str) -> String {
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    format!(
        "{yellow}finding[{}]{yellow:#}: {} (at {name}, byte {})",
        finding.code(),
        crate::explain::entry(finding.code())
            .unwrap_or(&crate::explain::UNLISTED)
            .means,
        finding.offset()
    )
}
