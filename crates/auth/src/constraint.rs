//! What a sender-constrained token demands of each request (RFC 9449).

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use url::Url;

use crate::ports::BoxFuture;
use crate::{AccessToken, Error};

/// Ties tokens to a key: proves its possession with each request, to the authorization server and to the resource.
pub trait SenderConstraint: Send + Sync + fmt::Debug {
    /// The `token_type` that answers must name, which is also the scheme of the `Authorization` header: `DPoP`.
    fn token_type(&self) -> &'static str;

    /// The header that proves possession in one request, new for each attempt.
    ///
    /// `token` is the one the request travels under; a token request has none.
    fn prove<'a>(
        &'a self,
        method: &'a Method,
        url: &'a Url,
        token: Option<&'a AccessToken>,
    ) -> BoxFuture<'a, Result<(HeaderName, HeaderValue), Error>>;

    /// Learns from every answer, a failed one and the one to a repeated request included.
    ///
    /// True if the request was refused for want of a nonce that this answer brought, so that it may be sent once more.
    /// `code` is the error code of the answer's body, where that was read.
    fn heed(&self, url: &Url, status: StatusCode, headers: &HeaderMap, code: Option<&str>) -> bool;

    /// A number that tells keys apart: tokens of one key are of no use to another.
    fn fingerprint(&self) -> u64;
}
