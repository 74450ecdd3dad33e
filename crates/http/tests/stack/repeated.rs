//! What is sent again after a 401, and what is not: exact counts at the gateway.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use castile_auth::ports::{BoxFuture, NoRandomness};
use castile_auth::{AccessToken, TokenSource};
use castile_http::profile::Limits;
use castile_http::{Body, Effect, EgressTransport, Error, SoapTransport as _, stack};
use http::StatusCode;
use http_body_util::Full;

use crate::peer::{Peer, Reply, ok};
use crate::tokens::{Tokens, plan};
use crate::ways::Way;

const BEARER: &str = "401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"";
const BEARER_XML: &str =
    "401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Type: text/xml; charset=utf-8";
const BARE: &str = "401 Unauthorized\r\nContent-Type: text/html";
const BASIC: &str = "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"Bearer\"";
const SOAP: &[u8] =
    b"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>";

struct Outcome {
    arrivals: usize,
    rejected: u64,
    status: StatusCode,
}

async fn send(replies: Vec<Reply>, effect: Effect, replayable: bool, allowed: bool) -> Outcome {
    let peer = Peer::replies(replies).await;
    let tokens = Arc::new(Tokens::default());
    let mut plan = plan(&peer, tokens.clone());
    plan.repeat_writes_on_401 = allowed;
    let stack = stack::typed(plan, EgressTransport::new(Limits::default()).unwrap());
    let body = if replayable {
        Body::whole("<soap/>")
    } else {
        Body::stream(Full::from("<soap/>"))
    };
    let answer = stack.send(peer.request_with(effect, body)).await.unwrap();
    for (n, arrival) in peer.arrivals().iter().enumerate() {
        let expected = format!("Bearer token-{}-canary", n + 1);
        assert_eq!(arrival.header("authorization"), [expected]);
        assert_eq!(arrival.body, b"<soap/>");
    }
    Outcome {
        arrivals: peer.arrivals().len(),
        rejected: tokens.rejected.load(Ordering::SeqCst),
        status: answer.status(),
    }
}

#[tokio::test]
async fn after_a_401_a_read_is_repeated_once_and_a_write_only_on_proof() {
    use Effect::{Read, Unknown, Write};
    // Head of the 401, its body, effect, replayable, allowed by profile → arrivals.
    type Row = (&'static str, &'static [u8], Effect, bool, bool, usize);
    let matrix: &[Row] = &[
        // A read: whatever the 401 says.
        (BEARER, b"", Read, true, false, 2),
        (BARE, b"no", Read, true, false, 2),
        (BEARER_XML, SOAP, Read, true, false, 2),
        (BEARER, b"", Read, false, false, 1),
        // A write: no SOAP message and a Bearer challenge, both.
        (BEARER, b"", Write, true, false, 2),
        (BEARER, b"<html>no</html>", Write, true, false, 2),
        (BEARER_XML, b"", Write, true, false, 2),
        (BEARER_XML, SOAP, Write, true, false, 1),
        (BEARER, SOAP, Write, true, false, 1),
        (BARE, b"no", Write, true, false, 1),
        (BASIC, b"", Write, true, false, 1),
        (BEARER, b"", Write, false, false, 1),
        // Unknown is as careful as a write.
        (BEARER, b"", Unknown, true, false, 2),
        (BEARER_XML, SOAP, Unknown, true, false, 1),
        (BARE, b"", Unknown, true, false, 1),
        (BEARER, b"", Unknown, false, false, 1),
        // The profile allows it without proof; a body that is gone stays gone.
        (BARE, b"no", Write, true, true, 2),
        (BEARER_XML, SOAP, Write, true, true, 2),
        (BARE, b"no", Unknown, true, true, 2),
        (BARE, b"no", Write, false, true, 1),
    ];
    for (head, body, effect, replayable, allowed, arrivals) in matrix {
        let refusal = Reply::Answer(head, body.to_vec());
        let row = format!("{head:?} {body:?} {effect:?} {replayable} {allowed}");
        let outcome = send(vec![refusal, ok()], *effect, *replayable, *allowed).await;
        assert_eq!(outcome.arrivals, *arrivals, "{row}");
        assert_eq!(
            outcome.rejected, 1,
            "{row}: the token is dropped either way"
        );
        let expected = if *arrivals == 2 { 200 } else { 401 };
        assert_eq!(outcome.status.as_u16(), expected, "{row}");
    }
}

