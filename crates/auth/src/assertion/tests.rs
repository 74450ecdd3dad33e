//! What stands in an assertion, to the byte.

use serde_json::{Value, json};

use super::*;

const ENDPOINT: &str = "https://login.jackhenry.com/a/oidc-provider/api/v0/token";

fn parts(policy: &AssertionPolicy) -> (Value, Value) {
    let unsigned = policy
        .unsigned(
            Algorithm::PS256,
            "kid-1",
            &ENDPOINT.parse().expect("a URL"),
            UNIX_EPOCH + Duration::from_millis(1_790_000_000_999),
            AssertionId([0xfb; 16]),
        )
        .expect("an assertion");
    let text = String::from_utf8(unsigned.signing_input().to_vec()).expect("text");
    let (header, claims) = text.split_once('.').expect("two parts");
    let decode = |part: &str| {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
    };
    (decode(header), decode(claims))
}

fn policy() -> AssertionPolicy {
    AssertionPolicy::new("client-7").expect("a client id")
}

#[test]
fn claims_are_what_jack_henry_asks_for_in_seconds() {
    let (header, claims) = parts(&policy());
    assert_eq!(
        header,
        json!({"alg": "PS256", "typ": "JWT", "kid": "kid-1"})
    );
    assert_eq!(
        claims,
        json!({
            "iss": "client-7",
            "sub": "client-7",
            "aud": ENDPOINT,
            "jti": "-_v7-_v7-_v7-_v7-_v7-w",
            "iat": 1_790_000_000,
            "exp": 1_790_000_060,
        })
    );
}

#[test]
fn audience_lifetime_and_type_are_settings() {
    let (header, claims) = parts(
        &policy()
            .with_audience(Audience::Issuer(String::from("https://issuer.example")))
            .and_then(|policy| policy.with_lifetime(LONGEST_LIFETIME))
            .expect("settings")
            .with_type(AssertionType::None),
    );
    assert_eq!(header, json!({"alg": "PS256", "kid": "kid-1"}));
    assert_eq!(claims["aud"], "https://issuer.example");
    assert_eq!(claims["exp"], 1_790_000_300);
}

#[test]
fn audience_in_an_array_and_the_type_of_the_draft_are_settings() {
    let (header, claims) = parts(
        &policy()
            .with_audience_in_array()
            .with_type(AssertionType::ClientAuthentication),
    );
    assert_eq!(header["typ"], "client-authentication+jwt");
    assert_eq!(claims["aud"], json!([ENDPOINT]));
}

#[test]
fn exp_is_in_milliseconds_only_by_the_named_switch() {
    let (_, claims) = parts(&policy().with_exp_in_milliseconds());
    assert_eq!(claims["exp"], 1_790_000_060_000_u64);
    assert_eq!(claims["iat"], 1_790_000_000);
}

#[test]
fn settings_that_servers_refuse_are_refused_here() {
    let code = |result: Result<AssertionPolicy, SettingError>| result.expect_err("refused").code();
    for millis in [0, 500, 1_500, 301_000, 3_600_000] {
        assert_eq!(
            code(policy().with_lifetime(Duration::from_millis(millis))),
            "assertion-lifetime"
        );
    }
    assert_eq!(code(AssertionPolicy::new("")), "client-id-invalid");
    assert_eq!(code(AssertionPolicy::new("a\nb")), "client-id-invalid");
    let audience = Audience::Custom(String::new());
    assert_eq!(code(policy().with_audience(audience)), "audience-invalid");
}

#[test]
fn a_clock_before_1970_is_an_error() {
    let error = policy()
        .unsigned(
            Algorithm::ES256,
            "k",
            &ENDPOINT.parse().expect("a URL"),
            UNIX_EPOCH - Duration::from_secs(1),
            AssertionId([0; 16]),
        )
        .expect_err("no iat");
    assert_eq!(error.code(), "token-clock");
}

#[test]
fn a_signed_assertion_prints_nothing() {
    let unsigned = policy()
        .unsigned(
            Algorithm::ES256,
            "k",
            &ENDPOINT.parse().expect("a URL"),
            UNIX_EPOCH,
            AssertionId([0; 16]),
        )
        .expect("an assertion");
    let input = String::from_utf8(unsigned.signing_input().to_vec()).expect("text");
    assert!(!format!("{unsigned:?}").contains("eyJ"));
    let assertion = unsigned.signed(&Signature(vec![1, 2, 3]));
    assert_eq!(assertion.reveal(), format!("{input}.AQID"));
    assert!(!format!("{assertion:?}").contains("eyJ"));
}
