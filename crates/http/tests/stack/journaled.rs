//! What the journal says of writes that came through, were refused, or were cut off by the end of the process.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use castile_http::journal::{Entry, Journal, Outcome, WriteLog, read};
use castile_http::profile::Limits;
use castile_http::{
    Body, Effect, EgressTransport, Error, Institution, JournalFile, SoapTransport as _,
    SystemClock, TokioSleep, stack,
};
use http::Request;

use crate::guarded::Chunks;
use crate::peer::{Peer, Reply};
use crate::tokens::{Tokens, plan};

const DONE: &[u8] = b"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><R/></s:Body></s:Envelope>";
const XML: &str = "200 OK\r\nContent-Type: text/xml";

fn envelope(id: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><XferAdd><MsgRqHdr><jXchangeHdr>\
         <jXLogTrackingId>{id}</jXLogTrackingId><InstRtId>1</InstRtId><InstEnv>TEST</InstEnv></jXchangeHdr></MsgRqHdr>\
         <Amt>12.50-canary</Amt></XferAdd></s:Body></s:Envelope>"
    )
}

fn request(url: &str, operation: &str, effect: Effect) -> Request<Body> {
    Request::post(url)
        .header("content-type", "text/xml; charset=utf-8")
        .header(
            "soapaction",
            format!("\"http://jackhenry.com/ws/{operation}\""),
        )
        .extension(effect)
        .body(Body::whole(envelope(operation)))
        .unwrap()
}

fn journaled(peer: &Peer, log: Arc<dyn WriteLog>) -> stack::Typed<EgressTransport> {
    let mut plan = plan(peer, Arc::new(Tokens::default()));
    plan.total = Duration::from_secs(30);
    plan.institution = Some(Arc::new(Institution::new("first-bank", "1", "TEST")));
    plan.journal = Some(log);
    stack::typed(plan, EgressTransport::new(Limits::default()).unwrap())
}

fn file(path: &Path) -> Arc<JournalFile> {
    Arc::new(JournalFile::new(path, Arc::new(SystemClock)).unwrap())
}

fn entry<'a>(journal: &'a Journal, operation: &str, attempt: u32) -> &'a Entry {
    let mut entries = journal.entries.iter();
    let is_it =
        |entry: &&Entry| entry.operation.as_deref() == Some(operation) && entry.attempt == attempt;
    entries.find(is_it).unwrap()
}

