//! From the authorization request to the code: `/request`, `/auth` and the form of its page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;
use url::Url;

use super::super::form::Form;
use super::super::{LONGEST_FORM, authenticate, json_answer, refuse};
use super::{
    CODE_LIFETIME, LOGIN_PATH, PUSHED_LIFETIME, Parameters, SignIn, Until, keep, page, secret,
};
use crate::Cause;
use crate::state::{Sandboxed, lock};

/// `POST /request` (RFC 9126).
pub(super) async fn push(
    State(sandbox): State<Arc<Sandboxed>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let read = crate::body::read(body, LONGEST_FORM).await;
    match read.and_then(|body| pushed(&sandbox, &headers, &body)) {
        Ok(request_uri) => json_answer(
            StatusCode::CREATED,
            &json!({ "request_uri": request_uri, "expires_in": PUSHED_LIFETIME }),
        ),
        Err(cause) => refuse(&sandbox, cause),
    }
}

fn pushed(sandbox: &Sandboxed, headers: &HeaderMap, body: &[u8]) -> Result<String, Cause> {
    let refused = |reason| Cause::PushRefused { reason };
    let form = Form::parse(headers, body)?;
    let (client_id, client, _) = authenticate(sandbox, headers, &form)?;
    let value = Parameters::parse(body).ok_or(refused("a parameter stands twice"))?;
    if value
        .text("client_id")
        .is_some_and(|named| named != client_id)
    {
        return Err(Cause::ClientIdMismatch);
    }
    if value.text("request_uri").is_some() {
        return Err(refused("request_uri must not be pushed"));
    }
    value.judge(&client).map_err(refused)?;
    let request_uri = format!(
        "urn:ietf:params:oauth:request_uri:{}",
        secret().ok_or(Cause::SigningFailed)?
    );
    let seconds = sandbox.clock.now() + PUSHED_LIFETIME;
    let mut users = lock(&sandbox.users);
    keep(
        &mut users.pushed,
        format!("{client_id} {request_uri}"),
        Until { seconds, value },
    );
    Ok(request_uri)
}

/// `GET /auth`: the sign-in page.
pub(super) async fn show(
    State(sandbox): State<Arc<Sandboxed>>,
    RawQuery(query): RawQuery,
) -> Response {
    match shown(&sandbox, query.unwrap_or_default().as_bytes()) {
        Ok(html) => html_answer(html),
        Err(cause) => refuse(&sandbox, cause),
    }
}

fn shown(sandbox: &Sandboxed, query: &[u8]) -> Result<String, Cause> {
    let refused = |reason| Cause::PushRefused { reason };
    let asked = Parameters::parse(query).ok_or(refused("a parameter stands twice"))?;
    let client_id = asked
        .text("client_id")
        .ok_or(refused("client_id is missing"))?;
    let client = lock(&sandbox.clients)
        .get(client_id)
        .cloned()
        .ok_or(refused("client is not registered"))?;
    let mut users = lock(&sandbox.users);
    let request = match asked.text("request_uri") {
        None => asked.clone(),
        // Used up, whatever comes of it.
        Some(uri) => match users.pushed.remove(&format!("{client_id} {uri}")) {
            Some(pushed) if pushed.seconds > sandbox.clock.now() => pushed.value,
            _ => return Err(refused("request_uri is unknown, used or expired")),
        },
    };
    request.judge(&client).map_err(refused)?;
    let flow = secret().ok_or(Cause::SigningFailed)?;
    // An institution that the client asks for leaves nothing to choose.
    let institutions = match (request.institution(), client.website) {
        (None, Some(site)) => site.institutions,
        _ => Vec::new(),
    };
    let hint = request.text("login_hint").unwrap_or_default();
    let html = page::sign_in(LOGIN_PATH, &flow, hint, &institutions);
    let mut request = request;
    request.name_client(client_id);
    keep(&mut users.shown, flow, request);
    Ok(html)
}

/// `POST` of the page's form: back to the client with a code.
pub(super) async fn signed_in(State(sandbox): State<Arc<Sandboxed>>, body: Body) -> Response {
    let read = crate::body::read(body, LONGEST_FORM).await;
    match read.and_then(|body| redirect(&sandbox, &body)) {
        Ok(url) => see_other(url.as_str()),
        Err(cause) => refuse(&sandbox, cause),
    }
}

fn redirect(sandbox: &Sandboxed, body: &[u8]) -> Result<Url, Cause> {
    let refused = |reason| Cause::PushRefused { reason };
    let form = Parameters::parse(body).ok_or(refused("a parameter stands twice"))?;
    let mut users = lock(&sandbox.users);
    let request = form
        .text("flow")
        .and_then(|flow| users.shown.remove(flow))
        .ok_or(refused("the sign-in page is not one of ours, or was used"))?;
    let subject = form.text("login").ok_or(refused("no name was given"))?;
    let text = |name: &str| request.text(name).unwrap_or_default().to_owned();
    let chosen = form.text("institution").map(str::to_owned);
    users.chains += 1;
    let value = SignIn {
        chain: users.chains,
        client_id: text("client_id"),
        subject: subject.to_owned(),
        institution_id: request.institution().or(chosen),
        scope: text("scope"),
        nonce: request.text("nonce").map(str::to_owned),
        redirect_uri: text("redirect_uri"),
        challenge: text("code_challenge"),
    };
    let code = secret().ok_or(Cause::SigningFailed)?;
    let mut url = Url::parse(&value.redirect_uri).map_err(|_| refused("redirect_uri is no URL"))?;
    url.query_pairs_mut().append_pair("code", &code);
    if let Some(state) = request.text("state") {
        url.query_pairs_mut().append_pair("state", state);
    }
    url.query_pairs_mut().append_pair("iss", &sandbox.issuer);
    let seconds = sandbox.clock.now() + CODE_LIFETIME;
    keep(&mut users.codes, code, Until { seconds, value });
    Ok(url)
}

/// 303, as the API reference has it.
pub(super) fn see_other(url: &str) -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(location) = HeaderValue::from_str(url) {
        answer.headers_mut().insert(LOCATION, location);
    }
    answer
}

pub(super) fn html_answer(html: String) -> Response {
    let mut answer = Response::new(Body::from(html));
    let headers = answer.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}
