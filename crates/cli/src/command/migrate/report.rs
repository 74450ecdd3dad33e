//! `castile migrate report`: a page for each profile and one over all of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::UNIX_EPOCH;

use castile_auth::ports::Clock as _;
use castile_http::Config;
use castile_http::evidence::{EvidenceError, Seen};
use castile_http::keys::{KeyOptions, KeysError, Store, replace};
use castile_http::profile::State;
use castile_migrate::report::{self, Dates, Key, Page, Profile, Proof, Shadow, ShadowOperation};
use jiff::civil::Date;

use super::problem;
use crate::args::Report;
use crate::output::{self, many, visible};
use crate::problem::{Exit, Problem};

/// The page over all profiles.
const OVERVIEW: &str = "index";

pub(super) fn run(arguments: &Report) -> Result<Exit, Problem> {
    let file = &arguments.config;
    let in_config = |error| Problem::config(&error, file);
    let config = Config::read(file).map_err(in_config)?;
    let mut proofs = BTreeMap::new();
    for (name, path) in &arguments.proof {
        config.profile(name).map_err(in_config)?;
        if proofs.insert(name.as_str(), proof(path)?).is_some() {
            let fact = format!("two proofs for profile {name}");
            return Err(Problem::said("usage-arguments", fact).at("the command line"));
        }
    }
    let today = arguments.today.unwrap_or_else(today);
    let mut profiles = Vec::new();
    // On some systems file names that differ in case are one file.
    let mut taken = BTreeMap::from([(OVERVIEW.to_owned(), OVERVIEW.to_owned())]);
    for profile in config.profiles() {
        let page = page_name(&profile.name);
        if let Some(other) = taken.insert(page.to_ascii_lowercase(), profile.name.clone()) {
            let fact = format!(
                "profiles `{other}` and `{}` would have one page",
                profile.name
            );
            return Err(Problem::said("migrate-page-name", fact).at(file.display()));
        }
        let proof = proofs.get(profile.name.as_str()).cloned();
        profiles.push((facts(profile, proof), page));
    }
    let out = &arguments.out;
    super::super::files::folder(out)?;
    for (profile, page) in &profiles {
        write(out, page, &report::profile_page(profile, today))?;
    }
    write(out, OVERVIEW, &report::overview(&profiles, today))?;
    output::line(format_args!(
        "wrote {} for {} and {OVERVIEW}.md, {OVERVIEW}.html to {}",
        many(profiles.len() * 2, "page"),
        many(profiles.len(), "profile"),
        out.display(),
    ))?;
    let mut is_whole = true;
    for (profile, _) in &profiles {
        if let Some(code) = &profile.unseen {
            is_whole = false;
            let name = visible(&profile.name);
            output::line(format_args!(
                "{name}: what was seen cannot be told [{code}]"
            ))?;
        }
    }
    Ok(if is_whole { Exit::Done } else { Exit::Findings })
}

fn proof(path: &Path) -> Result<Proof, Problem> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Problem::new("file-unreadable", &error).at(path.display()))?;
    Proof::parse(&text).map_err(|error| problem(&error).at(path.display()))
}

fn write(out: &Path, name: &str, page: &Page) -> Result<(), Problem> {
    let forms = [("md", report::markdown(page)), ("html", report::html(page))];
    for (ending, text) in forms {
        let path = out.join(format!("{name}.{ending}"));
        replace(&path, &text)
            .map_err(|error| Problem::new("file-unwritable", &error).at(path.display()))?;
    }
    Ok(())
}

/// Today in UTC.
pub(in crate::command) fn today() -> Date {
    let now = castile_http::SystemClock.now();
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let days = i64::try_from(seconds / 86_400).unwrap_or_default();
    jiff::civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(days))
}

/// The profile's name as a file's: what some system forbids becomes `-`.
fn page_name(profile: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    profile
        .chars()
        .map(|c| if allowed(c) { c } else { '-' })
        .collect()
}

/// What of a profile may stand on a page.
fn facts(profile: &castile_http::Profile, proof: Option<Proof>) -> Profile {
    let client = profile.client.as_ref();
    let oauth = profile.oauth.as_ref();
    let (shadow, unseen) = match shadow(profile) {
        Ok(shadow) => (shadow, None),
        Err(error) => (None, Some(error.code().to_owned())),
    };
    Profile {
        name: profile.name.clone(),
        inst_rt_id: profile.inst_rt_id.clone(),
        inst_env: profile.inst_env.clone(),
        product: profile.product.clone(),
        state: match profile.state {
            State::Legacy => report::State::Legacy,
            State::Shadow => report::State::Shadow,
            State::Oauth => report::State::Oauth,
        },
        legacy_endpoint: profile.legacy.as_ref().map(|legacy| shown(&legacy.url)),
        oauth_endpoint: oauth.map(|oauth| shown(&oauth.url)),
        token_endpoint: oauth.map(|oauth| shown(oauth.token_endpoint.url())),
        client_id: client.map(|client| client.client_id.clone()),
        key: key(profile),
        jwks_url: client
            .and_then(|client| client.jwks_url.as_ref())
            .map(shown),
        dates: Dates {
            requested: profile.dates.requested,
            client_id_received: profile.dates.client_id_received,
            jwks_registered: profile.dates.jwks_registered,
            jxchange_authorized: profile.dates.jxchange_authorized,
        },
        proof,
        shadow,
        unseen,
    }
}

/// What the shadow showed, if anything is kept of it.
fn shadow(profile: &castile_http::Profile) -> Result<Option<Shadow>, EvidenceError> {
    let Some(path) = &profile.evidence else {
        return Ok(None);
    };
    let seen = Seen::read(path, &profile.name)?;
    let shadow = seen.and_then(|seen| seen.shadow);
    Ok(shadow.map(|shadow| Shadow {
        first: shadow.first.to_string(),
        last: shadow.last.to_string(),
        operations: shadow
            .operations
            .into_iter()
            .map(|(name, tally)| ShadowOperation {
                name,
                agreed: tally.agreed,
                differed: tally.differed,
                failed: tally.failed,
                not_comparable: tally.not_comparable,
                not_a_read: tally.not_a_read,
                dropped: tally.dropped,
                paths: tally.paths.into_iter().collect(),
                codes: tally.codes.into_iter().collect(),
            })
            .collect(),
    }))
}

/// The address without user name and query, where credentials may stand.
fn shown(url: &url::Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

/// The public facts of the key; why it cannot be read is a fact, too, and stops no report.
fn key(profile: &castile_http::Profile) -> Key {
    let Some(client) = &profile.client else {
        return Key::None;
    };
    if client.has_secret {
        return Key::SharedSecret;
    }
    let options = match &profile.oauth {
        Some(oauth) => KeyOptions::of(oauth),
        None => KeyOptions::default(),
    };
    let public = Store::of_secret(&client.key).and_then(|store| store.read_or_settled(&options));
    match public {
        Ok(state) => {
            let public = &state.active().public;
            Key::Known {
                key_id: public.kid().unwrap_or("none").to_owned(),
                thumbprint: public.thumbprint().unwrap_or_else(|| "none".to_owned()),
                algorithm: match options.algorithm {
                    Some(algorithm) => format!("{algorithm:?}"),
                    None if public.fits("ES256") => "ES256".to_owned(),
                    None => "PS256".to_owned(),
                },
            }
        }
        Err(KeysError::NotInAFile) => Key::Elsewhere,
        Err(error) => Key::Unreadable(error.code().to_owned()),
    }
}
