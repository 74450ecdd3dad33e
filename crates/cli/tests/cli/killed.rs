//! A proxy that is killed amid its writes: its journal lists those that somebody must look up.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use castile_http::journal::{self, Outcome};

use crate::process::Process;
use crate::run::run;

const ACCOUNT: &str = "canary-of-an-account";

/// No machine is as slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// A gateway that answers each message, or keeps its connection and says that it hangs.
pub(crate) fn gateway() -> (String, Receiver<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let url = format!("http://{}/svc", listener.local_addr().expect("bound"));
    let (hangs, hanging) = channel();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let hangs = hangs.clone();
            // A connection that breaks is what a kill is for.
            std::thread::spawn(move || serve(socket?, &hangs));
        }
    });
    (url, hanging)
}

fn serve(mut socket: TcpStream, hangs: &Sender<TcpStream>) -> std::io::Result<()> {
    let mut reader = BufReader::new(socket.try_clone()?);
    loop {
        let (mut length, mut line) = (0, String::new());
        while reader.read_line(&mut line)? > 0 && !line.trim().is_empty() {
            let lower = line.to_ascii_lowercase();
            if let Some(text) = lower.strip_prefix("content-length:") {
                length = text.trim().parse().expect("a number");
            }
            line.clear();
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        if length == 0 {
            return Ok(());
        }
        if String::from_utf8_lossy(&body).contains(">hangs-") {
            // The test may be over.
            let _ = hangs.send(socket);
            return Ok(());
        }
        let answer = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><XferAddResponse/></s:Body></s:Envelope>";
        let length = answer.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n\r\n"
        );
        socket.write_all((head + answer).as_bytes())?;
    }
}

/// Sends a message to the proxy, and leaves its answer to be read.
fn send(proxy: &str, operation: &str, tracking_id: &str) -> TcpStream {
    send_as(proxy, operation, operation, tracking_id)
}

/// The same under an action of its own.
fn send_as(proxy: &str, action: &str, operation: &str, tracking_id: &str) -> TcpStream {
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><{operation}><MsgRqHdr><jXchangeHdr>\
         <InstRtId>012345678</InstRtId><InstEnv>TEST</InstEnv><jXLogTrackingId>{tracking_id}</jXLogTrackingId>\
         </jXchangeHdr></MsgRqHdr><AcctId>{ACCOUNT}</AcctId></{operation}></s:Body></s:Envelope>"
    );
    let mut socket = TcpStream::connect(proxy).expect("it listens");
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {proxy}\r\nContent-Type: text/xml; charset=utf-8\r\n\
         SOAPAction: \"http://jackhenry.com/ws/{action}\"\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).expect("sent");
    socket
}

pub(crate) fn call(proxy: &str, operation: &str, tracking_id: &str) {
    let mut answer = String::new();
    let mut socket = send(proxy, operation, tracking_id);
    socket.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

pub(crate) fn start(folder: &Path) -> (Process, String) {
    let words = "proxy --listen 127.0.0.1:0 --config bank/castile.toml --profile sandbox";
    let words: Vec<_> = words.split(' ').collect();
    let mut proxy = Process::start_logging(folder, &words, "warn");
    let line = proxy.line();
    let rest = line.strip_prefix("listening on http://");
    let address = rest.and_then(|rest| rest.split(' ').next());
    let address = address.unwrap_or_else(|| panic!("{line}")).to_owned();
    (proxy, address)
}

/// The tracking ids of the writes that `castile journal` wants looked up, and its exit code.
fn listed(folder: &Path) -> (i32, BTreeSet<String>) {
    let ran = run(
        folder,
        &["journal", "--file", "bank/writes.journal", "--json"],
    );
    let told = ran.json();
    let entries = told["journals"][0]["entries"].as_array().expect("a list");
    let ids = entries.iter().map(|entry| {
        assert_eq!(entry["standing"], "unresolved", "{entry}");
        assert_eq!(entry["profile"], "sandbox", "{entry}");
        assert_eq!(entry["operation"], "XferAdd", "{entry}");
        entry["tracking_id"].as_str().expect("an id").to_owned()
    });
    (ran.exit, ids.collect())
}

#[test]
fn after_a_kill_of_the_proxy_its_journal_lists_exactly_the_writes_that_were_open() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let words = ["sandbox", "--out", "bank", "--json"];
    let mut sandbox = Process::start(folder.path(), &words);
    sandbox.line();
    let (url, hanging) = gateway();
    let config = folder.path().join("bank/castile.toml");
    let text = std::fs::read_to_string(&config).expect("the sandbox's");
    let old = text.lines().find(|line| line.starts_with("url = "));
    let text = text
        .replace(old.expect("a gateway"), &format!("url = \"{url}\""))
        .replace("[defaults]\n", "[defaults]\njournal = \"writes.journal\"\n");
    std::fs::write(&config, text).expect("a file in the folder");

    let (mut proxy, address) = start(folder.path());
    let mut held = Vec::new();
    for n in 0..4 {
        held.push(send(&address, "XferAdd", &format!("hangs-{n}")));
        call(&address, "XferAdd", &format!("done-{n}"));
    }
    held.push(send(&address, "AcctInq", "hangs-and-reads"));
    // What its action calls a read, and its body a write.
    held.push(send_as(&address, "AcctInq", "XferAdd", "hangs-4"));
    for _ in 0..6 {
        held.push(hanging.recv_timeout(PATIENCE).expect("it arrives"));
    }
    let path = folder.path().join("bank/writes.journal");
    let done = || {
        let journal = journal::read(&path).expect("a journal");
        let entries = journal.entries.iter();
        entries
            .filter(|entry| entry.outcome == Some(Outcome::Done))
            .count()
    };
    for _ in 0..6_000 {
        if done() == 4 {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(done(), 4, "the outcomes are not noted");
    assert_eq!(listed(folder.path()), (0, BTreeSet::new()), "all under way");

    proxy.kill();
    let open: BTreeSet<_> = (0..5).map(|n| format!("hangs-{n}")).collect();
    assert_eq!(listed(folder.path()), (1, open.clone()));
    let text = std::fs::read_to_string(&path).expect("the journal");
    assert!(!text.contains(ACCOUNT), "a value of a message");

    // The next one goes on in the same journal, and sends nothing of the old.
    let (_proxy, address) = start(folder.path());
    call(&address, "XferAdd", "done-later");
    assert!(hanging.try_recv().is_err(), "an open write was sent again");
    let ids = listed(folder.path()).1;
    assert!(ids.is_superset(&open), "{ids:?}");
}
