//! The false identity provider: discovery, keys and the token endpoint at Jack Henry's paths.

mod assertion;
mod client;
mod form;
mod jws;
mod token;
mod users;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

pub use client::{Jwks, JwksError};
pub use users::{Institution, Website};

pub(crate) use assertion::Used;
pub(crate) use client::check as check_jwks;
pub(crate) use token::{Issued, ProviderKey};
pub(crate) use users::Users;

use crate::connection::Cutter;
use crate::state::{Client, Sandboxed, lock};
use crate::{Cause, Event, Peer};
use form::Form;
use jws::Unverified;
use token::Grant;

/// Path of the token endpoint below the issuer.
pub(crate) const TOKEN_PATH: &str = "/a/oidc-provider/api/v0/token";
const JWKS_PATH: &str = "/a/oidc-provider/api/v0/jwks";
const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";

/// Bytes of a token request that are read at most.
const LONGEST_FORM: usize = 64 * 1024;

/// The one scope that this provider knows; any other is left out of what is granted, silently, as
/// node-oidc-provider does it.
const SCOPE: &str = "openid";

pub(crate) fn router(sandbox: Arc<Sandboxed>) -> Router {
    Router::new()
        .route(DISCOVERY_PATH, get(discovery))
        .route(JWKS_PATH, get(jwks))
        .route(TOKEN_PATH, post(token))
        .merge(users::router())
        .with_state(sandbox)
}

async fn discovery(State(sandbox): State<Arc<Sandboxed>>) -> Response {
    let issuer = &sandbox.issuer;
    let algorithms = ["ES256", "PS256", "RS256"];
    json_answer(
        StatusCode::OK,
        &json!({
            "issuer": issuer,
            "token_endpoint": sandbox.token_endpoint(),
            "jwks_uri": format!("{issuer}{JWKS_PATH}"),
            "authorization_endpoint": format!("{issuer}{}", users::AUTH_PATH),
            "pushed_authorization_request_endpoint": format!("{issuer}{}", users::PUSH_PATH),
            "userinfo_endpoint": format!("{issuer}{}", users::ME_PATH),
            "revocation_endpoint": format!("{issuer}{}", users::REVOKE_PATH),
            "end_session_endpoint": format!("{issuer}{}", users::LOGOUT_PATH),
            "grant_types_supported": ["client_credentials", "authorization_code", "refresh_token"],
            "scopes_supported": [SCOPE, "offline_access"],
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "claims_parameter_supported": true,
            "authorization_response_iss_parameter_supported": true,
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported":
                ["private_key_jwt", "client_secret_basic", "client_secret_post"],
            "token_endpoint_auth_signing_alg_values_supported": algorithms,
        }),
    )
}

async fn jwks(State(sandbox): State<Arc<Sandboxed>>) -> Response {
    json_answer(StatusCode::OK, &sandbox.key.jwks())
}

async fn token(
    State(sandbox): State<Arc<Sandboxed>>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let counts = &sandbox.counts;
    counts.token_requests.fetch_add(1, Ordering::SeqCst);
    let _here = Here::enter(&sandbox);
    let answer = async {
        let granted = crate::body::read(body, LONGEST_FORM)
            .await
            .and_then(|body| grant(&sandbox, &headers, &body));
        match granted {
            Ok((client_id, answer)) => {
                counts.tokens_issued.fetch_add(1, Ordering::SeqCst);
                sandbox.note(StatusCode::OK, Event::TokenIssued { client_id });
                json_answer(StatusCode::OK, &answer)
            }
            Err(cause) => refuse(&sandbox, cause),
        }
    };
    crate::play::play(&sandbox, Peer::TokenEndpoint, None, &cutter, answer).await
}

/// Counts a request at the token endpoint until it is answered, or its caller has gone.
struct Here<'s>(&'s Sandboxed);

impl<'s> Here<'s> {
    fn enter(sandbox: &'s Sandboxed) -> Self {
        let counts = &sandbox.counts;
        let here = counts.at_token_endpoint.fetch_add(1, Ordering::SeqCst) + 1;
        counts.most_at_once.fetch_max(here, Ordering::SeqCst);
        Self(sandbox)
    }
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.0
            .counts
            .at_token_endpoint
            .fetch_sub(1, Ordering::SeqCst);
    }
}

