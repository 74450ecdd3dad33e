//! What the provider knows of a registered client: its public keys.

use std::fmt;
use std::sync::Arc;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

use crate::Cause;

/// Where a client's JWKS document comes from.
#[derive(Clone)]
pub enum Jwks {
    /// The document itself.
    Document(String),
    /// Asked anew for each assertion, so that a test can rotate keys.
    Live(Arc<dyn Fn() -> String + Send + Sync>),
}

impl Jwks {
    /// A document that may change between two assertions.
    pub fn live(document: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self::Live(Arc::new(document))
    }

    /// The keys that may verify a signature by `algorithm`: the one that `kid` names; where the
    /// assertion or the document has no `kid`, all that fit (Jack Henry's OAuth FAQ).
    pub(crate) fn candidates(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<DecodingKey>, Cause> {
        let keys = match self {
            Self::Document(document) => keys(document),
            Self::Live(document) => keys(&document()),
        };
        let keys: Vec<DecodingKey> = keys
            .ok_or(Cause::JwksUnreadable)?
            .iter()
            .filter(|key| match (kid, key.common.key_id.as_deref()) {
                (Some(kid), Some(known)) => kid == known,
                _ => true,
            })
            .filter(|key| fits(key, algorithm))
            .filter_map(|key| DecodingKey::from_jwk(key).ok())
            .collect();
        if keys.is_empty() {
            return Err(Cause::KeyNotFound {
                kid: kid.map(crate::provider::shown),
            });
        }
        Ok(keys)
    }
}

impl From<String> for Jwks {
    fn from(document: String) -> Self {
        Self::Document(document)
    }
}

impl From<&str> for Jwks {
    fn from(document: &str) -> Self {
        Self::Document(document.to_owned())
    }
}

impl fmt::Debug for Jwks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Document(_) => "Jwks::Document",
            Self::Live(_) => "Jwks::Live",
        })
    }
}

/// A JWKS document that cannot be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwksError {
    /// Not a JSON object with a list `keys`, or no key in it that can verify.
    #[error("no usable public key in the JWKS document")]
    NoKey,
    /// A private key was given where public keys belong.
    #[error("the JWKS document holds a private key")]
    PrivateKey,
}

impl JwksError {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoKey => "sandbox-jwks-no-key",
            Self::PrivateKey => "sandbox-jwks-private-key",
        }
    }
}

/// Refuses what can never verify, and private keys, before a client is registered with them.
pub(crate) fn check(jwks: &Jwks) -> Result<(), JwksError> {
    // What a live source says later is judged when it says it.
    let Jwks::Document(document) = jwks else {
        return Ok(());
    };
    let value: Value = serde_json::from_str(document).map_err(|_| JwksError::NoKey)?;
    let listed = value["keys"].as_array().ok_or(JwksError::NoKey)?;
    // RFC 7518 section 6: of an EC or RSA key, of a shared secret.
    const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    let is_private = |key: &Value| PRIVATE.iter().any(|member| !key[*member].is_null());
    if listed.iter().any(is_private) {
        return Err(JwksError::PrivateKey);
    }
    let usable = keys(document).is_some_and(|keys| {
        keys.iter().any(|key| {
            [Algorithm::ES256, Algorithm::PS256, Algorithm::RS256]
                .into_iter()
                .any(|algorithm| fits(key, algorithm))
        })
    });
    if usable {
        Ok(())
    } else {
        Err(JwksError::NoKey)
    }
}

/// The keys of the document; those of an unknown kind are passed over (RFC 7517 section 5).
fn keys(document: &str) -> Option<Vec<Jwk>> {
    let value: Value = serde_json::from_str(document).ok()?;
    let listed = value.get("keys")?.as_array()?;
    Some(
        listed
            .iter()
            .filter_map(|key| serde_json::from_value(key.clone()).ok())
            .collect(),
    )
}

fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let kind = match &key.algorithm {
        AlgorithmParameters::EllipticCurve(parameters) => {
            algorithm == Algorithm::ES256 && parameters.curve == EllipticCurve::P256
        }
        AlgorithmParameters::RSA(_) => matches!(algorithm, Algorithm::PS256 | Algorithm::RS256),
        _ => false,
    };
    let pinned = key
        .common
        .key_algorithm
        .is_none_or(|pinned| pinned == KeyAlgorithm::from(algorithm));
    let signs = !matches!(
        key.common.public_key_use,
        Some(PublicKeyUse::Encryption | PublicKeyUse::Other(_))
    );
    kind && pinned && signs
}
