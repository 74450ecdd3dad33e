//! What the certified provider answers to each way of asking, and what stands in its log.

use castile_tests::{NO_NODE, node, not_run};
use serde_json::{Value, json};

use crate::form::{Bench, Said, assertion_form, now, post, sign, unique};

const OPAQUE: (u16, &str, &str) = (401, "invalid_client", "client authentication failed");

fn bench(test: &str, options: Value, others: Vec<Value>) -> Option<Bench> {
    let Some(node) = node() else {
        not_run(&format!("token_endpoint::rows::{test}"), NO_NODE);
        return None;
    };
    Some(Bench::start(&node, options, others))
}

/// The answer to an assertion of the PS256 client after `change`.
async fn changed(bench: &Bench, change: impl FnOnce(&mut Value, &mut Value)) -> Said {
    let (mut header, mut claims) = bench.good("PS256");
    change(&mut header, &mut claims);
    let assertion = sign(&bench.signer("PS256"), &header, &claims).await;
    bench.assert(&assertion).await
}

#[tokio::test]
async fn good_assertions_in_all_their_forms_get_a_token_of_600_seconds() {
    let Some(bench) = bench("good_assertions", json!({}), Vec::new()) else {
        return;
    };
    let issuer = bench.provider.issuer().to_owned();
    for alg in ["ES256", "PS256", "RS256"] {
        for aud in [
            json!(bench.provider.token_endpoint()),
            json!(issuer),
            json!([issuer]),
        ] {
            for kid in [true, false] {
                for client_id in [true, false] {
                    let (mut header, mut claims) = bench.good(alg);
                    claims["aud"] = aud.clone();
                    if !kid {
                        header.as_object_mut().expect("an object").remove("kid");
                    }
                    let assertion = sign(&bench.signer(alg), &header, &claims).await;
                    let mut form = assertion_form(&assertion);
                    if client_id {
                        form.push(("client_id", alg));
                    }
                    let said = bench.post(&form, &[]).await;
                    assert_eq!(said.status, 200, "{alg} {aud} {kid} {client_id}: {said:?}");
                    assert_eq!(said.json["expires_in"], 600);
                    assert_eq!(said.json["scope"], "openid");
                }
            }
        }
    }
    let said = changed(&bench, |_, claims| claims["exp"] = json!(now() - 3)).await;
    assert_eq!(said.status, 200, "three seconds are tolerated");
    let said = changed(&bench, |_, claims| remove(claims, "iat")).await;
    assert_eq!(said.status, 200, "iat may be missing");
}

fn remove(object: &mut Value, member: &str) {
    object.as_object_mut().expect("an object").remove(member);
}

