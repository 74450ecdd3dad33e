//! A server for the tests of the examples: it answers in order and keeps what came.

use std::sync::{Arc, Mutex};

use castile_auth::ports::BoxFuture;
use castile_auth::{AccessToken, Error, TokenSource};
use castile_http::stack::Plan;
use castile_http::{Config, connect};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

/// The one token `token`.
struct Fixed;

impl TokenSource for Fixed {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Error>> {
        Box::pin(async { Ok(AccessToken::new(String::from("token").into(), 1, None)) })
    }

    fn reject(&self, _: &AccessToken) {}
}

pub(crate) struct Peer {
    pub(crate) url: Url,
    arrived: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// Answers the n-th request with the n-th status line, and with `<ok/>`.
    pub(crate) async fn answering(status: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/svc", listener.local_addr().unwrap());
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&arrived);
        tokio::spawn(async move {
            for status in status {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                // Each message of the examples ends its envelope last.
                while !request.ends_with(b"Envelope>") {
                    assert!(socket.read_buf(&mut request).await.unwrap() > 0);
                }
                let request = String::from_utf8(request).unwrap();
                kept.lock().unwrap().push(request);
                let answer = format!(
                    "HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: 5\r\n\r\n<ok/>"
                );
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self {
            url: url.parse().unwrap(),
            arrived,
        }
    }

    /// What the examples' `main` makes of a profile whose gateway is this one.
    pub(crate) fn plan(&self) -> Plan {
        plan(&self.url)
    }

    pub(crate) fn arrived(&self) -> Vec<String> {
        self.arrived.lock().unwrap().clone()
    }
}

/// The plan of a profile at `url`, with a token that needs no provider.
pub(crate) fn plan(url: &Url) -> Plan {
    let config = format!(
        "version = 1\n[profile.first-bank-test]\ninst_rt_id = \"011001276\"\ninst_env = \"TEST\"\nproduct = \"p\"\n\
         state = \"oauth\"\nclient_id = \"c\"\nkey = {{ env = \"NOT_READ\" }}\noauth.url = \"{url}\"\n"
    );
    let config = Config::parse(&config, "castile.toml").unwrap();
    let profile = config.profile("first-bank-test").unwrap();
    connect::plan(&profile, Arc::new(Fixed)).unwrap()
}

/// A message for another bank than the profile's.
pub(crate) const ELSEWHERE: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
    <CustInq xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><MsgRqHdr><jXchangeHdr><InstRtId>999999999</InstRtId>\
    <InstEnv>TEST</InstEnv></jXchangeHdr></MsgRqHdr></CustInq></s:Body></s:Envelope>";
