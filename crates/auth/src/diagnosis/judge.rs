//! Looks at an assertion as an authorization server would, and tells what the server keeps to itself.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::cause::shown;
use super::{Cause, Certainty, Finding, ReadAssertion};
use crate::keys::Document;

/// Seconds that clocks may differ before a server refuses; `oidc-provider` allows some, FAPI 2 asks for ten.
const TOLERANCE: i64 = 10;
/// The longest life of an assertion, and what a server adds.
const LONGEST: i64 = 305;
/// A NumericDate of this size is the year 5138, or milliseconds.
const MILLISECONDS: i64 = 100_000_000_000;

/// What the server will hold the assertion against.
#[derive(Debug, Clone)]
pub struct Expected<'a> {
    /// The registered client id.
    pub client_id: Option<&'a str>,
    /// The URL that the assertion is posted to.
    pub token_endpoint: &'a str,
    /// The issuer, which servers take as an audience too.
    pub issuer: Option<&'a str>,
    /// The algorithm that the client is registered for, if that is known.
    pub algorithm: Option<&'a str>,
    /// The document at the client's JWKS URL.
    pub published: Option<&'a Document>,
    /// The time by the server's clock, or the best that is known.
    pub now: SystemTime,
    /// Seconds that the clock of whoever made the assertion is ahead of the server's, if both are known.
    pub clock_ahead: Option<i64>,
    /// Assertions that were sent before.
    pub earlier: &'a [ReadAssertion],
}

/// Every cause that can be seen, the surest first. Never empty: with nothing to see, the registration is what remains.
pub fn judge(assertion: &ReadAssertion, expected: &Expected<'_>) -> Vec<Finding> {
    let mut causes = Vec::new();
    if let Some(seconds) = expected.clock_ahead
        && seconds.abs() > TOLERANCE
    {
        causes.push(Cause::Clock { seconds });
    }
    causes.extend(algorithm(assertion, expected));
    causes.extend(claims(assertion, expected));
    causes.extend(times(assertion, expected));
    causes.extend(replay(assertion, expected));
    let key = key(assertion, expected);
    if expected.algorithm.is_none() && matches!(key, Some(Cause::KidOfAnother { .. })) {
        // The algorithm was compared with that of a key which did not sign.
        causes.retain(|cause| !matches!(cause, Cause::AlgorithmPinned { .. }));
    }
    causes.extend(key);
    let with = |certainty| move |cause| Finding { cause, certainty };
    let mut findings: Vec<_> = causes.into_iter().map(with(Certainty::Certain)).collect();
    if findings.is_empty() {
        let algorithm = shown(assertion.header("alg").unwrap_or("(none)"));
        findings.push(with(Certainty::Likely)(Cause::ClientUnknown));
        let otherwise = Cause::RegisteredOtherwise { algorithm };
        findings.extend([otherwise, Cause::OlderDocument].map(with(Certainty::Possible)));
    }
    if matches!(assertion.claim("aud"), Some(Value::Array(_))) {
        findings.push(with(Certainty::Possible)(Cause::AudienceList));
    }
    findings
}

fn algorithm(assertion: &ReadAssertion, expected: &Expected<'_>) -> Option<Cause> {
    let found = assertion.header("alg").unwrap_or("(none)");
    if assertion.algorithm().is_none() {
        return Some(Cause::Algorithm {
            found: shown(found),
        });
    }
    let pinned = expected.algorithm.or_else(|| {
        let kid = assertion.header("kid")?;
        expected.published?.by_kid(kid).next()?.alg()
    })?;
    (pinned != found).then(|| Cause::AlgorithmPinned {
        found: shown(found),
        registered: shown(pinned),
    })
}

