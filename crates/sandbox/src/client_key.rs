//! A key pair for a client that is made for the sandbox and for nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::StartError;
use crate::key_pair::KeyPair;

/// A new P-256 key pair: the private half for the client, the public half for [`Builder::client`].
///
/// [`Builder::client`]: crate::Builder::client
#[derive(Clone)]
pub struct ClientKey {
    private_pem: String,
    jwks: String,
}

impl ClientKey {
    /// Makes a key pair; each call makes another.
    ///
    /// # Errors
    /// [`StartError::Key`] when the system has no randomness to give.
    pub fn generate() -> Result<Self, StartError> {
        let pair = KeyPair::generate().ok_or(StartError::Key)?;
        let body = STANDARD.encode(&pair.pkcs8);
        let mut private_pem = String::from("-----BEGIN PRIVATE KEY-----\n");
        let mut rest = body.as_str();
        while !rest.is_empty() {
            let (line, more) = rest.split_at(rest.len().min(64));
            private_pem.push_str(line);
            private_pem.push('\n');
            rest = more;
        }
        private_pem.push_str("-----END PRIVATE KEY-----\n");
        Ok(Self {
            private_pem,
            jwks: json!({ "keys": [pair.public] }).to_string(),
        })
    }

    /// The private key, PEM (PKCS#8).
    pub fn private_pem(&self) -> &str {
        &self.private_pem
    }

    /// The JWKS document with the public key.
    pub fn jwks(&self) -> &str {
        &self.jwks
    }
}

impl std::fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientKey")
            .field("jwks", &self.jwks)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
    use jsonwebtoken::{Algorithm, EncodingKey};

    use super::*;

    #[test]
    fn the_halves_belong_together_and_only_the_public_one_is_shown() {
        let key = ClientKey::generate().unwrap();
        let encoding = EncodingKey::from_ec_pem(key.private_pem().as_bytes()).unwrap();
        let mut jwk = Jwk::from_encoding_key(&encoding, Algorithm::ES256).unwrap();
        jwk.common.key_id = Some(jwk.thumbprint(ThumbprintHash::SHA256).unwrap());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        assert_eq!(key.jwks(), json!({ "keys": [jwk] }).to_string());
        assert!(!key.jwks().contains("\"d\""));
        assert!(!format!("{key:?}").contains("PRIVATE"));
    }
}
