//! Plays a scripted step in place of the true answer.

use std::future::Future;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

use crate::broken::Broken;
use crate::connection::Cutter;
use crate::gateway::{access_denied, scripted_fault};
use crate::reply::packed;
use crate::state::{Sandboxed, lock};
use crate::{Event, Peer, Step};

/// Plays the next step of the script, or gives the true answer.
pub(crate) async fn play(
    sandbox: &Sandboxed,
    peer: Peer,
    operation: Option<&str>,
    cutter: &Cutter,
    truth: impl Future<Output = Response>,
) -> Response {
    let step = lock(&sandbox.script).next(peer, operation);
    let scripted = |status: StatusCode| sandbox.note(status, Event::Scripted { step });
    match step {
        Step::Pass => truth.await,
        Step::Slow(delay) => {
            tokio::time::sleep(delay).await;
            truth.await
        }
        Step::CutBefore => {
            cutter.cut();
            sandbox.note_cut(step);
            Response::default()
        }
        Step::CutAfter => {
            let answer = truth.await;
            cutter.cut();
            sandbox.note_cut(step);
            answer
        }
        Step::CutAt(bytes) => {
            let (head, body) = truth.await.into_parts();
            sandbox.note_cut(step);
            let whole = whole(body).await;
            Response::from_parts(head, Body::new(Broken::new(whole, bytes)))
        }
        Step::HdrFault(code) => {
            scripted(StatusCode::INTERNAL_SERVER_ERROR);
            scripted_fault(sandbox, operation, code)
        }
        Step::Html => {
            scripted(StatusCode::OK);
            let page =
                "<!DOCTYPE html><html><head><title>Sign in</title></head><body></body></html>";
            plain(StatusCode::OK, "text/html", page)
        }
        Step::Mtom => {
            let (mut head, body) = truth.await.into_parts();
            let start_info = match head.headers.get(CONTENT_TYPE) {
                Some(media) if media.as_bytes().starts_with(b"application/soap+xml") => {
                    "application/soap+xml"
                }
                _ => "text/xml",
            };
            let (media_type, body) = packed(&whole(body).await, start_info, []);
            if let Ok(media_type) = media_type.parse() {
                head.headers.insert(CONTENT_TYPE, media_type);
            }
            Response::from_parts(head, Body::from(body))
        }
        Step::Unauthorized => {
            scripted(StatusCode::UNAUTHORIZED);
            if peer == Peer::Gateway {
                sandbox
                    .counts
                    .gateway_unauthorized
                    .fetch_add(1, Ordering::SeqCst);
            }
            sandbox.unauthorized()
        }
        Step::Forbidden => {
            scripted(StatusCode::FORBIDDEN);
            plain(StatusCode::FORBIDDEN, "text/plain", "")
        }
        Step::AccessDenied => {
            scripted(StatusCode::INTERNAL_SERVER_ERROR);
            access_denied()
        }
        Step::BadGatewayHtml => {
            scripted(StatusCode::BAD_GATEWAY);
            let page = "<html><head><title>502 Bad Gateway</title></head>\
                        <body><h1>502 Bad Gateway</h1></body></html>";
            plain(StatusCode::BAD_GATEWAY, "text/html", page)
        }
        Step::Unavailable => {
            scripted(StatusCode::SERVICE_UNAVAILABLE);
            let mut answer = plain(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "");
            answer
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from_static("1"));
            answer
        }
    }
}

/// The bytes of an answer that was made here, and so is whole.
async fn whole(body: Body) -> Bytes {
    axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default()
}

/// An answer of a fixed text.
pub(crate) fn plain(status: StatusCode, media: &'static str, body: &'static str) -> Response {
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media));
    answer
}
