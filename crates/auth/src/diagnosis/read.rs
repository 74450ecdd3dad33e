//! Takes an assertion apart without trusting it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::Algorithm;

/// The longest assertion that is read.
const LIMIT: usize = 64 * 1024;

/// An assertion in its parts, unverified. It is a credential until it expires: prints nothing of itself.
pub struct ReadAssertion {
    text: Zeroizing<String>,
    header: Map<String, Value>,
    claims: Map<String, Value>,
    signature: Vec<u8>,
}

/// The text is no compact JWS of two JSON objects (RFC 7515 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "no assertion: three parts of base64url with dots between them, the first two JSON objects, are needed"
)]
pub struct NotAnAssertion;

impl NotAnAssertion {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        "assertion-malformed"
    }
}

impl ReadAssertion {
    /// Reads the compact serialization; white space around it is skipped.
    ///
    /// # Errors
    /// Anything else, and what is longer than 64 KiB.
    pub fn parse(text: &str) -> Result<Self, NotAnAssertion> {
        let text = text.trim();
        if text.len() > LIMIT {
            return Err(NotAnAssertion);
        }
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotAnAssertion);
        };
        let object = |part: &str| {
            let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| NotAnAssertion)?;
            let json = Zeroizing::new(json);
            serde_json::from_slice(&json).map_err(|_| NotAnAssertion)
        };
        Ok(Self {
            header: object(header)?,
            claims: object(claims)?,
            signature: URL_SAFE_NO_PAD
                .decode(signature)
                .map_err(|_| NotAnAssertion)?,
            text: Zeroizing::new(text.to_owned()),
        })
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    pub(super) fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }

    pub(super) fn text_claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    /// A NumericDate (RFC 7519 section 2), cut to whole seconds.
    pub(super) fn date(&self, name: &str) -> Option<i64> {
        let value = self.claims.get(name)?;
        // A float to integer cast saturates, which is as wrong as the claim.
        value
            .as_i64()
            .or_else(|| value.as_f64().map(|seconds| seconds as i64))
    }

    pub(super) fn algorithm(&self) -> Option<Algorithm> {
        match self.header("alg")? {
            "ES256" => Some(Algorithm::ES256),
            "PS256" => Some(Algorithm::PS256),
            "RS256" => Some(Algorithm::RS256),
            _ => None,
        }
    }

    /// What was signed, and the signature.
    pub(super) fn signed(&self) -> (&[u8], &[u8]) {
        let end = self.text.rfind('.').unwrap_or(self.text.len());
        (&self.text.as_bytes()[..end], &self.signature)
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        *self.text == *other.text
    }
}

impl std::fmt::Debug for ReadAssertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReadAssertion({} bytes)", self.text.len())
    }
}
