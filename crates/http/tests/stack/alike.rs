//! What a profile's transport does alike, whichever way its egress sends it.

use std::io::Write as _;
use std::time::Duration;

use castile_http::profile::{Egress, Limits};
use castile_http::{Body, Effect, Error, Phase, SoapTransport as _};
use http::Request;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::server::Acceptor;
use tokio_rustls::rustls::version::{TLS12, TLS13};

use crate::authority::Authority;
use crate::peer::{Peer, Reply, ok};
use crate::ways::Way;

const XML: &str = "200 OK\r\nContent-Type: text/xml";

/// Longer than anything takes here, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(30);

fn short() -> Limits {
    let mut limits = Limits::default();
    limits.connect = Duration::from_millis(300);
    limits
}

async fn sent(transport: &Way, request: Request<Body>) -> bytes::Bytes {
    let answer = timeout(PATIENCE, transport.send(request));
    let answer = answer.await.expect("in time").unwrap();
    answer.into_body().bytes(Effect::Write).await.unwrap()
}

#[tokio::test]
async fn a_gateway_reads_the_same_bytes() {
    let peer = Peer::replies(vec![ok()]).await;
    let both = Way::both(Limits::default());
    let requests: [fn(&Peer) -> Request<Body>; 3] = [
        |peer| peer.request(Effect::Write),
        |peer| {
            let mut request = peer.request_with(Effect::Read, Body::whole("x"));
            *request.uri_mut() = format!("{}?a=%20b&c", peer.url).parse().unwrap();
            request
        },
        |peer| {
            let mut request = peer.request(Effect::Write);
            for (name, value) in [
                ("accept", "text/xml"),
                ("accept-encoding", "identity"),
                ("user-agent", "program/1"),
                ("x-twice", "1"),
                ("x-twice", "2"),
            ] {
                let value = http::HeaderValue::from_static(value);
                request.headers_mut().append(name, value);
            }
            request
        },
    ];
    for request in requests {
        for transport in &both {
            assert_eq!(sent(transport, request(&peer)).await, "<ok/>");
        }
    }
    let arrivals = peer.arrivals();
    assert_eq!(arrivals.len(), 6);
    for pair in arrivals.chunks(2) {
        assert_eq!(pair[0].head, pair[1].head);
        assert_eq!(pair[0].body, pair[1].body);
    }
    assert_eq!(arrivals[0].header("accept"), ["*/*"]);
    assert_eq!(arrivals[4].header("accept"), ["text/xml"]);
}

#[tokio::test]
async fn a_connection_is_kept_and_one_that_was_given_up_is_not() {
    for transport in Way::both(Limits::default()) {
        let peer = Peer::replies(vec![
            ok(),
            ok(),
            Reply::Hang,
            Reply::Stall(XML),
            ok(),
            Reply::AnswerAndClose(XML, b"<ok/>".to_vec()),
            ok(),
        ])
        .await;
        sent(&transport, peer.request(Effect::Write)).await;
        sent(&transport, peer.request(Effect::Write)).await;
        // Given up while it waits for the answer, and while it reads it.
        let given_up = transport.send(peer.request(Effect::Write));
        tokio::select! {
            answer = given_up => panic!("{answer:?}"),
            () = peer.arrived(3) => {}
        }
        let half = timeout(PATIENCE, transport.send(peer.request(Effect::Write)));
        drop(half.await.expect("in time").unwrap());
        sent(&transport, peer.request(Effect::Write)).await;
        sent(&transport, peer.request(Effect::Write)).await;
        peer.closed(3).await;
        // Its close has come; whether the client has seen it is a matter of its next turn.
        tokio::time::sleep(Duration::from_millis(50)).await;
        sent(&transport, peer.request(Effect::Write)).await;
        let connections: Vec<_> = peer
            .arrivals()
            .iter()
            .map(|arrival| arrival.connection)
            .collect();
        assert_eq!(connections, [1, 1, 1, 2, 3, 3, 4], "{transport:?}");
    }
}

#[tokio::test]
async fn a_target_without_scheme_and_host_leaves_nothing_open() {
    for transport in Way::both(short()) {
        for body in ["x", ""] {
            let request = Request::post("/svc").extension(Effect::Write);
            let error = transport
                .send(request.body(Body::whole(body)).unwrap())
                .await
                .unwrap_err();
            assert_eq!(error.code(), "http-setup", "{error:?}");
            assert!(!error.outcome_unknown());
        }
    }
}

