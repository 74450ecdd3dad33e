//! Judges a client assertion by RFC 7523 section 3 and what Jack Henry adds to it.

use std::collections::HashMap;

use jsonwebtoken::Algorithm;

use super::jws::Unverified;
use super::shown;
use crate::{Cause, Jwks};

/// How far ahead `exp` may lie, in seconds (Jack Henry: at most five minutes).
const LONGEST: u64 = 300;

/// A NumericDate above this is no time in seconds that anyone means: it is the year 5138.
const MILLISECONDS_FROM: u64 = 100_000_000_000;

/// Each `jti` that was used, by client, until the assertion that held it expires.
#[derive(Debug, Default)]
pub(crate) struct Used {
    until: HashMap<(String, String), u64>,
}

impl Used {
    /// Whether this is the first use; forgets what has expired.
    fn first(&mut self, client: &str, jti: &str, exp: u64, now: u64) -> bool {
        self.until.retain(|_, until| *until > now);
        self.until
            .insert((client.to_owned(), jti.to_owned()), exp)
            .is_none()
    }
}

/// Judges all but whether the `jti` is new; returns what [`use_once`] needs.
///
/// The order is that of node-oidc-provider, the family of the real provider: algorithm, claims,
/// key, signature, expiry.
pub(crate) fn verify<'a>(
    assertion: &'a Unverified<'_>,
    jwks: &Jwks,
    audience: &str,
    now: u64,
) -> Result<(&'a str, u64), Cause> {
    let algorithm = algorithm(assertion)?;
    if assertion.header.contains_key("crit") {
        return Err(Cause::CriticalExtension);
    }
    let exp = assertion
        .seconds("exp")
        .ok_or(Cause::ClaimMissing { claim: "exp" })?;
    let jti = assertion
        .text("jti")
        .ok_or(Cause::ClaimMissing { claim: "jti" })?;
    let iss = assertion
        .text("iss")
        .ok_or(Cause::ClaimMissing { claim: "iss" })?;
    if Some(iss) != assertion.text("sub") {
        return Err(Cause::IssuerNotSubject);
    }
    let audiences = assertion.audiences();
    if audiences.is_empty() {
        return Err(Cause::ClaimMissing { claim: "aud" });
    }
    if !audiences.contains(&audience) {
        return Err(Cause::AudienceWrong {
            found: shown(&audiences.join(" ")),
            expected: audience.to_owned(),
        });
    }
    signature(assertion, jwks, algorithm)?;
    times(assertion, exp, now)?;
    Ok((jti, exp))
}

/// Counts the assertion as used; the second use is refused until it expires.
pub(crate) fn use_once(
    used: &mut Used,
    client: &str,
    (jti, exp): (&str, u64),
    now: u64,
) -> Result<(), Cause> {
    if used.first(client, jti, exp, now) {
        Ok(())
    } else {
        Err(Cause::Replayed)
    }
}

fn algorithm(assertion: &Unverified<'_>) -> Result<Algorithm, Cause> {
    let name = assertion
        .header
        .get("alg")
        .and_then(|value| value.as_str())
        .unwrap_or("(none)");
    match name {
        "ES256" => Ok(Algorithm::ES256),
        "PS256" => Ok(Algorithm::PS256),
        "RS256" => Ok(Algorithm::RS256),
        other => Err(Cause::AlgorithmNotAccepted { alg: shown(other) }),
    }
}

fn signature(assertion: &Unverified<'_>, jwks: &Jwks, algorithm: Algorithm) -> Result<(), Cause> {
    let kid = assertion.header.get("kid").and_then(|kid| kid.as_str());
    let verified = jwks.candidates(kid, algorithm)?.iter().any(|key| {
        let signed = assertion.signed.as_bytes();
        jsonwebtoken::crypto::verify(assertion.signature, signed, key, algorithm).unwrap_or(false)
    });
    if verified {
        Ok(())
    } else {
        Err(Cause::SignatureWrong)
    }
}

fn times(assertion: &Unverified<'_>, exp: u64, now: u64) -> Result<(), Cause> {
    if exp >= MILLISECONDS_FROM {
        return Err(Cause::ExpiryInMilliseconds);
    }
    if exp <= now {
        return Err(Cause::AssertionExpired { seconds: now - exp });
    }
    if exp - now > LONGEST {
        return Err(Cause::ExpiryTooFar { seconds: exp - now });
    }
    match assertion.seconds("nbf") {
        Some(nbf) if nbf > now => Err(Cause::NotYetValid { seconds: nbf - now }),
        _ => Ok(()),
    }
}
