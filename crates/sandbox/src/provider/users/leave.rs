//! What is said of a signed-in user, and how the sign-in ends: `/me`, `/token/revocation`, `/logout`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;
use url::Url;

use super::super::form::Form;
use super::super::jws::Unverified;
use super::super::{LONGEST_FORM, authenticate, json_answer, refuse};
use super::Parameters;
use super::authorize::{html_answer, see_other};
use crate::Cause;
use crate::state::{Sandboxed, lock};

/// `GET /me`.
pub(super) async fn me(State(sandbox): State<Arc<Sandboxed>>, headers: HeaderMap) -> Response {
    let token = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let users = lock(&sandbox.users);
    let known = token
        .and_then(|token| users.access.get(token))
        .filter(|token| token.seconds > sandbox.clock.now());
    match known {
        Some(token) => {
            let sign_in = &token.value;
            let mut claims = json!({ "sub": sign_in.subject });
            if let Some(institution) = &sign_in.institution_id {
                claims["institution_id"] = institution.as_str().into();
            }
            json_answer(StatusCode::OK, &claims)
        }
        None => {
            let body =
                json!({ "error": "invalid_token", "error_description": "invalid token provided" });
            let mut answer = json_answer(StatusCode::UNAUTHORIZED, &body);
            let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
            answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            answer
        }
    }
}

/// `POST /token/revocation`, which the API reference gives to clients with a secret only.
pub(super) async fn revoke(
    State(sandbox): State<Arc<Sandboxed>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let read = crate::body::read(body, LONGEST_FORM).await;
    match read.and_then(|body| revoked(&sandbox, &headers, &body)) {
        Ok(()) => Response::default(),
        Err(cause) => refuse(&sandbox, cause),
    }
}

fn revoked(sandbox: &Sandboxed, headers: &HeaderMap, body: &[u8]) -> Result<(), Cause> {
    let form = Form::parse(headers, body)?;
    let (client_id, _, by_secret) = authenticate(sandbox, headers, &form)?;
    if !by_secret {
        return Err(Cause::RevocationNeedsSecret);
    }
    let refused = |reason| Cause::PushRefused { reason };
    let form = Parameters::parse(body).ok_or(refused("a parameter stands twice"))?;
    let token = form.text("token").ok_or(refused("token is missing"))?;
    let mut users = lock(&sandbox.users);
    let access = users.access.get(token).map(|token| &token.value);
    let refresh = users.refresh.get(token).map(|token| &token.sign_in);
    // 200 for a token that is unknown, or another client's, too (RFC 7009 section 2.2).
    let chain = access
        .or(refresh)
        .filter(|sign_in| sign_in.client_id == client_id)
        .map(|sign_in| sign_in.chain);
    if let Some(chain) = chain {
        users.revoke(chain);
    }
    Ok(())
}

/// `GET /logout`: by `client_id` or `id_token_hint`, back with `state`.
pub(super) async fn log_out(
    State(sandbox): State<Arc<Sandboxed>>,
    RawQuery(query): RawQuery,
) -> Response {
    match left(&sandbox, query.unwrap_or_default().as_bytes()) {
        Ok(Some(url)) => see_other(url.as_str()),
        Ok(None) => html_answer("<!doctype html><title>Signed out</title>Signed out.".to_owned()),
        Err(cause) => refuse(&sandbox, cause),
    }
}

fn left(sandbox: &Sandboxed, query: &[u8]) -> Result<Option<Url>, Cause> {
    let refused = |reason| Cause::PushRefused { reason };
    let asked = Parameters::parse(query).ok_or(refused("a parameter stands twice"))?;
    let hinted = asked.text("id_token_hint").map(|hint| {
        // Expired ones are fine here, foreign ones not.
        let own =
            Unverified::parse(hint).filter(|token| token.text("iss") == Some(&sandbox.issuer));
        let client = own
            .as_ref()
            .and_then(|token| token.text("aud").map(str::to_owned));
        client.ok_or(refused("id_token_hint is none of ours"))
    });
    let client_id = match (hinted.transpose()?, asked.text("client_id")) {
        (Some(hinted), Some(named)) if hinted != named => {
            return Err(refused("client_id is not that of the id_token_hint"));
        }
        (Some(hinted), _) => hinted,
        (None, Some(named)) => named.to_owned(),
        (None, None) => return Ok(None),
    };
    let Some(back) = asked.text("post_logout_redirect_uri") else {
        return Ok(None);
    };
    let clients = lock(&sandbox.clients);
    let site = clients
        .get(&client_id)
        .and_then(|client| client.website.as_ref());
    let registered = site.is_some_and(|site| {
        site.post_logout_redirect_uris
            .iter()
            .any(|known| known == back)
    });
    if !registered {
        return Err(refused("post_logout_redirect_uri is not registered"));
    }
    let mut url = Url::parse(back).map_err(|_| refused("post_logout_redirect_uri is no URL"))?;
    if let Some(state) = asked.text("state") {
        url.query_pairs_mut().append_pair("state", state);
    }
    Ok(Some(url))
}
