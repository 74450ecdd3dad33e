//! Exchanges that end without an answer: what is known of them, and who must act.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use castile_auth::ports::BoxFuture;
use castile_auth::{AccessToken, TokenSource};
use castile_http::profile::Limits;
use castile_http::{
    Blame, Body, Effect, EgressTransport, Error, Phase, Progress, SoapTransport as _, TokioSleep,
    stack,
};
use futures_util::FutureExt as _;
use http::Request;
use http_body::Frame;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::peer::{self, Peer, Reply};
use crate::tokens::{Tokens, plan};
use crate::ways::Way;

fn short() -> Limits {
    let mut limits = Limits::default();
    limits.connect = Duration::from_millis(200);
    limits
}

fn transport() -> EgressTransport {
    EgressTransport::new(short()).unwrap()
}

fn both() -> [Way; 2] {
    Way::both(short())
}

#[tokio::test]
async fn silence_after_sending_leaves_the_outcome_of_a_write_open() {
    for (effect, open) in [
        (Effect::Read, false),
        (Effect::Write, true),
        (Effect::Unknown, true),
    ] {
        for transport in both() {
            let peer = Peer::replies(vec![Reply::Hang]).await;
            let mut plan = plan(&peer, Arc::new(Tokens::default()));
            plan.total = Duration::from_millis(300);
            let error = stack::typed(plan, transport)
                .send(peer.request(effect))
                .await
                .unwrap_err();
            assert!(
                matches!(
                    error,
                    Error::Timeout {
                        phase: Phase::Answer,
                        ..
                    }
                ),
                "{error:?}"
            );
            assert_eq!(error.code(), "timeout-answer");
            assert_eq!(error.outcome_unknown(), open, "{effect:?}");
            assert_eq!(error.is_retryable(), !open, "{effect:?}");
            assert_eq!(error.blame(), Blame::JackHenry);
            assert_eq!(peer.arrivals().len(), 1);
        }
    }
}

#[tokio::test]
async fn an_answer_that_stops_half_way_leaves_the_outcome_open() {
    let head = "200 OK\r\nContent-Type: text/xml";
    for (reply, code) in [
        (Reply::Stall(head), "timeout-answer"),
        (Reply::Break(head), "gateway-interrupted"),
    ] {
        for transport in both() {
            let peer = Peer::replies(vec![reply.clone()]).await;
            let mut plan = plan(&peer, Arc::new(Tokens::default()));
            plan.total = Duration::from_millis(300);
            let answer = stack::typed(plan, transport)
                .send(peer.request(Effect::Write))
                .await
                .unwrap();
            let error = answer.into_body().bytes(Effect::Write).await.unwrap_err();
            assert_eq!(error.code(), code, "{error:?}");
            assert!(error.outcome_unknown());
        }
    }
}

#[tokio::test]
async fn a_token_that_does_not_come_leaves_nothing_open() {
    struct Never;
    impl TokenSource for Never {
        fn token(&self) -> BoxFuture<'_, Result<AccessToken, castile_auth::Error>> {
            Box::pin(std::future::pending())
        }
        fn reject(&self, _: &AccessToken) {}
    }
    let peer = Peer::replies(vec![Reply::Hang]).await;
    let mut plan = plan(&peer, Arc::new(Never));
    plan.total = Duration::from_millis(100);
    let error = stack::typed(plan, transport())
        .send(peer.request(Effect::Write))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "timeout-token");
    assert!(!error.outcome_unknown());
    assert!(peer.arrivals().is_empty());
}

#[tokio::test]
async fn a_connection_that_does_not_come_leaves_nothing_open() {
    // Accepts TCP and says nothing: the TLS handshake never ends.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/svc", silent.local_addr().unwrap());
    for total in [Duration::from_secs(10), Duration::from_millis(100)] {
        for transport in both() {
            let source = Arc::new(Tokens::default());
            let mut plan =
                stack::Plan::new(&url.parse().unwrap(), source, Arc::new(TokioSleep)).unwrap();
            plan.total = total;
            let request = Request::post(&url)
                .extension(Effect::Write)
                .body(Body::whole("x"))
                .unwrap();
            let error = stack::typed(plan, transport)
                .send(request)
                .await
                .unwrap_err();
            assert_eq!(error.code(), "timeout-connect", "{error:?}");
            let Error::Timeout { limit, effect, .. } = error else {
                panic!("{error:?}");
            };
            assert_eq!(limit, total.min(short().connect));
            assert_eq!(effect, Effect::Write);
            assert!(!error.outcome_unknown());
            assert!(error.is_retryable());
            assert_eq!(error.blame(), Blame::Network);
        }
    }
}

