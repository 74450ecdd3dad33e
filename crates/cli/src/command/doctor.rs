//! `castile doctor`: ranked causes, and the next step for each.

mod assertion;
mod letter;

use castile_auth::diagnosis::Certainty;
use castile_envelope::{Content, open};
use castile_http::Config;
use castile_http::doctor::{Cause, Outside, Report, Scope, Search, examine};
use serde_json::json;

use crate::args::Doctor;
use crate::explain;
use crate::output;
use crate::output::visible;
use crate::problem::{Exit, Problem};

/// One finding as it is shown.
struct Found {
    code: &'static str,
    fact: String,
    certainty: Certainty,
}

impl Found {
    fn new(code: &'static str, error: &dyn std::error::Error, certainty: Certainty) -> Self {
        Self {
            code,
            fact: Problem::new(code, error).fact(),
            certainty,
        }
    }
}

pub(super) fn run(arguments: &Doctor) -> Result<Exit, Problem> {
    if !arguments.assertion.is_empty() {
        let (found, facts) = assertion::judge(arguments)?;
        return show(arguments, &found, &facts, None);
    }
    let name = arguments.profile.as_deref().unwrap_or_default();
    let in_config = |error| Problem::config(&error, &arguments.config);
    let profile = Config::read(&arguments.config)
        .and_then(|config| config.profile(name))
        .map_err(in_config)?;
    profile.in_oauth().map_err(in_config)?;
    let scope = Scope {
        offline: arguments.offline,
        gateway: arguments.gateway,
        search: search(arguments)?,
    };
    let runtime = super::runtime()?;
    let _entered = runtime.enter();
    let report = Outside::of(&profile)
        .and_then(|outside| runtime.block_on(examine(&profile, &scope, &outside)))
        .map_err(|error| Problem::profile(&error, &profile, &arguments.config))?;
    let found: Vec<_> = report
        .findings
        .iter()
        .map(|finding| Found::new(finding.cause.code(), &finding.cause, finding.certainty))
        .collect();
    let letter = needs_letter(&report).then(|| letter::draft(&profile));
    let facts: Vec<_> = report
        .facts
        .into_iter()
        .map(|fact| (fact.what, fact.seen))
        .collect();
    show(arguments, &found, &facts, letter.as_deref())
}

fn needs_letter(report: &Report) -> bool {
    let mut causes = report.findings.iter().map(|finding| &finding.cause);
    causes.any(|cause| matches!(cause, Cause::Country))
}

/// Only what reads: nothing may happen because somebody looks.
fn search(arguments: &Doctor) -> Result<Option<Search>, Problem> {
    let (Some(path), Some(action)) = (&arguments.search, &arguments.action) else {
        return Ok(None);
    };
    let is_action = action.chars().all(|c| c.is_ascii_graphic() && c != '"');
    if !reads(action) || !is_action {
        let fact = format!("`{action}` is no action that ends in Inq or Srch");
        return Err(Problem::said("usage-search", fact).at("--action"));
    }
    let envelope = std::fs::read(path)
        .map_err(|error| Problem::new("file-unreadable", &error).at(path.display()))?;
    // The gateway may go by the message and not by its action.
    if !payload(&envelope).is_some_and(|name| reads(&name)) {
        let fact = "its Body holds no element that ends in Inq or Srch";
        return Err(Problem::said("usage-search", fact).at(path.display()));
    }
    Ok(Some(Search {
        action: action.clone(),
        envelope: envelope.into(),
    }))
}

fn reads(operation: &str) -> bool {
    ["Inq", "Srch"]
        .iter()
        .any(|ending| operation.ends_with(ending))
}

/// The local name of the one element in Body.
fn payload(envelope: &[u8]) -> Option<String> {
    let Content::Payload(part) = open(envelope).ok()?.content else {
        return None;
    };
    let element = std::str::from_utf8(envelope.get(part.range)?).ok()?;
    let name = element.trim_start_matches('<');
    let end = name.find(|c: char| c.is_ascii_whitespace() || "/>".contains(c))?;
    let name = name.get(..end)?;
    name.rsplit(':').next().map(str::to_owned)
}

fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "certain",
        Certainty::Likely => "likely",
        _ => "possible",
    }
}

fn show(
    arguments: &Doctor,
    found: &[Found],
    facts: &[(&'static str, String)],
    letter: Option<&str>,
) -> Result<Exit, Problem> {
    let entry = |found: &Found| explain::entry(found.code).unwrap_or(&explain::UNLISTED);
    let exit = match found.first() {
        None => Exit::Done,
        Some(first) if first.certainty == Certainty::Possible => Exit::Findings,
        Some(first) => entry(first).exit,
    };
    if arguments.json {
        let findings: Vec<_> = found
            .iter()
            .enumerate()
            .map(|(rank, found)| {
                json!({
                    "rank": rank + 1,
                    "code": found.code,
                    "certainty": certainty(found.certainty),
                    "fact": found.fact,
                    "do": entry(found).remedy,
                    "who": entry(found).who,
                })
            })
            .collect();
        let facts: serde_json::Map<_, _> = facts
            .iter()
            .map(|(what, seen)| ((*what).to_owned(), json!(seen)))
            .collect();
        let text = json!({
            "schema_version": 1,
            "exit": exit as u8,
            "findings": findings,
            "facts": facts,
            "letter": letter,
        });
        let text = serde_json::to_string_pretty(&text)
            .map_err(|error| Problem::new("cli-json", &error))?;
        output::line(text)?;
        return Ok(exit);
    }
    let bold = anstyle::Style::new().bold();
    let mut lines = Vec::new();
    for (what, seen) in facts {
        lines.push(format!("{what:<15}{}", visible(seen)));
    }
    if found.is_empty() {
        lines.push(format!(
            "{bold}nothing is wrong that can be seen from here{bold:#}"
        ));
    }
    for (rank, found) in found.iter().enumerate() {
        let entry = entry(found);
        lines.push(format!(
            "{bold}{}. {}{bold:#} ({}) [{}]",
            rank + 1,
            visible(&found.fact),
            certainty(found.certainty),
            found.code
        ));
        lines.push(format!("   {bold}do:{bold:#}  {}", entry.remedy));
        lines.push(format!("   {bold}who:{bold:#} {}", entry.who));
    }
    if let Some(letter) = letter {
        lines.push(format!(
            "\n{bold}E-mail to Vendor Relations{bold:#}\n\n{letter}"
        ));
    }
    output::line(lines.join("\n"))?;
    Ok(exit)
}
