//! Faults of the token request's form are told openly, in the words of the real provider's family.

use castile_sandbox::Cause;

use crate::client::Bench;

const TYPE: (&str, &str) = (
    "client_assertion_type",
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
);
/// What is sent, what is told, and why.
type Case<'c> = (&'c [(&'c str, &'c str)], &'c str, Cause);

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn each_fault_of_the_form_is_told() {
    let bench = Bench::start().await;
    let good = bench.key.sign(Some("k1"), &bench.claims("form"));
    let assertion = ("client_assertion", good.as_str());
    let wrong_type = "client_assertion_type must have value urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let cases: &[Case<'_>] = &[
        (
            &[GRANT],
            "no client authentication mechanism provided",
            Cause::NoClientAuthentication,
        ),
        (
            &[GRANT, TYPE, ("client-assertion", "typo")],
            "no client authentication mechanism provided",
            Cause::NoClientAuthentication,
        ),
        (
            &[GRANT, TYPE, assertion, ("client_secret", "s")],
            "client authentication must only be provided using one mechanism",
            Cause::SeveralMechanisms,
        ),
        (
            &[GRANT, TYPE, assertion, ("client_id", "another")],
            "client_id mismatch",
            Cause::ClientIdMismatch,
        ),
        (
            &[GRANT, TYPE, ("client_assertion", "not.a.jwt")],
            "invalid client_assertion format",
            Cause::AssertionFormat,
        ),
        (
            &[GRANT, assertion],
            "client_assertion_type must be provided",
            Cause::AssertionTypeMissing,
        ),
        (
            &[GRANT, assertion, ("client_assertion_type", "jwt")],
            wrong_type,
            Cause::AssertionTypeWrong,
        ),
        (
            &[GRANT, TYPE, assertion, assertion],
            "'client_assertion' parameter must not be provided twice",
            Cause::DuplicateParameter {
                name: "client_assertion",
            },
        ),
    ];
    for (fields, text, cause) in cases {
        let answer = bench.form(fields).await;
        assert_eq!(answer.status, 400, "{text}");
        assert_eq!(answer.json()["error"], "invalid_request");
        assert_eq!(answer.json()["error_description"], *text);
        let log = bench.sandbox.log();
        assert_eq!(log.last().unwrap().event.cause(), Some(cause));
    }
    assert_eq!(bench.sandbox.counters().token_requests, cases.len() as u64);
}

#[tokio::test]
async fn the_grant_must_be_client_credentials() {
    let bench = Bench::start().await;
    for (jti, grant, status_text) in [
        (
            "a",
            Some(("grant_type", "password")),
            "unsupported_grant_type",
        ),
        ("b", None, "invalid_request"),
    ] {
        let assertion = bench.key.sign(Some("k1"), &bench.claims(jti));
        let mut fields = vec![TYPE, ("client_assertion", assertion.as_str())];
        fields.extend(grant);
        let answer = bench.form(&fields).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (400, &status_text.into())
        );
    }
}

#[tokio::test]
async fn an_unknown_scope_is_left_out_silently() {
    let bench = Bench::start().await;
    for (jti, asked, granted) in [("a", "openid full", Some("openid")), ("b", "full", None)] {
        let assertion = bench.key.sign(Some("k1"), &bench.claims(jti));
        let fields = [
            GRANT,
            TYPE,
            ("scope", asked),
            ("client_assertion", &assertion),
        ];
        let answer = bench.form(&fields).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["scope"].as_str(), granted);
    }
}

#[tokio::test]
async fn a_secret_is_refused_like_a_bad_assertion() {
    let bench = Bench::start().await;
    let answer = bench
        .form(&[GRANT, ("client_id", "x"), ("client_secret", "s")])
        .await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["error"], "invalid_client");
    let log = bench.sandbox.log();
    assert_eq!(
        log.last().unwrap().event.cause(),
        Some(&Cause::SecretNotAccepted)
    );
}

#[tokio::test]
async fn a_body_that_is_no_form_or_too_long_is_refused() {
    let bench = Bench::start().await;
    let request = bench
        .http()
        .post(bench.sandbox.token_endpoint())
        .header("content-type", "application/json")
        .body("{}");
    assert_eq!(bench.send(request).await.unwrap().status, 400);
    let long = "x".repeat(1 << 20);
    assert_eq!(bench.form(&[("scope", &long)]).await.status, 413);
}

#[tokio::test]
async fn discovery_and_keys_stand_at_the_real_paths() {
    let bench = Bench::start().await;
    let issuer = bench.sandbox.provider_url();
    let discovery = bench
        .http()
        .get(format!("{issuer}/.well-known/openid-configuration"));
    let discovery = bench.send(discovery).await.unwrap().json();
    assert_eq!(discovery["issuer"], issuer);
    assert_eq!(
        discovery["token_endpoint"],
        format!("{issuer}/a/oidc-provider/api/v0/token")
    );
    let keys = discovery["jwks_uri"].as_str().unwrap();
    assert_eq!(keys, format!("{issuer}/a/oidc-provider/api/v0/jwks"));
    let keys = bench.send(bench.http().get(keys)).await.unwrap().json();
    assert_eq!(keys["keys"][0]["kty"], "EC");
    assert_eq!(keys["keys"][0]["d"], serde_json::Value::Null);
    // The token verifies under the published key, by code that is not the sandbox's.
    let token = bench.token("t").await;
    let jwk = serde_json::from_value(keys["keys"][0].clone()).unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    rules.set_audience(&[bench.sandbox.gateway_origin()]);
    rules.validate_exp = false;
    let claims = jsonwebtoken::decode::<serde_json::Value>(&token, &key, &rules).unwrap();
    assert_eq!(claims.claims["iss"], issuer);
}
