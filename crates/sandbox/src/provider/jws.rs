//! Takes a compact JWS apart without believing it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// A JWT whose signature nobody has checked yet (RFC 7515 section 7.1).
pub(crate) struct Unverified<'t> {
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    /// `base64(header).base64(claims)`.
    pub(crate) signed: &'t str,
    /// The base64 text after the second dot.
    pub(crate) signature: &'t str,
}

impl<'t> Unverified<'t> {
    /// `None` if `token` is not three parts of which two are JSON objects.
    pub(crate) fn parse(token: &'t str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            signed,
            signature,
        })
    }

    /// A claim that is a text and not empty.
    pub(crate) fn text(&self, claim: &str) -> Option<&str> {
        self.claims
            .get(claim)?
            .as_str()
            .filter(|text| !text.is_empty())
    }

    /// A claim that is a NumericDate, rounded down (RFC 7519 section 2 allows fractions).
    pub(crate) fn seconds(&self, claim: &str) -> Option<u64> {
        let value = self.claims.get(claim)?;
        // A float beyond u64 saturates, which is as far ahead as any time can be.
        value.as_u64().or_else(|| {
            value
                .as_f64()
                .filter(|number| *number >= 0.0)
                .map(|number| number as u64)
        })
    }

    /// The values of `aud`, be it one text or a list (RFC 7519 section 4.1.3).
    pub(crate) fn audiences(&self) -> Vec<&str> {
        match self.claims.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    match serde_json::from_slice(&bytes).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}
