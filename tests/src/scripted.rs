//! A false server that keeps each request and answers by script.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Request line and headers.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Arrival {
    /// The values of a header, in their order.
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }
}

/// What happens to one request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Status line without the version and headers (between them `\r\n`), then a body; the connection is kept.
    Answer(&'static str, Vec<u8>),
    /// The same head, and between two texts the body of the request, as careless servers write it into their errors.
    Echo(&'static str, &'static str, &'static str),
    /// The connection is closed in place of an answer.
    Close,
    /// The head and the first bytes of a longer body, then the connection is closed.
    Break(&'static str),
    /// No answer, and the connection stays.
    Silence,
}

impl Reply {
    /// A SOAP answer with status 200.
    pub fn xml(body: impl Into<Vec<u8>>) -> Self {
        Self::Answer(
            "200 OK\r\nContent-Type: text/xml; charset=utf-8",
            body.into(),
        )
    }
}

/// A running server; it ends with the runtime of the test.
#[derive(Debug)]
pub struct Scripted {
    url: String,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
    count: watch::Receiver<usize>,
}

impl Scripted {
    /// Gives these replies in their order, the last one again and again.
    ///
    /// # Panics
    /// When the machine has no loopback, or `replies` is empty.
    pub async fn start(replies: Vec<Reply>) -> Self {
        assert!(!replies.is_empty(), "a script of nothing");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = listener.local_addr().expect("bound");
        let arrivals = Arc::new(Mutex::new(Vec::new()));
        let (told, count) = watch::channel(0);
        let desk = Arc::new(Desk {
            replies,
            arrivals: Arc::clone(&arrivals),
            told,
        });
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&desk)));
            }
        });
        Self {
            url: format!("http://{address}/svc"),
            arrivals,
            count,
        }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The requests so far.
    pub fn arrivals(&self) -> Vec<Arrival> {
        let arrivals = self.arrivals.lock();
        arrivals.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Completes when so many requests have arrived.
    pub fn arrived(&self, count: usize) -> impl Future<Output = ()> + Send + 'static {
        let mut counted = self.count.clone();
        async move {
            // It fails only when the server is gone, and then nothing arrives any more.
            if counted.wait_for(|arrived| *arrived >= count).await.is_err() {
                std::future::pending().await
            }
        }
    }
}

struct Desk {
    replies: Vec<Reply>,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
    told: watch::Sender<usize>,
}

async fn serve(mut socket: TcpStream, desk: Arc<Desk>) {
    while let Some(arrival) = read(&mut socket).await {
        let number = {
            let arrivals = desk.arrivals.lock();
            let mut arrivals = arrivals.unwrap_or_else(PoisonError::into_inner);
            arrivals.push(arrival.clone());
            arrivals.len() - 1
        };
        desk.told.send_replace(number + 1);
        let sent = match &desk.replies[number.min(desk.replies.len() - 1)] {
            Reply::Answer(head, body) => answer(&mut socket, head, body).await,
            Reply::Echo(head, before, after) => {
                let body = [before.as_bytes(), &arrival.body, after.as_bytes()].concat();
                answer(&mut socket, head, &body).await
            }
            Reply::Close => return,
            Reply::Break(head) => {
                let start = format!("HTTP/1.1 {head}\r\nContent-Length: 1000\r\n\r\n<par");
                // The client may be gone; then nobody waits for it.
                let _ = socket.write_all(start.as_bytes()).await;
                return;
            }
            Reply::Silence => {
                tokio::time::sleep(Duration::from_secs(600)).await;
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

async fn answer(socket: &mut TcpStream, head: &str, body: &[u8]) -> std::io::Result<()> {
    let head = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n", body.len());
    socket.write_all(&[head.as_bytes(), body].concat()).await
}

async fn read(socket: &mut TcpStream) -> Option<Arrival> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let body = bytes.split_off(end);
    let mut arrival = Arrival {
        head: String::from_utf8(bytes).ok()?,
        body,
    };
    // A GET has no body and names no length.
    let length: usize = match arrival.header("content-length").first() {
        Some(length) => length.parse().ok()?,
        None => 0,
    };
    while arrival.body.len() < length {
        if socket.read_buf(&mut arrival.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(arrival)
}