#[tokio::test]
async fn a_second_401_is_the_answer() {
    for effect in [Effect::Read, Effect::Write, Effect::Unknown] {
        let refusal = Reply::Answer(BEARER, Vec::new());
        let outcome = send(vec![refusal], effect, true, true).await;
        assert_eq!(outcome.arrivals, 2);
        assert_eq!(outcome.rejected, 2);
        assert_eq!(outcome.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn no_other_status_is_repeated_and_no_redirect_followed() {
    let elsewhere = Peer::replies(vec![ok()]).await;
    let location = format!("302 Found\r\nLocation: {}", elsewhere.url);
    let redirect: &'static str = location.leak();
    for head in [
        "403 Forbidden\r\nWWW-Authenticate: Bearer error=\"insufficient_scope\"",
        "502 Bad Gateway",
        "500 Internal Server Error",
        "503 Service Unavailable\r\nRetry-After: 0",
        "408 Request Timeout",
        redirect,
        "307 Temporary Redirect\r\nLocation: /svc",
    ] {
        let outcome = send(
            vec![Reply::Answer(head, Vec::new())],
            Effect::Read,
            true,
            true,
        )
        .await;
        assert_eq!(outcome.arrivals, 1, "{head}");
        assert_eq!(outcome.rejected, 0, "{head}");
        assert!(head.starts_with(outcome.status.as_str()), "{head}");
    }
    assert!(elsewhere.arrivals().is_empty());
}

#[tokio::test]
async fn an_unrepeated_401_reaches_the_caller_whole() {
    let peer = Peer::replies(vec![Reply::Answer(BEARER_XML, SOAP.to_vec())]).await;
    let plan = plan(&peer, Arc::new(Tokens::default()));
    let stack = stack::typed(plan, EgressTransport::new(Limits::default()).unwrap());
    let answer = stack.send(peer.request(Effect::Write)).await.unwrap();
    assert_eq!(answer.headers()["www-authenticate"], "Bearer");
    assert_eq!(answer.into_body().bytes(Effect::Read).await.unwrap(), SOAP);
}

#[tokio::test]
async fn a_connection_that_breaks_never_sends_a_message_twice() {
    for transport in Way::both(Limits::default()) {
        // First a kept connection, so that the second request goes out on a reused one and dies there.
        let peer = Peer::replies(vec![ok(), Reply::Close, ok()]).await;
        let plan = plan(&peer, Arc::new(Tokens::default()));
        let stack = stack::typed(plan, transport);
        let first = stack.send(peer.request(Effect::Write)).await.unwrap();
        first.into_body().bytes(Effect::Read).await.unwrap();
        let error = stack.send(peer.request(Effect::Write)).await.unwrap_err();
        assert!(matches!(error, Error::Interrupted { .. }), "{error:?}");
        assert!(error.outcome_unknown());
        assert!(!error.is_retryable());
        assert_eq!(peer.arrivals().len(), 2);
    }
}

#[tokio::test]
async fn a_kept_connection_found_closed_sends_at_most_once() {
    let both = Way::both(Limits::default()).map(Arc::new);
    for round in 0..50 {
        for transport in both.clone() {
            let answer = "200 OK\r\nContent-Type: text/xml";
            let peer = Peer::replies(vec![Reply::AnswerAndClose(answer, b"<a/>".to_vec())]).await;
            let plan = plan(&peer, Arc::new(Tokens::default()));
            let stack = stack::typed(plan, transport);
            let first = stack.send(peer.request(Effect::Write)).await.unwrap();
            first.into_body().bytes(Effect::Read).await.unwrap();
            let second = stack.send(peer.request(Effect::Write)).await;
            // Whether the close is seen before or after the message went is a race; sent twice it is never.
            let arrived = peer.arrivals().len();
            assert!(arrived <= 2, "round {round}: {arrived}");
            match second {
                Ok(_) => assert_eq!(arrived, 2),
                Err(error) => {
                    assert!(error.outcome_unknown() || matches!(error, Error::Connect(_)));
                }
            }
        }
    }
}

/// Gives `token-1` always, or an error once it was rejected.
struct Stubborn {
    fails: bool,
    rejected: AtomicBool,
}

impl TokenSource for Stubborn {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, castile_auth::Error>> {
        let fails = self.fails && self.rejected.load(Ordering::SeqCst);
        Box::pin(async move {
            if fails {
                return Err(NoRandomness.into());
            }
            Ok(AccessToken::new(String::from("token-1").into(), 1, None))
        })
    }

    fn reject(&self, _: &AccessToken) {
        self.rejected.store(true, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn without_a_newer_token_nothing_is_repeated() {
    // The 401, whether the source fails then → error code, or the 401 itself.
    for (head, fails, expected) in [
        (BEARER, false, None),
        (BARE, false, None),
        // Proven unprocessed: the missing token is the reason now.
        (BEARER, true, Some("token-randomness")),
        // Not proven: the refusal is all that is known.
        (BARE, true, None),
    ] {
        let peer = Peer::replies(vec![Reply::Answer(head, Vec::new()), ok()]).await;
        let rejected = AtomicBool::new(false);
        let mut plan = plan(&peer, Arc::new(Stubborn { fails, rejected }));
        plan.repeat_writes_on_401 = true;
        let stack = stack::typed(plan, EgressTransport::new(Limits::default()).unwrap());
        match stack.send(peer.request(Effect::Write)).await {
            Ok(answer) => assert_eq!((answer.status().as_u16(), expected), (401, None)),
            Err(error) => assert_eq!(Some(error.code()), expected),
        }
        assert_eq!(peer.arrivals().len(), 1, "{head} {fails}");
    }
}
