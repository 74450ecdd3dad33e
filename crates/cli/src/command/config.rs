//! `castile config`: tells whether a configuration can work before anything is sent, and what one may say.

use castile_codegen::Contract;
use castile_http::connect::Pool;
use castile_http::profile::{Limits, PERMISSIONS_EXAMINED, State, Warning, schema};
use castile_http::{Config, EgressTransport, Profile};
use jiff::civil::Date;
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
    /// Whether files that others can read or write would have been found.
    permissions_examined: bool,
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
    proxy: Option<String>,
    services: Vec<String>,
    operations: Vec<String>,
    findings: Vec<Finding>,
}

#[derive(Serialize, PartialEq)]
struct Finding {
    code: &'static str,
    fact: String,
    at: Option<String>,
}

impl Finding {
    fn of(problem: &Problem) -> Self {
        Self {
            code: problem.code(),
            fact: problem.fact(),
            at: problem.place().map(str::to_owned),
        }
    }
}

fn check(arguments: &CheckConfig) -> Result<Exit, Problem> {
    let config = Config::read(&arguments.config)
        .map_err(|error| Problem::config(&error, &arguments.config))?;
    if config.profiles().next().is_none() {
        return Err(Problem::no_profiles(&arguments.config));
    }
    let contract = match &arguments.contract[..] {
        [] => None,
        paths => Some(super::contract::read(paths, &[])?),
    };
    let runtime = super::runtime()?;
    // What holds a key is made, and never asked for a token.
    let _entered = runtime.enter();
    let (pool, today) = (Pool::new(), super::migrate::today());
    let checked = Checked {
        schema_version: 1,
        permissions_examined: PERMISSIONS_EXAMINED,
        profiles: config
            .profiles()
            .map(|profile| {
                let mut findings: Vec<_> = profile.warnings.iter().map(warned).collect();
                findings.extend(ahead(profile, today));
                let names = contract
                    .iter()
                    .flat_map(|contract| strangers(profile, contract));
                findings.extend(names);
                // What a service or an operation has from its profile is told once.
                for route in profile.routes() {
                    let unusable = unusable(route, &pool, arguments);
                    let unusable = unusable.as_ref().map(Finding::of);
                    findings.extend(unusable.filter(|found| !findings.contains(found)));
                }
                row(profile, findings)
            })
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

fn row(profile: &Profile, findings: Vec<Finding>) -> Row {
    let services = profile.variants.services();
    let proxy = profile.egress.proxy.as_ref();
    Row {
        name: profile.name.clone(),
        state: profile.state.to_string(),
        inst_env: profile.inst_env.clone(),
        product: profile.product.clone(),
        legacy_url: profile.legacy.as_ref().map(|legacy| legacy.url.to_string()),
        oauth_url: profile.oauth.as_ref().map(|oauth| oauth.url.to_string()),
        proxy: proxy.map(|proxy| proxy.url.to_string()),
        services: services.map(|(name, _)| name.to_owned()).collect(),
        operations: profile.variants.operations().map(str::to_owned).collect(),
        findings,
    }
}

fn warned(warning: &Warning) -> Finding {
    Finding {
        code: warning.code(),
        fact: warning.to_string(),
        at: Some(warning.place().to_string()),
    }
}

/// The dates that have not come yet: nothing can have been done on them.
fn ahead(profile: &Profile, today: Date) -> Vec<Finding> {
    let dates = &profile.dates;
    let told = [
        ("requested", dates.requested),
        ("client_id_received", dates.client_id_received),
        ("jwks_registered", dates.jwks_registered),
        ("jxchange_authorized", dates.jxchange_authorized),
    ];
    // A day's grace: the clock here goes by UTC.
    let tomorrow = today.saturating_add(jiff::Span::new().days(1));
    let ahead = told
        .iter()
        .filter(|(_, date)| date.is_some_and(|date| date > tomorrow));
    ahead
        .map(|(key, _)| Finding {
            code: "config-date-ahead",
            fact: format!("`{key}` is a date that has not come yet"),
            at: Some(format!("[profile.{}.dates]", profile.name)),
        })
        .collect()
}

/// The names by which nothing would ever go.
fn strangers(profile: &Profile, contract: &Contract) -> Vec<Finding> {
    let has = |service: &str| {
        contract
            .services
            .iter()
            .any(|one| one.short_name == service)
    };
    let does = |operation: &str| {
        let mut operations = contract.services.iter().flat_map(|one| &one.operations);
        operations.any(|one| one.name == operation)
    };
    let services = profile.variants.services();
    let services = services
        .filter(|(name, _)| !has(name))
        .map(|(name, _)| ("service", name));
    let listed = profile
        .variants
        .services()
        .flat_map(|(_, listed)| listed)
        .map(|name| &**name);
    let operations = profile.variants.operations().chain(listed);
    let operations = operations
        .filter(|name| !does(name))
        .map(|name| ("operation", name));
    services
        .chain(operations)
        .map(|(kind, name)| Finding {
            code: "config-not-in-contract",
            fact: format!("the contract has no {kind} `{name}`"),
            at: Some(format!("[profile.{}]", profile.name)),
        })
        .collect()
}

/// Why the secrets of a profile, or the files it needs to reach its endpoints, are of no use: in its own state, and in
/// the one that it is to be moved to.
fn unusable(profile: &Profile, pool: &Pool, arguments: &CheckConfig) -> Option<Problem> {
    let password = profile.legacy.iter().flat_map(|legacy| &legacy.password);
    let unread = password.map(|secret| secret.read()).find_map(Result::err);
    let new = || {
        let (Some(client), oauth) = (&profile.client, &profile.oauth) else {
            return Ok(());
        };
        if oauth.is_none() {
            return client
                .key
                .read()
                .map(drop)
                .map_err(castile_http::Error::from);
        }
        let profile = profile.with_state(State::Oauth)?;
        pool.token_source(&profile).map(drop)
    };
    let way = || EgressTransport::through(&profile.egress, Limits::default()).map(drop);
    let error = match unread {
        Some(error) => error.into(),
        None => new().and_then(|()| way()).err()?,
    };
    Some(Problem::profile(&error, profile, &arguments.config))
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
    let found = checked.profiles.iter().flat_map(|row| &row.findings);
    if found.count() > 0 {
        output::line("`castile explain CODE` tells what to do about a finding.")?;
    }
    if !checked.permissions_examined {
        output::line(
            "Not examined on this system: whether others can write the configuration or read the keys.",
        )?;
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
