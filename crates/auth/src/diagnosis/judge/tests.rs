//! Assertions good, bad and hostile, as the judge sees them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::*;
use crate::diagnosis::NotAnAssertion;

const ENDPOINT: &str = "https://login.example/token";
const NOW: i64 = 1_800_000_000;

fn assertion(header: Value, claims: &Value) -> ReadAssertion {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}.AAAA", encode(&header), encode(claims));
    ReadAssertion::parse(&text).unwrap()
}

fn good() -> Value {
    json!({ "iss": "c", "sub": "c", "aud": ENDPOINT, "jti": "canary-jti", "iat": NOW, "exp": NOW + 60 })
}

fn expected() -> Expected<'static> {
    Expected {
        client_id: Some("c"),
        token_endpoint: ENDPOINT,
        issuer: Some("https://login.example"),
        algorithm: None,
        published: None,
        now: UNIX_EPOCH + Duration::from_secs(NOW as u64),
        clock_ahead: None,
        earlier: &[],
    }
}

fn first(claims: &Value) -> &'static str {
    let read = assertion(json!({ "alg": "PS256" }), claims);
    judge(&read, &expected())[0].cause.code()
}

#[test]
fn a_good_assertion_leaves_the_registration() {
    let read = assertion(json!({ "alg": "PS256" }), &good());
    let findings = judge(&read, &expected());
    assert_eq!(findings[0].cause, Cause::ClientUnknown);
    assert_eq!(findings[0].certainty, Certainty::Likely);
    assert!(
        findings
            .iter()
            .all(|finding| finding.certainty != Certainty::Certain)
    );
}

#[test]
fn hostile_claims_neither_panic_nor_pass() {
    for value in [
        json!(null),
        json!(-1),
        json!(1e300),
        json!(-1e300),
        json!(i64::MIN),
        json!(u64::MAX),
        json!([]),
        json!({}),
        json!("x".repeat(100_000)),
    ] {
        for claim in ["iss", "sub", "aud", "jti", "exp"] {
            let mut claims = good();
            claims[claim] = value.clone();
            if claim == "jti" && value.is_string() {
                continue;
            }
            let read = ReadAssertion::parse(&format!(
                "{}.{}.AAAA",
                URL_SAFE_NO_PAD.encode(r#"{"alg":"PS256"}"#),
                URL_SAFE_NO_PAD.encode(claims.to_string())
            ));
            let Ok(read) = read else { continue };
            let findings = judge(&read, &expected());
            assert_eq!(
                findings[0].certainty,
                Certainty::Certain,
                "{claim}: {value}"
            );
        }
    }
    for text in ["", ".", "a.b", "a.b.c.d", "..", "eyJ9.eyJ9.x"] {
        assert_eq!(ReadAssertion::parse(text).unwrap_err(), NotAnAssertion);
    }
}

#[test]
fn nothing_of_the_assertion_is_shown() {
    let mut claims = good();
    claims["aud"] = json!("eyJhbGciOiJub25lIn0");
    let read = assertion(json!({ "alg": "PS256", "kid": "k\u{1b}[2J" }), &claims);
    let document = Document::default();
    let expected = Expected {
        published: Some(&document),
        ..expected()
    };
    let text = format!("{read:?} {:?}", judge(&read, &expected));
    for secret in ["eyJ", "canary-jti", "\u{1b}", "AAAA"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn a_clock_that_is_off_stands_first() {
    let mut claims = good();
    claims["exp"] = json!(NOW - 60);
    let read = assertion(json!({ "alg": "PS256" }), &claims);
    let findings = judge(
        &read,
        &Expected {
            clock_ahead: Some(-120),
            ..expected()
        },
    );
    let codes: Vec<_> = findings
        .iter()
        .map(|finding| finding.cause.code())
        .collect();
    assert_eq!(codes, ["cause-clock", "cause-expired"]);
    assert_eq!(first(&claims), "cause-expired");
}
