//! Judges assertions that somebody else made, without sending or printing them.

use castile_auth::TokenEndpoint;
use castile_auth::diagnosis::{Expected, ReadAssertion, judge as judge_one};
use castile_auth::ports::Clock as _;
use castile_http::doctor::ask_server;
use castile_http::keys::fetch_document;
use castile_http::profile::{Limits, TOKEN_ENDPOINT};
use castile_http::{Config, SystemClock, connect};
use zeroize::Zeroizing;

use super::Found;
use crate::args::Doctor;
use crate::command::files::Source;
use crate::problem::Problem;

type Facts = Vec<(&'static str, String)>;

/// Against what an assertion is held.
#[derive(Default)]
struct Case {
    token_endpoint: String,
    client_id: Option<String>,
    algorithm: Option<String>,
    jwks_url: Option<String>,
}

/// The last of the assertions, with those before it as sent already.
pub(super) fn judge(arguments: &Doctor) -> Result<(Vec<Found>, Facts), Problem> {
    let case = case(arguments)?;
    let mut assertions = Vec::new();
    for path in &arguments.assertion {
        let source = Source::named(path);
        let bytes = Zeroizing::new(source.read()?);
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        // One a line, as a log of requests would have them.
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let read = ReadAssertion::parse(line)
                .map_err(|error| Problem::new(error.code(), &error).at(source.name()))?;
            assertions.push(read);
        }
    }
    let Some(last) = assertions.pop() else {
        let error = castile_auth::diagnosis::NotAnAssertion;
        return Err(Problem::new(error.code(), &error).at("--assertion"));
    };
    let mut facts = vec![("token endpoint", case.token_endpoint.clone())];
    let mut found = Vec::new();
    let mut published = None;
    let (mut issuer, mut now) = (None, None);
    if !arguments.offline {
        let runtime = super::super::runtime()?;
        let _entered = runtime.enter();
        let ports = connect::system_ports(Limits::default())
            .map_err(|error| Problem::new(error.code(), &error))?;
        if let Ok(endpoint) = TokenEndpoint::parse(&case.token_endpoint)
            && let Ok(server) = runtime.block_on(ask_server(&*ports.http, &endpoint))
        {
            issuer = server.advertised.and_then(|found| found.issuer);
            now = server.now;
        }
        if let Some(url) = &case.jwks_url {
            facts.push(("JWKS URL", url.clone()));
            match runtime.block_on(fetch_document(&*ports.http, url)) {
                Ok((document, _)) => published = Some(document),
                Err(error) => found.push(Found::new(
                    error.code(),
                    &error,
                    castile_auth::diagnosis::Certainty::Likely,
                )),
            }
        }
    }
    let expected = Expected {
        client_id: case.client_id.as_deref(),
        token_endpoint: &case.token_endpoint,
        issuer: issuer.as_deref(),
        algorithm: case.algorithm.as_deref(),
        published: published.as_ref(),
        now: now.unwrap_or(SystemClock.now()),
        clock_ahead: None,
        earlier: &assertions,
    };
    found.extend(
        judge_one(&last, &expected)
            .into_iter()
            .map(|finding| Found::new(finding.cause.code(), &finding.cause, finding.certainty)),
    );
    found.sort_by_key(|found| found.certainty);
    Ok((found, facts))
}

fn case(arguments: &Doctor) -> Result<Case, Problem> {
    let Some(name) = &arguments.profile else {
        let endpoint = arguments
            .token_endpoint
            .as_deref()
            .unwrap_or(TOKEN_ENDPOINT);
        TokenEndpoint::parse(endpoint)
            .map_err(|error| Problem::new(error.code(), &error).at("--token-endpoint"))?;
        return Ok(Case {
            token_endpoint: endpoint.to_owned(),
            client_id: arguments.client_id.clone(),
            jwks_url: arguments.jwks_url.clone(),
            algorithm: None,
        });
    };
    let in_config = |error| Problem::config(&error, &arguments.config);
    let profile = Config::read(&arguments.config)
        .and_then(|config| config.profile(name))
        .map_err(in_config)?;
    let (client, oauth) = profile.in_oauth().map_err(in_config)?;
    Ok(Case {
        token_endpoint: oauth.token_endpoint.as_str().to_owned(),
        client_id: Some(client.client_id.clone()),
        algorithm: oauth.algorithm.map(|algorithm| format!("{algorithm:?}")),
        jwks_url: client.jwks_url.as_ref().map(ToString::to_string),
    })
}
