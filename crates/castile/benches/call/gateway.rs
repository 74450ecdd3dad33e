//! A gateway that gives one answer to everything, in a process of its own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::message;

/// What tells a process of this program to be the gateway.
pub(crate) const SERVE: &str = "CASTILE_BENCH_SERVE";

/// The running process; it ends with this value.
pub(crate) struct Gateway {
    process: Child,
    url: String,
}

impl Gateway {
    pub(crate) fn start() -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut process = Command::new(program)
            .env(SERVE, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a second process");
        let mut line = String::new();
        let out = process.stdout.take().expect("its output");
        BufReader::new(out)
            .read_line(&mut line)
            .expect("an address");
        let url = format!("http://{}", line.trim());
        Self { process, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves until the process that started this one is gone.
pub(crate) fn serve() {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("{}", listener.local_addr().expect("an address"));
        loop {
            let (connection, _) = listener.accept().await.expect("a connection");
            tokio::spawn(answer(connection));
        }
    });
}

async fn answer(mut connection: TcpStream) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let body = message::answer();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let whole = head + &body;
    let mut held = Vec::with_capacity(16 * 1024);
    while connection.read_buf(&mut held).await? > 0 {
        while let Some(len) = request(&held) {
            held.drain(..len);
            connection.write_all(whole.as_bytes()).await?;
        }
    }
    Ok(())
}

/// Length of the request at the front, if all of it is there.
fn request(held: &[u8]) -> Option<usize> {
    let head = held.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&held[..head]).expect("a head in ASCII");
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = fields.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = lengths
        .next()
        .expect("a length")
        .1
        .trim()
        .parse()
        .expect("a number");
    (held.len() >= head + length).then_some(head + length)
}
