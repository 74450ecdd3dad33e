//! What passes through the proxy: byte for byte, under one token.

use std::sync::Arc;
use std::time::Duration;

use castile_proxy::Settings;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::bank::{profile, provider};
use crate::client::{NEW, OLD, SOAP11, call, exchange, message, proxy};
use crate::peer::{Peer, Reply, ok};

#[tokio::test]
async fn an_old_call_arrives_without_its_security_header_and_every_other_byte() {
    let folder = tempfile::tempdir().unwrap();
    let answer = "<a>\u{e9}\r\n &amp;</a>\n".as_bytes().to_vec();
    let gateway = Peer::replies(vec![Reply::Answer(
        "500 Internal Server Error\r\nContent-Type: text/xml; charset=utf-8\r\nX-Own: 1\r\nKeep-Alive: timeout=5",
        answer.clone(),
    )])
    .await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let proxy = proxy(&profile, Settings::default()).await;

    let headers = format!(
        "{SOAP11}Authorization: Basic b2xkOmNhbmFyeQ==\r\nProxy-Authorization: Basic canary\r\n\
         Accept-Encoding: gzip, deflate\r\nX-Client: zeep\r\nTE: trailers\r\n"
    );
    let reply = exchange(proxy.address, &message(&headers, OLD)).await;
    assert_eq!(reply.status, 500);
    assert_eq!(reply.body, answer);
    assert_eq!(
        reply.header("content-length"),
        Some(answer.len().to_string().as_str())
    );
    assert_eq!(
        reply.header("content-type"),
        Some("text/xml; charset=utf-8")
    );
    assert_eq!(reply.header("x-own"), Some("1"));
    assert_eq!(reply.header("keep-alive"), None);

    let arrivals = gateway.arrivals();
    assert_eq!(arrivals.len(), 1);
    let arrival = &arrivals[0];
    assert_eq!(arrival.body, NEW.as_bytes());
    assert!(
        arrival.head.starts_with("POST /svc HTTP/1.1\r\n"),
        "{}",
        arrival.head
    );
    assert_eq!(arrival.header("authorization"), ["Bearer tok-canary-1"]);
    assert_eq!(
        arrival.header("soapaction"),
        ["\"http://jackhenry.com/ws/AcctInq\""]
    );
    assert_eq!(arrival.header("content-type"), ["text/xml; charset=utf-8"]);
    assert_eq!(arrival.header("content-length"), [NEW.len().to_string()]);
    assert_eq!(arrival.header("accept-encoding"), ["identity"]);
    assert_eq!(arrival.header("x-client"), ["zeep"]);
    let authority = format!("127.0.0.1:{}", gateway.url.port().unwrap());
    assert_eq!(arrival.header("host"), [authority]);
    for absent in ["proxy-authorization", "te", "connection", "expect"] {
        assert!(arrival.header(absent).is_empty(), "{absent}");
    }
}

