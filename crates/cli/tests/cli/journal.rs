//! `castile journal`: what a crash left, and how it is settled.

use std::path::Path;
use std::sync::Arc;

use castile_http::journal::{Note, Outcome, WriteLog as _};
use castile_http::{JournalFile, SystemClock};

use crate::run::run;

/// A journal with one write of each fate, as a process leaves it that ended.
fn left(path: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let journal = JournalFile::new(path, Arc::new(SystemClock)).expect("a thread");
    let begin = |operation: &str| {
        let mut note = Note::default();
        note.profile = Some("first-bank".into());
        note.operation = Some(operation.to_owned());
        note.tracking_id = Some(format!("id-{operation}"));
        note.attempt = 1;
        runtime.block_on(journal.begin(note)).expect("a note")
    };
    journal.end(begin("DoneAdd"), Outcome::Done, None);
    journal.end(begin("LostAdd"), Outcome::Open, Some("timeout-answer"));
    begin("CrashedAdd");
}

#[test]
fn what_a_crash_left_is_listed_until_it_is_looked_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = "version = 1\n[defaults]\njournal = \"writes.journal\"\n[profile.first-bank]\n\
                  inst_rt_id = \"1\"\ninst_env = \"TEST\"\nproduct = \"p\"\nstate = \"legacy\"\n\
                  legacy.url = \"https://old.example/\"\n";
    std::fs::write(folder.path().join("castile.toml"), config).expect("a file");
    let ran = run(folder.path(), &["journal"]);
    assert_eq!(
        (ran.exit, ran.text().lines().last()),
        (0, Some("no write to look up"))
    );
    assert!(ran.text().contains("no such file"), "{ran:?}");
    // What was typed wrong is no journal in order.
    let typed = run(folder.path(), &["journal", "--file", "writes.journal"]);
    typed.refused(2, "journal-unreadable");

    left(&folder.path().join("writes.journal"));
    let ran = run(folder.path(), &["journal"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    let text = ran.text();
    assert!(
        text.contains("LostAdd") && text.contains("id-CrashedAdd"),
        "{text}"
    );
    assert!(!text.contains("DoneAdd"), "{text}");
    assert!(text.contains("2 writes to look up"), "{text}");

    let told = run(folder.path(), &["journal", "--all", "--json"]).json();
    assert_eq!(told["schema_version"], 1);
    let entries = told["journals"][0]["entries"].as_array().expect("a list");
    let standing = |n: usize| entries[n]["standing"].as_str().expect("a word");
    assert_eq!(
        [0, 1, 2].map(standing),
        ["settled", "unresolved", "unresolved"]
    );
    assert_eq!(entries[1]["code"], "timeout-answer");
    let id = |n: usize| entries[n]["id"].as_str().expect("a name");

    let resolve =
        |id: &str, how: &str| run(folder.path(), &["journal", "resolve", id, "--as", how]);
    assert_eq!(resolve(id(1), "done").exit, 0);
    let again = resolve(id(1), "done");
    assert_eq!(again.exit, 2, "{again:?}");
    assert!(again.err.contains("journal-no-entry"), "{again:?}");
    assert_eq!(resolve(id(2), "not-done").exit, 0);
    assert_eq!(resolve("nonsense", "done").exit, 2);
    let ran = run(folder.path(), &["journal", "--file", "writes.journal"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
}

#[test]
fn a_damaged_line_is_a_finding() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("writes.journal");
    left(&path);
    let text = std::fs::read_to_string(&path).expect("a journal");
    std::fs::write(&path, text.replacen("DoneAdd", "DoneMod", 1)).expect("a file");
    let ran = run(folder.path(), &["journal", "--file", "writes.journal"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.text().contains("[journal-damaged] line 2"), "{ran:?}");
}