#[tokio::test]
async fn every_fault_of_an_assertion_gets_one_opaque_answer_and_its_cause_in_the_log() {
    let Some(bench) = bench("every_fault", json!({}), Vec::new()) else {
        return;
    };
    let issuer = bench.provider.issuer().to_owned();
    let other_kid = bench.keys["RS256"].jwk["kid"].clone();
    type Change = Box<dyn FnOnce(&mut Value, &mut Value)>;
    let claim = |name: &'static str, value: Value| -> Change {
        Box::new(move |_, claims| claims[name] = value)
    };
    let without =
        |name: &'static str| -> Change { Box::new(move |_, claims| remove(claims, name)) };
    let kid = |value: Value| -> Change { Box::new(move |header, _| header["kid"] = value) };
    let rows: Vec<(&str, Change, &str)> = vec![
        (
            "wrong aud",
            claim("aud", json!("https://other.example/token")),
            "audience (aud) must equal",
        ),
        (
            "issuer and slash",
            claim("aud", json!(format!("{issuer}/"))),
            "audience (aud) must equal",
        ),
        ("expired", claim("exp", json!(now() - 60)), "jwt expired"),
        (
            "an hour",
            claim("exp", json!(now() + 3600)),
            "lifetime too long",
        ),
        (
            "milliseconds",
            claim("exp", json!((now() + 60) * 1000)),
            "lifetime too long",
        ),
        (
            "iat ahead",
            claim("iat", json!(now() + 120)),
            "issued in the future",
        ),
        (
            "nbf ahead",
            claim("nbf", json!(now() + 120)),
            "jwt not active yet",
        ),
        (
            "unknown kid",
            kid(json!("unknown")),
            "no applicable key found",
        ),
        (
            "kid of another key",
            kid(other_kid),
            "no applicable key found",
        ),
        ("no iss", without("iss"), "iss"),
        ("no aud", without("aud"), "aud"),
        ("no jti", without("jti"), "jti"),
        ("no exp", without("exp"), "exp"),
    ];
    for (row, change, cause) in rows {
        let said = changed(&bench, change).await;
        assert_eq!(said.error(), OPAQUE, "{row}");
        let logged = bench.cause().await;
        assert!(logged.contains(cause), "{row}: {logged}");
    }

    // Twice the same assertion, and its jti in another.
    let (header, claims) = bench.good("PS256");
    let assertion = sign(&bench.signer("PS256"), &header, &claims).await;
    assert_eq!(bench.assert(&assertion).await.status, 200);
    assert_eq!(bench.assert(&assertion).await.error(), OPAQUE);
    assert!(bench.cause().await.contains("must only be used once"));
    let jti = claims["jti"].clone();
    let said = changed(&bench, |_, claims| {
        claims["jti"] = jti;
        claims["exp"] = json!(now() + 90);
    });
    assert_eq!(said.await.error(), OPAQUE);
    assert!(bench.cause().await.contains("must only be used once"));

    // The wrong key under the right kid; the wrong algorithm for the client; no such client.
    let (header, claims) = bench.good("PS256");
    let wrong = bench
        .signer("RS256")
        .with_algorithm(castile::auth::Algorithm::PS256);
    let assertion = sign(&wrong.expect("an RSA key"), &header, &claims).await;
    assert_eq!(bench.assert(&assertion).await.error(), OPAQUE);
    assert!(
        bench
            .cause()
            .await
            .contains("signature verification failed")
    );
    let (mut header, claims) = bench.good("PS256");
    header["alg"] = json!("RS256");
    let wrong = bench
        .signer("PS256")
        .with_algorithm(castile::auth::Algorithm::RS256);
    let assertion = sign(&wrong.expect("an RSA key"), &header, &claims).await;
    assert_eq!(bench.assert(&assertion).await.error(), OPAQUE);
    assert!(bench.cause().await.contains("alg mismatch"));
    let said = changed(&bench, |header, _| header["alg"] = json!("EdDSA")).await;
    assert_eq!(said.error(), OPAQUE);
    assert!(bench.cause().await.contains("alg mismatch"));
    let said = changed(&bench, |_, claims| {
        claims["iss"] = json!("nobody");
        claims["sub"] = json!("nobody");
    });
    assert_eq!(said.await.error(), OPAQUE);
    assert!(bench.cause().await.contains("client not found"));
}

