//! The span of one attempt, by the conventions for HTTP clients.

use http::{Request, Response};
use http_body::Body as _;
use tracing::Span;
use tracing::field::Empty;

use crate::{Attempts, Body, Error, Origin};

/// A span for the `number`th attempt, from 1.
pub(crate) fn attempt(
    request: &Request<Body>,
    origin: &Origin,
    number: u32,
    attempts: &Attempts,
) -> Span {
    tracing::debug_span!(
        "attempt",
        attempt = number,
        tracking_id = attempts.ids().last(),
        "otel.kind" = "client",
        "http.request.method" = request.method().as_str(),
        "http.request.resend_count" = number.checked_sub(1).filter(|count| *count > 0),
        "http.request.body.size" = request.body().size_hint().exact(),
        "server.address" = origin.host(),
        "server.port" = origin.port(),
        "http.response.status_code" = Empty,
        "error.type" = Empty,
    )
}

/// Notes on its span what came of an attempt.
pub(crate) fn answered(
    span: &Span,
    answer: Result<Response<Body>, Error>,
) -> Result<Response<Body>, Error> {
    match &answer {
        Ok(answer) => {
            let status = answer.status();
            span.record("http.response.status_code", status.as_u16());
            if status.as_u16() >= 400 {
                span.record("error.type", status.as_str());
            }
            span.in_scope(|| tracing::debug!(status = status.as_u16(), "answered"));
        }
        Err(error) => {
            span.record("error.type", error.code());
        }
    }
    answer
}