/// A listener on loopback whose queue is full: it takes no connection, and says nothing of it.
#[cfg(target_os = "linux")]
async fn black_hole() -> (TcpListener, Vec<TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(connected) = timeout(Duration::from_secs(1), TcpStream::connect(address)).await {
        waiting.push(connected.unwrap());
    }
    (listener, waiting)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_host_that_takes_no_connection_is_a_time_out_of_connecting() {
    let (listener, _waiting) = black_hole().await;
    let both = Way::both(short());
    for scheme in ["http", "https"] {
        for transport in &both {
            let url = format!("{scheme}://{}/svc", listener.local_addr().unwrap());
            let request = Request::post(url).extension(Effect::Write);
            let sent = transport.send(request.body(Body::whole("x")).unwrap());
            let error = timeout(PATIENCE, sent).await.expect("in time").unwrap_err();
            assert!(
                matches!(
                    error,
                    Error::Timeout {
                        phase: Phase::Connect,
                        limit,
                        effect: Effect::Write,
                    } if limit == short().connect
                ),
                "{error:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_server_by_another_name_or_of_another_authority_gets_nothing() {
    let (authority, other) = (Authority::new(), Authority::new());
    let mut roots = tempfile::NamedTempFile::new().unwrap();
    roots.write_all(authority.pem.as_bytes()).unwrap();
    for only_roots in [false, true] {
        let mut egress = Egress::default();
        egress.roots = Some(roots.path().to_owned());
        egress.only_roots = only_roots;
        let both = Way::both_by(&egress, Limits::default()).unwrap();
        for versions in [&[&TLS12][..], &[&TLS13]] {
            // Whose certificate, for which name, and by which the server is called.
            for (authority, named, called, is_good) in [
                (&authority, "127.0.0.1", "127.0.0.1", true),
                (&authority, "localhost", "localhost", true),
                (&authority, "localhost", "127.0.0.1", false),
                (&authority, "127.0.0.1", "localhost", false),
                (&authority, "gateway.example", "localhost", false),
                (&other, "localhost", "localhost", false),
            ] {
                let tls = authority.server_named(named, versions, false);
                let peer = Peer::start_tls(tls, |_, _| ok()).await;
                for transport in &both {
                    let mut request = peer.request(Effect::Write);
                    let url = peer.url.as_str().replace("127.0.0.1", called);
                    *request.uri_mut() = url.parse().unwrap();
                    let before = peer.arrivals().len();
                    let row = format!("{named} called {called} by {transport:?}");
                    match transport.send(request).await {
                        Ok(_) => assert!(is_good, "{row}"),
                        Err(Error::Connect(_)) => assert!(!is_good, "{row}"),
                        Err(error) => panic!("{row}: {error:?}"),
                    }
                    assert_eq!(peer.arrivals().len() - before, usize::from(is_good));
                }
            }
        }
    }
}

#[tokio::test]
async fn the_system_s_roots_trust_no_authority_of_ours_and_no_roots_trust_nobody() {
    let authority = Authority::new();
    let peer = Peer::start_tls(authority.server(&[&TLS13], false), |_, _| ok()).await;
    for only_roots in [false, true] {
        let mut egress = Egress::default();
        egress.only_roots = only_roots;
        for transport in Way::both_by(&egress, Limits::default()).unwrap() {
            let error = transport.send(peer.request(Effect::Write)).await;
            assert!(matches!(error, Err(Error::Connect(_))), "{error:?}");
        }
    }
    assert!(peer.arrivals().is_empty());
}

#[tokio::test]
async fn the_handshake_names_the_server_and_http_1_1_alone() {
    for transport in Way::both(short()) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let request = Request::post(format!("https://localhost:{port}/svc"));
        let sent = transport.send(request.body(Body::whole("x")).unwrap());
        let greeted = async {
            let (socket, _) = listener.accept().await.unwrap();
            let start = LazyConfigAcceptor::new(Acceptor::default(), socket);
            let start = start.await.unwrap();
            let hello = start.client_hello();
            let protocols: Vec<_> = hello.alpn().into_iter().flatten().collect();
            assert_eq!(hello.server_name(), Some("localhost"));
            assert_eq!(protocols, [b"http/1.1"]);
        };
        let (sent, ()) = tokio::join!(sent, greeted);
        assert!(sent.is_err());
    }
}