#[tokio::test]
async fn faults_of_the_form_are_told_openly_and_unknown_scope_is_dropped_in_silence() {
    let Some(bench) = bench("faults_of_the_form", json!({}), Vec::new()) else {
        return;
    };
    let (header, claims) = bench.good("ES256");
    let assertion = sign(&bench.signer("ES256"), &header, &claims).await;
    let form = assertion_form(&assertion);
    let edited = |name: &str, value: Option<&'static str>| -> Vec<(&str, &str)> {
        form.iter()
            .filter_map(|(found, old)| match value {
                _ if *found != name => Some((*found, *old)),
                Some(value) => Some((*found, value)),
                None => None,
            })
            .collect()
    };
    let mut typo = edited("client_assertion", None);
    typo.push(("client-assertion", &assertion));
    let mut mismatch = form.clone();
    mismatch.push(("client_id", "PS256"));
    let none = vec![("grant_type", "client_credentials")];
    for (row, form, headers, told) in [
        ("typo", typo, &[][..], "must be provided"),
        (
            "none",
            none,
            &[],
            "no client authentication mechanism provided",
        ),
        (
            "no type",
            edited("client_assertion_type", None),
            &[],
            "client_assertion_type must be provided",
        ),
        (
            "garbage",
            edited("client_assertion", Some("a.b.c")),
            &[],
            "invalid client_assertion format",
        ),
        (
            "two",
            form.clone(),
            &[("authorization", "Basic YTpi")],
            "only be provided using one mechanism",
        ),
        ("client_id", mismatch, &[], "client_id mismatch"),
    ] {
        let said = bench.post(&form, headers).await;
        let (status, error, description) = said.error();
        assert_eq!((status, error), (400, "invalid_request"), "{row}: {said:?}");
        assert!(
            row == "typo" || description.contains(told),
            "{row}: {description}"
        );
    }

    let (header, claims) = bench.good("ES256");
    let assertion = sign(&bench.signer("ES256"), &header, &claims).await;
    let mut form = assertion_form(&assertion);
    form.retain(|(name, _)| *name != "scope");
    form.push(("scope", "openid full"));
    let said = bench.post(&form, &[]).await;
    assert_eq!(said.status, 200);
    assert_eq!(
        said.json["scope"], "openid",
        "less than asked for, and no word of it"
    );
}

#[tokio::test]
async fn the_stock_provider_caps_no_lifetime_and_the_fapi_one_wants_its_issuer() {
    let Some(stock) = bench("stock", json!({ "stock": true }), Vec::new()) else {
        return;
    };
    let far = (now() + 60) * 1000;
    for (name, value) in [("exp", now() + 3600), ("exp", far), ("iat", now() + 120)] {
        let said = changed(&stock, |_, claims| claims[name] = json!(value)).await;
        assert_eq!(said.status, 200, "{name}");
    }
    drop(stock);
    let Some(fapi) = bench("fapi", json!({ "fapi": true }), Vec::new()) else {
        return;
    };
    let issuer = fapi.provider.issuer().to_owned();
    let token_url = fapi.provider.token_endpoint();
    for (aud, status) in [
        (json!(token_url), 401),
        (json!([issuer]), 401),
        (json!(issuer), 200),
    ] {
        let said = changed(&fapi, |_, claims| claims["aud"] = aud.clone()).await;
        assert_eq!(said.status, status, "{aud}");
    }
}

#[tokio::test]
async fn a_basic_secret_must_be_form_encoded() {
    const SECRET: &str = "s3cr3t:/ +&";
    let others = vec![json!({
        "client_id": "basic",
        "client_secret": SECRET,
        "token_endpoint_auth_method": "client_secret_basic",
    })];
    let Some(bench) = bench("basic", json!({}), others) else {
        return;
    };
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let form = [("grant_type", "client_credentials"), ("scope", "openid")];
    let raw = format!("Basic {}", STANDARD.encode(format!("basic:{SECRET}")));
    let said = bench.post(&form, &[("authorization", &raw)]).await;
    assert_eq!(said.status, 401);
    let challenge = said.headers["www-authenticate"].to_str().expect("text");
    assert!(challenge.starts_with("Basic"), "{challenge}");
    let encoded = STANDARD.encode("basic:s3cr3t%3A%2F+%2B%26");
    let header = format!("Basic {encoded}");
    let said = bench.post(&form, &[("authorization", &header)]).await;
    assert_eq!(said.status, 200, "{said:?}");
}

