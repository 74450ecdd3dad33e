//! `castile token`: fetches an access token and shows its facts.

use std::sync::Arc;
use std::time::Duration;

use castile_auth::{
    AccessToken, AssertionPolicy, Audience, ClientCredentials, LocalSigner, PrivateKeyJwt,
    SettingError, TokenCache, TokenEndpoint, TokenSource as _,
};
use castile_http::connect;
use castile_http::profile::{Limits, SecretRef};
use castile_http::{Config, Error};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::args::{Algorithm, Token};
use crate::output;
use crate::output::visible;
use crate::problem::{Exit, Problem};

/// What is shown. Serialised as it stands for scripts.
#[derive(Serialize)]
struct Shown<'a> {
    schema_version: u32,
    token_endpoint: &'a str,
    scope: Option<&'a str>,
    missing_scope: Vec<&'a str>,
    expires_in_seconds: Option<u64>,
    /// The claims of a JWT, unverified; null for an opaque token.
    claims: Option<Map<String, Value>>,
    /// Whether the claim `institutionId` is the profile's; null where one of them is missing.
    is_of_institution: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<&'a str>,
}

pub(super) fn run(arguments: &Token) -> Result<Exit, Problem> {
    let runtime = super::runtime()?;
    // The cache starts its tasks on the runtime that is entered.
    let _entered = runtime.enter();
    let (endpoint, source, institution) = source(arguments)?;
    let token = runtime
        .block_on(source.token())
        .map_err(|error| Problem::new(error.code(), &error).at(&endpoint))?;
    let claims = token.claims();
    let said = claims.as_ref().and_then(|claims| claims.get(CLAIM));
    // As the guard of the calls sees it: null names no institution.
    let said = said.filter(|said| !said.is_null()).map(|said| match said {
        Value::String(said) => said.clone(),
        said => said.to_string(),
    });
    let is_of_institution = said.zip(institution).map(|(said, own)| said == own);
    let shown = Shown {
        schema_version: 1,
        token_endpoint: &endpoint,
        scope: token.scope(),
        missing_scope: token.missing_scope().collect(),
        expires_in_seconds: token.lifetime().map(|lifetime| lifetime.as_secs()),
        is_of_institution,
        claims,
        access_token: arguments.reveal.then(|| token.reveal()),
    };
    if arguments.json {
        let text = serde_json::to_string_pretty(&shown)
            .map_err(|error| Problem::new("cli-json", &error))?;
        output::line(text)?;
    } else {
        show(&shown, &token, arguments.profile.is_some())?;
    }
    let is_fine = shown.missing_scope.is_empty() && is_of_institution != Some(false);
    Ok(if is_fine { Exit::Done } else { Exit::Findings })
}

/// The institution that a token is for.
const CLAIM: &str = "institutionId";

/// The endpoint, where tokens come from, and the `institution_id` that a profile names.
type Found = (String, TokenCache, Option<String>);

fn source(arguments: &Token) -> Result<Found, Problem> {
    if let Some(name) = &arguments.profile {
        let profile = Config::read(&arguments.config)
            .and_then(|config| config.profile(name))
            .map_err(|error| Problem::config(&error, &arguments.config))?;
        output::warn(&profile);
        let endpoint = profile
            .in_oauth()
            .map(|(_, oauth)| oauth.token_endpoint.as_str().to_owned())
            .map_err(|error| Problem::config(&error, &arguments.config))?;
        let source = connect::token_source(&profile)
            .map_err(|error| Problem::profile(&error, &profile, &arguments.config))?;
        return Ok((endpoint, source, profile.institution_id.clone()));
    }
    let (Some(endpoint), Some(client_id), Some(key)) = (
        &arguments.token_endpoint,
        &arguments.client_id,
        &arguments.key,
    ) else {
        return Err(Problem::said(
            "usage-token",
            "neither a profile nor a token endpoint was named",
        ));
    };
    let setting = |error: SettingError| Problem::new(error.code(), &error).at("the command line");
    let pem = SecretRef::File(key.clone())
        .read()
        .map_err(|error| Problem::config(&error, key))?;
    let unusable =
        |error: castile_auth::KeyError| Problem::new(error.code(), &error).at(key.display());
    let mut signer = LocalSigner::read(&pem).map_err(unusable)?;
    if let Some(algorithm) = arguments.alg {
        let algorithm = match algorithm {
            Algorithm::Es256 => castile_auth::Algorithm::ES256,
            Algorithm::Ps256 => castile_auth::Algorithm::PS256,
            Algorithm::Rs256 => castile_auth::Algorithm::RS256,
        };
        signer = signer.with_algorithm(algorithm).map_err(unusable)?;
    }
    if let Some(kid) = &arguments.kid {
        signer = signer.with_key_id(kid).map_err(unusable)?;
    }
    let mut assertion = AssertionPolicy::new(client_id).map_err(setting)?;
    if let Some(audience) = &arguments.aud {
        assertion = assertion
            .with_audience(Audience::Custom(audience.clone()))
            .map_err(setting)?;
    }
    let mut request = ClientCredentials::new(
        TokenEndpoint::parse(endpoint).map_err(|error| setting(error).at("--token-endpoint"))?,
    );
    if let Some(scope) = &arguments.scope {
        request = request.with_scope(scope).map_err(setting)?;
    }
    let ports = connect::system_ports(Limits::default())
        .map_err(|error: Error| Problem::new(error.code(), &error))?;
    let proof = PrivateKeyJwt::new(
        assertion,
        Arc::new(signer),
        ports.clock.clone(),
        ports.random.clone(),
    );
    Ok((
        endpoint.clone(),
        TokenCache::new(request, Arc::new(proof), ports),
        None,
    ))
}

fn show(shown: &Shown<'_>, token: &AccessToken, of_profile: bool) -> Result<(), Problem> {
    let bold = anstyle::Style::new().bold();
    let mut lines = vec![
        format!("{bold}token from{bold:#} {}", shown.token_endpoint),
        format!("  scope    {}", shown.scope.unwrap_or("(not said)")),
    ];
    for scope in &shown.missing_scope {
        lines.push(format!("  missing  {scope} was asked for and not granted"));
    }
    lines.push(match token.lifetime() {
        Some(lifetime) => format!("  expires  in {}", seconds(lifetime)),
        None => String::from("  expires  (not said)"),
    });
    match &shown.claims {
        Some(claims) => lines.extend(
            claims
                .iter()
                .map(|(name, value)| visible(&format!("  claim    {name} = {value}"))),
        ),
        None => lines.push(String::from("  claims   none to show: the token is opaque")),
    }
    let has_claim = shown
        .claims
        .as_ref()
        .is_some_and(|claims| claims.get(CLAIM).is_some_and(|said| !said.is_null()));
    match shown.is_of_institution {
        Some(true) => lines.push(format!("  checked  {CLAIM} is the profile's institution_id")),
        Some(false) => lines.push(format!(
            "  [institution-token] {CLAIM} is not the profile's institution_id: no message would be sent under it"
        )),
        None if has_claim && of_profile => lines.push(format!(
            "  unbound  the profile names no institution_id: with the value of {CLAIM} every token is checked"
        )),
        None => {}
    }
    lines.push(match shown.access_token {
        Some(secret) => format!("  token    {secret}"),
        None => String::from("  token    not shown; --reveal prints it"),
    });
    output::line(lines.join("\n"))
}

fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs())
}
