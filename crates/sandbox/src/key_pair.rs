//! Makes P-256 key pairs, for the provider and for clients of the sandbox.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey};

/// A new key pair for ES256.
pub(crate) struct KeyPair {
    /// The private half, PKCS#8 DER.
    pub(crate) pkcs8: Vec<u8>,
    pub(crate) signing: EncodingKey,
    /// The public half, named by its thumbprint (RFC 7638).
    pub(crate) public: Jwk,
    pub(crate) kid: String,
}

impl KeyPair {
    /// `None` if the system has no randomness to give.
    pub(crate) fn generate() -> Option<Self> {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).ok()?;
        let signing = EncodingKey::from_ec_der(pkcs8.as_ref());
        let mut public = Jwk::from_encoding_key(&signing, Algorithm::ES256).ok()?;
        let kid = public.thumbprint(ThumbprintHash::SHA256).ok()?;
        public.common.key_id = Some(kid.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Some(Self {
            pkcs8: pkcs8.as_ref().to_vec(),
            signing,
            public,
            kid,
        })
    }
}
