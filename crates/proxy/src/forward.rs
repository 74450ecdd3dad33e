//! Takes one request through the stack and brings the answer, or a fault, back.

use castile_http::{Answer, Body, Effect, Error, Phase, SoapTransport};
use http::{Request, Response, StatusCode};
use http_body::Body as _;

use crate::fault::{Fault, Party, Version};
use crate::headers;
use crate::watch::{self, UnderWay};

/// Sends the message of `request` where the stack leads and gives what the client shall see.
pub(crate) async fn forward<T>(stack: &T, request: Request<Body>) -> Result<Response<Body>, Fault>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    let (parts, body) = request.into_parts();
    let version = Version::of(&parts.headers);
    let mut outgoing = Request::new(body);
    *outgoing.method_mut() = parts.method;
    *outgoing.headers_mut() = parts.headers;
    Effect::told_by_headers(&mut outgoing);
    headers::to_gateway(outgoing.headers_mut());

    let under_way = UnderWay::start(&mut outgoing);
    let sent = stack.send(outgoing).await;
    let effect = under_way.end();
    let mut answer = match sent {
        Ok(answer) => answer,
        Err(error) => return Err(fault(&error.into(), version)),
    };
    if answer.status().is_redirection() {
        // A client that followed it would take its old password there.
        return Err(redirect(answer.status(), effect));
    }
    log_oddity(&answer, effect);
    headers::to_client(answer.headers_mut());
    Ok(answer.map(|body| watch::body(body, effect)))
}

/// An answer that is no SOAP message goes to the client as it is; what it means, the log says.
fn log_oddity(answer: &Response<Body>, effect: Effect) {
    // The body passes by unread: only whether there is one is known.
    let begin: &[u8] = if answer.body().is_end_stream() {
        b""
    } else {
        b"?"
    };
    let judged = Answer::classify(answer.status(), answer.headers(), begin);
    if let Some(code) = judged.code() {
        let outcome_unknown = judged.outcome_unknown(effect);
        tracing::warn!(
            code,
            outcome_unknown,
            "the gateway's answer is no SOAP message"
        );
    }
}

fn redirect(status: StatusCode, effect: Effect) -> Fault {
    let answer = Answer::Redirect(status);
    Fault {
        status: StatusCode::BAD_GATEWAY,
        party: Party::Server,
        code: answer.code().unwrap_or("gateway-redirect"),
        blame: answer.blame(),
        text: format!(
            "the gateway answered with a redirect ({}), which is not followed",
            status.as_u16()
        ),
        cause: None,
        outcome_unknown: answer.outcome_unknown(effect),
    }
}

fn fault(error: &Error, version: Version) -> Fault {
    let (party, status) = judge(error, version);
    Fault {
        status,
        party,
        code: error.code(),
        blame: error.blame(),
        text: error.to_string(),
        cause: cause(error),
        outcome_unknown: error.outcome_unknown(),
    }
}

/// The sources of an error that its own text does not quote.
fn cause(error: &Error) -> Option<String> {
    let text = error.to_string();
    let mut causes: Vec<String> = Vec::new();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let said = cause.to_string();
        if !text.contains(&said) && causes.iter().all(|known| !known.contains(&said)) {
            causes.push(said);
        }
        source = cause.source();
    }
    (!causes.is_empty()).then(|| causes.join(": "))
}

fn judge(error: &Error, version: Version) -> (Party, StatusCode) {
    match error {
        // SOAP 1.1 section 6.2 knows 500 only; SOAP 1.2 part 2 table 20 gives Sender 400.
        Error::Envelope(_)
        | Error::Digest { .. }
        | Error::Institution { .. }
        | Error::Service { .. }
        | Error::RequestBroken(_) => (
            Party::Client,
            match version {
                Version::Soap11 => StatusCode::INTERNAL_SERVER_ERROR,
                Version::Soap12 => StatusCode::BAD_REQUEST,
            },
        ),
        Error::RequestTooLarge { .. } => (Party::Client, StatusCode::PAYLOAD_TOO_LARGE),
        Error::Timeout {
            phase: Phase::Request,
            ..
        } => (Party::Client, StatusCode::REQUEST_TIMEOUT),
        Error::Timeout { .. } => (Party::Server, StatusCode::GATEWAY_TIMEOUT),
        Error::Auth(error) if error.is_retryable() => {
            (Party::Server, StatusCode::SERVICE_UNAVAILABLE)
        }
        Error::Auth(_)
        | Error::TokenUnsendable
        | Error::Connect(_)
        | Error::Interrupted { .. }
        | Error::AnswerTooLarge { .. } => (Party::Server, StatusCode::BAD_GATEWAY),
        _ => (Party::Server, StatusCode::INTERNAL_SERVER_ERROR),
    }
}