/// Judges one token request, and signs the token.
fn grant(sandbox: &Sandboxed, headers: &HeaderMap, body: &[u8]) -> Result<(String, Value), Cause> {
    let form = Form::parse(headers, body)?;
    let (client_id, client, by_secret) = authenticate(sandbox, headers, &form)?;
    match form.grant_type.as_deref() {
        Some("authorization_code" | "refresh_token") => {
            return users::grant(sandbox, client_id, body);
        }
        Some("client_credentials") if by_secret => return Err(Cause::SecretNotAccepted),
        Some("client_credentials") => {}
        Some(_) => return Err(Cause::GrantTypeUnsupported),
        None => return Err(Cause::GrantTypeMissing),
    }
    let client_id = &*client_id;
    let now = sandbox.clock.now();
    let asked = form.scope.as_deref().unwrap_or_default();
    let scope = if asked.split(' ').any(|scope| scope == SCOPE) {
        SCOPE
    } else {
        ""
    };
    let lifetime = sandbox.settings.token_lifetime;
    let grant = Grant {
        issuer: &sandbox.issuer,
        audience: sandbox
            .settings
            .token_audience
            .as_deref()
            .unwrap_or(&sandbox.gateway),
        client_id,
        institution_id: &client.institution_id,
        scope,
        now,
        lifetime,
    };
    let token = lock(&sandbox.issued)
        .issue(&sandbox.key, &grant)
        .ok_or(Cause::SigningFailed)?;
    let mut answer = json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": lifetime,
    });
    if !scope.is_empty() {
        answer["scope"] = scope.into();
    }
    Ok((client_id.to_owned(), answer))
}

/// Who sends this form: by an assertion, or by a secret if one is registered; and whether by a secret.
fn authenticate(
    sandbox: &Sandboxed,
    headers: &HeaderMap,
    form: &Form,
) -> Result<(String, Client, bool), Cause> {
    let known = |client_id: &str| lock(&sandbox.clients).get(client_id).cloned();
    if let Some((client_id, secret)) = form.secret(headers) {
        let client = known(&client_id).ok_or(Cause::SecretNotAccepted)?;
        let site = client.website.as_ref();
        let registered = site.and_then(|site| site.secret.as_deref());
        return match registered {
            None => Err(Cause::SecretNotAccepted),
            Some(registered) if registered == secret => Ok((client_id, client, true)),
            Some(_) => Err(Cause::SecretWrong),
        };
    }
    let assertion = Unverified::parse(form.assertion(headers)?).ok_or(Cause::AssertionFormat)?;
    let client_id = assertion
        .text("sub")
        .ok_or(Cause::ClaimMissing { claim: "sub" })?;
    form.matches(client_id)?;
    let client = known(client_id).ok_or(Cause::ClientUnknown)?;
    let now = sandbox.clock.now();
    let once = assertion::verify(&assertion, &client.jwks, &sandbox.token_endpoint(), now)?;
    assertion::use_once(&mut lock(&sandbox.used), client_id, once, now)?;
    Ok((client_id.to_owned(), client, false))
}

/// Writes the cause into the log, and tells the caller what the real provider would.
fn refuse(sandbox: &Sandboxed, cause: Cause) -> Response {
    let (status, error, description) = told(&cause);
    sandbox.note(status, Event::TokenRefused { cause });
    json_answer(
        status,
        &json!({ "error": error, "error_description": description }),
    )
}

/// The texts of node-oidc-provider, word for word where Jack Henry documents them: faults of the
/// form are told, faults of the assertion are not.
fn told(cause: &Cause) -> (StatusCode, &'static str, String) {
    let invalid = |text: &str| (StatusCode::BAD_REQUEST, "invalid_request", text.to_owned());
    match cause {
        Cause::NotAForm => invalid(
            "only application/x-www-form-urlencoded content-type bodies are supported on POST /a/oidc-provider/api/v0/token",
        ),
        Cause::BrokenOff => invalid("failed to parse the request body"),
        Cause::TooLarge { .. } => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid_request",
            "request entity too large".to_owned(),
        ),
        Cause::DuplicateParameter { name } => {
            invalid(&format!("'{name}' parameter must not be provided twice"))
        }
        Cause::NoClientAuthentication => invalid("no client authentication mechanism provided"),
        Cause::SeveralMechanisms => {
            invalid("client authentication must only be provided using one mechanism")
        }
        Cause::ClientIdMismatch => invalid("client_id mismatch"),
        Cause::AssertionFormat => invalid("invalid client_assertion format"),
        Cause::AssertionTypeMissing => invalid("client_assertion_type must be provided"),
        Cause::AssertionTypeWrong => invalid(
            "client_assertion_type must have value urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        Cause::GrantTypeMissing => invalid("missing required parameter 'grant_type'"),
        Cause::GrantTypeUnsupported => (
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "unsupported grant_type requested".to_owned(),
        ),
        Cause::PushRefused { reason } => invalid(reason),
        Cause::RevocationNeedsSecret => invalid("client_secret is required"),
        Cause::GrantRefused { .. } => (
            StatusCode::BAD_REQUEST,
            "invalid_grant",
            "grant request is invalid".to_owned(),
        ),
        Cause::SigningFailed => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "oops! something went wrong".to_owned(),
        ),
        _ => (
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "client authentication failed".to_owned(),
        ),
    }
}

/// A text from outside, cut to a length that a log line bears.
pub(crate) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn json_answer(status: StatusCode, value: &Value) -> Response {
    let mut answer = Response::new(Body::from(value.to_string()));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        http::HeaderValue::from_static("application/json; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    answer
}
