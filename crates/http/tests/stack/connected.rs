//! From a profile to an answered call, with a false identity provider.

use std::sync::Arc;

use castile_auth::TokenSource as _;
use castile_http::profile::Limits;
use castile_http::{Effect, EgressTransport, SoapTransport as _, connect, stack};
use http::StatusCode;

use crate::bank::{profile, provider};
use crate::peer::{Peer, Reply, ok};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_token_request_serves_a_thousand_concurrent_calls() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Peer::replies(vec![ok()]).await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let stack = Arc::new(connect::typed(&profile).unwrap());
    let calls: Vec<_> = (0..1000)
        .map(|_| {
            let (stack, request) = (stack.clone(), gateway.ping(Effect::Read));
            tokio::spawn(async move {
                let answer = stack.send(request).await?;
                let status = answer.status();
                answer.into_body().bytes(Effect::Read).await.unwrap();
                Ok::<_, castile_http::Error>(status)
            })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap(), StatusCode::OK);
    }
    assert_eq!(provider.arrivals().len(), 1);
    assert_eq!(gateway.arrivals().len(), 1000);
    assert!(
        gateway
            .arrivals()
            .iter()
            .all(|arrival| arrival.header("authorization") == ["Bearer tok-canary-1"])
    );
    let form = String::from_utf8(provider.arrivals()[0].body.clone()).unwrap();
    assert!(form.contains("grant_type=client_credentials"), "{form}");
    assert!(form.contains("client_assertion="), "{form}");
    assert!(form.contains("scope=openid"), "{form}");
}

#[tokio::test]
async fn a_401_fetches_one_new_token() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Peer::start(|_, arrival| {
        if arrival.header("authorization") == ["Bearer tok-canary-1"] {
            Reply::Answer("401 Unauthorized\r\nWWW-Authenticate: Bearer", Vec::new())
        } else {
            ok()
        }
    })
    .await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let stack = connect::typed(&profile).unwrap();
    for _ in 0..3 {
        let answer = stack.send(gateway.ping(Effect::Write)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
    assert_eq!(provider.arrivals().len(), 2);
    assert_eq!(gateway.arrivals().len(), 4);
}

#[tokio::test]
async fn a_late_401_for_an_old_token_fetches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // Every call under the first token is refused.
    let gateway = Peer::start(|_, arrival| {
        if arrival.header("authorization") == ["Bearer tok-canary-1"] {
            Reply::Answer("401 Unauthorized\r\nWWW-Authenticate: Bearer", Vec::new())
        } else {
            ok()
        }
    })
    .await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let source = Arc::new(connect::token_source(&profile).unwrap());
    let plan = connect::plan(&profile, source.clone()).unwrap();
    let transport = EgressTransport::new(Limits::default()).unwrap();
    let stack = Arc::new(stack::typed(plan, transport));
    let old = source.token().await.unwrap();
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let (stack, request) = (stack.clone(), gateway.ping(Effect::Read));
            tokio::spawn(async move { stack.send(request).await.unwrap().status() })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), StatusCode::OK);
    }
    assert_eq!(provider.arrivals().len(), 2, "one new token for fifty 401s");
    // One more, long after.
    source.reject(&old);
    let answer = stack.send(gateway.ping(Effect::Read)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(provider.arrivals().len(), 2);
}

#[tokio::test]
async fn a_refused_client_reaches_neither_gateway_nor_provider_again() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Peer::replies(vec![ok()]).await;
    let refusal =
        br#"{"error":"invalid_client","error_description":"client authentication failed"}"#;
    let provider = Peer::replies(vec![Reply::Answer(
        "401 Unauthorized\r\nContent-Type: application/json",
        refusal.to_vec(),
    )])
    .await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let stack = connect::typed(&profile).unwrap();
    for _ in 0..3 {
        let error = stack.send(gateway.ping(Effect::Read)).await.unwrap_err();
        assert_eq!(error.code(), "token-invalid-client");
        assert!(!error.is_retryable());
    }
    assert_eq!(provider.arrivals().len(), 1);
    assert!(gateway.arrivals().is_empty());
}

#[tokio::test]
async fn a_profile_that_is_not_in_oauth_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Peer::replies(vec![ok()]).await;
    let provider = provider().await;
    for state in ["legacy", "shadow"] {
        let profile = profile(&gateway, &provider, folder.path(), state);
        assert_eq!(connect::typed(&profile).unwrap_err().code(), "config-state");
        assert_eq!(connect::raw(&profile).unwrap_err().code(), "config-state");
    }
    assert!(provider.arrivals().is_empty());
}
