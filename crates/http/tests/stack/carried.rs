//! What arrives at the gateway, and what never leaves.

use std::sync::Arc;

use castile_http::profile::Limits;
use castile_http::{Body, Effect, EgressTransport, Error, SoapTransport as _, stack};
use http::Request;
use http_body_util::Full;

use crate::peer::{Peer, Reply, ok};
use crate::tokens::{Tokens, plan};

const OLD: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>\
    <w:Security xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">\
    <w:UsernameToken/></w:Security></s:Header><s:Body><Ping xmlns=\"urn:x\"/></s:Body></s:Envelope>";
const NEW: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>\
    </s:Header><s:Body><Ping xmlns=\"urn:x\"/></s:Body></s:Envelope>";

fn transport() -> EgressTransport {
    EgressTransport::new(Limits::default()).unwrap()
}

#[tokio::test]
async fn the_token_replaces_whatever_authorization_came() {
    let peer = Peer::replies(vec![ok()]).await;
    let stack = stack::typed(plan(&peer, Arc::new(Tokens::default())), transport());
    let mut request = peer.request(Effect::Read);
    for old in ["Basic b2xkOnBhc3N3b3Jk", "Bearer old"] {
        request
            .headers_mut()
            .append("authorization", old.parse().unwrap());
    }
    stack.send(request).await.unwrap();
    let arrival = &peer.arrivals()[0];
    assert_eq!(arrival.header("authorization"), ["Bearer token-1-canary"]);
    assert_eq!(
        arrival.header("soapaction"),
        ["http://jackhenry.com/ws/Test"]
    );
    assert_eq!(arrival.header("content-type"), ["text/xml; charset=utf-8"]);
    assert_eq!(arrival.header("content-length"), ["7"]);
    for absent in [
        "accept-encoding",
        "cookie",
        "referer",
        "user-agent",
        "transfer-encoding",
    ] {
        assert!(arrival.header(absent).is_empty(), "{absent}");
    }
}

#[tokio::test]
async fn the_token_goes_to_its_origin_only() {
    let peer = Peer::replies(vec![ok()]).await;
    let other = Peer::replies(vec![ok()]).await;
    let stack = stack::typed(plan(&peer, Arc::new(Tokens::default())), transport());
    let port = peer.url.port().unwrap();
    for target in [
        other.url.to_string(),
        format!("http://localhost:{port}/svc"),
        format!("https://127.0.0.1:{port}/svc"),
        format!("http://user@127.0.0.1:{port}/svc"),
        "/svc".to_owned(),
    ] {
        let request = Request::post(&target).body(Body::whole("x")).unwrap();
        let error = stack.send(request).await.unwrap_err();
        assert!(matches!(error, Error::Origin { .. }), "{target}: {error:?}");
        assert_eq!(error.code(), "origin-refused");
        assert!(!error.outcome_unknown());
    }
    assert!(peer.arrivals().is_empty());
    assert!(other.arrivals().is_empty());
}

#[tokio::test]
async fn no_host_header_sends_the_token_to_another_tenant() {
    let peer = Peer::replies(vec![ok()]).await;
    let stack = stack::typed(plan(&peer, Arc::new(Tokens::default())), transport());
    let mut request = peer.request(Effect::Read);
    request
        .headers_mut()
        .insert("host", "other.example".parse().unwrap());
    stack.send(request).await.unwrap();
    let authority = format!("127.0.0.1:{}", peer.url.port().unwrap());
    assert_eq!(peer.arrivals()[0].header("host"), [authority]);
}

#[test]
fn a_plan_for_plain_http_is_refused() {
    for url in [
        "http://gateway.example/",
        "http://10.1.2.3/",
        "ftp://gateway.example/",
    ] {
        let sleep = Arc::new(castile_http::TokioSleep);
        let plan = stack::Plan::new(&url.parse().unwrap(), Arc::new(Tokens::default()), sleep);
        assert_eq!(plan.unwrap_err().code(), "origin-insecure", "{url}");
    }
}

#[tokio::test]
async fn the_raw_stack_cuts_the_security_header_and_counts_the_length_anew() {
    let peer = Peer::replies(vec![ok()]).await;
    let stack = stack::raw(plan(&peer, Arc::new(Tokens::default())), transport());
    for body in [
        Body::whole(OLD),
        Body::stream(Full::from(OLD)),
        Body::whole(NEW),
    ] {
        let mut request = peer.request_with(Effect::Read, body);
        request
            .headers_mut()
            .insert("content-length", OLD.len().into());
        stack.send(request).await.unwrap();
    }
    for arrival in peer.arrivals() {
        assert_eq!(String::from_utf8(arrival.body.clone()).unwrap(), NEW);
        assert_eq!(arrival.header("content-length"), [NEW.len().to_string()]);
    }
}

#[tokio::test]
async fn what_cannot_be_rewritten_never_leaves() {
    let peer = Peer::replies(vec![ok()]).await;
    let tokens = Arc::new(Tokens::default());
    let stack = stack::raw(plan(&peer, tokens), transport());
    let dtd = format!("<!DOCTYPE x>{OLD}");
    let large = format!("{}<a/>", OLD.replace("</s:Header>", &"<a/>".repeat(20_000)));
    for (body, code) in [
        (Body::whole(dtd), "envelope-dtd"),
        (Body::whole("{}"), "envelope-not-xml"),
        (Body::whole(large.clone()), "envelope-header-too-large"),
        (Body::stream(Full::from(large)), "envelope-header-too-large"),
    ] {
        let error = stack
            .send(peer.request_with(Effect::Write, body))
            .await
            .unwrap_err();
        assert_eq!(error.code(), code);
        assert!(!error.outcome_unknown());
    }
    assert!(peer.arrivals().is_empty());
}

#[tokio::test]
async fn an_answer_longer_than_the_limit_is_refused() {
    let head = "200 OK\r\nContent-Type: text/xml";
    let peer = Peer::replies(vec![Reply::Answer(head, vec![b'x'; 1001])]).await;
    let mut plan = plan(&peer, Arc::new(Tokens::default()));
    plan.answer_limit = 1000;
    let stack = stack::typed(plan, transport());
    let error = stack.send(peer.request(Effect::Write)).await.unwrap_err();
    assert_eq!(error.code(), "answer-too-large");
    assert!(error.outcome_unknown());
}
