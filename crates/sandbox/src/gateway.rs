//! The false service gateway: judges the bearer token, then the message, then answers it.

mod contract;
mod fault;
mod header;
mod model;
mod operation;
mod soap;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::response::Response;
use castile_codegen::QName;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, StatusCode, Uri};

pub(crate) use fault::{Fault, Record};
pub(crate) use header::Header;
pub(crate) use model::{LEGACY_PATH, OAUTH_PATH};
pub(crate) use operation::{Call, serves};
pub(crate) use soap::Soap;

use crate::connection::Cutter;
use crate::received::Received;
use crate::state::{Sandboxed, lock};
use crate::{Cause, Event, Peer};
use contract::{Answered, Refused};
use model::Model;
use operation::Service;

/// The name of the address that answers for all services.
pub(crate) const ALL: &str = "ServiceGateway";

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
    let fault = Fault::failed_authentication(Cause::HeaderSecurity);
    Soap::V11.response(StatusCode::INTERNAL_SERVER_ERROR, fault.message())
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
    let operation = identify(&sandbox, uri.path(), &headers, &body);
    let received = Received::new(uri.path(), headers.clone(), body, operation.clone());
    sandbox.keep(received.clone());
    let truth = async { answer(&sandbox, &method, &headers, &received) };
    crate::play::play(
        &sandbox,
        Peer::Gateway,
        operation.as_deref(),
        &cutter,
        truth,
    )
    .await
}

/// The operation that a request seems to mean, before anything of it is judged.
fn identify(sandbox: &Sandboxed, path: &str, headers: &HeaderMap, body: &[u8]) -> Option<String> {
    match &sandbox.settings.contract {
        Some(contract) => {
            let service = path.rsplit('/').next().unwrap_or_default();
            let service = service.split('.').next().unwrap_or_default();
            contract::identify(contract, service, headers, body)
        }
        None => {
            let action = soap::action(headers)?;
            let name = action.rsplit('/').next()?;
            (!name.is_empty()).then(|| name.to_owned())
        }
    }
}

/// The true answer, step by step: token, transport, message, operation.
fn answer(
    sandbox: &Sandboxed,
    method: &Method,
    headers: &HeaderMap,
    received: &Received,
) -> Response {
    let Some((model, service)) = Model::of_path(sandbox, &received.path) else {
        return bare(sandbox, StatusCode::NOT_FOUND, Cause::ServiceUnknown);
    };
    let contract = sandbox.settings.contract.as_ref();
    let is_known = match contract {
        Some(contract) => service.eq_ignore_ascii_case(ALL) || contract.has_service(service),
        None => Service::of_name(service).is_some(),
    };
    if !is_known {
        return bare(sandbox, StatusCode::NOT_FOUND, Cause::ServiceUnknown);
    }
    if let Err(cause) = model.judge_http(sandbox, headers) {
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
    let declared = soap::declared(headers);
    if declared.is_none_or(|soap| soap == Soap::V12 && contract.is_none()) {
        return bare(
            sandbox,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Cause::MediaType,
        );
    }
    let answered = match contract {
        Some(contract) => contract::answer(sandbox, contract, model, service, headers, received),
        None => bank(sandbox, model, service, headers, &received.body),
    };
    match answered {
        Ok(Answered {
            operation,
            response,
        }) => {
            if response.status().is_success() {
                let answered = &sandbox.counts.operations_answered;
                answered.fetch_add(1, Ordering::SeqCst);
            }
            sandbox.note(response.status(), Event::Answered { operation });
            response
        }
        Err(Refused { soap, fault }) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            let cause = fault.cause().clone();
            sandbox.note(status, Event::Refused { cause });
            soap.response(status, fault.message_in(soap))
        }
    }
}

/// The answer of the sample contract's bank.
fn bank(
    sandbox: &Sandboxed,
    model: Model,
    service: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Answered, Refused> {
    let answered = soap::open(body).and_then(|opened| {
        if opened.soap != Soap::V11 {
            return Err(Fault::version_mismatch());
        }
        model.judge(sandbox, opened.header.as_ref())?;
        let request = opened.payload;
        let service = Service::of_name(service);
        let service = service.ok_or_else(|| Fault::client(Cause::ServiceUnknown))?;
        let operation = operation::choose(service, &request, headers)?;
        let tracking = sandbox.counts.tracking.fetch_add(1, Ordering::SeqCst) + 1;
        let answer = operation.answer(&mut lock(&sandbox.bank), &request, tracking)?;
        Ok(Answered {
            operation: operation.name.into(),
            response: Soap::V11.response(StatusCode::OK, answer),
        })
    });
    let soap = Soap::V11;
    answered.map_err(|fault| Refused { soap, fault })
}

/// The fault that a script wants: `HdrFault` where the contract has it, else what the operation declares.
pub(crate) fn scripted_fault(sandbox: &Sandboxed, operation: Option<&str>, code: u32) -> Response {
    let contract = sandbox.settings.contract.as_ref();
    let named = contract.zip(operation).and_then(|(contract, operation)| {
        let named = contract.named(operation).ok()?;
        Some((contract, *named.first()?))
    });
    let mut soap = Soap::V11;
    let detail = match named {
        Some((contract, operation)) => {
            if operation.soap_1_2 {
                soap = Soap::V12;
            }
            let is_hdr_fault =
                |name: &QName| (name.namespace(), name.local()) == (soap::TPG, "HdrFault");
            match operation.faults.iter().any(is_hdr_fault) {
                true => fault::scripted(code),
                false => contract
                    .fault(operation, sandbox.settings.seed)
                    .unwrap_or_default(),
            }
        }
        None => fault::scripted(code),
    };
    let fault = Fault::declared("As the script says.".to_owned(), detail);
    soap.response(StatusCode::INTERNAL_SERVER_ERROR, fault.message_in(soap))
}

fn bare(sandbox: &Sandboxed, status: StatusCode, cause: Cause) -> Response {
    sandbox.note(status, Event::Refused { cause });
    crate::play::plain(status, "text/plain", "")
}
