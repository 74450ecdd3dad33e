//! From a profile to an answered call, with a false identity provider.

use std::fs;
use std::sync::Arc;

use castile_http::{Config, Effect, Profile, SoapTransport as _, connect};
use http::StatusCode;

use crate::peer::{Peer, Reply, ok};

/// A key as `openssl genpkey` writes it, with the rights it should have.
pub(crate) fn key_file(folder: &std::path::Path) -> std::path::PathBuf {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    use base64::Engine as _;

    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let der = pair.to_pkcs8v1().unwrap();
    let text = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
    let path = folder.join("key.pem");
    let lines: Vec<&str> = (0..text.len())
        .step_by(64)
        .map(|at| &text[at..text.len().min(at + 64)])
        .collect();
    fs::write(
        &path,
        format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            lines.join("\n")
        ),
    )
    .unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    path
}

pub(crate) fn profile(
    gateway: &Peer,
    provider: &Peer,
    folder: &std::path::Path,
    state: &str,
) -> Arc<Profile> {
    let key = key_file(folder);
    let text = format!(
        "version = 1\n[profile.a]\ninst_rt_id = \"011001276\"\ninst_env = \"TEST\"\nproduct = \"p\"\n\
         state = \"{state}\"\nclient_id = \"client-1\"\nkey = {{ file = '{}' }}\n\
         legacy.url = \"{url}\"\n\
         [profile.a.oauth]\nurl = \"{url}\"\ntoken_endpoint = \"{}\"\n",
        key.display(),
        provider.url,
        url = gateway.url,
    );
    Config::parse(&text, "castile.toml")
        .unwrap()
        .profile("a")
        .unwrap()
}

pub(crate) async fn provider() -> Peer {
    Peer::start(|n, _| {
        let token = format!(
            "{{\"access_token\":\"tok-canary-{}\",\"token_type\":\"Bearer\",\"expires_in\":\"600\"}}",
            n + 1
        );
        Reply::Answer("200 OK\r\nContent-Type: application/json", token.into_bytes())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_token_request_serves_a_thousand_concurrent_calls() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Peer::replies(vec![ok()]).await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let stack = Arc::new(connect::typed(&profile).unwrap());
    let calls: Vec<_> = (0..1000)
        .map(|_| {
            let (stack, request) = (stack.clone(), gateway.request(Effect::Read));
            tokio::spawn(async move {
                let answer = stack.send(request).await?;
                let status = answer.status();
                answer.into_body().bytes().await.unwrap();
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
        let answer = stack.send(gateway.request(Effect::Write)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
    assert_eq!(provider.arrivals().len(), 2);
    assert_eq!(gateway.arrivals().len(), 4);
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
        let error = stack.send(gateway.request(Effect::Read)).await.unwrap_err();
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
