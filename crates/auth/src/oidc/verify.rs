//! Believes a JWT only after its signature, issuer, audience and times (RFC 7519, OpenID Connect Core section 3.1.3.7).

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::{OidcError, ProviderKeys};

/// How far the clocks of issuer and verifier may be apart, in seconds.
const LEEWAY: u64 = 10;

/// A longer JWT is none that a token endpoint's answer could hold.
const LONGEST: usize = 64 * 1024;

/// What a JWT must say to be believed.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// `iss`, byte for byte.
    pub issuer: &'a str,
    /// In `aud`: the client id of an ID token.
    pub audience: &'a str,
    /// The one algorithm: RS256, PS256 or ES256. What the JWT's header says is compared with it, never followed.
    pub algorithm: Algorithm,
    /// `nonce`, where one was sent.
    pub nonce: Option<&'a str>,
    /// The token that `at_hash`, if there is one, must be the hash of.
    pub access_token: Option<&'a str>,
}

impl std::fmt::Debug for Expected<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Expected")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// The claims of a JWT that was verified. Prints none of them.
#[derive(Clone)]
pub struct VerifiedJwt {
    claims: Map<String, Value>,
}

impl VerifiedJwt {
    /// Verifies `jwt` by the issuer's keys.
    ///
    /// # Errors
    /// Whatever is not as `expected`; no key that fits, or more than one.
    pub async fn verify(
        jwt: &str,
        expected: Expected<'_>,
        keys: &ProviderKeys,
        now: SystemTime,
    ) -> Result<Self, OidcError> {
        let malformed = |reason| OidcError::JwtMalformed { reason };
        if jwt.len() > LONGEST {
            return Err(malformed("longer than 64 KiB"));
        }
        let (signed, signature) = jwt.rsplit_once('.').ok_or(malformed("not three parts"))?;
        let (header, claims) = signed.split_once('.').ok_or(malformed("not three parts"))?;
        let header = object(header).ok_or(malformed("its header is no JSON object"))?;
        if header.contains_key("crit") {
            return Err(malformed("it demands an extension"));
        }
        let name = format!("{:?}", expected.algorithm);
        if header.get("alg").and_then(Value::as_str) != Some(&name) {
            return Err(OidcError::JwtAlgorithm {
                expected: expected.algorithm,
            });
        }
        let kid = match header.get("kid") {
            None => None,
            Some(kid) => Some(kid.as_str().ok_or(malformed("its kid is no text"))?),
        };
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| malformed("its signature is no base64url"))?;
        let key = keys.find(kid, expected.algorithm).await?;
        if !key.verify(expected.algorithm, signed.as_bytes(), &signature) {
            return Err(OidcError::JwtSignature);
        }
        let claims = object(claims).ok_or(malformed("its claims are no JSON object"))?;
        judge(&claims, expected, now)?;
        Ok(Self { claims })
    }

    /// `sub`: who signed in.
    pub fn subject(&self) -> &str {
        self.text("sub").unwrap_or_default()
    }

    /// A claim that is a text.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// All claims.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }
}

impl std::fmt::Debug for VerifiedJwt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.claims.keys()).finish()
    }
}

fn judge(
    claims: &Map<String, Value>,
    expected: Expected<'_>,
    now: SystemTime,
) -> Result<(), OidcError> {
    let demand = |fine: bool, claim| fine.then_some(()).ok_or(OidcError::JwtClaim { claim });
    let text = |claim: &str| claims.get(claim).and_then(Value::as_str);
    let now = now
        .duration_since(UNIX_EPOCH)
        .map_err(|_| crate::Error::Clock)?
        .as_secs();
    let seconds = |claim: &str| {
        claims
            .get(claim)
            .and_then(Value::as_f64)
            .map(|at| at as u64)
    };

    demand(text("iss") == Some(expected.issuer), "iss")?;
    let audiences: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    demand(audiences.contains(&expected.audience), "aud")?;
    let presented_by = text("azp");
    let by_us = presented_by == Some(expected.audience);
    demand(
        by_us || (presented_by.is_none() && audiences.len() == 1),
        "azp",
    )?;
    demand(text("sub").is_some_and(|sub| !sub.is_empty()), "sub")?;
    demand(
        seconds("exp").is_some_and(|exp| exp.saturating_add(LEEWAY) > now),
        "exp",
    )?;
    demand(seconds("iat").is_some_and(|iat| iat <= now + LEEWAY), "iat")?;
    let begins = seconds("nbf").is_none_or(|nbf| nbf <= now + LEEWAY);
    demand(
        begins && (claims.get("nbf").is_none_or(Value::is_number)),
        "nbf",
    )?;
    if expected.nonce.is_some() {
        demand(text("nonce") == expected.nonce, "nonce")?;
    }
    if let (Some(hash), Some(token)) = (claims.get("at_hash"), expected.access_token) {
        demand(hash.as_str() == Some(&half_hash(token)), "at_hash")?;
    }
    Ok(())
}

/// The left half of the SHA-256 of a token (OpenID Connect Core section 3.1.3.6).
fn half_hash(token: &str) -> String {
    let hash = digest::digest(&digest::SHA256, token.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    match serde_json::from_slice(&bytes).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
