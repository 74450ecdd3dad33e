//! What a server says about itself: its metadata (RFC 8414) and its clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use http::header::DATE;
use serde::Deserialize;

use crate::grant::date;

/// The members of the metadata that decide about a client of this crate; others are skipped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Advertised {
    /// `issuer`.
    pub issuer: Option<String>,
    /// `token_endpoint`.
    pub token_endpoint: Option<String>,
    /// `token_endpoint_auth_methods_supported`.
    #[serde(rename = "token_endpoint_auth_methods_supported")]
    pub methods: Option<Vec<String>>,
    /// `token_endpoint_auth_signing_alg_values_supported`.
    #[serde(rename = "token_endpoint_auth_signing_alg_values_supported")]
    pub algorithms: Option<Vec<String>>,
    /// `scopes_supported`.
    #[serde(rename = "scopes_supported")]
    pub scopes: Option<Vec<String>>,
}

impl Advertised {
    /// Reads the document at `/.well-known/openid-configuration`; `None` for what is no such document.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let json = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        serde_json::from_slice(json).ok()
    }
}

/// The time by the server's `Date` header (RFC 9110 section 6.6.1), in whole seconds.
pub fn server_time(headers: &HeaderMap) -> Option<SystemTime> {
    let text = headers.get(DATE)?.to_str().ok()?;
    Some(UNIX_EPOCH + Duration::from_secs(date::seconds(text)?))
}
