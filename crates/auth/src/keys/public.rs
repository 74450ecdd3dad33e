//! One public key of a JWKS document (RFC 7517 section 4).

use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve};
use serde_json::{Map, Value, json};

use super::JwksError;
use crate::{KeyError, LocalSigner};

/// Every member that a public key never has (RFC 7518 section 6): private numbers and shared secrets.
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// A public key with what its document says about it. Holds no private member, so it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    kid: Option<String>,
    alg: Option<String>,
    usage: Option<String>,
    numbers: Numbers,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Numbers {
    Rsa {
        n: String,
        e: String,
    },
    P256 {
        x: String,
        y: String,
    },
    /// Of a kind that signs nothing for this client.
    Other {
        kty: String,
    },
}

impl PublicKey {
    /// The public half of a signer, under its `kid`, with `use` and without `alg`: one RSA key may serve RS256 and PS256,
    /// and servers compare the member.
    ///
    /// # Errors
    /// As [`LocalSigner::public_jwk`].
    pub fn of(signer: &LocalSigner) -> Result<Self, KeyError> {
        let jwk = signer.public_jwk()?;
        let numbers = match jwk.algorithm {
            AlgorithmParameters::RSA(key) => Numbers::Rsa { n: key.n, e: key.e },
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
                Numbers::P256 { x: key.x, y: key.y }
            }
            _ => {
                return Err(KeyError::Inconsistent {
                    reason: "it is neither RSA nor P-256",
                });
            }
        };
        Ok(Self {
            kid: jwk.common.key_id,
            alg: None,
            usage: Some(String::from("sig")),
            numbers,
        })
    }

    /// Reads one member of `keys`; `index` is its place, for the error.
    ///
    /// # Errors
    /// A private member, a shared secret, no object, members that are not what they must be.
    pub(super) fn read(value: &Value, index: usize) -> Result<Self, JwksError> {
        let malformed = |reason| JwksError::Key { index, reason };
        let members = value.as_object().ok_or(malformed("it is no object"))?;
        let private = PRIVATE.iter().find(|name| members.contains_key(**name));
        if let Some(member) = private {
            return Err(JwksError::Private { index, member });
        }
        let text = |name: &str| match members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(malformed("a member that must be a string is none")),
        };
        let number = |name: &str| {
            let text = text(name)?.ok_or(malformed("a member of its kind of key is missing"))?;
            match URL_SAFE_NO_PAD.decode(&text) {
                Ok(bytes) if !bytes.is_empty() => Ok(text),
                _ => Err(malformed("a number of it is not base64url")),
            }
        };
        let kty = text("kty")?.ok_or(malformed("it has no kty"))?;
        let numbers = match (kty.as_str(), text("crv")?.as_deref()) {
            ("oct", _) => return Err(JwksError::Private { index, member: "k" }),
            ("RSA", _) => Numbers::Rsa {
                n: number("n")?,
                e: number("e")?,
            },
            ("EC", Some("P-256")) => Numbers::P256 {
                x: number("x")?,
                y: number("y")?,
            },
            _ => Numbers::Other { kty },
        };
        Ok(Self {
            kid: text("kid")?,
            alg: text("alg")?,
            usage: text("use")?,
            numbers,
        })
    }

    /// The key as a JWK.
    pub fn to_jwk(&self) -> Value {
        let mut members = Map::new();
        let mut put = |name: &str, value: &str| {
            members.insert(String::from(name), json!(value));
        };
        match &self.numbers {
            Numbers::Rsa { n, e } => {
                put("kty", "RSA");
                put("n", n);
                put("e", e);
            }
            Numbers::P256 { x, y } => {
                put("kty", "EC");
                put("crv", "P-256");
                put("x", x);
                put("y", y);
            }
            Numbers::Other { kty } => put("kty", kty),
        }
        for (name, value) in [("use", &self.usage), ("kid", &self.kid), ("alg", &self.alg)] {
            if let Some(value) = value {
                put(name, value);
            }
        }
        Value::Object(members)
    }

    /// The key as PEM (`SubjectPublicKeyInfo`, RFC 5280 section 4.1), for a registration that takes one key and no URL.
    ///
    /// `None` for a kind that this crate does not sign with.
    pub fn to_pem(&self) -> Option<String> {
        let der = match &self.numbers {
            Numbers::Rsa { n, e } => {
                let key = sequence(&[integer(&decode(n)?), integer(&decode(e)?)].concat());
                let algorithm = sequence(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
                sequence(&[algorithm, bit_string(&key)].concat())
            }
            Numbers::P256 { .. } => {
                let algorithm = sequence(
                    b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07",
                );
                sequence(&[algorithm, bit_string(&self.point()?)].concat())
            }
            Numbers::Other { .. } => return None,
        };
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        let body = STANDARD.encode(der);
        let mut rest = body.as_str();
        while !rest.is_empty() {
            let (line, more) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = more;
        }
        pem.push_str("-----END PUBLIC KEY-----\n");
        Some(pem)
    }

    /// The `kid` member.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The `alg` member.
    pub fn alg(&self) -> Option<&str> {
        self.alg.as_deref()
    }

    /// Whether the document gives the key for signatures: `use` is `sig` or absent.
    pub fn is_for_signatures(&self) -> bool {
        self.usage.as_deref().is_none_or(|usage| usage == "sig")
    }

    /// The RFC 7638 thumbprint (SHA-256, base64url); `None` for a kind that this crate does not sign with.
    pub fn thumbprint(&self) -> Option<String> {
        let members = match &self.numbers {
            Numbers::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
            Numbers::P256 { x, y } => {
                format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#)
            }
            Numbers::Other { .. } => return None,
        };
        Some(URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, members.as_bytes())))
    }

    /// Whether both are the same key, whatever their documents say about it.
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.numbers == other.numbers && !matches!(self.numbers, Numbers::Other { .. })
    }

    /// Whether a key of this kind can have made signatures of this algorithm, and the document does not forbid it.
    pub fn fits(&self, algorithm: &str) -> bool {
        let of_its_kind = match self.numbers {
            Numbers::Rsa { .. } => matches!(algorithm, "PS256" | "RS256"),
            Numbers::P256 { .. } => algorithm == "ES256",
            Numbers::Other { .. } => false,
        };
        of_its_kind && self.alg.as_deref().is_none_or(|alg| alg == algorithm)
    }

    /// Whether `signature` over `input` was made by this key.
    pub fn verify(&self, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> bool {
        let verified = match (&self.numbers, algorithm) {
            (Numbers::Rsa { n, e }, Algorithm::PS256 | Algorithm::RS256) => {
                let scheme = match algorithm {
                    Algorithm::PS256 => &RSA_PSS_2048_8192_SHA256,
                    _ => &RSA_PKCS1_2048_8192_SHA256,
                };
                let (Some(n), Some(e)) = (decode(n), decode(e)) else {
                    return false;
                };
                RsaPublicKeyComponents { n, e }.verify(scheme, input, signature)
            }
            (Numbers::P256 { .. }, Algorithm::ES256) => {
                let Some(point) = self.point() else {
                    return false;
                };
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(input, signature)
            }
            _ => return false,
        };
        verified.is_ok()
    }

    /// The uncompressed point (SEC1 section 2.3.3).
    fn point(&self) -> Option<Vec<u8>> {
        let Numbers::P256 { x, y } = &self.numbers else {
            return None;
        };
        let (x, y) = (decode(x)?, decode(y)?);
        (x.len() == 32 && y.len() == 32).then(|| [&[4], &x[..], &y[..]].concat())
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn sequence(content: &[u8]) -> Vec<u8> {
    element(0x30, content)
}

fn bit_string(content: &[u8]) -> Vec<u8> {
    element(0x03, &[&[0], content].concat())
}

/// A positive INTEGER: a zero in front where the first bit would make it negative (X.690 section 8.3).
fn integer(number: &[u8]) -> Vec<u8> {
    if number.first().is_some_and(|first| first & 0x80 != 0) {
        element(0x02, &[&[0], number].concat())
    } else {
        element(0x02, number)
    }
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut der = vec![tag];
    let length = content.len().to_be_bytes();
    let length = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    match length {
        [] => der.push(0),
        [short] if *short < 0x80 => der.push(*short),
        _ => {
            // At most eight bytes of length.
            der.push(0x80 | u8::try_from(length.len()).unwrap_or(8));
            der.extend_from_slice(length);
        }
    }
    der.extend_from_slice(content);
    der
}
