//! Signs with a private key that was read into this process.

use std::sync::Arc;

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, EllipticCurveKeyParameters,
    EllipticCurveKeyType, Jwk, JwkSet, PublicKeyUse, RSAKeyParameters, RSAKeyType,
};

use crate::ports::BoxFuture;
use crate::{Error, Signature, Signer};

mod der;
mod encrypted;
mod error;
mod jwk;
mod pem;
#[cfg(feature = "pkcs11")]
mod pkcs11;
mod read;

pub use error::KeyError;
#[cfg(feature = "pkcs11")]
pub use pkcs11::{Pkcs11Fault, Pkcs11Signer};

/// A private key, parsed once, pinned to one algorithm and one `kid`. Prints its public facts only.
///
/// Reads PEM with PKCS#8 (encrypted or not), PKCS#1 (RSA) or SEC1 (EC), and a private JWK (RFC 7517). An RSA key of at least 2048 bits
/// signs with PS256 unless [`LocalSigner::with_algorithm`] chooses RS256; a P-256 key signs with ES256.
/// The key lives in memory that AWS-LC wipes when it is freed; this crate keeps no copy of the file.
#[derive(Clone)]
pub struct LocalSigner {
    key: Arc<Key>,
    algorithm: Algorithm,
    key_id: String,
}

pub(crate) enum Key {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

impl LocalSigner {
    /// Reads the content of a key file. The `kid` is the RFC 7638 thumbprint (SHA-256), or a JWK's own `kid`.
    ///
    /// # Errors
    /// Anything but exactly one unencrypted private key of a kind that Jack Henry accepts; see [`KeyError`].
    pub fn read(file: &[u8]) -> Result<Self, KeyError> {
        Self::of(read::key(file, None)?)
    }

    /// The same for a file whose key a passphrase may encrypt: PKCS#8 with PBES2 (`BEGIN ENCRYPTED PRIVATE KEY`).
    ///
    /// One line end at the end of the passphrase does not count. Takes as long as the file demands, some seconds at
    /// most.
    ///
    /// # Errors
    /// As [`LocalSigner::read`], and when the passphrase does not open the key. The older encryption of PEM
    /// (`Proc-Type: 4,ENCRYPTED`) is refused.
    pub fn read_encrypted(file: &[u8], passphrase: &[u8]) -> Result<Self, KeyError> {
        let passphrase = passphrase.strip_suffix(b"\n").unwrap_or(passphrase);
        let passphrase = passphrase.strip_suffix(b"\r").unwrap_or(passphrase);
        Self::of(read::key(file, Some(passphrase))?)
    }

    fn of(found: read::Found) -> Result<Self, KeyError> {
        let algorithm = match &found.key {
            Key::Rsa(_) => Algorithm::PS256,
            Key::P256(_) => Algorithm::ES256,
        };
        let key_id = match found.key_id {
            Some(key_id) => key_id,
            None => thumbprint(&found.key.public()?)?,
        };
        let signer = Self {
            key: Arc::new(found.key),
            algorithm,
            key_id,
        };
        match found.algorithm {
            Some(algorithm) => signer.with_algorithm(algorithm),
            None => Ok(signer),
        }
    }

    /// A new P-256 key that lives and dies with this process, as sender-constrained tokens want it (RFC 9449).
    ///
    /// # Errors
    /// [`KeyError::Inconsistent`] when the system gives no randomness.
    pub fn ephemeral() -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| {
            KeyError::Inconsistent {
                reason: "the system gives no randomness to make it from",
            }
        })?;
        let key = Key::P256(pair);
        let key_id = thumbprint(&key.public()?)?;
        Ok(Self {
            key: Arc::new(key),
            algorithm: Algorithm::ES256,
            key_id,
        })
    }

    /// The same key, pinned to `algorithm`.
    ///
    /// # Errors
    /// When the key cannot sign with it, or Jack Henry does not accept it (only ES256, PS256 and RS256).
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> Result<Self, KeyError> {
        match (&*self.key, algorithm) {
            (Key::Rsa(_), Algorithm::PS256 | Algorithm::RS256)
            | (Key::P256(_), Algorithm::ES256) => {
                self.algorithm = algorithm;
                Ok(self)
            }
            (key, asked) => Err(KeyError::Algorithm {
                asked,
                key: key.name(),
            }),
        }
    }

    /// The same key under another `kid`.
    ///
    /// # Errors
    /// When `key_id` is empty or holds control characters.
    pub fn with_key_id(mut self, key_id: impl Into<String>) -> Result<Self, KeyError> {
        self.key_id = read::key_id(key_id.into())?;
        Ok(self)
    }

    /// The RFC 7638 thumbprint (SHA-256, base64url) of the public key.
    ///
    /// # Errors
    /// [`KeyError::Inconsistent`] when the public half cannot be read back; not for a key that this type has read.
    pub fn thumbprint(&self) -> Result<String, KeyError> {
        thumbprint(&self.key.public()?)
    }

    /// The public key with `kid` and `use`, never a private member.
    ///
    /// It names no `alg`: one RSA key may serve RS256 and PS256, and servers compare the member.
    ///
    /// # Errors
    /// [`KeyError::Inconsistent`] when the public half cannot be read back; not for a key that this type has read.
    pub fn public_jwk(&self) -> Result<Jwk, KeyError> {
        Ok(Jwk {
            common: CommonParameters {
                public_key_use: Some(PublicKeyUse::Signature),
                key_id: Some(self.key_id.clone()),
                ..CommonParameters::default()
            },
            algorithm: self.key.public()?,
        })
    }

    /// The JWKS document (RFC 7517 section 5) to publish, holding this one public key.
    ///
    /// # Errors
    /// As [`LocalSigner::public_jwk`].
    pub fn jwks(&self) -> Result<String, KeyError> {
        let set = JwkSet {
            keys: vec![self.public_jwk()?],
        };
        serde_json::to_string_pretty(&set).map_err(|_| KeyError::Inconsistent {
            reason: "the public key cannot be written as JSON",
        })
    }
}

