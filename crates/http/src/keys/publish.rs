//! Answers requests for the JWKS document.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use castile_auth::keys::Document;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH,
};
use http::{Method, Request, Response, StatusCode};

use super::{KeyOptions, KeysError, Store};
use crate::Body;

/// As long as a server keeps it at least, so that a rotation waits no longer than it must.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// The published keys of some stores, for any HTTP server to mount.
///
/// GET and HEAD of `/jwks.json`, `/.well-known/jwks.json` and `/jwks` give the document of now, with `ETag` and
/// `Cache-Control: public, max-age=60`; `/health` gives 200. A state that cannot be read leaves the last good document.
#[derive(Debug)]
pub struct JwksHandler {
    stores: Vec<(Store, KeyOptions)>,
    last: Mutex<Published>,
}

#[derive(Debug, Clone)]
struct Published {
    text: Bytes,
    etag: HeaderValue,
}

impl JwksHandler {
    /// Reads the keys that are published now.
    ///
    /// # Errors
    /// A key or a state that cannot be read, two keys under one `kid`.
    pub fn open(stores: Vec<(Store, KeyOptions)>) -> Result<Self, KeysError> {
        let last = Mutex::new(Published::of(&document(&stores)?));
        Ok(Self { stores, last })
    }

    /// The answer to one request. Reads small files.
    pub fn answer<B>(&self, request: &Request<B>) -> Response<Body> {
        let with_body = request.method() == Method::GET;
        if !with_body && request.method() != Method::HEAD {
            let mut refused = plain(StatusCode::METHOD_NOT_ALLOWED, "GET and HEAD only\n", true);
            let allowed = HeaderValue::from_static("GET, HEAD");
            refused.headers_mut().insert(ALLOW, allowed);
            return refused;
        }
        match request.uri().path() {
            "/jwks.json" | "/.well-known/jwks.json" | "/jwks" => {
                let asked = request.headers().get_all(IF_NONE_MATCH);
                let published = self.published();
                let unchanged = asked
                    .iter()
                    .filter_map(|value| value.to_str().ok())
                    .flat_map(|list| list.split(','))
                    .map(|tag| tag.trim().trim_start_matches("W/"))
                    .any(|tag| tag == "*" || tag.as_bytes() == published.etag.as_bytes());
                published.answer(unchanged, with_body)
            }
            "/health" => plain(StatusCode::OK, "ok\n", with_body),
            _ => plain(StatusCode::NOT_FOUND, "not found\n", with_body),
        }
    }

    fn published(&self) -> Published {
        let read = document(&self.stores);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match read {
            Ok(document) => *last = Published::of(&document),
            Err(error) => {
                let code = error.code();
                tracing::warn!(code, %error, "the keys cannot be read anew: the last document stays");
            }
        }
        last.clone()
    }
}

impl Published {
    fn of(document: &Document) -> Self {
        Self {
            text: document.to_json().into(),
            // Quotes and base64url go into a header.
            etag: HeaderValue::from_str(&document.etag())
                .unwrap_or(HeaderValue::from_static("\"\"")),
        }
    }

    fn answer(self, unchanged: bool, with_body: bool) -> Response<Body> {
        let length = self.text.len();
        let body = if with_body && !unchanged {
            Body::whole(self.text)
        } else {
            Body::whole(Bytes::new())
        };
        let mut answer = Response::new(body);
        let headers = answer.headers_mut();
        headers.insert(ETAG, self.etag);
        headers.insert(CACHE_CONTROL, CACHE);
        if unchanged {
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            headers.insert(CONTENT_LENGTH, length.into());
            let media_type = HeaderValue::from_static("application/jwk-set+json");
            headers.insert(CONTENT_TYPE, media_type);
        }
        answer
    }
}

fn document(stores: &[(Store, KeyOptions)]) -> Result<Document, KeysError> {
    let mut keys = Vec::new();
    for (store, options) in stores {
        let document = store.read_or_settled(options)?.document()?;
        keys.extend(document.keys().iter().cloned());
    }
    Ok(Document::new(keys)?)
}

fn plain(status: StatusCode, text: &'static str, with_body: bool) -> Response<Body> {
    let body = if with_body { text } else { "" };
    let mut answer = Response::new(Body::whole(Bytes::from_static(body.as_bytes())));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    let media_type = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(CONTENT_TYPE, media_type);
    headers.insert(CONTENT_LENGTH, text.len().into());
    answer
}

#[cfg(test)]
mod tests;
