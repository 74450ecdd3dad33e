//! Keeps the requests that reached the gateway, byte for byte, within a bound.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};

/// Requests that are kept at most.
const REQUESTS: usize = 1024;

/// Bytes of bodies that are kept at most.
const BYTES: usize = 32 * 1024 * 1024;

/// A request as it reached the gateway.
///
/// Its headers come without credentials; `Debug` shows no value of header or body.
#[derive(Clone)]
#[non_exhaustive]
pub struct Received {
    /// The path of the request.
    pub path: String,
    /// The headers, without `Authorization` and its like.
    pub headers: HeaderMap,
    /// Whether there was an `Authorization` header with the scheme `Bearer`.
    pub bearer: bool,
    /// The body as it came.
    pub body: Bytes,
}

impl Received {
    pub(crate) fn new(path: &str, mut headers: HeaderMap, body: Bytes) -> Self {
        let bearer = crate::gateway::bearer(&headers).is_ok();
        for secret in [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE] {
            headers.remove(secret);
        }
        Self {
            path: path.to_owned(),
            headers,
            bearer,
            body,
        }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("path", &self.path)
            .field("bearer", &self.bearer)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// The last requests, as many as the bounds allow.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    requests: VecDeque<Received>,
    bytes: usize,
}

impl Kept {
    pub(crate) fn push(&mut self, received: Received) {
        self.bytes += received.body.len();
        self.requests.push_back(received);
        while self.requests.len() > REQUESTS || self.bytes > BYTES {
            let Some(oldest) = self.requests.pop_front() else {
                break;
            };
            self.bytes -= oldest.body.len();
        }
    }

    pub(crate) fn all(&self) -> VecDeque<Received> {
        self.requests.clone()
    }
}
