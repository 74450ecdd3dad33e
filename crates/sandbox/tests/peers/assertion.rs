//! Each rule for client assertions: one opaque answer outside, the true cause in the log.

use castile_sandbox::{Cause, Event, Jwks, JwksError};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::client::{Bench, CLIENT, Key, NOW, jwks};

const OPAQUE: &str =
    r#"{"error":"invalid_client","error_description":"client authentication failed"}"#;

async fn refused(bench: &Bench, assertion: &str, cause: Cause) {
    let answer = bench.assert(assertion).await;
    assert_eq!(answer.status, 401, "{cause}");
    assert_eq!(
        answer.json(),
        serde_json::from_str::<Value>(OPAQUE).unwrap()
    );
    let logged = bench.sandbox.log().pop().unwrap();
    assert_eq!(logged.status, 401);
    assert_eq!(logged.event, Event::TokenRefused { cause });
}

#[tokio::test]
async fn a_good_assertion_gets_a_signed_token_of_ten_minutes() {
    let bench = Bench::start().await;
    let answer = bench
        .assert(&bench.key.sign(Some("k1"), &bench.claims("a")))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["cache-control"], "no-store");
    let token = answer.json();
    assert_eq!(token["expires_in"], 600);
    assert_eq!(token["token_type"], "Bearer");
    assert_eq!(token["scope"], "openid");
    let claims: Value =
        jsonwebtoken::dangerous::insecure_decode_claims(token["access_token"].as_str().unwrap())
            .unwrap();
    assert_eq!(claims["exp"], NOW + 600);
    assert_eq!(claims["sub"], CLIENT);
    assert_eq!(claims["aud"], bench.sandbox.gateway_origin());
    assert!(claims["institutionId"].is_string());
    assert_eq!(bench.sandbox.counters().tokens_issued, 1);
}

#[tokio::test]
async fn the_three_algorithms_pass_with_and_without_kid() {
    let bench = Bench::start().await;
    let keys = [
        Key::ec("ec"),
        Key::rsa("ps", Algorithm::PS256),
        Key::rsa("rs", Algorithm::RS256),
    ];
    bench.sandbox.register(CLIENT, jwks(&keys)).unwrap();
    for (key, kid) in keys.iter().zip(["ec", "ps", "rs"]) {
        for kid in [Some(kid), None] {
            let jti = format!("{kid:?}{:?}", key.algorithm);
            let answer = bench.assert(&key.sign(kid, &bench.claims(&jti))).await;
            assert_eq!(answer.status, 200, "{jti}");
        }
    }
}

#[tokio::test]
async fn each_fault_of_the_claims_has_its_cause() {
    let bench = Bench::start().await;
    let endpoint = bench.sandbox.token_endpoint();
    let wrong_audience = |found: &str| Cause::AudienceWrong {
        found: found.to_owned(),
        expected: endpoint.clone(),
    };
    let issuer = bench.sandbox.provider_url();
    let slashed = format!("{endpoint}/");
    let missing = |claim| Cause::ClaimMissing { claim };
    let cases: [(&str, Value, Cause); 17] = [
        ("iss", json!("another"), Cause::IssuerNotSubject),
        ("iss", Value::Null, missing("iss")),
        ("sub", Value::Null, missing("sub")),
        ("sub", json!("nobody"), Cause::ClientUnknown),
        ("aud", Value::Null, missing("aud")),
        ("aud", json!(issuer), wrong_audience(issuer)),
        ("aud", json!(slashed), wrong_audience(&slashed)),
        ("aud", json!([issuer]), wrong_audience(issuer)),
        ("jti", Value::Null, missing("jti")),
        ("jti", json!(""), missing("jti")),
        ("exp", Value::Null, missing("exp")),
        ("exp", json!("soon"), missing("exp")),
        ("exp", json!(NOW), Cause::AssertionExpired { seconds: 0 }),
        (
            "exp",
            json!(NOW - 60),
            Cause::AssertionExpired { seconds: 60 },
        ),
        (
            "exp",
            json!(NOW + 301),
            Cause::ExpiryTooFar { seconds: 301 },
        ),
        ("exp", json!((NOW + 60) * 1000), Cause::ExpiryInMilliseconds),
        ("nbf", json!(NOW + 30), Cause::NotYetValid { seconds: 30 }),
    ];
    for (number, (claim, value, cause)) in cases.into_iter().enumerate() {
        let mut claims = bench.claims(&format!("case-{number}"));
        claims[claim] = value;
        refused(&bench, &bench.key.sign(Some("k1"), &claims), cause).await;
    }
    assert_eq!(bench.sandbox.counters().tokens_issued, 0);
}

