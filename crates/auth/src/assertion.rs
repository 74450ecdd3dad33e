//! The claims by which a client proves itself (RFC 7523 section 3); pure, time and randomness passed in.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::{Error, SettingError, Signature, Signer, TokenEndpoint};

/// The longest life of an assertion: Jack Henry accepts at most five minutes.
pub const LONGEST_LIFETIME: Duration = Duration::from_secs(300);

/// The life of an assertion unless chosen otherwise.
pub const DEFAULT_LIFETIME: Duration = Duration::from_secs(60);

/// Whom an assertion is meant for (`aud`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Audience {
    /// The token endpoint's URL as configured: what Jack Henry asks for.
    #[default]
    TokenEndpoint,
    /// The issuer identifier: what FAPI 2 asks for.
    Issuer(String),
    /// Any other text.
    Custom(String),
}

/// The `typ` header parameter of an assertion.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssertionType {
    /// No `typ`.
    None,
    /// `JWT` (RFC 7519 section 5.1).
    #[default]
    Jwt,
    /// `client-authentication+jwt` (draft-ietf-oauth-rfc7523bis): for servers that follow all of that draft.
    ClientAuthentication,
}

/// 128 random bits, unique to one assertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssertionId(pub [u8; 16]);

/// What all assertions of one client have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionPolicy {
    client_id: String,
    audience: Audience,
    lifetime: Duration,
    typ: AssertionType,
    audience_in_array: bool,
    exp_in_milliseconds: bool,
}

impl AssertionPolicy {
    /// Assertions of this client: for the token endpoint as a string, 60 seconds long, `typ` JWT, `exp` in seconds.
    ///
    /// # Errors
    /// When the client id is empty or not printable ASCII (RFC 6749 appendix A.1).
    pub fn new(client_id: impl Into<String>) -> Result<Self, SettingError> {
        let client_id = client_id.into();
        if client_id.is_empty() || !client_id.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
            return Err(SettingError::ClientId);
        }
        Ok(Self {
            client_id,
            audience: Audience::default(),
            lifetime: DEFAULT_LIFETIME,
            typ: AssertionType::default(),
            audience_in_array: false,
            exp_in_milliseconds: false,
        })
    }

    /// The same with another audience.
    ///
    /// # Errors
    /// When the audience is empty or holds control characters.
    pub fn with_audience(mut self, audience: Audience) -> Result<Self, SettingError> {
        if let Audience::Issuer(text) | Audience::Custom(text) = &audience
            && (text.is_empty() || text.chars().any(char::is_control))
        {
            return Err(SettingError::Audience);
        }
        self.audience = audience;
        Ok(self)
    }

    /// The same with another lifetime, in whole seconds.
    ///
    /// # Errors
    /// Under one second, over [`LONGEST_LIFETIME`], or not whole seconds.
    pub fn with_lifetime(mut self, lifetime: Duration) -> Result<Self, SettingError> {
        if lifetime.is_zero() || lifetime > LONGEST_LIFETIME || lifetime.subsec_nanos() != 0 {
            return Err(SettingError::Lifetime {
                asked: lifetime,
                limit: LONGEST_LIFETIME,
            });
        }
        self.lifetime = lifetime;
        Ok(self)
    }

    /// The same with another `typ`.
    #[must_use]
    pub fn with_type(mut self, typ: AssertionType) -> Self {
        self.typ = typ;
        self
    }

    /// The same with `aud` as an array of one string, which some servers demand and others refuse.
    #[must_use]
    pub fn with_audience_in_array(mut self) -> Self {
        self.audience_in_array = true;
        self
    }

    /// For compatibility only: the same with `exp` in milliseconds, against RFC 7519 section 2.
    ///
    /// Old examples of the vendor compute it so. A server that caps the lifetime refuses such an assertion, and
    /// to one that does not it is valid for some 50,000 years. Whoever builds a [`PrivateKeyJwt`] of it is warned in
    /// the log.
    ///
    /// [`PrivateKeyJwt`]: crate::PrivateKeyJwt
    #[must_use]
    pub fn with_exp_in_milliseconds(mut self) -> Self {
        self.exp_in_milliseconds = true;
        self
    }

    pub(crate) fn warn_of_compatibility(&self) {
        if self.exp_in_milliseconds {
            tracing::warn!(
                client_id = self.client_id,
                "compatibility switch: exp of the assertion is in milliseconds, so that it practically never expires"
            );
        }
    }

    /// The client id, `iss` and `sub` of each assertion.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// One assertion before its signature (RFC 7515 section 5.1), for a key of this algorithm and `kid`.
    ///
    /// # Errors
    /// [`Error::Clock`] when `now` is before 1970.
    pub fn unsigned(
        &self,
        algorithm: Algorithm,
        key_id: &str,
        endpoint: &TokenEndpoint,
        now: SystemTime,
        id: AssertionId,
    ) -> Result<Unsigned, Error> {
        let issued = now
            .duration_since(UNIX_EPOCH)
            .map_err(|_| Error::Clock)?
            .as_secs();
        let header = Header {
            alg: algorithm,
            typ: match self.typ {
                AssertionType::None => None,
                AssertionType::Jwt => Some("JWT"),
                AssertionType::ClientAuthentication => Some("client-authentication+jwt"),
            },
            kid: key_id,
        };
        let audience = match &self.audience {
            Audience::TokenEndpoint => endpoint.as_str(),
            Audience::Issuer(text) | Audience::Custom(text) => text,
        };
        let expires = issued.saturating_add(self.lifetime.as_secs());
        let claims = Claims {
            iss: &self.client_id,
            sub: &self.client_id,
            aud: if self.audience_in_array {
                Aud::Array([audience])
            } else {
                Aud::Text(audience)
            },
            jti: &URL_SAFE_NO_PAD.encode(id.0),
            iat: issued,
            exp: if self.exp_in_milliseconds {
                expires.saturating_mul(1000)
            } else {
                expires
            },
        };
        let mut text = Zeroizing::new(String::with_capacity(1024));
        encode(&header, &mut text)?;
        text.push('.');
        encode(&claims, &mut text)?;
        Ok(Unsigned(text))
    }
}