fn claims(assertion: &ReadAssertion, expected: &Expected<'_>) -> Vec<Cause> {
    let mut causes = Vec::new();
    for claim in ["iss", "sub", "jti"] {
        match assertion.text_claim(claim) {
            None => causes.push(Cause::ClaimMissing { claim }),
            Some(found) if claim != "jti" => {
                // Without a client id to compare with, the two must at least agree.
                let client = expected.client_id.or(assertion.text_claim("sub"));
                if let Some(client) = client
                    && client != found
                {
                    causes.push(Cause::NotTheClient {
                        claim,
                        found: shown(found),
                        expected: shown(client),
                    });
                }
            }
            Some(_) => {}
        }
    }
    if assertion.date("exp").is_none() {
        causes.push(Cause::ClaimMissing { claim: "exp" });
    }
    let fits =
        |audience: &str| audience == expected.token_endpoint || expected.issuer == Some(audience);
    let found: Vec<_> = match assertion.claim("aud") {
        Some(Value::String(text)) => vec![text.as_str()],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if found.is_empty() {
        causes.push(Cause::ClaimMissing { claim: "aud" });
    } else if !found.iter().any(|audience| fits(audience)) {
        causes.push(Cause::Audience {
            found: shown(&found.join(", ")),
            expected: shown(expected.token_endpoint),
        });
    }
    causes
}

fn times(assertion: &ReadAssertion, expected: &Expected<'_>) -> Vec<Cause> {
    // Before 1970 nothing is valid, and a clock that stands there is told elsewhere.
    let now = expected.now.duration_since(UNIX_EPOCH).map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    });
    let ahead = |claim| assertion.date(claim).map(|date| date.saturating_sub(now));
    let mut causes = Vec::new();
    if let Some(seconds) = ahead("exp") {
        if seconds.saturating_add(now) >= MILLISECONDS {
            causes.push(Cause::Milliseconds);
        } else if seconds <= 0 {
            causes.push(Cause::Expired {
                seconds: seconds.saturating_neg(),
            });
        } else if seconds > LONGEST {
            causes.push(Cause::TooLong { seconds });
        }
    }
    if let Some(seconds) = ahead("iat").filter(|seconds| *seconds > TOLERANCE) {
        causes.push(Cause::IssuedAhead { seconds });
    }
    if let Some(seconds) = ahead("nbf").filter(|seconds| *seconds > TOLERANCE) {
        causes.push(Cause::NotYetValid { seconds });
    }
    causes
}

fn replay(assertion: &ReadAssertion, expected: &Expected<'_>) -> Option<Cause> {
    let jti = assertion.text_claim("jti");
    let used = expected.earlier.iter().any(|earlier| {
        earlier.is_same(assertion) || (jti.is_some() && earlier.text_claim("jti") == jti)
    });
    used.then_some(Cause::Replayed)
}

fn key(assertion: &ReadAssertion, expected: &Expected<'_>) -> Option<Cause> {
    let document = expected.published?;
    // Without an algorithm there is nothing to verify; that is told already.
    let algorithm = assertion.algorithm()?;
    let name = format!("{algorithm:?}");
    let (input, signature) = assertion.signed();
    let verifies = |key: &&crate::keys::PublicKey| key.verify(algorithm, input, signature);
    let Some(kid) = assertion.header("kid") else {
        return match document.keys().iter().find(verifies) {
            Some(_) => None,
            None => Some(Cause::WrongKey {
                kid: String::from("(no kid: none of them)"),
            }),
        };
    };
    let mut named = document.by_kid(kid).peekable();
    if named.peek().is_none() {
        return Some(Cause::KidUnpublished { kid: shown(kid) });
    }
    let named: Vec<_> = named.collect();
    if named.iter().any(verifies) {
        // A pinned algorithm is told as such.
        return named
            .iter()
            .all(|key| !key.is_for_signatures())
            .then(|| Cause::KeyUnfit {
                kid: shown(kid),
                algorithm: name,
            });
    }
    if let Some(signer) = document.keys().iter().find(verifies) {
        return Some(Cause::KidOfAnother {
            named: shown(kid),
            signer: shown(signer.kid().unwrap_or("(no kid)")),
        });
    }
    if named.iter().all(|key| !key.fits(&name)) {
        return Some(Cause::KeyUnfit {
            kid: shown(kid),
            algorithm: name,
        });
    }
    Some(Cause::WrongKey { kid: shown(kid) })
}

#[cfg(test)]
mod tests;