#[tokio::test]
async fn the_bounds_themselves_pass() {
    let bench = Bench::start().await;
    let mut claims = bench.claims("bound");
    claims["exp"] = (NOW + 300).into();
    claims["nbf"] = NOW.into();
    claims["aud"] = json!(["https://another.invalid", bench.sandbox.token_endpoint()]);
    let answer = bench.assert(&bench.key.sign(Some("k1"), &claims)).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_signature_must_be_by_the_key_that_kid_names() {
    let bench = Bench::start().await;
    let other = Key::ec("k2");
    refused(
        &bench,
        &other.sign(Some("k1"), &bench.claims("a")),
        Cause::SignatureWrong,
    )
    .await;
    refused(
        &bench,
        &other.sign(None, &bench.claims("b")),
        Cause::SignatureWrong,
    )
    .await;
    // A kid that is given is not tried around.
    let unknown = Cause::KeyNotFound {
        kid: Some("k9".to_owned()),
    };
    refused(
        &bench,
        &bench.key.sign(Some("k9"), &bench.claims("c")),
        unknown,
    )
    .await;
    bench
        .sandbox
        .register(CLIENT, jwks([&bench.key, &other]))
        .unwrap();
    refused(
        &bench,
        &bench.key.sign(Some("k2"), &bench.claims("d")),
        Cause::SignatureWrong,
    )
    .await;
    // A document without kids has all its keys tried.
    let mut unnamed = Key::ec("");
    unnamed.public.as_object_mut().unwrap().remove("kid");
    bench
        .sandbox
        .register(CLIENT, jwks([&unnamed, &bench.key]))
        .unwrap();
    let answer = bench
        .assert(&unnamed.sign(Some("k9"), &bench.claims("g")))
        .await;
    assert_eq!(answer.status, 200);
    // One changed claim under the old signature.
    let good = bench.key.sign(Some("k1"), &bench.claims("e"));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let forged = bench.key.sign(Some("k1"), &bench.claims("f"));
    let (forged, _) = forged.rsplit_once('.').unwrap();
    refused(
        &bench,
        &format!("{forged}.{signature}"),
        Cause::SignatureWrong,
    )
    .await;
    let answer = bench.assert(&format!("{signed}.{signature}")).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn only_the_three_algorithms_are_accepted() {
    let bench = Bench::start().await;
    let claims = bench.claims("a");
    let hmac = EncodingHmac::sign(&claims);
    refused(
        &bench,
        &hmac,
        Cause::AlgorithmNotAccepted {
            alg: "HS256".to_owned(),
        },
    )
    .await;
    let good = bench.key.sign(None, &claims);
    let payload = good.split('.').nth(1).unwrap();
    let none = format!("{}.{payload}.", base64_url(r#"{"alg":"none"}"#));
    refused(
        &bench,
        &none,
        Cause::AlgorithmNotAccepted {
            alg: "none".to_owned(),
        },
    )
    .await;
    let critical = format!(
        "{}.{payload}.",
        base64_url(r#"{"alg":"ES256","crit":["x"],"x":1}"#)
    );
    refused(&bench, &critical, Cause::CriticalExtension).await;
    // RS256 in the header, while the only key is on a curve.
    let rsa = Key::rsa("k1", Algorithm::RS256);
    let absent = Cause::KeyNotFound {
        kid: Some("k1".to_owned()),
    };
    refused(&bench, &rsa.sign(Some("k1"), &claims), absent).await;
    // A key that its owner pinned to another algorithm of its kind.
    let mut pinned = Key::rsa("pinned", Algorithm::PS256);
    bench.sandbox.register(CLIENT, jwks([&pinned])).unwrap();
    pinned.algorithm = Algorithm::RS256;
    let absent = Cause::KeyNotFound { kid: None };
    refused(&bench, &pinned.sign(None, &claims), absent).await;
}

#[tokio::test]
async fn a_jti_serves_once_until_it_expires() {
    let bench = Bench::start().await;
    let assertion = bench.key.sign(Some("k1"), &bench.claims("once"));
    assert_eq!(bench.assert(&assertion).await.status, 200);
    refused(&bench, &assertion, Cause::Replayed).await;
    // The same jti in another assertion.
    let mut claims = bench.claims("once");
    claims["exp"] = (NOW + 120).into();
    refused(
        &bench,
        &bench.key.sign(Some("k1"), &claims),
        Cause::Replayed,
    )
    .await;
    // Of another client it is another jti.
    bench
        .sandbox
        .register("second", jwks([&bench.key]))
        .unwrap();
    claims["iss"] = "second".into();
    claims["sub"] = "second".into();
    let answer = bench.assert(&bench.key.sign(Some("k1"), &claims)).await;
    assert_eq!(answer.status, 200);
    bench.clock.advance(121);
    refused(&bench, &assertion, Cause::AssertionExpired { seconds: 61 }).await;
    let mut claims = bench.claims("once");
    claims["exp"] = (NOW + 180).into();
    let answer = bench.assert(&bench.key.sign(Some("k1"), &claims)).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_refused_assertion_does_not_use_up_its_jti() {
    let bench = Bench::start().await;
    let other = Key::ec("k1");
    refused(
        &bench,
        &other.sign(Some("k1"), &bench.claims("x")),
        Cause::SignatureWrong,
    )
    .await;
    let answer = bench
        .assert(&bench.key.sign(Some("k1"), &bench.claims("x")))
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn keys_rotate_through_a_live_jwks() {
    let bench = Bench::start().await;
    let (old, new) = (Key::ec("old"), Key::ec("new"));
    let document = std::sync::Arc::new(std::sync::Mutex::new(jwks([&old])));
    let source = document.clone();
    let live = Jwks::live(move || source.lock().unwrap().clone());
    bench.sandbox.register(CLIENT, live).unwrap();
    assert_eq!(
        bench
            .assert(&old.sign(Some("old"), &bench.claims("1")))
            .await
            .status,
        200
    );
    let absent = Cause::KeyNotFound {
        kid: Some("new".to_owned()),
    };
    refused(&bench, &new.sign(Some("new"), &bench.claims("2")), absent).await;
    *document.lock().unwrap() = jwks([&new]);
    assert_eq!(
        bench
            .assert(&new.sign(Some("new"), &bench.claims("3")))
            .await
            .status,
        200
    );
    *document.lock().unwrap() = "<html>".to_owned();
    refused(
        &bench,
        &new.sign(Some("new"), &bench.claims("4")),
        Cause::JwksUnreadable,
    )
    .await;
}

#[tokio::test]
async fn a_client_registers_public_keys_only() {
    let bench = Bench::start().await;
    let register = |document: &str| bench.sandbox.register("third", document);
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        let mut private = bench.key.public.clone();
        private[member] = "c2VjcmV0".into();
        let private = json!({ "keys": [private] }).to_string();
        assert_eq!(register(&private), Err(JwksError::PrivateKey), "{member}");
    }
    for empty in ["", "{}", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"oct"}]}"#] {
        assert_eq!(register(empty), Err(JwksError::NoKey), "{empty}");
    }
}

#[tokio::test]
async fn neither_log_nor_debug_shows_an_assertion_or_a_token() {
    let bench = Bench::start().await;
    let assertion = bench.key.sign(Some("k1"), &bench.claims("a"));
    let token = bench.assert(&assertion).await.json()["access_token"].to_string();
    bench.assert(&assertion).await;
    let shown = format!("{:?} {:?}", bench.sandbox.log(), bench.sandbox);
    let signature = |jwt: &str| jwt.rsplit_once('.').unwrap().1.trim_matches('"').to_owned();
    assert!(shown.contains("Replayed"));
    assert!(!shown.contains(&signature(&assertion)));
    assert!(!shown.contains(&signature(&token)));
}

/// Signs with the one family that must never pass.
struct EncodingHmac;

impl EncodingHmac {
    fn sign(claims: &Value) -> String {
        let header = jsonwebtoken::Header::new(Algorithm::HS256);
        let key = jsonwebtoken::EncodingKey::from_secret(b"shared");
        jsonwebtoken::encode(&header, claims, &key).unwrap()
    }
}

fn base64_url(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}
