//! The three traits of this crate: who gives tokens, who proves the client, who signs.

use crate::ports::BoxFuture;
use crate::{AccessToken, Error, TokenEndpoint};

/// Gives access tokens that are valid now.
pub trait TokenSource: Send + Sync {
    /// A token that has not expired and was not rejected.
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Error>>;

    /// Says that the resource server refused `token` with 401.
    ///
    /// Only the generation that was refused is dropped: a late 401 for an older token changes nothing.
    fn reject(&self, token: &AccessToken);
}

/// Adds proof of the client's identity to one token request (RFC 6749 section 2.3, RFC 7521 section 4.2).
pub trait ClientAuth: Send + Sync {
    /// A new proof for one HTTP attempt that goes to `endpoint`; never reused.
    fn prove<'a>(&'a self, endpoint: &'a TokenEndpoint) -> BoxFuture<'a, Result<Proof, Error>>;
}

/// Form fields that prove who the client is. Secret: prints nothing.
pub struct Proof {
    fields: Vec<(&'static str, zeroize::Zeroizing<String>)>,
}

impl Proof {
    /// A proof made of these form fields.
    pub fn new(fields: Vec<(&'static str, zeroize::Zeroizing<String>)>) -> Self {
        Self { fields }
    }

    /// The form fields, for the request body only.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
    }
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.fields.iter().map(|(name, _)| name))
            .finish()
    }
}

/// Signs with a private key that may live elsewhere (KMS, HSM).
pub trait Signer: Send + Sync {
    /// The JWS algorithm of every signature (RFC 7518 section 3.1).
    fn algorithm(&self) -> jsonwebtoken::Algorithm;

    /// The `kid` that the authorization server finds in the client's JWKS.
    fn key_id(&self) -> &str;

    /// Signs `input`, the JWS signing input (RFC 7515 section 5.1).
    fn sign<'a>(&'a self, input: &'a [u8]) -> BoxFuture<'a, Result<Signature, Error>>;
}

/// The raw bytes of a JWS signature, before base64url.
#[derive(Clone, PartialEq, Eq)]
pub struct Signature(pub Vec<u8>);

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signature({} bytes)", self.0.len())
    }
}
