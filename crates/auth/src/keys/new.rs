//! Makes a private key.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::ports::NoRandomness;

/// The kinds of key that are made here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA of 2048 bits, for PS256 or RS256.
    #[default]
    Rsa2048,
    /// Elliptic curve P-256, for ES256.
    P256,
}

/// A new private key as text, wiped when dropped. Prints nothing.
pub struct NewKey(Zeroizing<String>);

impl NewKey {
    /// Makes one by the system's randomness, as AWS-LC reads it. An RSA key takes some 100 milliseconds.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn generate(kind: KeyKind) -> Result<Self, NoRandomness> {
        let pem = match kind {
            KeyKind::Rsa2048 => {
                let key = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| NoRandomness)?;
                let der: Pkcs8V1Der<'_> = key.as_der().map_err(|_| NoRandomness)?;
                pem(der.as_ref())
            }
            KeyKind::P256 => {
                let random = SystemRandom::new();
                let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
                pem(der.map_err(|_| NoRandomness)?.as_ref())
            }
        };
        Ok(Self(pem))
    }

    /// The key: PKCS#8 in PEM (RFC 5958, RFC 7468), unencrypted.
    pub fn pem(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewKey")
    }
}

fn pem(der: &[u8]) -> Zeroizing<String> {
    let mut body = Zeroizing::new(String::with_capacity(der.len().div_ceil(3) * 4));
    STANDARD.encode_string(der, &mut body);
    // Room for all of it: text that grows leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(body.len() + body.len() / 64 + 80));
    text.push_str("-----BEGIN PRIVATE KEY-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    text.push_str("-----END PRIVATE KEY-----\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Algorithm, LocalSigner, Signer as _};

    #[test]
    fn a_new_key_is_read_back_and_prints_nothing() {
        for (kind, algorithm) in [
            (KeyKind::Rsa2048, Algorithm::PS256),
            (KeyKind::P256, Algorithm::ES256),
        ] {
            let key = NewKey::generate(kind).unwrap();
            let signer = LocalSigner::read(key.pem().as_bytes()).unwrap();
            assert_eq!(signer.algorithm(), algorithm);
            assert_eq!(signer.key_id(), signer.thumbprint().unwrap());
            assert_eq!(format!("{key:?}"), "NewKey");
        }
        assert_eq!(KeyKind::default(), KeyKind::Rsa2048);
    }
}