impl std::fmt::Debug for LocalSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalSigner")
            .field("key", &self.key.name())
            .field("algorithm", &self.algorithm)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl Signer for LocalSigner {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn key_id(&self) -> &str {
        &self.key_id
    }

    fn public_thumbprint(&self) -> Option<String> {
        self.thumbprint().ok()
    }

    fn sign<'a>(&'a self, input: &'a [u8]) -> BoxFuture<'a, Result<Signature, Error>> {
        let signature = self
            .key
            .sign(self.algorithm, input)
            .map_err(|error| Error::Sign(Arc::new(error)));
        Box::pin(std::future::ready(signature))
    }
}

impl Key {
    fn name(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RSA",
            Self::P256(_) => "P-256",
        }
    }

    fn sign(
        &self,
        algorithm: Algorithm,
        input: &[u8],
    ) -> Result<Signature, aws_lc_rs::error::Unspecified> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let padding: &'static dyn aws_lc_rs::signature::RsaEncoding = match algorithm {
                    Algorithm::RS256 => &RSA_PKCS1_SHA256,
                    _ => &RSA_PSS_SHA256,
                };
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(padding, &random, input, &mut signature)?;
                Ok(Signature(signature))
            }
            Self::P256(key) => Ok(Signature(key.sign(&random, input)?.as_ref().to_vec())),
        }
    }

    fn public(&self) -> Result<AlgorithmParameters, KeyError> {
        let unreadable = KeyError::Inconsistent {
            reason: "its public half cannot be read",
        };
        match self {
            Self::Rsa(key) => {
                let (n, e) = der::rsa_public_key(key.public_key().as_ref()).ok_or(unreadable)?;
                Ok(AlgorithmParameters::RSA(RSAKeyParameters {
                    key_type: RSAKeyType::RSA,
                    n: URL_SAFE_NO_PAD.encode(n),
                    e: URL_SAFE_NO_PAD.encode(e),
                }))
            }
            Self::P256(key) => {
                // SEC1 section 2.3.3: 04, x, y.
                let (x, y) = match key.public_key().as_ref() {
                    [4, point @ ..] if point.len() == 64 => point.split_at(32),
                    _ => return Err(unreadable),
                };
                Ok(AlgorithmParameters::EllipticCurve(
                    EllipticCurveKeyParameters {
                        key_type: EllipticCurveKeyType::EC,
                        curve: EllipticCurve::P256,
                        x: URL_SAFE_NO_PAD.encode(x),
                        y: URL_SAFE_NO_PAD.encode(y),
                    },
                ))
            }
        }
    }
}

/// By hand, because `Jwk::thumbprint` panics when a build enables both back ends of `jsonwebtoken`.
pub(crate) fn thumbprint(public: &AlgorithmParameters) -> Result<String, KeyError> {
    let members = match public {
        AlgorithmParameters::RSA(key) => {
            format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, key.e, key.n)
        }
        AlgorithmParameters::EllipticCurve(key) => format!(
            r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
            key.x, key.y
        ),
        _ => {
            return Err(KeyError::Inconsistent {
                reason: "it is neither RSA nor P-256",
            });
        }
    };
    Ok(URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, members.as_bytes())))
}

#[cfg(test)]
mod tests;
