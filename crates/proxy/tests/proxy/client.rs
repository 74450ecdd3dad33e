//! A proxy in front of peers, and a client that speaks plain bytes.

use std::net::SocketAddr;
use std::time::Duration;

use castile_http::profile::Profile;
use castile_proxy::{Error, Settings, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) const OLD: &str = concat!(
    "<?xml version='1.0'?>\r\n<s:Envelope  xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>\n",
    "<w:Security xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">",
    "<w:UsernameToken><w:Password>password-canary</w:Password></w:UsernameToken></w:Security>\n</s:Header>",
    "<s:Body ><AcctInq><AcctId>\u{e9}-account-canary</AcctId>\t</AcctInq></s:Body></s:Envelope>\n"
);

/// By hand: the input without its Security element.
pub(crate) const NEW: &str = concat!(
    "<?xml version='1.0'?>\r\n<s:Envelope  xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>\n",
    "\n</s:Header>",
    "<s:Body ><AcctInq><AcctId>\u{e9}-account-canary</AcctId>\t</AcctInq></s:Body></s:Envelope>\n"
);

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) done: JoinHandle<Result<(), Error>>,
}

pub(crate) async fn proxy(profile: &Profile, settings: Settings) -> Proxy {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let profile = profile.clone();
    let done = tokio::spawn(async move {
        serve(listener, &profile, settings, async {
            let _ = stopped.await;
        })
        .await
    });
    Proxy {
        address,
        stop,
        done,
    }
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// Sends these bytes and reads to the end of the connection.
pub(crate) async fn exchange(address: SocketAddr, request: &[u8]) -> Reply {
    let mut socket = TcpStream::connect(address).await.unwrap();
    // The server may answer and close before it has read everything.
    let _ = socket.write_all(request).await;
    let mut bytes = Vec::new();
    let read = socket.read_to_end(&mut bytes);
    let _ = tokio::time::timeout(Duration::from_secs(20), read)
        .await
        .unwrap();
    let end = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap()
        + 4;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    Reply {
        status: head[9..12].parse().unwrap(),
        head,
        body: bytes.split_off(end),
    }
}

/// An old client's call, with these lines in place of the usual headers.
pub(crate) fn message(headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST /jxchange/2008/ServiceGateway/ServiceGateway.svc HTTP/1.1\r\nHost: localhost:1\r\n\
         Connection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

pub(crate) const SOAP11: &str =
    "Content-Type: text/xml; charset=utf-8\r\nSOAPAction: \"http://jackhenry.com/ws/AcctInq\"\r\n";

pub(crate) async fn call(address: SocketAddr, body: &str) -> Reply {
    exchange(address, &message(SOAP11, body)).await
}
