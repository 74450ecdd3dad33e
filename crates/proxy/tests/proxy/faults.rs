//! What the proxy says when it cannot serve: SOAP faults with a code, and nothing secret.

use castile_proxy::Settings;
use tokio::net::TcpListener;

use crate::bank::{profile, provider};
use crate::client::{OLD, SOAP11, call, exchange, message, proxy};
use crate::peer::{Peer, Reply, ok};

const SOAP12: &str =
    "Content-Type: application/soap+xml; action=\"http://jackhenry.com/ws/XferAdd\"\r\n";

#[tokio::test]
async fn an_envelope_that_cannot_be_rewritten_is_the_clients_fault() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Peer::replies(vec![ok()]).await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let proxy = proxy(&profile, Settings::default()).await;

    let dtd = format!(
        "<!DOCTYPE canary>{}",
        OLD.replacen("<?xml version='1.0'?>", "", 1)
    );
    let reply = call(proxy.address, &dtd).await;
    assert_eq!(reply.status, 500);
    assert_eq!(
        reply.header("content-type"),
        Some("text/xml; charset=utf-8")
    );
    assert!(
        reply.text().contains("<faultcode>s:Client</faultcode>"),
        "{}",
        reply.text()
    );
    assert!(
        reply
            .text()
            .contains("<c:Code>envelope-dtd</c:Code><c:Who>caller</c:Who>"),
        "{}",
        reply.text()
    );
    assert!(!reply.text().contains("canary"), "{}", reply.text());

    let reply = exchange(proxy.address, &message(SOAP12, &dtd)).await;
    assert_eq!(reply.status, 400);
    assert_eq!(
        reply.header("content-type"),
        Some("application/soap+xml; charset=utf-8")
    );
    assert!(
        reply.text().contains("<s:Value>s:Sender</s:Value>"),
        "{}",
        reply.text()
    );
    assert!(gateway.arrivals().is_empty());
    assert!(provider.arrivals().is_empty());
}

#[tokio::test]
async fn no_token_is_the_servers_fault() {
    for (head, status, code) in [
        (
            "401 Unauthorized\r\nContent-Type: application/json",
            502,
            "token-invalid-client",
        ),
        (
            "503 Service Unavailable\r\nContent-Type: text/html",
            503,
            "token-server-error",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let gateway = Peer::replies(vec![ok()]).await;
        let body = br#"{"error":"invalid_client","trace":"canary"}"#;
        let provider = Peer::replies(vec![Reply::Answer(head, body.to_vec())]).await;
        let profile = profile(&gateway, &provider, folder.path(), "oauth");
        let proxy = proxy(&profile, Settings::default()).await;
        let reply = call(proxy.address, OLD).await;
        assert_eq!(reply.status, status, "{}", reply.text());
        assert!(
            reply.text().contains("<faultcode>s:Server</faultcode>"),
            "{}",
            reply.text()
        );
        assert!(
            reply.text().contains(&format!("<c:Code>{code}</c:Code>")),
            "{}",
            reply.text()
        );
        assert!(!reply.text().contains("canary"), "{}", reply.text());
        assert!(gateway.arrivals().is_empty());
    }
}

#[tokio::test]
async fn a_broken_gateway_says_whether_the_call_may_have_happened() {
    for (headers, open) in [(SOAP11, false), (SOAP12, true)] {
        let folder = tempfile::tempdir().unwrap();
        let gateway = Peer::replies(vec![Reply::Close]).await;
        let provider = provider().await;
        let profile = profile(&gateway, &provider, folder.path(), "oauth");
        let proxy = proxy(&profile, Settings::default()).await;
        let reply = exchange(proxy.address, &message(headers, OLD)).await;
        assert_eq!(reply.status, 502);
        let text = reply.text();
        assert!(
            text.contains("<c:Code>gateway-interrupted</c:Code>"),
            "{text}"
        );
        assert!(
            text.contains(&format!("<c:OutcomeUnknown>{open}</c:OutcomeUnknown>")),
            "{text}"
        );
        assert_eq!(gateway.arrivals().len(), 1);
    }
}

#[tokio::test]
async fn a_redirect_is_not_passed_on_to_a_client_that_would_follow_it() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = "307 Temporary Redirect\r\nLocation: https://canary.example/";
    let gateway = Peer::replies(vec![Reply::Answer(elsewhere, Vec::new())]).await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let proxy = proxy(&profile, Settings::default()).await;
    let reply = call(proxy.address, OLD).await;
    assert_eq!(reply.status, 502);
    assert!(
        reply.text().contains("<c:Code>gateway-redirect</c:Code>"),
        "{}",
        reply.text()
    );
    assert!(!reply.head.contains("canary"));
    assert_eq!(gateway.arrivals().len(), 1);
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_told_from_one_that_broke() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut gateway = Peer::replies(vec![ok()]).await;
    let address = nobody.local_addr().unwrap();
    gateway.url = format!("http://{address}/").parse().unwrap();
    drop(nobody);
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let proxy = proxy(&profile, Settings::default()).await;
    let reply = exchange(proxy.address, &message(SOAP12, OLD)).await;
    assert_eq!(reply.status, 502);
    assert!(
        reply
            .text()
            .contains("<c:Code>gateway-unreachable</c:Code>"),
        "{}",
        reply.text()
    );
    assert!(
        reply
            .text()
            .contains("<c:OutcomeUnknown>false</c:OutcomeUnknown>"),
        "{}",
        reply.text()
    );
}

#[tokio::test]
async fn a_write_under_the_action_of_a_read_leaves_its_outcome_open() {
    for state in ["legacy", "oauth"] {
        let folder = tempfile::tempdir().unwrap();
        let (gateway, provider) = (Peer::replies(vec![Reply::Close]).await, provider().await);
        let profile = profile(&gateway, &provider, folder.path(), state);
        let proxy = proxy(&profile, Settings::default()).await;
        let write = OLD.replace("AcctInq", "XferAdd");
        for (body, unknown) in [(OLD, false), (&write, true)] {
            let reply = call(proxy.address, body).await;
            let told = format!("<c:OutcomeUnknown>{unknown}</c:OutcomeUnknown>");
            assert!(reply.text().contains(&told), "{state} {}", reply.text());
        }
    }
}
