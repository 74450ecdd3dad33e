//! `castile call` when it was not meant so: errors for programs, words that mean two things, a program that is stopped.

use castile_sandbox::Step;

#[cfg(unix)]
use crate::call::XFER;
use crate::call::{World, sample};
#[cfg(unix)]
use crate::run::Ran;
use crate::run::run;

#[test]
fn with_json_an_error_is_the_last_line_of_standard_error_and_json() {
    let world = World::new();
    // Words that cannot be read, a configuration that is not there, a value that cannot be.
    let ran = run(
        world.folder.path(),
        &["call", "--json", "--set", "CustId=C-77"],
    );
    assert_eq!(ran.error()["code"], "usage-arguments");
    let ran = run(world.folder.path(), &["status", "--json"]);
    assert_eq!(ran.error()["at"], "castile.toml");
    assert!(ran.out.is_empty(), "{ran:?}");
    let told = world.xfer_add(&["--json"]).error();
    assert_eq!(
        (&told["code"], &told["outcome_unknown"]),
        (&"usage-write".into(), &false.into())
    );
    assert!(
        told["do"]
            .as_str()
            .is_some_and(|text| text.contains("--dry-run")),
        "{told}"
    );

    let steps = [Step::CutAfter, Step::HdrFault(900_123)];
    world.bank.script("XferAdd", steps).expect("an operation");
    let ran = world.xfer_add(&["--write", "--json"]);
    let told = ran.error();
    assert_eq!(told["outcome_unknown"], true);
    let sent = world.bank.sent("XferAdd").once();
    let id = sent.value("MsgRqHdr/jXchangeHdr/jXLogTrackingId");
    assert_eq!(told["tracking_id"].as_str(), id.as_deref(), "{told}");
    assert!(told["look"].is_string(), "{told}");
    assert!(!ran.err.contains("A-77"), "{ran:?}");
    // A fault is a document, and an error too.
    let ran = world.xfer_add(&["--write", "--json"]);
    assert_eq!(ran.json()["fault"], true);
    assert_eq!(ran.error()["code"], "gateway-fault");
}

#[test]
fn what_cannot_be_meant_is_told_with_what_can() {
    let world = World::new();
    let ran = world.call(&[
        "CustInq",
        "--profile",
        "sandbox",
        "--set",
        "CustId=C-77",
        "--set",
        "CustId[1]=C-78",
    ]);
    ran.refused(2, "compose-twice");
    assert!(!ran.err.contains("C-7"), "{ran:?}");
    let ran = world.call(&["Ping", "--profile", "sandbox", "--set", "PingRq=x"]);
    let told = ran.refused(2, "wsdl-ambiguous-operation");
    assert!(told.line("do").contains("Inquiry.Ping"), "{ran:?}");
    let ran = world.call(&["Nothing", "--profile", "sandbox"]);
    let told = ran.refused(2, "wsdl-unknown-operation");
    assert!(told.line("do").contains("castile contract list"), "{ran:?}");
    for name in ["CustId=C-77", "Custom"] {
        let ran = world.call(&["CustInq", "--profile", "sandbox", "--body", name]);
        ran.refused(2, "file-unreadable");
    }
    world.bank.sent("CustInq").never();
}

#[test]
fn a_message_without_end_is_given_up() {
    let world = World::new();
    let words = world.words("call", &["CustInq", "--profile", "sandbox", "--body", "-"]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut child = crate::run::castile(world.folder.path(), &words)
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("piped");
    // It writes until nobody reads any more.
    let endless = [b' '; 1 << 16];
    while std::io::Write::write_all(&mut stdin, &endless).is_ok() {}
    let ran = crate::run::Ran::of(child.wait_with_output().expect("it ends"));
    ran.refused(2, "wsdl-limit");
}

#[test]
fn a_file_where_a_folder_is_wanted_is_told() {
    let world = World::new();
    std::fs::write(world.folder.path().join("there"), "").expect("a file");
    let config = world.bank.config();
    let config = config.to_str().expect("UTF-8");
    for words in [
        &["sandbox", "--out", "there"][..],
        &["migrate", "report", "--config", config, "--out", "there"],
    ] {
        run(world.folder.path(), words).refused(2, "output-no-folder");
    }
}

#[test]
fn a_header_value_that_the_profile_lacks_is_told_by_its_key() {
    let world = World::new();
    let config = std::fs::read_to_string(world.bank.config()).expect("a file");
    let without: String = config
        .lines()
        .filter(|line| !line.starts_with("audit_"))
        .map(|line| format!("{line}\n"))
        .collect();
    let folder = world.bank.config();
    let bare = folder.with_file_name("bare.toml");
    std::fs::write(&bare, without).expect("a file");
    let (contract, bare) = (sample(), bare);
    let words = [
        "call",
        "CustInq",
        "--profile",
        "sandbox",
        "--set",
        "CustId=C-77",
    ];
    let more = [
        "--contract",
        contract.to_str().expect("UTF-8"),
        "--config",
        bare.to_str().expect("UTF-8"),
    ];
    let ran = run(world.folder.path(), &[&words[..], &more].concat());
    let told = ran.refused(2, "compose-missing");
    assert!(
        told.line("do").contains("audit_usr_id and audit_ws_id"),
        "{ran:?}"
    );
}

#[cfg(unix)]
#[test]
fn who_stops_a_call_is_told_whether_it_may_have_happened() {
    use std::time::Duration;

    let world = World::new();
    let slow = [Step::Slow(Duration::from_secs(600))];
    world.bank.script("XferAdd", slow).expect("an operation");
    world.bank.script("CustInq", slow).expect("an operation");
    let stopped = |words: &[&str], operation: &str| {
        let words = world.words("call", words);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let child = crate::run::castile(world.folder.path(), &words)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("it starts");
        while world.bank.sent(operation).all().is_empty() {
            std::thread::sleep(Duration::from_millis(20));
        }
        let kill = std::process::Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(kill.expect("POSIX has kill").success());
        Ran::of(child.wait_with_output().expect("it ends"))
    };
    let write = [&["XferAdd", "--profile", "sandbox", "--write"], XFER].concat();
    let ran = stopped(&write, "XferAdd");
    ran.refused(6, "call-stopped");
    let sent = world.bank.sent("XferAdd").once();
    let id = sent
        .value("MsgRqHdr/jXchangeHdr/jXLogTrackingId")
        .expect("an id");
    for told in ["outcome: UNKNOWN", &id, "XferSrch"] {
        assert!(ran.err.contains(told), "{told}: {ran:?}");
    }
    let read = ["CustInq", "--profile", "sandbox", "--set", "CustId=C-77"];
    let ran = stopped(&read, "CustInq");
    let told = ran.refused(130, "call-stopped");
    assert!(told.line("do").contains("nothing happened"), "{ran:?}");
}
