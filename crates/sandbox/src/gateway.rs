//! The false service gateway: judges the bearer token, then the message, then answers it.

mod fault;
mod header;
mod operation;
mod soap;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::response::Response;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};

pub(crate) use fault::{Fault, Record};
pub(crate) use header::Header;
pub(crate) use operation::Call;

use crate::connection::Cutter;
use crate::received::Received;
use crate::state::{Sandboxed, lock};
use crate::{Cause, Event, Peer};
use operation::Service;

/// Where the services stand; `/OAuth/` and the name `ServiceGateway` as public client code has them.
pub(crate) const BASE_PATH: &str = "/jxchange/2008/ServiceGateway/OAuth/";

/// Bytes of a message that are read at most.
const LONGEST: usize = 4 * 1024 * 1024;

/// The form of the gateway's 401.
///
/// The real form is unconfirmed; the default is RFC 6750's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unauthorized {
    /// Value of `WWW-Authenticate`.
    pub challenge: Option<String>,
    /// Value of `Content-Type`.
    pub content_type: Option<String>,
    /// The body.
    pub body: String,
}

impl Default for Unauthorized {
    fn default() -> Self {
        Self {
            challenge: Some(r#"Bearer error="invalid_token""#.to_owned()),
            content_type: None,
            body: String::new(),
        }
    }
}

pub(crate) fn router(sandbox: Arc<Sandboxed>) -> Router {
    Router::new().fallback(receive).with_state(sandbox)
}

/// The token of the one `Authorization: Bearer` header (RFC 6750 section 2.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Result<&str, Cause> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(Cause::TokenMissing)?;
    if values.next().is_some() {
        return Err(Cause::NotBearer);
    }
    value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or(Cause::NotBearer)
}

/// The answer of the integration layer to a client that it does not know.
pub(crate) fn access_denied() -> Response {
    let fault = Fault::failed_authentication();
    xml(StatusCode::INTERNAL_SERVER_ERROR, fault.message())
}

async fn receive(
    State(sandbox): State<Arc<Sandboxed>>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    sandbox
        .counts
        .gateway_requests
        .fetch_add(1, Ordering::SeqCst);
    let body = match crate::body::read(body, LONGEST).await {
        Ok(body) => body,
        Err(cause @ Cause::TooLarge { .. }) => {
            return bare(&sandbox, StatusCode::PAYLOAD_TOO_LARGE, cause);
        }
        Err(cause) => return bare(&sandbox, StatusCode::BAD_REQUEST, cause),
    };
    sandbox.keep(Received::new(uri.path(), headers.clone(), body.clone()));
    let truth = async { answer(&sandbox, &method, uri.path(), &headers, &body) };
    crate::play::play(&sandbox, Peer::Gateway, &cutter, truth).await
}

/// The true answer, step by step: token, transport, message, operation.
fn answer(
    sandbox: &Sandboxed,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let Some(service) = service(path) else {
        return bare(sandbox, StatusCode::NOT_FOUND, Cause::ServiceUnknown);
    };
    if let Err(cause) = judge_token(sandbox, headers) {
        sandbox
            .counts
            .gateway_unauthorized
            .fetch_add(1, Ordering::SeqCst);
        let event = Event::Refused { cause };
        sandbox.note(StatusCode::UNAUTHORIZED, event);
        return sandbox.unauthorized();
    }
    if method != Method::POST {
        return bare(sandbox, StatusCode::METHOD_NOT_ALLOWED, Cause::NotPost);
    }
    if !soap::is_text_xml(headers) {
        return bare(
            sandbox,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Cause::MediaType,
        );
    }
    let answered = soap::payload(body).and_then(|request| {
        let operation = operation::choose(service, &request, headers)?;
        let tracking = sandbox.counts.tracking.fetch_add(1, Ordering::SeqCst) + 1;
        let answer = operation.answer(&mut lock(&sandbox.bank), &request, tracking)?;
        Ok((operation.name, answer))
    });
    match answered {
        Ok((operation, answer)) => {
            let answered = &sandbox.counts.operations_answered;
            answered.fetch_add(1, Ordering::SeqCst);
            sandbox.note(StatusCode::OK, Event::Answered { operation });
            xml(StatusCode::OK, answer)
        }
        Err(fault) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            let cause = fault.cause().clone();
            sandbox.note(status, Event::Refused { cause });
            xml(status, fault.message())
        }
    }
}

fn judge_token(sandbox: &Sandboxed, headers: &HeaderMap) -> Result<(), Cause> {
    let token = bearer(headers)?;
    lock(&sandbox.issued).verify(&sandbox.key, token, &sandbox.gateway, sandbox.clock.now())
}

/// Paths are compared without case: `/jXchange/…` and `/jxchange/…` both occur.
fn service(path: &str) -> Option<Service> {
    let (base, file) = path.split_at_checked(BASE_PATH.len())?;
    if !base.eq_ignore_ascii_case(BASE_PATH) {
        return None;
    }
    Service::of_file(file)
}

fn bare(sandbox: &Sandboxed, status: StatusCode, cause: Cause) -> Response {
    sandbox.note(status, Event::Refused { cause });
    crate::play::plain(status, "text/plain", "")
}

fn xml(status: StatusCode, message: String) -> Response {
    let mut answer = Response::new(Body::from(message));
    *answer.status_mut() = status;
    answer.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/xml; charset=utf-8"),
    );
    answer
}
