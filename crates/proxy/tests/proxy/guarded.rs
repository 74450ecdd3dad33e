//! What the proxy refuses to do: remote listeners, web pages, floods, other states; and that it stays silent.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use castile_proxy::{Settings, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tracing_subscriber::fmt::MakeWriter;

use crate::bank::{profile, provider};
use crate::client::{OLD, SOAP11, call, exchange, message, proxy};
use crate::peer::{Peer, Reply, ok};

#[tokio::test]
async fn an_address_that_others_reach_is_refused_unless_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Peer::replies(vec![ok()]).await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let open = || TcpListener::bind("0.0.0.0:0");
    let now = || std::future::ready(());
    let refused = serve(open().await.unwrap(), &profile, Settings::default(), now()).await;
    assert_eq!(refused.unwrap_err().code(), "proxy-remote");
    let mut settings = Settings::default();
    settings.allow_remote = true;
    serve(open().await.unwrap(), &profile, settings, now())
        .await
        .unwrap();
}

#[tokio::test]
async fn what_is_no_soap_call_of_a_local_client_is_refused_with_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Peer::replies(vec![ok()]).await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let proxy = proxy(&profile, Settings::default()).await;
    let get = b"GET /svc?wsdl HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".to_vec();
    let large = "x".repeat(100_000);
    for (request, status, code) in [
        (get, 405, "proxy-method"),
        (
            message(&format!("{SOAP11}Origin: https://evil.example\r\n"), OLD),
            403,
            "proxy-origin",
        ),
        (
            message("Content-Type: text/plain\r\n", OLD),
            415,
            "proxy-media-type",
        ),
    ] {
        let reply = exchange(proxy.address, &request).await;
        assert_eq!(reply.status, status);
        assert!(
            reply.text().contains(&format!("<c:Code>{code}</c:Code>")),
            "{}",
            reply.text()
        );
    }
    let reply = exchange(
        proxy.address,
        &message(&format!("{SOAP11}X: {large}\r\n"), OLD),
    )
    .await;
    assert_eq!(reply.status, 431);
    assert!(gateway.arrivals().is_empty());
    assert!(provider.arrivals().is_empty());
}

#[tokio::test]
async fn more_requests_than_allowed_are_turned_away() {
    let folder = tempfile::tempdir().unwrap();
    let (gateway, provider) = (Peer::replies(vec![Reply::Hang]).await, provider().await);
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let mut settings = Settings::default();
    settings.requests = 1;
    let proxy = proxy(&profile, settings).await;
    let address = proxy.address;
    let first = tokio::spawn(async move { call(address, OLD).await });
    while gateway.arrivals().is_empty() {
        tokio::task::yield_now().await;
    }
    let reply = call(address, OLD).await;
    assert_eq!(reply.status, 503);
    assert!(
        reply.text().contains("<c:Code>proxy-busy</c:Code>"),
        "{}",
        reply.text()
    );
    assert_eq!(gateway.arrivals().len(), 1);
    first.abort();
}

#[tokio::test]
async fn a_connection_that_sends_no_head_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let (gateway, provider) = (Peer::replies(vec![ok()]).await, provider().await);
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let mut settings = Settings::default();
    settings.head_time = Duration::from_millis(200);
    let proxy = proxy(&profile, settings).await;
    let whole = String::from_utf8(message(SOAP11, OLD)).unwrap();
    let kept = whole.replace("Connection: close\r\n", "");
    for (sent, answers) in [("POST / HTTP/1.1\r\nHost: loc", 0), (&kept, 1)] {
        let mut socket = TcpStream::connect(proxy.address).await.unwrap();
        socket.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let end = tokio::time::timeout(Duration::from_secs(5), socket.read_to_end(&mut answer));
        end.await.expect("the end of the connection").unwrap();
        let answer = String::from_utf8(answer).unwrap();
        assert_eq!(
            answer.matches("HTTP/1.1 200 OK").count(),
            answers,
            "{answer}"
        );
    }
    assert_eq!(gateway.arrivals().len(), 1);
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_at_trace_holds_no_secret_and_no_customer_value() {
    let log = Log::default();
    // For the whole process: the tests beside this one add their lines.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .init();
    let folder = tempfile::tempdir().unwrap();
    let gateway = Peer::replies(vec![
        Reply::Answer(
            "401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"canary\"",
            b"canary".to_vec(),
        ),
        Reply::Answer(
            "200 OK\r\nContent-Type: text/xml\r\nX: canary",
            b"<canary/>".to_vec(),
        ),
        Reply::Close,
    ])
    .await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let proxy = proxy(&profile, Settings::default()).await;
    let headers =
        format!("{SOAP11}Authorization: Basic canary\r\nCookie: canary\r\nX-Own: canary\r\n");
    for _ in 0..2 {
        exchange(proxy.address, &message(&headers, OLD)).await;
    }
    let odd = "Content-Type: text/xml\r\nSOAPAction: \"a b canary <c>\"\r\n";
    exchange(proxy.address, &message(odd, "<canary/>")).await;
    exchange(proxy.address, b"canary canary canary\r\n\r\n").await;
    the_outcome_of_a_call_without_answer_is_logged(&log).await;

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("forwarded") && log.contains("AcctInq"),
        "{log}"
    );
    let at = log
        .find("canary")
        .map(|at| &log[at.saturating_sub(300)..at + 6]);
    assert_eq!(at, None);
}

/// Part of the test above: the log is that of the whole process.
async fn the_outcome_of_a_call_without_answer_is_logged(log: &Log) {
    let write = "Content-Type: text/xml\r\nSOAPAction: \"http://jackhenry.com/ws/LeftAdd\"\r\n";
    let head = "200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked";
    let without_last_chunk = Reply::AnswerAndClose(head, b"4\r\n<ok>\r\n".to_vec());
    for (reply, stays, expected) in [
        (
            Reply::Hang,
            false,
            "given up after the request was sent: the client left",
        ),
        (without_last_chunk, true, "the answer broke off"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (gateway, provider) = (Peer::replies(vec![reply]).await, provider().await);
        let profile = profile(&gateway, &provider, folder.path(), "oauth");
        let proxy = proxy(&profile, Settings::default()).await;
        let mut socket = TcpStream::connect(proxy.address).await.unwrap();
        socket.write_all(&message(write, OLD)).await.unwrap();
        while gateway.arrivals().is_empty() {
            tokio::task::yield_now().await;
        }
        let _staying = stays.then_some(socket);
        let told = async {
            loop {
                let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
                let line = log
                    .lines()
                    .find(|line| line.contains(expected) && line.contains("operation=\"LeftAdd\""));
                if let Some(line) = line {
                    assert!(line.contains("outcome_unknown=true"), "{line}");
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), told)
            .await
            .expect(expected);
    }
}
