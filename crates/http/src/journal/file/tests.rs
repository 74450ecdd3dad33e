//! What a journal holds on to when processes end, collide or find it damaged.

use std::fs;
use std::io::Write as _;
use std::time::SystemTime;

use super::super::{Outcome, Standing, read, resolve};
use super::*;
use crate::SystemClock;

fn note(operation: &str) -> Note {
    Note {
        profile: Some("first-bank".into()),
        operation: Some(operation.to_owned()),
        tracking_id: Some(format!("t-{operation}")),
        attempt: 1,
        ..Note::default()
    }
}

fn open(path: &Path) -> JournalFile {
    JournalFile::new(path, Arc::new(SystemClock)).unwrap()
}

fn unresolved(path: &Path) -> Vec<String> {
    let journal = read(path).unwrap();
    assert_eq!(journal.damage, []);
    let entries = journal.unresolved();
    entries
        .map(|entry| entry.operation.clone().unwrap())
        .collect()
}

#[tokio::test]
async fn what_has_no_outcome_is_unresolved_once_its_process_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("writes.journal");
    assert_eq!(unresolved(&path), Vec::<String>::new());
    let journal = open(&path);
    let done = journal.begin(note("Done")).await.unwrap();
    journal.end(done, Outcome::Done, None);
    let lost = journal.begin(note("Lost")).await.unwrap();
    journal.end(lost, Outcome::Open, Some("gateway-interrupted"));
    let refused = journal.begin(note("Refused")).await.unwrap();
    journal.end(refused, Outcome::NotDone, Some("gateway-forbidden"));
    journal.begin(note("Late")).await.unwrap();
    // What waits for an answer is nobody's to look up.
    let standing = |operation: &str| {
        let entries = read(&path).unwrap().entries;
        let found = entries
            .into_iter()
            .find(|entry| entry.operation.as_deref() == Some(operation));
        found.unwrap().standing
    };
    assert_eq!(standing("Late"), Standing::UnderWay);
    assert_eq!(unresolved(&path), ["Lost"]);
    drop(journal);
    assert_eq!(unresolved(&path), ["Lost", "Late"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_torn_last_line_says_nothing_and_a_damaged_one_before_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("writes.journal");
    let journal = open(&path);
    journal.begin(note("First")).await.unwrap();
    drop(journal);
    let whole = fs::read(&path).unwrap();
    for end in [1, 20, 80] {
        let mut torn = fs::OpenOptions::new().append(true).open(&path).unwrap();
        torn.write_all(&whole[..end]).unwrap();
        assert_eq!(unresolved(&path), ["First"]);
        // The next run goes on behind the last whole line.
        let journal = open(&path);
        let id = journal.begin(note("Next")).await.unwrap();
        journal.end(id, Outcome::Done, None);
        drop(journal);
        assert_eq!(unresolved(&path), ["First"]);
    }
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("First", "Worst", 1)).unwrap();
    let journal = read(&path).unwrap();
    assert_eq!(journal.damage.len(), 1);
    assert_eq!(journal.damage[0].line, 2);
    // A run over it keeps it as it is.
    let limited = JournalFile::with_limit(&path, Arc::new(SystemClock), 1).unwrap();
    limited.begin(note("Next")).await.unwrap();
    drop(limited);
    assert_eq!(read(&path).unwrap().damage.len(), 1);
}

#[tokio::test]
async fn a_journal_written_anew_loses_nothing_that_is_unresolved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("writes.journal");
    for run in 0..3 {
        let journal = JournalFile::with_limit(&path, Arc::new(SystemClock), 4096).unwrap();
        for n in 0..100 {
            let id = journal.begin(note(&format!("Op-{run}-{n}"))).await.unwrap();
            match n {
                7 => journal.end(id, Outcome::Open, Some("gateway-interrupted")),
                50 => {}
                _ => journal.end(id, Outcome::Done, None),
            }
        }
        drop(journal);
        let length = fs::metadata(&path).unwrap().len();
        assert!(length < 12 * 1024, "{length} bytes");
    }
    let expected = [
        "Op-0-7", "Op-0-50", "Op-1-7", "Op-1-50", "Op-2-7", "Op-2-50",
    ];
    assert_eq!(unresolved(&path), expected);
    let entries = read(&path).unwrap().entries;
    let lost = entries
        .iter()
        .find(|entry| entry.operation.as_deref() == Some("Op-0-7"));
    let lost = lost.unwrap();
    assert_eq!(lost.code.as_deref(), Some("gateway-interrupted"));
    assert_eq!(lost.tracking_id.as_deref(), Some("t-Op-0-7"));
    assert_eq!(lost.profile.as_deref(), Some("first-bank"));
}

#[tokio::test]
async fn a_second_process_is_refused_and_may_read_and_resolve() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("writes.journal");
    let journal = open(&path);
    let lost = journal.begin(note("Lost")).await.unwrap();
    journal.end(lost, Outcome::Open, Some("timeout-answer"));
    let waiting = journal.begin(note("Waiting")).await.unwrap();

    let second = open(&path);
    let error = second.begin(note("Second")).await.unwrap_err();
    assert_eq!(error.code(), "journal-locked");
    assert_eq!(second.ready().await.unwrap_err().code(), "journal-locked");

    let now = SystemTime::UNIX_EPOCH;
    let code = |id| resolve(&path, id, true, now).unwrap_err().code();
    assert_eq!(code(waiting), "journal-under-way");
    assert_eq!(code(EntryId::new(9, 9)), "journal-no-entry");
    resolve(&path, lost, true, now).unwrap();
    assert_eq!(code(lost), "journal-no-entry");
    assert_eq!(unresolved(&path), Vec::<String>::new());

    // The next run takes up what was resolved.
    drop(journal);
    second.ready().await.unwrap();
    let beside = fs::metadata(folder.path().join("writes.journal.resolved")).unwrap();
    assert_eq!(beside.len(), 0);
    let entries = read(&path).unwrap().entries;
    assert!(entries[0].is_resolved && entries[0].outcome == Some(Outcome::Done));
    assert_eq!(unresolved(&path), ["Waiting"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_are_all_noted_each_by_a_name_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("writes.journal");
    let journal = Arc::new(open(&path));
    let writes: Vec<_> = (0..200)
        .map(|n| {
            let journal = Arc::clone(&journal);
            tokio::spawn(async move { journal.begin(note(&format!("Op{n}"))).await.unwrap() })
        })
        .collect();
    let mut ids = Vec::new();
    for write in writes {
        ids.push(write.await.unwrap());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 200);
    drop(journal);
    assert_eq!(unresolved(&path).len(), 200);
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_says_so_each_time() {
    let path = Path::new("/no/such/folder/writes.journal");
    let journal = open(path);
    for _ in 0..2 {
        let error = journal.begin(note("X")).await.unwrap_err();
        assert_eq!(error.code(), "journal-unwritable");
    }
}

#[tokio::test]
async fn a_caller_who_is_gone_leaves_nothing_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("writes.journal");
    let journal = open(&path);
    drop(journal.begin(note("Gone")));
    drop(journal);
    assert_eq!(unresolved(&path), Vec::<String>::new());
    let entries = read(&path).unwrap().entries;
    assert_eq!(entries[0].code.as_deref(), Some("journal-not-sent"));
}
