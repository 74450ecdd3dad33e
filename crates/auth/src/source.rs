//! The three traits of this crate: who gives tokens, who proves the client, who signs.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use zeroize::Zeroizing;

use crate::ports::BoxFuture;
use crate::{AccessToken, Error, SenderConstraint, TokenEndpoint};

/// Gives access tokens that are valid now.
pub trait TokenSource: Send + Sync {
    /// A token that has not expired and was not rejected.
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Error>>;

    /// Says that the resource server refused `token` with 401.
    ///
    /// Only the generation that was refused is dropped: a late 401 for an older token changes nothing.
    fn reject(&self, token: &AccessToken);

    /// What each call under these tokens must prove besides (RFC 9449); nothing for plain bearer tokens.
    fn constraint(&self) -> Option<&Arc<dyn SenderConstraint>> {
        None
    }
}

/// Adds proof of the client's identity to one token request (RFC 6749 section 2.3, RFC 7521 section 4.2).
pub trait ClientAuth: Send + Sync {
    /// A new proof for one HTTP attempt that goes to `endpoint`; never reused.
    fn prove<'a>(&'a self, endpoint: &'a TokenEndpoint) -> BoxFuture<'a, Result<Proof, Error>>;

    /// The `client_id` of the proofs.
    fn client_id(&self) -> &str;

    /// A number that changes when the key or a setting of the proof does, the same in each process.
    ///
    /// Failures that are remembered of another number are forgotten: somebody has mended something.
    /// It lies in files and must not give a secret away.
    fn fingerprint(&self) -> u64;

    /// Another proof after the server answered `invalid_client` to `refused`, if there is one worth a request.
    ///
    /// While a key is rotated, a server may not have seen the new one: then the old one is tried, once per rotation
    /// and client id. Whoever answers keeps that count; nobody else repeats a refused request.
    fn prove_again<'a>(
        &'a self,
        _endpoint: &'a TokenEndpoint,
        _refused: &'a Proof,
    ) -> BoxFuture<'a, Result<Option<Proof>, Error>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// Form fields and headers that prove who the client is. Secret: prints nothing.
#[derive(Default)]
pub struct Proof {
    fields: Vec<(&'static str, Zeroizing<String>)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    secrets: Vec<Zeroizing<String>>,
    key_id: Option<String>,
}

impl Proof {
    /// A proof made of these form fields.
    pub fn new(fields: Vec<(&'static str, Zeroizing<String>)>) -> Self {
        Self {
            fields,
            ..Self::default()
        }
    }

    /// The same with a header, which is marked sensitive.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.push((name, value));
        self
    }

    /// The same with a text that no error may repeat although it stands in no form field as it is.
    #[must_use]
    pub fn with_secret(mut self, secret: Zeroizing<String>) -> Self {
        self.secrets.push(secret);
        self
    }

    /// The same with the `kid` of the key that signed.
    #[must_use]
    pub fn with_key_id(mut self, key_id: impl Into<String>) -> Self {
        self.key_id = Some(key_id.into());
        self
    }

    /// The form fields, for the request body only.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
    }

    /// The headers, for the request only.
    pub fn headers(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.headers.iter().map(|(name, value)| (name, value))
    }

    /// The `kid` of the key that signed, if one did.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Every text that may appear nowhere else.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let headers = self
            .headers
            .iter()
            .filter_map(|(_, value)| value.to_str().ok());
        self.fields
            .iter()
            .filter(|(name, _)| !matches!(*name, "client_id" | "client_assertion_type"))
            .map(|(_, value)| value.as_str())
            .chain(headers)
            .chain(self.secrets.iter().map(|secret| secret.as_str()))
    }
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.fields.iter().map(|(name, _)| name))
            .entries(self.headers.iter().map(|(name, _)| name))
            .finish()
    }
}

/// Signs with a private key that may live elsewhere (KMS, HSM).
pub trait Signer: Send + Sync {
    /// The JWS algorithm of every signature (RFC 7518 section 3.1).
    fn algorithm(&self) -> jsonwebtoken::Algorithm;

    /// The `kid` that the authorization server finds in the client's JWKS.
    fn key_id(&self) -> &str;

    /// The RFC 7638 thumbprint of the public key, if it can be told; by it a key that was exchanged under the same
    /// `kid` is noticed.
    fn public_thumbprint(&self) -> Option<String> {
        None
    }

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
