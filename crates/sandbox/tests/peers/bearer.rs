//! What the gateway makes of bearer tokens.

use castile_sandbox::{Cause, Sandbox, Unauthorized};

use crate::client::{Bench, CLIENT, NOW, TPG, envelope, jwks};

fn ping() -> String {
    envelope(
        "",
        &format!("<Ping xmlns=\"{TPG}\"><PingRq>hello</PingRq></Ping>"),
    )
}

async fn unauthorized(bench: &Bench, token: Option<&str>, cause: Cause) {
    let mut request = bench.post("Inquiry", "Ping", ping());
    if let Some(token) = token {
        request = request.header("authorization", token);
    }
    let answer = bench.send(request).await.unwrap();
    assert_eq!(answer.status, 401, "{cause}");
    assert_eq!(
        answer.headers["www-authenticate"],
        "Bearer error=\"invalid_token\""
    );
    assert_eq!(answer.body, "");
    assert_eq!(
        bench.sandbox.log().last().unwrap().event.cause(),
        Some(&cause)
    );
}

#[tokio::test]
async fn a_good_token_is_answered_until_it_expires() {
    let bench = Bench::start().await;
    let token = format!("Bearer {}", bench.token("a").await);
    let request = || {
        bench
            .post("Inquiry", "Ping", ping())
            .header("authorization", &token)
    };
    bench.clock.advance(599);
    let answer = bench.send(request()).await.unwrap();
    assert_eq!(
        (answer.status, answer.element("PingRs")),
        (200, Some("hello"))
    );
    bench.clock.advance(1);
    unauthorized(&bench, Some(&token), Cause::TokenExpired { seconds: 0 }).await;
    assert_eq!(bench.sandbox.counters().gateway_unauthorized, 1);
}

#[tokio::test]
async fn a_missing_or_foreign_token_is_refused() {
    let bench = Bench::start().await;
    unauthorized(&bench, None, Cause::TokenMissing).await;
    unauthorized(&bench, Some("Basic dTpw"), Cause::NotBearer).await;
    unauthorized(&bench, Some("Bearer not-a-jwt"), Cause::TokenForeign).await;
    // Another sandbox's token.
    let other = Bench::start().await;
    let foreign = format!("Bearer {}", other.token("a").await);
    unauthorized(&bench, Some(&foreign), Cause::TokenForeign).await;
    // The client's own assertion is no token.
    let assertion = format!("Bearer {}", bench.key.sign(Some("k1"), &bench.claims("b")));
    unauthorized(&bench, Some(&assertion), Cause::TokenForeign).await;
    assert_eq!(bench.sandbox.counters().operations_answered, 0);
}

#[tokio::test]
async fn a_token_for_another_audience_is_refused() {
    let mut bench = Bench::start().await;
    bench.sandbox = Sandbox::builder()
        .clock(bench.clock.clone())
        .client(CLIENT, jwks([&bench.key]))
        .token_audience("https://another.invalid")
        .start()
        .await
        .unwrap();
    let token = format!("Bearer {}", bench.token("a").await);
    unauthorized(&bench, Some(&token), Cause::TokenAudience).await;
}

#[tokio::test]
async fn an_observer_is_told_what_the_log_keeps() {
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let list = told.clone();
    let mut bench = Bench::start().await;
    bench.sandbox = Sandbox::builder()
        .clock(bench.clock.clone())
        .client(CLIENT, jwks([&bench.key]))
        .observer(move |entry| list.lock().unwrap().push(entry.to_string()))
        .start()
        .await
        .unwrap();
    bench.token("a").await;
    unauthorized(&bench, None, Cause::TokenMissing).await;
    let issued = format!("{NOW} 200 token issued to {CLIENT}");
    let refused = format!("{NOW} 401 refused: no Authorization header");
    assert_eq!(*told.lock().unwrap(), [issued, refused]);
    assert_eq!(bench.sandbox.log().len(), 2);
}

#[tokio::test]
async fn a_revoked_token_is_refused_and_a_newer_one_is_not() {
    let bench = Bench::start().await;
    let old = format!("Bearer {}", bench.token("a").await);
    bench.sandbox.revoke_tokens();
    unauthorized(&bench, Some(&old), Cause::TokenRevoked).await;
    let new = bench.token("b").await;
    let request = bench.post("Inquiry", "Ping", ping()).bearer_auth(new);
    assert_eq!(bench.send(request).await.unwrap().status, 200);
}

#[tokio::test]
async fn the_form_of_the_401_can_be_set() {
    let sandbox = Sandbox::builder()
        .unauthorized(Unauthorized {
            challenge: None,
            content_type: Some("application/json".to_owned()),
            body: "{}".to_owned(),
        })
        .start()
        .await
        .unwrap();
    let mut bench = Bench::start().await;
    bench.sandbox = sandbox;
    let answer = bench
        .send(bench.post("Inquiry", "Ping", ping()))
        .await
        .unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (401, "{}"));
    assert!(!answer.headers.contains_key("www-authenticate"));
}

#[tokio::test]
async fn the_received_request_is_kept_without_its_token() {
    let bench = Bench::start().await;
    let token = bench.token("a").await;
    let request = bench.post("Inquiry", "Ping", ping()).bearer_auth(&token);
    bench.send(request).await.unwrap();
    let received = bench.sandbox.requests().pop().unwrap();
    assert!(received.bearer);
    assert_eq!(received.body, ping());
    assert!(!received.headers.contains_key("authorization"));
    let shown = format!("{received:?}");
    assert!(!shown.contains("hello") && !shown.contains(&token));
}

#[tokio::test]
async fn only_loopback_is_listened_on() {
    let everywhere = "0.0.0.0:0".parse().unwrap();
    let error = Sandbox::builder()
        .gateway_address(everywhere)
        .start()
        .await
        .unwrap_err();
    assert_eq!(error.code(), "sandbox-not-loopback");
}

#[tokio::test]
async fn a_stopped_sandbox_frees_its_ports() {
    let bench = Bench::start().await;
    bench.token("a").await;
    let address = bench
        .sandbox
        .provider_url()
        .trim_start_matches("http://")
        .parse()
        .unwrap();
    bench.sandbox.stop().await;
    let again = Sandbox::builder().provider_address(address).start().await;
    assert!(again.is_ok(), "{again:?}");
}
