//! One public key of an issuer, and whether it may verify a signature.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde_json::Value;

use super::OidcError;

const WHAT: &str = "the issuer's key set";

/// Keys that are read of one set at most.
const MOST: usize = 64;

/// Of an RSA or EC key, and of a shared secret (RFC 7518 section 6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A key as its document says it is (RFC 7517 section 4).
#[derive(Debug, Clone, Deserialize)]
pub(super) struct PublicKey {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The keys of a JWKS document. One with a private member is refused as a whole: who publishes that is compromised.
pub(super) fn read(document: &[u8]) -> Result<Vec<PublicKey>, OidcError> {
    let unreadable = |reason| OidcError::Unreadable { what: WHAT, reason };
    let document: Value =
        serde_json::from_slice(document).map_err(|_| unreadable("no JSON object"))?;
    let listed = document["keys"]
        .as_array()
        .ok_or(unreadable("no list of keys"))?;
    if listed.len() > MOST {
        return Err(unreadable("more than 64 keys"));
    }
    if listed
        .iter()
        .any(|key| PRIVATE.iter().any(|member| !key[*member].is_null()))
    {
        return Err(unreadable("it holds a private key"));
    }
    // Keys of an unknown shape are passed over (RFC 7517 section 5).
    Ok(listed
        .iter()
        .filter_map(|key| PublicKey::deserialize(key).ok())
        .collect())
}

impl PublicKey {
    /// Whether nothing that the key says of itself speaks against it.
    pub(super) fn fits(&self, kid: Option<&str>, algorithm: Algorithm) -> bool {
        let (kind, curve, name) = match algorithm {
            Algorithm::ES256 => ("EC", Some("P-256"), "ES256"),
            Algorithm::PS256 => ("RSA", None, "PS256"),
            Algorithm::RS256 => ("RSA", None, "RS256"),
            _ => return false,
        };
        self.kty == kind
            && kid.is_none_or(|kid| self.kid.as_deref() == Some(kid))
            && self.alg.as_deref().is_none_or(|alg| alg == name)
            && self.usage.as_deref().is_none_or(|usage| usage == "sig")
            && self
                .key_ops
                .as_ref()
                .is_none_or(|ops| ops.iter().any(|op| op == "verify"))
            && curve.is_none_or(|curve| self.crv.as_deref() == Some(curve))
    }

    /// Whether the signature is by this key. Directly on AWS-LC: `jsonwebtoken` panics when a build enables both of
    /// its back ends.
    pub(super) fn verify(&self, algorithm: Algorithm, signed: &[u8], signature: &[u8]) -> bool {
        let number = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref()?).ok();
        if algorithm == Algorithm::ES256 {
            let (Some(x), Some(y)) = (number(&self.x), number(&self.y)) else {
                return false;
            };
            if (x.len(), y.len()) != (32, 32) {
                return false;
            }
            let point = [&[4][..], &x, &y].concat();
            return UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(signed, signature)
                .is_ok();
        }
        let parameters = match algorithm {
            Algorithm::PS256 => &RSA_PSS_2048_8192_SHA256,
            Algorithm::RS256 => &RSA_PKCS1_2048_8192_SHA256,
            _ => return false,
        };
        let (Some(n), Some(e)) = (number(&self.n), number(&self.e)) else {
            return false;
        };
        RsaPublicKeyComponents { n, e }
            .verify(parameters, signed, signature)
            .is_ok()
    }
}