#[tokio::test]
async fn a_chunked_call_that_waits_for_leave_to_go_on_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Peer::replies(vec![ok()]).await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let proxy = proxy(&profile, Settings::default()).await;

    let mut socket = TcpStream::connect(proxy.address).await.unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\
         Expect: 100-continue\r\n{SOAP11}\r\n"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut leave = [0; 25];
    socket.read_exact(&mut leave).await.unwrap();
    assert_eq!(&leave, b"HTTP/1.1 100 Continue\r\n\r\n");
    for part in OLD.as_bytes().chunks(7) {
        let chunk = [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat();
        socket.write_all(&chunk).await.unwrap();
    }
    socket.write_all(b"0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(gateway.arrivals()[0].body, NEW.as_bytes());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_calls_at_once_share_one_token_request() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Peer::replies(vec![ok()]).await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let proxy = proxy(&profile, Settings::default()).await;
    let calls: Vec<_> = (0..100)
        .map(|_| tokio::spawn(async move { call(proxy.address, OLD).await.status }))
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
    assert_eq!(gateway.arrivals().len(), 100);
    assert_eq!(provider.arrivals().len(), 1);
}

#[tokio::test]
async fn a_refused_read_is_repeated_and_a_refused_write_only_on_proof() {
    // SOAPAction, head of the 401 → arrivals.
    let bearer = "401 Unauthorized\r\nWWW-Authenticate: Bearer";
    let bare = "401 Unauthorized";
    for (action, head, arrivals) in [
        ("http://jackhenry.com/ws/AcctInq", bare, 2),
        ("http://jackhenry.com/ws/XferAdd", bare, 1),
        ("http://jackhenry.com/ws/XferAdd", bearer, 2),
        ("http://jackhenry.com/ws/EscrwAction", bare, 1),
        ("", bare, 1),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let gateway = Peer::replies(vec![Reply::Answer(head, Vec::new()), ok()]).await;
        let provider = provider().await;
        let profile = profile(&gateway, &provider, folder.path(), "oauth");
        let proxy = proxy(&profile, Settings::default()).await;
        let headers = format!("Content-Type: text/xml\r\nSOAPAction: \"{action}\"\r\n");
        let reply = exchange(proxy.address, &message(&headers, OLD)).await;
        assert_eq!(
            reply.status,
            if arrivals == 2 { 200 } else { 401 },
            "{action} {head}"
        );
        assert_eq!(gateway.arrivals().len(), arrivals, "{action} {head}");
    }
}

#[tokio::test]
async fn a_write_in_any_word_of_the_client_is_no_read() {
    let (read, write) = (
        "http://jackhenry.com/ws/AcctInq",
        "http://jackhenry.com/ws/XferAdd",
    );
    for headers in [
        format!("Content-Type: text/xml\r\nSOAPAction: \"{read}\"\r\nSOAPAction: \"{write}\"\r\n"),
        format!(
            "Content-Type: application/soap+xml; action=\"{write}\"\r\nSOAPAction: \"{read}\"\r\n"
        ),
        format!("Content-Type: text/xml\r\nSOAPAction: \"{read}\"\r\nSOAPAction: \"\"\r\n"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let refused = Reply::Answer("401 Unauthorized", Vec::new());
        let gateway = Peer::replies(vec![refused, ok()]).await;
        let provider = provider().await;
        let profile = profile(&gateway, &provider, folder.path(), "oauth");
        let proxy = proxy(&profile, Settings::default()).await;
        let reply = exchange(proxy.address, &message(&headers, OLD)).await;
        assert_eq!(reply.status, 401, "{headers}");
        assert_eq!(gateway.arrivals().len(), 1, "{headers}");
    }
}

#[tokio::test]
async fn what_its_action_calls_a_read_is_repeated_only_if_its_body_is_one() {
    let plain = "Content-Type: text/xml; charset=utf-8\r\n";
    let related = "Content-Type: multipart/related; boundary=b; type=\"text/xml\"\r\n";
    let in_parts = |body: &str| {
        format!("--b\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n{body}\r\n--b--\r\n")
    };
    let upd = "<AcctInq><ActIntent>Upd</ActIntent>";
    let add = OLD.replace("AcctInq", "XferAdd");
    for (headers, body, arrivals) in [
        (plain, OLD.to_owned(), 2),
        (plain, add.clone(), 1),
        (plain, OLD.replace("AcctInq", "EscrwAction"), 1),
        (plain, OLD.replace("<AcctInq>", upd), 1),
        (plain, OLD.replace("</s:Body>", "<XferAdd/></s:Body>"), 1),
        (related, in_parts(OLD), 2),
        (related, in_parts(&add), 1),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let refused = Reply::Answer("401 Unauthorized", Vec::new());
        let gateway = Peer::replies(vec![refused, ok()]).await;
        let provider = provider().await;
        let profile = profile(&gateway, &provider, folder.path(), "oauth");
        let proxy = proxy(&profile, Settings::default()).await;
        let headers = format!("{headers}SOAPAction: \"http://jackhenry.com/ws/AcctInq\"\r\n");
        let reply = exchange(proxy.address, &message(&headers, &body)).await;
        let status = if arrivals == 2 { 200 } else { 401 };
        assert_eq!(reply.status, status, "{headers} {body}");
        assert_eq!(gateway.arrivals().len(), arrivals, "{headers} {body}");
    }
}

#[tokio::test]
async fn a_length_beside_chunks_is_not_passed_on() {
    let folder = tempfile::tempdir().unwrap();
    // The peer adds a Content-Length, of the chunks as they are written.
    let head = "200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked";
    let chunks = b"5\r\n<ok/>\r\n0\r\n\r\n".to_vec();
    let gateway = Peer::replies(vec![Reply::Answer(head, chunks.clone())]).await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let proxy = proxy(&profile, Settings::default()).await;
    let reply = call(proxy.address, OLD).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-length"), None);
    assert_eq!(reply.header("transfer-encoding"), Some("chunked"));
    assert_eq!(reply.body, chunks);
}

#[tokio::test]
async fn an_answer_is_streamed_before_it_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Peer::replies(vec![Reply::Stall("200 OK\r\nContent-Type: text/xml")]).await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let proxy = proxy(&profile, Settings::default()).await;
    let mut socket = TcpStream::connect(proxy.address).await.unwrap();
    socket.write_all(&message(SOAP11, OLD)).await.unwrap();
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"<par") {
        let read = tokio::time::timeout(Duration::from_secs(5), socket.read_buf(&mut bytes));
        assert_ne!(read.await.expect("the beginning of the answer").unwrap(), 0);
    }
}

#[tokio::test]
async fn shutdown_lets_a_call_under_way_end_and_takes_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let arrived = Arc::new(tokio::sync::Notify::new());
    let gateway = Peer::start({
        let arrived = arrived.clone();
        move |_, _| {
            arrived.notify_one();
            std::thread::sleep(Duration::from_millis(300));
            ok()
        }
    })
    .await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let proxy = proxy(&profile, Settings::default()).await;
    let address = proxy.address;
    let under_way = tokio::spawn(async move { call(address, OLD).await.status });
    arrived.notified().await;
    proxy.stop.send(()).unwrap();
    assert_eq!(under_way.await.unwrap(), 200);
    proxy.done.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
