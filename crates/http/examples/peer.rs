//! A server for the tests of the examples: it answers in order and keeps what came.

use std::sync::{Arc, Mutex};

use castile_auth::ports::BoxFuture;
use castile_auth::{AccessToken, Error, TokenSource};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

/// The one token `token`.
pub(crate) struct Fixed;

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

    pub(crate) fn arrived(&self) -> Vec<String> {
        self.arrived.lock().unwrap().clone()
    }
}