#[tokio::test]
async fn proofs_of_possession_need_the_nonce_once_and_the_right_target() {
    let others = |keys: &Value| {
        vec![json!({
            "client_id": "bound",
            "jwks": { "keys": [keys] },
            "dpop_bound_access_tokens": true,
        })]
    };
    let Some(node) = node() else {
        return not_run("token_endpoint::rows::dpop", NO_NODE);
    };
    let keys = castile_tests::Keys::make(&node)
        .remove("ES256")
        .expect("a key");
    let bench = Bench::start(&node, json!({ "dpopNonce": true }), others(&keys.jwk));
    let signer = castile::auth::LocalSigner::read(keys.pem.as_bytes()).expect("a key");
    let url = bench.provider.token_endpoint();
    let member = |name: &str| keys.jwk[name].clone();
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": member("x"), "y": member("y") });
    let ask = async |proof: Option<&str>| {
        let claims = json!({ "iss": "bound", "sub": "bound", "aud": url, "jti": unique(), "exp": now() + 60 });
        let header = json!({ "alg": "ES256", "kid": member("kid") });
        let assertion = sign(&signer, &header, &claims).await;
        let headers: Vec<_> = proof.map(|proof| ("dpop", proof)).into_iter().collect();
        bench.post(&assertion_form(&assertion), &headers).await
    };
    let prove = async |htm: &str, htu: &str, nonce: Option<&str>| {
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
        let mut claims = json!({ "jti": unique(), "htm": htm, "htu": htu, "iat": now() });
        if let Some(nonce) = nonce {
            claims["nonce"] = json!(nonce);
        }
        sign(&signer, &header, &claims).await
    };
    let said = ask(None).await;
    assert_eq!((said.status, said.error().1), (400, "invalid_grant"));
    let mut nonce = String::new();
    for wrong in [None, Some("bogus")] {
        let said = ask(Some(&prove("POST", &url, wrong).await)).await;
        assert_eq!((said.status, said.error().1), (400, "use_dpop_nonce"));
        nonce = said.headers["dpop-nonce"]
            .to_str()
            .expect("text")
            .to_owned();
    }
    let proof = prove("POST", &url, Some(&nonce)).await;
    let said = ask(Some(&proof)).await;
    assert_eq!(said.status, 200, "{said:?}");
    assert_eq!(said.json["token_type"], "DPoP");
    let said = ask(Some(&proof)).await;
    assert_eq!(
        (said.status, said.error().1),
        (400, "invalid_grant"),
        "replayed"
    );
    for (htm, htu) in [
        ("GET", url.as_str()),
        ("POST", "https://other.example/token"),
    ] {
        let said = ask(Some(&prove(htm, htu, Some(&nonce)).await)).await;
        assert_eq!(
            (said.status, said.error().1),
            (400, "invalid_dpop_proof"),
            "{htm} {htu}"
        );
    }
    let with_query = format!("{url}?a=b");
    let said = ask(Some(&prove("POST", &with_query, Some(&nonce)).await)).await;
    assert_eq!(said.status, 200, "a query in htu does not count");
}

#[tokio::test]
async fn a_pushed_request_lives_a_minute_and_revoking_the_unknown_succeeds() {
    let others = vec![json!({
        "client_id": "user",
        "client_secret": "of the user's client",
        "token_endpoint_auth_method": "client_secret_post",
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "redirect_uris": ["https://app.example/callback"],
    })];
    let Some(bench) = bench("pushed", json!({}), others) else {
        return;
    };
    let base = bench.provider.token_endpoint();
    let base = base.strip_suffix("/token").expect("its path");
    let client = [
        ("client_id", "user"),
        ("client_secret", "of the user's client"),
    ];
    let request = [
        ("response_type", "code"),
        ("redirect_uri", "https://app.example/callback"),
        ("scope", "openid"),
        (
            "code_challenge",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        ),
        ("code_challenge_method", "S256"),
    ];
    let said = post(
        &format!("{base}/request"),
        &[&client[..], &request].concat(),
        &[],
    )
    .await;
    assert_eq!(
        (said.status, &said.json["expires_in"]),
        (201, &json!(60)),
        "{said:?}"
    );
    let form = [&client[..], &[("token", "unknown")]].concat();
    let said = post(&format!("{base}/token/revocation"), &form, &[]).await;
    assert_eq!(said.status, 200);
}
