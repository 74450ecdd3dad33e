//! A relay between a client and a server that spoils what passes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What happens to the answer of one connection.
#[derive(Debug, Clone)]
pub enum Fault {
    /// It passes.
    None,
    /// It comes late.
    Delay(Duration),
    /// So many bytes of it pass, then the connection is closed. The server has worked on the request.
    CutAfter(usize),
    /// So many bytes of the request reach the server, then both connections are closed.
    CutRequestAfter(usize),
    /// One byte at a time, with this pause between them.
    Drip(Duration),
    /// The server never sees the request; this is answered: status line without the version, headers, body.
    Instead(&'static str, Vec<u8>),
    /// The connection is closed at once.
    Refuse,
}

/// A running relay; it ends with the runtime of the test.
#[derive(Debug)]
pub struct Relay {
    origin: String,
    plan: Arc<Mutex<Plan>>,
    hang_up: watch::Sender<()>,
}

#[derive(Debug)]
struct Plan {
    next: VecDeque<Fault>,
    otherwise: Fault,
    connections: usize,
}

impl Relay {
    /// A relay to `target`, an origin such as `http://127.0.0.1:4000`, that spoils nothing yet.
    ///
    /// # Panics
    /// When the machine has no loopback.
    pub async fn start(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = listener.local_addr().expect("bound");
        let target = target.trim_start_matches("http://").to_owned();
        let plan = Arc::new(Mutex::new(Plan {
            next: VecDeque::new(),
            otherwise: Fault::None,
            connections: 0,
        }));
        let faults = Arc::clone(&plan);
        let hang_up = watch::Sender::new(());
        let open = hang_up.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let fault = {
                    let mut plan = faults.lock().unwrap_or_else(PoisonError::into_inner);
                    plan.connections += 1;
                    let next = plan.next.pop_front();
                    next.unwrap_or_else(|| plan.otherwise.clone())
                };
                let target = target.clone();
                // A connection that breaks is what a relay of faults is for.
                let mut closed = open.subscribe();
                tokio::spawn(async move {
                    tokio::select! {
                        _ = relay(client, &target, fault) => {}
                        _ = closed.changed() => {}
                    }
                });
            }
        });
        Self {
            origin: format!("http://{address}"),
            plan,
            hang_up,
        }
    }

    /// Where it listens.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The next connection gets `fault`, after those that were named before.
    pub fn next(&self, fault: Fault) {
        self.plan().next.push_back(fault);
    }

    /// Every connection without a fault of its own gets `fault` from now on.
    pub fn from_now_on(&self, fault: Fault) {
        self.plan().otherwise = fault;
    }

    /// Closes the connections that are open, kept ones among them.
    pub fn hang_up(&self) {
        self.hang_up.send_replace(());
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.plan().connections
    }

    fn plan(&self) -> std::sync::MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn relay(mut client: TcpStream, target: &str, fault: Fault) -> std::io::Result<()> {
    match fault {
        Fault::Refuse => return Ok(()),
        Fault::Instead(head, body) => {
            // The request is read first, so that no reset overtakes the answer.
            let mut request = Vec::with_capacity(64 * 1024);
            if client.read_buf(&mut request).await? == 0 {
                return Ok(());
            }
            let head = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n", body.len());
            client.write_all(head.as_bytes()).await?;
            client.write_all(&body).await?;
            return client.shutdown().await;
        }
        _ => {}
    }
    let server = TcpStream::connect(target).await?;
    let (mut from_client, to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let is_cut = matches!(fault, Fault::CutRequestAfter(_));
    let passing = match fault {
        Fault::CutRequestAfter(bytes) => bytes as u64,
        _ => u64::MAX,
    };
    let up = async move {
        // It ends when either side does.
        let _ = copy(&mut (&mut from_client).take(passing), &mut to_server).await;
        if !is_cut {
            std::future::pending().await
        }
    };
    let down = answer(from_server, to_client, fault);
    tokio::select! {
        biased;
        done = down => done,
        () = up => Ok(()),
    }
}

async fn answer(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    fault: Fault,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    let mut left = match fault {
        Fault::CutAfter(bytes) => bytes,
        _ => usize::MAX,
    };
    let mut is_first = true;
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return to.shutdown().await;
        }
        if let (Fault::Delay(delay), true) = (&fault, is_first) {
            tokio::time::sleep(*delay).await;
        }
        is_first = false;
        let passing = count.min(left);
        if let Fault::Drip(pause) = fault {
            for byte in &buffer[..passing] {
                to.write_all(std::slice::from_ref(byte)).await?;
                tokio::time::sleep(pause).await;
            }
        } else {
            to.write_all(&buffer[..passing]).await?;
        }
        left -= passing;
        if left == 0 {
            return Ok(());
        }
    }
}
