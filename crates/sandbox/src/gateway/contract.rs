//! Answers any operation of a contract: a request that keeps it, by what a test set or by what is drawn.

use std::borrow::Cow;

use axum::body::Body;
use axum::response::Response;
use castile_codegen::instance::{Callable, Message, Violation};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::soap::{Opened, Soap};
use super::{Fault, Model};
use crate::reply::Kind;
use crate::state::{Sandboxed, lock};
use crate::{Cause, Contract, NotSoap, Received, Reply};

/// The answer to an operation, and its name.
pub(super) struct Answered {
    pub(super) operation: Cow<'static, str>,
    pub(super) response: Response,
}

/// A fault in the SOAP of the request.
pub(super) struct Refused {
    pub(super) soap: Soap,
    pub(super) fault: Fault,
}

/// The full name of the operation that a request means, if it means one.
pub(super) fn identify(
    contract: &Contract,
    service: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Option<String> {
    let message = Message::read(body).ok()?;
    let action = super::soap::action(headers);
    let meant = contract.meant(&message, service, action.as_deref());
    meant.map(Callable::full_name)
}

/// Judges a request and answers it.
pub(super) fn answer(
    sandbox: &Sandboxed,
    contract: &Contract,
    model: Model,
    service: &str,
    headers: &HeaderMap,
    received: &Received,
) -> Result<Answered, Refused> {
    let body = &received.body[..];
    let plain = |fault| Refused {
        soap: Soap::V11,
        fault,
    };
    let Opened { soap, header, .. } = super::soap::open(body).map_err(plain)?;
    let refuse = |fault| Refused { soap, fault };
    model.judge(sandbox, header.as_ref()).map_err(refuse)?;
    // Well-formed by the reader before; this one has other bounds.
    let malformed = |_| {
        refuse(Fault::client(Cause::NotSoap {
            reason: NotSoap::TooMany,
            offset: 0,
        }))
    };
    let message = Message::read(body).map_err(malformed)?;
    let action = super::soap::action(headers);
    let operation = contract
        .meant(&message, service, action.as_deref())
        .ok_or_else(|| refuse(Fault::client(Cause::OperationUnknown)))?;
    if contract.has_service(service) && !operation.service.eq_ignore_ascii_case(service) {
        return Err(refuse(Fault::client(Cause::OperationUnknown)));
    }
    let wanted = match operation.soap_1_2 {
        true => Soap::V12,
        false => Soap::V11,
    };
    if soap != wanted {
        return Err(refuse(Fault::version_mismatch()));
    }
    // SOAP 1.2 may leave the action out (part 2, section 6.5).
    let told = soap == Soap::V11 || action.is_some();
    if told && action.unwrap_or_default() != operation.action {
        return Err(refuse(Fault::client(Cause::ActionMismatch)));
    }
    let violations = contract.check_request(operation, &message);
    let violations = violations.map_err(|_| refuse(Fault::undrawable()))?;
    if let Some(violation) = violations.first() {
        return Err(refuse(Fault::client(cause(violation))));
    }
    let name = operation.full_name();
    let set = lock(&sandbox.answers).get(&name).cloned();
    let reply = match set {
        Some(answer) => answer(received),
        None if operation.one_way => Reply::http(202, "text/xml", ""),
        None => {
            let drawn = contract.response(operation, sandbox.settings.seed);
            Reply::payload(drawn.map_err(|_| refuse(Fault::undrawable()))?)
        }
    };
    Ok(Answered {
        operation: name.into(),
        response: response(soap, reply),
    })
}

fn cause(violation: &Violation) -> Cause {
    Cause::ContractViolated {
        violation: violation.to_string(),
    }
}

/// Puts a reply on the wire.
pub(super) fn response(soap: Soap, reply: Reply) -> Response {
    match reply.0 {
        Kind::Payload(xml) => soap.response(StatusCode::OK, soap.envelope(&xml)),
        Kind::Fault { reason, detail } => {
            let fault = Fault::declared(reason, detail);
            soap.response(StatusCode::INTERNAL_SERVER_ERROR, fault.message_in(soap))
        }
        Kind::Http {
            status,
            media_type,
            body,
        } => {
            let mut response = Response::new(Body::from(body));
            // What is no status or header is the test's own.
            let fallback = StatusCode::INTERNAL_SERVER_ERROR;
            *response.status_mut() = StatusCode::from_u16(status).unwrap_or(fallback);
            if let Ok(value) = HeaderValue::from_str(&media_type) {
                response.headers_mut().insert(CONTENT_TYPE, value);
            }
            response
        }
    }
}
