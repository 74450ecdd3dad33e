//! The JWKS document (RFC 7517 section 5): public keys out, and nothing private in.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::PublicKey;
use crate::Blame;

/// The longest JWKS document that is read: 64 KiB.
pub const JWKS_LIMIT: usize = 64 * 1024;

/// The most keys that a JWKS document may hold.
pub const KEYS_LIMIT: usize = 100;

/// A set of public keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    keys: Vec<PublicKey>,
}

/// Why a text is no JWKS document that may be published or trusted. Holds no member's value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwksError {
    /// Longer than [`JWKS_LIMIT`].
    #[error("the JWKS document has {length} bytes, at most {limit} are read")]
    TooLarge {
        /// Its length.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// More keys than [`KEYS_LIMIT`].
    #[error("the JWKS document holds {count} keys, at most {limit} are read")]
    TooMany {
        /// How many.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// No JSON object with a list `keys`.
    #[error("the answer is no JWKS document: a JSON object with a list `keys` is needed")]
    NoSet,
    /// A private number or a shared secret: the document was made from the wrong half.
    #[error("key {index} of the JWKS document holds the private member `{member}`")]
    Private {
        /// The place of the key, counted from 0.
        index: usize,
        /// The member.
        member: &'static str,
    },
    /// A key that is none.
    #[error("key {index} of the JWKS document cannot be read: {reason}")]
    Key {
        /// The place of the key, counted from 0.
        index: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// Two different keys under one `kid`.
    #[error("two keys of the JWKS document have the same kid")]
    DuplicateKid,
}

impl JwksError {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::TooMany { .. } => "jwks-too-large",
            Self::NoSet | Self::Key { .. } => "jwks-malformed",
            Self::Private { .. } => "jwks-private-member",
            Self::DuplicateKid => "jwks-duplicate-kid",
        }
    }

    /// Who must act: whoever publishes the document, which is the caller.
    pub fn blame(&self) -> Blame {
        Blame::Caller
    }
}

impl Document {
    /// The document of these keys; the same key twice stands in it once.
    ///
    /// # Errors
    /// Two different keys under one `kid`.
    pub fn new(keys: impl IntoIterator<Item = PublicKey>) -> Result<Self, JwksError> {
        let mut document = Self::default();
        for key in keys {
            let twin = document
                .keys
                .iter()
                .find(|known| known.kid().is_some() && known.kid() == key.kid());
            match twin {
                Some(twin) if twin.is_same_key(&key) => {}
                Some(_) => return Err(JwksError::DuplicateKid),
                None => document.keys.push(key),
            }
        }
        Ok(document)
    }

    /// Reads a document, ours or another's.
    ///
    /// Keys of kinds that this crate does not sign with are kept; what is private is refused.
    ///
    /// # Errors
    /// Anything but public keys in a set, within the limits.
    pub fn parse(bytes: &[u8]) -> Result<Self, JwksError> {
        if bytes.len() > JWKS_LIMIT {
            return Err(JwksError::TooLarge {
                length: bytes.len(),
                limit: JWKS_LIMIT,
            });
        }
        let json = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let value: Value = serde_json::from_slice(json).map_err(|_| JwksError::NoSet)?;
        let keys = value.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or(JwksError::NoSet)?;
        if keys.len() > KEYS_LIMIT {
            return Err(JwksError::TooMany {
                count: keys.len(),
                limit: KEYS_LIMIT,
            });
        }
        let keys = keys
            .iter()
            .enumerate()
            .map(|(index, key)| PublicKey::read(key, index))
            .collect::<Result<_, _>>()?;
        Ok(Self { keys })
    }

    /// The text to publish, with media type `application/jwk-set+json`.
    pub fn to_json(&self) -> String {
        let keys: Vec<_> = self.keys.iter().map(PublicKey::to_jwk).collect();
        // A value made of strings and lists can always be written.
        let mut text = serde_json::to_string_pretty(&json!({ "keys": keys })).unwrap_or_default();
        text.push('\n');
        text
    }

    /// A strong entity tag (RFC 9110 section 8.8.3) that changes when the text does.
    pub fn etag(&self) -> String {
        let digest = digest::digest(&digest::SHA256, self.to_json().as_bytes());
        format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest))
    }

    /// All keys, in the order of the document.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// The keys of this `kid`.
    pub fn by_kid<'a>(&'a self, kid: &'a str) -> impl Iterator<Item = &'a PublicKey> {
        self.keys.iter().filter(move |key| key.kid() == Some(kid))
    }

    /// Whether a server that reads this document accepts signatures of `key`: under its `kid` stands this key,
    /// no other one, and it is given for signatures.
    pub fn publishes(&self, key: &PublicKey) -> bool {
        let Some(kid) = key.kid() else {
            return self.keys.iter().any(|other| other.is_same_key(key));
        };
        let mut named = self.by_kid(kid).peekable();
        named.peek().is_some()
            && named.all(|other| other.is_same_key(key) && other.is_for_signatures())
    }
}

#[cfg(test)]
mod tests;
