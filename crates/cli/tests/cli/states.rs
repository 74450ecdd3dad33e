//! `castile switch` and `castile status`: one line of a file, and what is known of each profile.

use std::path::Path;

use crate::run::{Ran, run};

const CONFIG: &str = r#"# Our banks.
version = 1
include = ["more.toml"]

[defaults]
evidence = "seen"

[profile.one]   # the first
inst_rt_id = "1"
inst_env = "TEST"
product = "p"
state = "legacy"   # until spring

[profile.one.dates]
requested = 2026-09-01

[profile.one.legacy]
url = "https://gw.example/"

[profile.one.oauth]
url = "https://gw.example/OAuth/"
"#;

const MORE: &str = r#"[profile.two]
inst_rt_id = "2"
inst_env = "PROD"
product = "p"
state = "shadow"
client_id = "c"
key = { env = "NO_SUCH_KEY" }
legacy.url = "https://gw.example/"
oauth.url = "https://gw.example/OAuth/"
"#;

const SEEN: &str = r#"{"schema_version": 1, "profile": "two", "last_token": "2026-11-20T10:00:00Z",
"last_call": {"at": "2026-11-20T10:00:01Z", "state": "shadow", "status": 200, "code": null},
"shadow": {"first": "2026-11-01T00:00:00Z", "last": "2026-11-20T10:00:01Z",
"operations": {"AcctInq": {"agreed": 9, "differed": 1, "not_comparable": 4, "not_a_read": 3, "dropped": 2, "paths": {"AcctInqResponse/AcctNum": 1}}}}}"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("seen")).expect("a folder in it");
    for (name, text) in [
        ("castile.toml", CONFIG),
        ("more.toml", MORE),
        ("seen/two.json", SEEN),
    ] {
        std::fs::write(folder.path().join(name), text).expect("a file in it");
    }
    folder
}

fn switch(folder: &Path, words: &[&str]) -> Ran {
    run(folder, &[&["switch"], words].concat())
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).expect("it is there")
}

#[test]
fn a_switch_changes_one_word_where_the_profile_stands() {
    let folder = folder();
    let shown = switch(folder.path(), &["two", "--to", "oauth", "--dry-run"]);
    assert_eq!(shown.exit, 0, "{shown:?}");
    assert!(
        shown
            .text()
            .contains("-5: state = \"shadow\"\n+5: state = \"oauth\"\n"),
        "{shown:?}"
    );
    assert_eq!(read(folder.path(), "more.toml"), MORE);
    let done = switch(folder.path(), &["two", "--to", "oauth"]);
    assert_eq!(done.exit, 0, "{done:?}");
    assert!(
        done.text().ends_with("profile two: shadow -> oauth\n"),
        "{done:?}"
    );
    assert_eq!(
        read(folder.path(), "more.toml"),
        MORE.replace("\"shadow\"", "\"oauth\"")
    );
    assert_eq!(read(folder.path(), "castile.toml"), CONFIG);
    let again = switch(folder.path(), &["two", "--to", "oauth"]);
    assert!(again.text().contains("already"), "{again:?}");
}

#[test]
fn a_switch_that_cannot_work_changes_nothing() {
    let folder = folder();
    switch(folder.path(), &["one", "--to", "oauth"]).refused(2, "config-lacks");
    switch(folder.path(), &["three", "--to", "oauth"]).refused(2, "config-no-profile");
    assert_eq!(read(folder.path(), "castile.toml"), CONFIG);
}

#[test]
fn the_status_tells_what_is_known_and_what_nobody_has_seen() {
    let folder = folder();
    let today = ["status", "--today", "2026-11-21"];
    let table = run(folder.path(), &today);
    assert_eq!(table.exit, 0, "{table:?}");
    for part in [
        "requested 2026-09-01, 81 of 90 d in the queue",
        "not seen",
        "2026-11-20T10:00:00Z",
        "2026-11-20T10:00:01Z shadow 200",
        "no date, 436 d left to request",
        "9 agree, 1 differ, 0 failed, 4 not comparable, 3 no read, 2 dropped",
        "526 days to 2028-04-30",
    ] {
        assert!(table.text().contains(part), "{part}: {}", table.text());
    }
    assert!(!table.text().contains("not kept"), "{}", table.text());
    let json = run(folder.path(), &[&today[..], &["--json"]].concat()).json();
    assert_eq!(json["schema_version"], 1);
    assert_eq!(json["profiles"][0]["evidence"], true);
    assert_eq!(json["profiles"][0]["last_call"], serde_json::Value::Null);
    let shadow = &json["profiles"][1]["shadow"];
    assert_eq!(shadow["differed"], 1);
    assert_eq!(shadow["not_comparable"], 4);
    assert_eq!(shadow["not_a_read"], 3);
    let csv = run(folder.path(), &[&today[..], &["--csv"]].concat());
    let lines: Vec<&str> = csv.text().lines().collect();
    assert_eq!(lines.len(), 3, "{csv:?}");
    assert!(
        lines[2].starts_with("two,PROD,shadow,2026-11-20T10:00:00Z,"),
        "{csv:?}"
    );
    assert!(lines[2].ends_with(",9,1,0,4,3,2,"), "{csv:?}");
    let columns = lines[0].split(',').count();
    assert!(
        lines.iter().all(|line| line.split(',').count() == columns),
        "{csv:?}"
    );

    let report = run(
        folder.path(),
        &["migrate", "report", "--today", "2026-11-21"],
    );
    assert_eq!(report.exit, 0, "{report:?}");
    let page = read(folder.path(), "migration/two.md");
    assert!(
        page.contains("10 reads")
            && page.contains("9 more were not compared")
            && page.contains("AcctInqResponse/AcctNum (1)"),
        "{page}"
    );
    assert!(read(folder.path(), "migration/one.md").contains("2026-09-01"));

    std::fs::write(folder.path().join("seen/two.json"), "{}").expect("a file");
    let odd = run(folder.path(), &today);
    assert_eq!(odd.exit, 1, "{odd:?}");
    assert!(odd.text().contains("[evidence-syntax]"), "{odd:?}");
    // One file that cannot be read costs no page.
    let odd = run(
        folder.path(),
        &["migrate", "report", "--today", "2026-11-21"],
    );
    assert_eq!(odd.exit, 1, "{odd:?}");
    assert!(odd.text().contains("[evidence-syntax]"), "{odd:?}");
    assert!(read(folder.path(), "migration/two.md").contains("evidence-syntax"));
}

#[test]
fn of_profiles_that_keep_nothing_the_status_says_how_they_would() {
    let folder = folder();
    let config = CONFIG.replace("evidence = \"seen\"\n", "");
    std::fs::write(folder.path().join("castile.toml"), config).expect("a file");
    let table = run(folder.path(), &["status"]);
    assert_eq!(table.exit, 0, "{table:?}");
    assert!(!table.text().contains("not seen"), "{}", table.text());
    let hint = "evidence = \"evidence\" in [defaults]";
    assert!(table.text().contains(hint), "{}", table.text());
    let json = run(folder.path(), &["status", "--json"]).json();
    assert_eq!(json["profiles"][0]["evidence"], false);
}
