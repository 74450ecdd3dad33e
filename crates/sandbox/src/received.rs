//! Keeps the requests that reached the gateway, byte for byte, within a bound.

use std::collections::VecDeque;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use castile_codegen::instance::Message;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use serde_json::{Map, Value};

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
    /// The operation that it means, if that can be told: with its service where a contract is kept.
    pub operation: Option<String>,
    /// The headers, without `Authorization` and its like.
    pub headers: HeaderMap,
    /// Whether there was an `Authorization` header with the scheme `Bearer`.
    pub bearer: bool,
    /// What the bearer token claims, if it is a JWT; not verified, and never the token itself.
    pub claims: Option<Map<String, Value>>,
    /// The body as it came.
    pub body: Bytes,
}

impl Received {
    pub(crate) fn new(
        path: &str,
        mut headers: HeaderMap,
        body: Bytes,
        operation: Option<String>,
    ) -> Self {
        let token = crate::gateway::bearer(&headers).ok();
        let claims = token.and_then(claims);
        let bearer = token.is_some();
        for secret in [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE] {
            headers.remove(secret);
        }
        Self {
            path: path.to_owned(),
            operation,
            headers,
            bearer,
            claims,
            body,
        }
    }
}

impl Received {
    /// The text of the element at a path of local names below the payload, such as `MsgRqHdr/jXchangeHdr/InstEnv`, or
    /// of an attribute, `InAcctId/@Rstr`; of several elements of one name the first, unless `Name[2]` names another.
    ///
    /// None where there is no such element, or where it holds others.
    pub fn value(&self, path: &str) -> Option<String> {
        Message::read(&self.body).ok()?.value(path)
    }
}

fn claims(token: &str) -> Option<Map<String, Value>> {
    let claims = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("path", &self.path)
            .field("operation", &self.operation)
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
