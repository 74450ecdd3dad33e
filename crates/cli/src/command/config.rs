//! `castile config`: tells whether a configuration can work before anything is sent, and what one may say.

use castile_http::profile::{State, schema};
use castile_http::{Config, Profile, connect};
use serde::Serialize;

use crate::args::{CheckConfig, ConfigCommand};
use crate::output::{self, many, visible};
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &crate::args::Config) -> Result<Exit, Problem> {
    match &arguments.command {
        ConfigCommand::Check(arguments) => check(arguments),
        ConfigCommand::Schema => {
            output::line(pretty(&schema())?)?;
            Ok(Exit::Done)
        }
    }
}

fn pretty(value: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string_pretty(value).map_err(|error| Problem::new("cli-json", &error))
}

/// What is shown. Serialised as it stands for scripts.
#[derive(Serialize)]
struct Checked {
    schema_version: u32,
    profiles: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    state: String,
    inst_env: String,
    product: String,
    legacy_url: Option<String>,
    oauth_url: Option<String>,
    findings: Vec<Finding>,
}

#[derive(Serialize)]
struct Finding {
    code: &'static str,
    fact: String,
    at: Option<String>,
}

fn check(arguments: &CheckConfig) -> Result<Exit, Problem> {
    let config = Config::read(&arguments.config)
        .map_err(|error| Problem::config(&error, &arguments.config))?;
    let runtime = super::runtime()?;
    // What holds a key is made, and never asked for a token.
    let _entered = runtime.enter();
    let checked = Checked {
        schema_version: 1,
        profiles: config
            .profiles()
            .map(|profile| row(profile, arguments))
            .collect(),
    };
    let mut findings = checked.profiles.iter().flat_map(|row| &row.findings);
    let exit = match findings.next() {
        Some(_) => Exit::Findings,
        None => Exit::Done,
    };
    if arguments.json {
        output::line(pretty(&checked)?)?;
    } else {
        show(&checked)?;
    }
    Ok(exit)
}

fn row(profile: &Profile, arguments: &CheckConfig) -> Row {
    let warnings = profile.warnings.iter().map(|warning| Finding {
        code: warning.code(),
        fact: warning.to_string(),
        at: Some(warning.place().to_string()),
    });
    let unusable = unusable(profile, arguments).map(|problem| Finding {
        code: problem.code(),
        fact: problem.fact(),
        at: problem.place().map(str::to_owned),
    });
    Row {
        name: profile.name.clone(),
        state: profile.state.to_string(),
        inst_env: profile.inst_env.clone(),
        product: profile.product.clone(),
        legacy_url: profile.legacy.as_ref().map(|legacy| legacy.url.to_string()),
        oauth_url: profile.oauth.as_ref().map(|oauth| oauth.url.to_string()),
        findings: warnings.chain(unusable).collect(),
    }
}

/// Why the secrets of a profile are of no use.
fn unusable(profile: &Profile, arguments: &CheckConfig) -> Option<Problem> {
    if profile.state == State::Oauth {
        let error = connect::token_source(profile).err()?;
        return Some(Problem::profile(&error, profile, &arguments.config));
    }
    let client = profile.client.iter().map(|client| &client.key);
    let password = profile.legacy.iter().flat_map(|legacy| &legacy.password);
    let error = client
        .chain(password)
        .find_map(|secret| secret.read().err())?;
    Some(Problem::config(&error, &arguments.config))
}

fn show(checked: &Checked) -> Result<(), Problem> {
    let width = |text: fn(&Row) -> &str| {
        let widths = checked.profiles.iter().map(|row| text(row).chars().count());
        widths.max().unwrap_or_default()
    };
    let (names, environments) = (width(|row| &row.name), width(|row| &row.inst_env));
    for row in &checked.profiles {
        let url = row.oauth_url.as_ref().or(row.legacy_url.as_ref());
        let line = format!(
            "{:names$}  {:6}  {:environments$}  {}",
            row.name,
            row.state,
            row.inst_env,
            url.map_or("", String::as_str)
        );
        output::line(visible(&line))?;
        for finding in &row.findings {
            output::line(visible(&format!("  [{}] {}", finding.code, finding.fact)))?;
            if let Some(at) = &finding.at {
                output::line(visible(&format!("    at: {at}")))?;
            }
        }
    }
    let bad = checked
        .profiles
        .iter()
        .filter(|row| !row.findings.is_empty());
    output::line(format!(
        "{}, {} with something to look at",
        many(checked.profiles.len(), "profile"),
        bad.count()
    ))
}