/// Header and claims of an assertion, encoded. Prints nothing.
pub struct Unsigned(Zeroizing<String>);

impl Unsigned {
    /// The bytes to sign.
    pub fn signing_input(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The whole assertion.
    pub fn signed(self, signature: &Signature) -> Assertion {
        // Room for all of it: text that grows leaves copies behind.
        let room = self.0.len() + 1 + signature.0.len().div_ceil(3) * 4;
        let mut text = Zeroizing::new(String::with_capacity(room));
        text.push_str(&self.0);
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature.0, &mut text);
        Assertion(text)
    }

    /// The whole assertion, signed by `signer`.
    ///
    /// # Errors
    /// As [`Signer::sign`].
    pub async fn sign(self, signer: &dyn Signer) -> Result<Assertion, Error> {
        let signature = signer.sign(self.signing_input()).await?;
        Ok(self.signed(&signature))
    }
}

impl std::fmt::Debug for Unsigned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Unsigned({} bytes)", self.0.len())
    }
}

/// A signed assertion: whoever holds it is the client until it expires. Prints nothing, wiped when dropped.
pub struct Assertion(Zeroizing<String>);

impl Assertion {
    /// The compact serialization (RFC 7515 section 3.1), for the request body only.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Gives the text away, still to be wiped when dropped.
    pub fn into_secret(self) -> Zeroizing<String> {
        self.0
    }
}

impl std::fmt::Debug for Assertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Assertion({} bytes)", self.0.len())
    }
}

#[derive(Serialize)]
struct Header<'a> {
    alg: Algorithm,
    #[serde(skip_serializing_if = "Option::is_none")]
    typ: Option<&'a str>,
    kid: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: Aud<'a>,
    jti: &'a str,
    iat: u64,
    exp: u64,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Aud<'a> {
    Text(&'a str),
    Array([&'a str; 1]),
}

fn encode(part: &impl Serialize, text: &mut String) -> Result<(), Error> {
    let json = serde_json::to_vec(part).map_err(|error| Error::Sign(std::sync::Arc::new(error)))?;
    URL_SAFE_NO_PAD.encode_string(json, text);
    Ok(())
}

#[cfg(test)]
mod tests;
