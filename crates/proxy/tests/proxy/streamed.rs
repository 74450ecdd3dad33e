//! Messages of any length go through in little memory.

use castile_proxy::Settings;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::bank::{profile, provider};
use crate::client::{NEW, OLD, SOAP11, exchange, message, proxy};
use crate::peer::{Peer, ok};

const BLOCK: usize = 64 * 1024;
const BLOCKS: usize = 1600;
const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<ok/>";

/// What stands before and behind the long text in Body.
fn halves(message: &str) -> (&str, &str) {
    message.split_at(message.find("</AcctId>").unwrap())
}

fn block() -> Vec<u8> {
    (0..BLOCK).map(|n| b'a' + (n % 23) as u8).collect()
}

/// A gateway that takes one message, gives its head and checks its body against what is expected as it comes.
async fn gateway(listener: TcpListener) -> String {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut bytes = Vec::new();
    let end = loop {
        socket.read_buf(&mut bytes).await.unwrap();
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    bytes.drain(..end);
    let (front, back) = halves(NEW);
    let block = block();
    let pieces = std::iter::once(front.as_bytes())
        .chain(std::iter::repeat_n(&block[..], BLOCKS))
        .chain([back.as_bytes()]);
    for (n, piece) in pieces.enumerate() {
        while bytes.len() < piece.len() {
            assert_ne!(socket.read_buf(&mut bytes).await.unwrap(), 0, "ended early");
        }
        assert!(bytes.starts_with(piece), "other bytes in piece {n}");
        bytes.drain(..piece.len());
    }
    assert_eq!(bytes, b"");
    socket.write_all(ANSWER).await.unwrap();
    head
}

/// The most memory this process has held so far, in bytes; none where the system does not tell.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: usize = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_megabytes_pass_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut target = Peer::replies(vec![ok()]).await;
    target.url = Url::parse(&format!("http://{}/svc", listener.local_addr().unwrap())).unwrap();
    let provider = provider().await;
    let profile = profile(&target, &provider, folder.path(), "oauth");
    let proxy = proxy(&profile, Settings::default()).await;
    let gateway = tokio::spawn(gateway(listener));
    let before = peak();

    let mut socket = TcpStream::connect(proxy.address).await.unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n{SOAP11}\r\n",
        OLD.len() + BLOCK * BLOCKS
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let (front, back) = halves(OLD);
    // The header in small pieces, what follows in pieces that fit no block.
    for piece in front.as_bytes().chunks(11) {
        socket.write_all(piece).await.unwrap();
    }
    let block = block();
    let twice = [&block[..], &block].concat();
    for n in 0..BLOCKS {
        let cut = n * 7919 % BLOCK;
        socket.write_all(&block[..cut]).await.unwrap();
        socket.write_all(&twice[cut..BLOCK]).await.unwrap();
    }
    socket.write_all(back.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("<ok/>"), "{answer}");

    let head = gateway.await.unwrap().to_ascii_lowercase();
    let length = NEW.len() + BLOCK * BLOCKS;
    assert!(
        head.contains(&format!("\r\ncontent-length: {length}\r\n")),
        "{head}"
    );
    if let (Some(before), Some(after)) = (before, peak()) {
        let grown = (after - before) >> 20;
        assert!(grown < 48, "{grown} MiB more at the peak");
    }
}

#[tokio::test]
async fn a_gateway_that_reads_no_further_stops_the_sender() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut target = Peer::replies(vec![ok()]).await;
    target.url = Url::parse(&format!("http://{}/svc", listener.local_addr().unwrap())).unwrap();
    let provider = provider().await;
    let profile = profile(&target, &provider, folder.path(), "oauth");
    let proxy = proxy(&profile, Settings::default()).await;

    let mut socket = TcpStream::connect(proxy.address).await.unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n{SOAP11}\r\n{}",
        halves(OLD).0
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let (_silent, _) = listener.accept().await.unwrap();
    let block = block();
    let mut sent = 0_usize;
    let patience = std::time::Duration::from_secs(1);
    while let Ok(written) = tokio::time::timeout(patience, socket.write(&block)).await {
        sent += written.unwrap();
        assert!(sent < 64 << 20, "all is taken, and none of it read");
    }
    assert!(sent > 1 << 20);
}

#[tokio::test]
async fn of_a_multipart_call_the_root_part_arrives_rewritten_and_the_rest_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Peer::replies(vec![ok()]).await;
    let provider = provider().await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let proxy = proxy(&profile, Settings::default()).await;
    let parts = |envelope: &str| {
        format!(
            "--b\r\nContent-Type: application/xop+xml; type=\"text/xml\"\r\nContent-ID: <r>\r\n\
             Content-Length: {}\r\n\r\n{envelope}\r\n--b\r\nContent-ID: <a>\r\n\r\n{OLD}\r\n--b--\r\n",
            envelope.len()
        )
    };
    let kind = "multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<r>\"";
    let headers =
        format!("Content-Type: {kind}\r\nSOAPAction: \"http://jackhenry.com/ws/AcctInq\"\r\n");
    let reply = exchange(proxy.address, &message(&headers, &parts(OLD))).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let arrival = &gateway.arrivals()[0];
    assert_eq!(std::str::from_utf8(&arrival.body).unwrap(), parts(NEW));
    assert_eq!(arrival.header("content-type"), [kind]);
    assert_eq!(
        arrival.header("content-length"),
        [parts(NEW).len().to_string()]
    );
    // The same message under a Content-Type that does not say so.
    let reply = exchange(proxy.address, &message(SOAP11, &parts(OLD))).await;
    assert!(
        reply.text().contains("envelope-multipart"),
        "{}",
        reply.text()
    );
    assert_eq!(gateway.arrivals().len(), 1);
}
