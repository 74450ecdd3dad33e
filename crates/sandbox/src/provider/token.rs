//! Signs access tokens with a key made at the start, and judges them again at the gateway.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde_json::json;

use super::jws::Unverified;
use crate::Cause;
use crate::key_pair::KeyPair;

/// The provider's key pair, ES256.
pub(crate) struct ProviderKey {
    signing: EncodingKey,
    verifying: DecodingKey,
    public: Jwk,
    kid: String,
}

impl ProviderKey {
    /// Makes a new pair; `None` if the machine gives no randomness.
    pub(crate) fn generate() -> Option<Self> {
        let pair = KeyPair::generate()?;
        Some(Self {
            verifying: DecodingKey::from_jwk(&pair.public).ok()?,
            signing: pair.signing,
            public: pair.public,
            kid: pair.kid,
        })
    }

    /// Signs an ID token; `None` if signing fails.
    pub(crate) fn sign(&self, claims: &serde_json::Value) -> Option<String> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.signing).ok()
    }

    /// The JWKS document of the provider.
    pub(crate) fn jwks(&self) -> serde_json::Value {
        json!({ "keys": [self.public] })
    }
}

/// What a token is made of.
pub(crate) struct Grant<'g> {
    pub(crate) issuer: &'g str,
    pub(crate) audience: &'g str,
    pub(crate) client_id: &'g str,
    pub(crate) institution_id: &'g str,
    pub(crate) scope: &'g str,
    pub(crate) now: u64,
    pub(crate) lifetime: u64,
}

/// The tokens that were given, numbered by their `jti`.
#[derive(Debug, Default)]
pub(crate) struct Issued {
    last: u64,
    /// All up to here are revoked.
    revoked_to: u64,
}

impl Issued {
    pub(crate) fn revoke_all(&mut self) {
        self.revoked_to = self.last;
    }

    /// Signs a token; `None` if signing fails.
    pub(crate) fn issue(&mut self, key: &ProviderKey, grant: &Grant<'_>) -> Option<String> {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(key.kid.clone());
        let claims = json!({
            "iss": grant.issuer,
            "aud": grant.audience,
            "sub": grant.client_id,
            "client_id": grant.client_id,
            "institutionId": grant.institution_id,
            "scope": grant.scope,
            "iat": grant.now,
            "exp": grant.now + grant.lifetime,
            "jti": (self.last + 1).to_string(),
        });
        let token = jsonwebtoken::encode(&header, &claims, &key.signing).ok()?;
        self.last += 1;
        Some(token)
    }

    /// Judges a token that came to the gateway.
    pub(crate) fn verify(
        &self,
        key: &ProviderKey,
        token: &str,
        audience: &str,
        now: u64,
    ) -> Result<(), Cause> {
        let token = Unverified::parse(token).ok_or(Cause::TokenForeign)?;
        let signed = token.header.get("alg").and_then(|alg| alg.as_str()) == Some("ES256")
            && jsonwebtoken::crypto::verify(
                token.signature,
                token.signed.as_bytes(),
                &key.verifying,
                Algorithm::ES256,
            )
            .unwrap_or(false);
        if !signed {
            return Err(Cause::TokenForeign);
        }
        if !token.audiences().contains(&audience) {
            return Err(Cause::TokenAudience);
        }
        let exp = token.seconds("exp").ok_or(Cause::TokenForeign)?;
        if exp <= now {
            return Err(Cause::TokenExpired { seconds: now - exp });
        }
        let serial: u64 = token
            .text("jti")
            .and_then(|jti| jti.parse().ok())
            .ok_or(Cause::TokenForeign)?;
        if serial <= self.revoked_to {
            return Err(Cause::TokenRevoked);
        }
        Ok(())
    }
}
