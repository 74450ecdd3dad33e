//! `castile keys check`: the key, and what its JWKS URL must hold.

use castile_auth::keys::KeySource as _;
use castile_auth::keys::Rotation;
use castile_http::keys::{FileKeys, KeysError, fetch_document};
use serde_json::json;

use super::{Chosen, kid};
use crate::args::Check;
use crate::output;
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &Check) -> Result<Exit, Problem> {
    let chosen = Chosen::by(&arguments.which)?;
    let failed = |error: KeysError| chosen.problem(&error);
    let state = chosen
        .store
        .read_or_settled(&chosen.options)
        .map_err(failed)?;
    // Reads the private key as a running process would: its permissions, its algorithm, that it is the one published.
    let keys = FileKeys::open(chosen.store.clone(), chosen.options.clone()).map_err(failed)?;
    let algorithm = format!("{:?}", keys.active().current.algorithm());
    let url = arguments.jwks_url.clone().or_else(|| {
        let (_, profile) = chosen.profile.as_ref()?;
        let url = profile.client.as_ref()?.jwks_url.as_ref()?;
        Some(url.to_string())
    });
    let seen = match &url {
        Some(url) if !arguments.offline => Some(look(url, &state, &chosen)?),
        _ => None,
    };
    let missing = seen.iter().flatten().count();
    if arguments.json {
        let text = json!({
            "schema_version": 1,
            "key": state.active().file,
            "algorithm": algorithm,
            "kid": state.active().public.kid(),
            "stage": state.kind().as_str(),
            "must_publish": must_publish(&state)?,
            "jwks_url": url,
            "not_published": seen,
        });
        output::line(text)?;
    } else {
        let mut lines = vec![
            format!(
                "key        {}, readable for its owner alone",
                state.active().file
            ),
            format!("algorithm  {algorithm}"),
            format!("kid        {}", kid(&state.active().public)),
            format!("rotation   {}", state.kind()),
        ];
        for kid in must_publish(&state)? {
            lines.push(format!("publish    {kid}"));
        }
        match (&url, &seen) {
            (Some(url), Some(missing)) if missing.is_empty() => {
                lines.push(format!("JWKS URL   {url} shows every key it must"));
            }
            (Some(url), Some(missing)) => lines.extend(
                missing
                    .iter()
                    .map(|kid| format!("JWKS URL   {url} does NOT show {kid}")),
            ),
            (Some(url), None) => lines.push(format!("JWKS URL   {url}, not asked")),
            (None, _) => lines.push(String::from(
                "JWKS URL   none named; write jwks_url into the profile, or give --jwks-url",
            )),
        }
        output::line(lines.join("\n"))?;
    }
    Ok(if missing == 0 {
        Exit::Done
    } else {
        Exit::Findings
    })
}

/// The kid of every key that must stand in the document now.
fn must_publish(state: &Rotation) -> Result<Vec<String>, Problem> {
    let document = state
        .document()
        .map_err(|error| Problem::new(error.code(), &error))?;
    Ok(document
        .keys()
        .iter()
        .map(|key| kid(key).to_owned())
        .collect())
}

/// The keys that must stand at `url` and do not.
fn look(url: &str, state: &Rotation, chosen: &Chosen) -> Result<Vec<String>, Problem> {
    let failed = |error: KeysError| Problem::new(error.code(), &error).at(url);
    let runtime = super::super::runtime()?;
    let _entered = runtime.enter();
    let ports = chosen.ports()?;
    let (document, _) = runtime
        .block_on(fetch_document(&*ports.http, url))
        .map_err(failed)?;
    let needed = state
        .document()
        .map_err(|error| Problem::new(error.code(), &error))?;
    Ok(needed
        .keys()
        .iter()
        .filter(|key| !document.publishes(key))
        .map(|key| kid(key).to_owned())
        .collect())
}