/// Ends a process amid its writes and asks the journal which they were. The process is this test once more, with the
/// gateway's address and the journal's path in the environment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kill_the_journal_lists_exactly_the_writes_that_were_open() {
    const ROLE: &str = "CASTILE_TEST_JOURNAL_OF_CHILD";
    if let Some(role) = std::env::var_os(ROLE) {
        let role = role.into_string().unwrap();
        let (path, url) = role.split_once('|').unwrap();
        write_until_killed(Path::new(path), url).await;
        return;
    }
    let peer = Peer::start(|_, arrival| {
        if arrival.header("soapaction")[0].contains("Hang") {
            Reply::Hang
        } else {
            Reply::Answer(XML, DONE.to_vec())
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("writes.journal");
    let test = "journaled::after_a_kill_the_journal_lists_exactly_the_writes_that_were_open";
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(ROLE, format!("{}|{}", path.display(), peer.url))
        .spawn()
        .unwrap();
    // Five writes hang at the gateway, and the answers to five others were noted.
    let settled = |journal: &Journal| {
        let mut entries = journal.entries.iter();
        let done = entries
            .by_ref()
            .filter(|entry| entry.outcome == Some(Outcome::Done));
        done.count()
    };
    for _ in 0..3000 {
        let hanging = peer.arrivals();
        let hanging = hanging
            .iter()
            .filter(|arrival| arrival.head.contains("Hang"));
        if hanging.count() == 5 && settled(&read(&path).unwrap()) == 5 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        read(&path).unwrap().unresolved().count(),
        0,
        "all are under way"
    );
    child.kill().unwrap();
    child.wait().unwrap();

    let journal = read(&path).unwrap();
    let mut open: Vec<_> = journal
        .unresolved()
        .map(|entry| entry.tracking_id.clone().unwrap())
        .collect();
    open.sort();
    assert_eq!(open, ["Hang0", "Hang1", "Hang2", "Hang3", "Hang4"]);
    assert_eq!(settled(&journal), 5);
    assert_eq!(
        entry(&journal, "Hang3", 1).profile.as_deref(),
        Some("first-bank")
    );
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("canary"), "a value of a message or a token");
}

async fn write_until_killed(path: &Path, url: &str) {
    let peer = Peer::at(url);
    let stack = Arc::new(journaled(&peer, file(path)));
    let send = |operation: String| {
        let (stack, request) = (Arc::clone(&stack), request(url, &operation, Effect::Write));
        tokio::spawn(async move {
            let answer = stack.send(request).await.unwrap();
            answer.into_body().bytes(Effect::Write).await.unwrap();
        })
    };
    let hanging: Vec<_> = (0..5).map(|n| send(format!("Hang{n}"))).collect();
    for n in 0..5 {
        send(format!("Done{n}")).await.unwrap();
    }
    for hangs in hanging {
        let _ = hangs.await;
    }
}

#[tokio::test]
async fn each_attempt_is_noted_with_what_came_of_it_and_reads_are_not() {
    let peer = Peer::start(|_, arrival| {
        let first = arrival.header("authorization") == ["Bearer token-1-canary"];
        match arrival.header("soapaction")[0] {
            action if action.contains("Again") && first => {
                Reply::Answer("401 Unauthorized\r\nWWW-Authenticate: Bearer", Vec::new())
            }
            action if action.contains("Forbidden") => Reply::Answer("403 Forbidden", Vec::new()),
            action if action.contains("Closed") => Reply::Close,
            action if action.contains("Cut") => Reply::Stall("200 OK\r\nContent-Type: text/xml"),
            _ => Reply::Answer(XML, DONE.to_vec()),
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("writes.journal");
    let stack = journaled(&peer, file(&path));
    let send = async |operation: &str, effect| {
        let request = request(peer.url.as_str(), operation, effect);
        let answer = stack.send(request).await?;
        // A caller who leaves amid an answer.
        if operation == "CutAdd" {
            drop(answer);
            return Ok(());
        }
        answer.into_body().bytes(effect).await.map(drop)
    };
    send("AgainAdd", Effect::Write).await.unwrap();
    send("ForbiddenAdd", Effect::Unknown).await.unwrap();
    send("AcctInq", Effect::Read).await.unwrap();
    send("CutAdd", Effect::Write).await.unwrap();
    assert!(
        send("ClosedAdd", Effect::Write)
            .await
            .unwrap_err()
            .outcome_unknown()
    );
    drop(stack);

    let journal = read(&path).unwrap();
    let said = |operation, attempt| {
        let entry = entry(&journal, operation, attempt);
        (entry.outcome.unwrap(), entry.code.as_deref())
    };
    let refused = (Outcome::NotDone, Some("gateway-unauthorized"));
    assert_eq!(said("AgainAdd", 1), refused);
    assert_eq!(said("AgainAdd", 2), (Outcome::Done, None));
    assert_eq!(
        said("ForbiddenAdd", 1),
        (Outcome::NotDone, Some("gateway-forbidden"))
    );
    assert_eq!(said("CutAdd", 1), (Outcome::Open, Some("call-dropped")));
    assert_eq!(
        said("ClosedAdd", 1),
        (Outcome::Open, Some("gateway-interrupted"))
    );
    assert_eq!(journal.entries.len(), 5, "the read is not noted");
    assert_eq!(journal.unresolved().count(), 2);
}

/// A gateway may go by the body, whatever the action says.
#[tokio::test]
async fn a_write_under_the_action_of_a_read_is_noted_before_it_is_sent_and_its_outcome_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("writes.journal");
    let seen = path.clone();
    // How many entries there were when it arrived.
    let noted = Arc::new(std::sync::Mutex::new(Vec::new()));
    let count = Arc::clone(&noted);
    let peer = Peer::start(move |_, _| {
        count
            .lock()
            .unwrap()
            .push(read(&seen).unwrap().entries.len());
        Reply::Close
    })
    .await;
    let transport = || EgressTransport::new(Limits::default()).unwrap();
    let log: Arc<dyn WriteLog> = file(&path);
    let mut oauth = plan(&peer, Arc::new(Tokens::default()));
    oauth.journal = Some(Arc::clone(&log));
    let mut legacy = stack::LegacyPlan::new(&peer.url, Arc::new(TokioSleep)).unwrap();
    legacy.journal = Some(log);
    let (oauth, legacy) = (
        stack::raw(oauth, transport()),
        stack::raw_legacy(legacy, transport()),
    );
    let mismatched = |body: &str, streamed| {
        let body = body.to_owned();
        let length = body.len();
        let mut request = Request::post(peer.url.as_str())
            .header("content-type", "text/xml; charset=utf-8")
            .header("content-length", length)
            .header("soapaction", "\"http://jackhenry.com/ws/AcctInq\"")
            .body(match streamed {
                true => Body::stream(http_body_util::Full::new(bytes::Bytes::from(body))),
                false => Body::whole(body),
            })
            .unwrap();
        assert_eq!(Effect::told_by_headers(&mut request), Effect::Read);
        request
    };
    for streamed in [false, true] {
        for by_oauth in [false, true] {
            let request = mismatched(&envelope("mismatch"), streamed);
            let error = match by_oauth {
                true => oauth.send(request).await,
                false => legacy.send(request).await,
            };
            assert!(
                error.unwrap_err().outcome_unknown(),
                "{streamed} {by_oauth}"
            );
        }
    }
    assert_eq!(*noted.lock().unwrap(), [1, 2, 3, 4], "noted, then sent");
    let body = envelope("read").replace("XferAdd", "AcctInq");
    for by_oauth in [false, true] {
        let request = mismatched(&body, true);
        let error = match by_oauth {
            true => oauth.send(request).await,
            false => legacy.send(request).await,
        };
        assert!(!error.unwrap_err().outcome_unknown(), "{by_oauth}");
    }
    drop((oauth, legacy));
    let journal = read(&path).unwrap();
    assert_eq!(journal.unresolved().count(), 4, "the reads are not noted");
    for entry in &journal.entries {
        let told = (entry.operation.as_deref(), entry.tracking_id.as_deref());
        assert_eq!(told, (Some("XferAdd"), Some("mismatch")));
    }
}

/// As a server passes it on that knows its length.
#[tokio::test]
async fn an_empty_answer_settles_a_write_though_nobody_reads_it() {
    let heads = ["415 Unsupported Media Type", "502 Bad Gateway", "200 OK"];
    let replies = heads.map(|head| Reply::Answer(head, Vec::new()));
    let peer = Peer::replies(replies.to_vec()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("writes.journal");
    let stack = journaled(&peer, file(&path));
    for _ in heads {
        let request = request(peer.url.as_str(), "XferAdd", Effect::Write);
        drop(stack.send(request).await.unwrap());
    }
    drop(stack);
    let journal = read(&path).unwrap();
    let told: Vec<_> = journal
        .entries
        .iter()
        .map(|entry| (entry.outcome.unwrap(), entry.code.as_deref().unwrap()))
        .collect();
    let expected = [
        (Outcome::NotDone, "gateway-empty"),
        (Outcome::Open, "gateway-country-list"),
        (Outcome::Open, "gateway-empty"),
    ];
    assert_eq!(told, expected);
}

/// By either model, in chunks of any size; and nothing of the message is lost over it.
#[tokio::test]
async fn a_streamed_write_is_noted_with_its_tracking_id() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("writes.journal");
    let peer = Peer::replies(vec![Reply::Answer(XML, DONE.to_vec())]).await;
    let transport = || EgressTransport::new(Limits::default()).unwrap();
    let log: Arc<dyn WriteLog> = file(&path);
    let institution = Some(Arc::new(Institution::new("first-bank", "1", "TEST")));
    let mut oauth = plan(&peer, Arc::new(Tokens::default()));
    (oauth.journal, oauth.institution) = (Some(Arc::clone(&log)), institution.clone());
    oauth.replay_limit = 1_000;
    let mut legacy = stack::LegacyPlan::new(&peer.url, Arc::new(TokioSleep)).unwrap();
    (legacy.journal, legacy.institution) = (Some(log), institution);
    let oauth = stack::raw(oauth, transport());
    let legacy = stack::raw_legacy(legacy, transport());
    let long = "x".repeat(300_000);
    let message = envelope("long-1").replace("</XferAdd>", &format!("<Rmk>{long}</Rmk></XferAdd>"));
    for size in [1_000_000, 4_096, 7] {
        for by_oauth in [false, true] {
            let body = Chunks::of(&message, size);
            let request = peer.request_with(Effect::Write, Body::stream(body));
            let answer = match by_oauth {
                true => oauth.send(request).await,
                false => legacy.send(request).await,
            };
            let body = answer.unwrap().into_body();
            body.bytes(Effect::Write).await.unwrap();
            assert_eq!(peer.arrivals().last().unwrap().body, message.as_bytes());
        }
    }
    drop((oauth, legacy));
    let journal = read(&path).unwrap();
    let ids = journal
        .entries
        .iter()
        .map(|entry| entry.tracking_id.as_deref());
    assert_eq!(ids.collect::<Vec<_>>(), [Some("long-1"); 6]);
}

#[tokio::test]
async fn a_write_that_cannot_be_noted_is_not_sent_and_a_read_is() {
    let peer = Peer::replies(vec![Reply::Answer(XML, DONE.to_vec())]).await;
    let stack = journaled(
        &peer,
        file(&PathBuf::from("/no/such/folder/writes.journal")),
    );
    for effect in [Effect::Write, Effect::Unknown] {
        let request = request(peer.url.as_str(), "XferAdd", effect);
        let error = stack.send(request).await.unwrap_err();
        assert_eq!(error.code(), "journal-unwritable");
        assert!(matches!(error, Error::Journal(_)) && !error.outcome_unknown());
    }
    assert_eq!(peer.arrivals().len(), 0);
    let request = request(peer.url.as_str(), "AcctInq", Effect::Read);
    stack.send(request).await.unwrap();
    assert_eq!(peer.arrivals().len(), 1);
}
