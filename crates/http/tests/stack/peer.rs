//! A false server that records every request and answers by script.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use castile_http::{Body, Effect};
use http::Request;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use url::Url;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// Which connection it came by, from 1.
    pub(crate) connection: usize,
}

impl Arrival {
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }
}

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Status and headers (`\r\n`-terminated lines), body; the connection is kept.
    Answer(&'static str, Vec<u8>),
    /// The same, then the connection is closed without a word.
    AnswerAndClose(&'static str, Vec<u8>),
    /// The head and the first bytes of a longer body, then silence.
    Stall(&'static str),
    /// The same beginning, then the connection is closed.
    Break(&'static str),
    /// The connection is closed instead of an answer.
    Close,
    /// No answer at all.
    Hang,
}

pub(crate) fn ok() -> Reply {
    Reply::Answer(
        "200 OK\r\nContent-Type: text/xml; charset=utf-8",
        b"<ok/>".to_vec(),
    )
}

pub(crate) struct Peer {
    pub(crate) url: Url,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
    /// Connections that this side has closed.
    closed: Arc<Mutex<Vec<usize>>>,
}

impl Peer {
    /// Answers the n-th request (from 0) by `script`.
    pub(crate) async fn start<F>(script: F) -> Self
    where
        F: Fn(usize, &Arrival) -> Reply + Send + Sync + 'static,
    {
        Self::start_by(None, script).await
    }

    /// The same behind TLS.
    pub(crate) async fn start_tls<F>(tls: TlsAcceptor, script: F) -> Self
    where
        F: Fn(usize, &Arrival) -> Reply + Send + Sync + 'static,
    {
        Self::start_by(Some(tls), script).await
    }

    async fn start_by<F>(tls: Option<TlsAcceptor>, script: F) -> Self
    where
        F: Fn(usize, &Arrival) -> Reply + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}/svc", listener.local_addr().unwrap());
        let arrivals = Arc::new(Mutex::new(Vec::new()));
        let closed = Arc::new(Mutex::new(Vec::new()));
        let script = Arc::new(script);
        tokio::spawn({
            let (arrivals, closed) = (arrivals.clone(), closed.clone());
            async move {
                let mut connection = 0;
                while let Ok((socket, _)) = listener.accept().await {
                    let (script, arrivals, tls) = (script.clone(), arrivals.clone(), tls.clone());
                    let closed = closed.clone();
                    connection += 1;
                    tokio::spawn(async move {
                        match tls {
                            None => serve(socket, script, arrivals, connection).await,
                            Some(tls) => {
                                if let Ok(socket) = tls.accept(socket).await {
                                    serve(socket, script, arrivals, connection).await;
                                }
                            }
                        }
                        closed.lock().unwrap().push(connection);
                    });
                }
            }
        });
        Self {
            url: url.parse().unwrap(),
            arrivals,
            closed,
        }
    }

    /// A server that another process plays.
    pub(crate) fn at(url: &str) -> Self {
        Self {
            url: url.parse().unwrap(),
            arrivals: Arc::default(),
            closed: Arc::default(),
        }
    }

    /// Answers in this order; the last again and again.
    pub(crate) async fn replies(replies: Vec<Reply>) -> Self {
        Self::start(move |n, _| replies[n.min(replies.len() - 1)].clone()).await
    }

    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        self.arrivals.lock().unwrap().clone()
    }

    /// Waits until so many requests have arrived.
    pub(crate) async fn arrived(&self, count: usize) {
        while self.arrivals.lock().unwrap().len() < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Waits until the n-th connection (from 1) was closed on this side.
    pub(crate) async fn closed(&self, connection: usize) {
        while !self.closed.lock().unwrap().contains(&connection) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    pub(crate) fn request(&self, effect: Effect) -> Request<Body> {
        self.request_with(effect, Body::whole("<soap/>"))
    }

    /// A request whose message is an envelope: what a profile's own stack takes.
    pub(crate) fn ping(&self, effect: Effect) -> Request<Body> {
        let envelope = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">\
            <s:Body><Ping/></s:Body></s:Envelope>";
        self.request_with(effect, Body::whole(envelope))
    }

    pub(crate) fn request_with(&self, effect: Effect, body: Body) -> Request<Body> {
        Request::post(self.url.as_str())
            .header("content-type", "text/xml; charset=utf-8")
            .header("soapaction", "http://jackhenry.com/ws/Test")
            .extension(effect)
            .body(body)
            .unwrap()
    }
}

async fn serve<S, F>(
    mut socket: S,
    script: Arc<F>,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
    connection: usize,
) where
    S: AsyncRead + AsyncWrite + Unpin,
    F: Fn(usize, &Arrival) -> Reply,
{
    while let Some(mut arrival) = read(&mut socket).await {
        arrival.connection = connection;
        let n = {
            let mut arrivals = arrivals.lock().unwrap();
            arrivals.push(arrival.clone());
            arrivals.len() - 1
        };
        let reply = script(n, &arrival);
        match reply {
            Reply::Answer(head, body) => write(&mut socket, head, &body).await,
            Reply::AnswerAndClose(head, body) => {
                write(&mut socket, head, &body).await;
                return;
            }
            Reply::Stall(head) | Reply::Break(head) => {
                let start = format!("HTTP/1.1 {head}\r\nContent-Length: 100\r\n\r\n<par");
                let _ = socket.write_all(start.as_bytes()).await;
                if let Reply::Break(_) = reply {
                    return;
                }
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
            Reply::Close => return,
            Reply::Hang => tokio::time::sleep(Duration::from_secs(60)).await,
        }
    }
}

pub(crate) async fn read<S: AsyncRead + Unpin>(socket: &mut S) -> Option<Arrival> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let mut arrival = Arrival {
        head: String::from_utf8(bytes[..end].to_vec()).unwrap(),
        body: bytes.split_off(end),
        connection: 0,
    };
    let length = arrival
        .header("content-length")
        .first()
        .map(|n| n.parse().unwrap())
        .or_else(|| arrival.head.starts_with("CONNECT ").then_some(0));
    while arrival.body.len() < length.expect("a request with a known length") {
        if socket.read_buf(&mut arrival.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(arrival)
}

async fn write<S: AsyncWrite + Unpin>(socket: &mut S, head: &str, body: &[u8]) {
    let head = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n", body.len());
    let _ = socket.write_all(&[head.as_bytes(), body].concat()).await;
}