#[tokio::test]
async fn nobody_listening_is_told_apart_from_a_broken_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/svc", listener.local_addr().unwrap());
    drop(listener);
    for transport in both() {
        let source = Arc::new(Tokens::default());
        let plan = stack::Plan::new(&url.parse().unwrap(), source, Arc::new(TokioSleep)).unwrap();
        let request = Request::post(&url)
            .extension(Effect::Write)
            .body(Body::whole("x"))
            .unwrap();
        let error = stack::typed(plan, transport)
            .send(request)
            .await
            .unwrap_err();
        assert_eq!(error.code(), "gateway-unreachable", "{error:?}");
        assert!(!error.outcome_unknown());
        assert!(error.is_retryable());
    }

    for transport in both() {
        let peer = Peer::replies(vec![Reply::Close]).await;
        let plan = self::plan(&peer, Arc::new(Tokens::default()));
        let error = stack::typed(plan, transport)
            .send(peer.request(Effect::Write))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "gateway-interrupted", "{error:?}");
        assert!(error.outcome_unknown());
        assert_eq!(error.blame(), Blame::Network);
    }
}

#[tokio::test]
async fn a_message_that_never_becomes_complete_never_leaves() {
    struct Endless;
    impl http_body::Body for Endless {
        type Data = bytes::Bytes;
        type Error = Infallible;
        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<bytes::Bytes>, Infallible>>> {
            Poll::Pending
        }
    }
    let peer = Peer::replies(vec![Reply::Hang]).await;
    let mut plan = plan(&peer, Arc::new(Tokens::default()));
    plan.total = Duration::from_millis(100);
    let request = peer.request_with(Effect::Write, Body::stream(Endless));
    let error = stack::raw(plan, transport())
        .send(request)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "timeout-request");
    assert!(!error.outcome_unknown());
    assert_eq!(error.blame(), Blame::Caller);
    assert!(peer.arrivals().is_empty());
}

#[tokio::test]
async fn of_what_is_given_up_before_the_connection_asks_for_it_no_byte_arrives() {
    for transport in both() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gateway = Peer::at(&format!("http://{}/svc", listener.local_addr().unwrap()));
        let progress = Progress::default();
        let request = || {
            let mut request = gateway.request(Effect::Write);
            request.extensions_mut().insert(progress.clone());
            request
        };
        // On a new connection, and on one that was kept: its task has the request, and has not run yet.
        for is_kept in [false, true] {
            let mut kept = None;
            if is_kept {
                let answer = async {
                    let (mut socket, _) = listener.accept().await.unwrap();
                    peer::read(&mut socket).await.unwrap();
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<ok/>";
                    socket.write_all(answer).await.unwrap();
                    socket
                };
                let (sent, socket) = tokio::join!(transport.send(request()), answer);
                let body = sent.unwrap().into_body();
                assert_eq!(body.bytes(Effect::Write).await.unwrap(), "<ok/>");
                // So that the pool has it back.
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                kept = Some(socket);
            }
            let mut sent = pin!(transport.send(request()));
            assert!(sent.as_mut().now_or_never().is_none());
            assert_eq!(progress.give_up(), Phase::Connect);
            let ended = tokio::time::timeout(Duration::from_secs(30), sent).await;
            let error = ended.expect("in time").unwrap_err();
            assert_eq!(error.code(), "gateway-unreachable", "{error:?}");
            assert!(!error.outcome_unknown());
            // Were it not back all the same, another was made.
            let arrived = match kept {
                None => rest(listener.accept().await.unwrap().0).await,
                Some(kept) => tokio::select! {
                    biased;
                    arrived = rest(kept) => arrived,
                    other = listener.accept() => rest(other.unwrap().0).await,
                },
            };
            assert!(arrived.is_empty(), "{arrived:?}");
        }
    }
}

async fn rest(mut socket: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).await.unwrap();
    bytes
}
