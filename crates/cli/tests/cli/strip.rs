//! `castile strip`: one envelope in, the same without its security header out, or a refusal and no output.

use std::path::Path;

use tempfile::TempDir;

use crate::run::{Ran, feed, run};

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
pub(crate) const PASSWORD: &str = "canary-of-a-password";

pub(crate) fn security() -> String {
    format!(
        "<w:Security xmlns:w=\"{WSSE}\"><w:UsernameToken><w:Username>user</w:Username>\
         <w:Password>{PASSWORD}</w:Password></w:UsernameToken></w:Security>"
    )
}

pub(crate) fn envelope(header: &str, body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"{SOAP}\"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>\n"
    )
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

pub(crate) fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("a file in the folder");
}

pub(crate) fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).expect("a file in the folder")
}

#[test]
fn from_file_or_standard_input_the_rest_stays_byte_for_byte() {
    let folder = folder();
    let old = envelope(&format!("\n  {}\n", security()), "<a>\t<b/></a>");
    let new = envelope("\n  \n", "<a>\t<b/></a>");
    write(folder.path(), "old.xml", &old);
    for ran in [
        run(folder.path(), &["strip", "old.xml"]),
        feed(folder.path(), &["strip"], old.as_bytes()),
        feed(folder.path(), &["strip", "-"], old.as_bytes()),
    ] {
        assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
        assert_eq!(ran.text(), new);
    }

    let ran = run(folder.path(), &["strip", "old.xml", "-o", "new.xml"]);
    assert_eq!((ran.exit, ran.out.len(), ran.err.as_str()), (0, 0, ""));
    assert_eq!(read(folder.path(), "new.xml"), new);
    assert_eq!(read(folder.path(), "old.xml"), old);
    // In place, and a second time: there is nothing left to remove.
    for _ in 0..2 {
        let ran = run(folder.path(), &["strip", "old.xml", "-o", "old.xml"]);
        assert_eq!(ran.exit, 0);
        assert_eq!(read(folder.path(), "old.xml"), new);
    }
}

#[test]
fn a_message_larger_than_any_pipe_passes() {
    let folder = folder();
    let long = "<a/>".repeat(500_000);
    let ran = feed(
        folder.path(),
        &["strip"],
        envelope(&security(), &long).as_bytes(),
    );
    assert_eq!(ran.exit, 0);
    assert!(ran.text() == envelope("", &long));
}

#[test]
fn the_report_says_what_went_in_words_and_in_json_and_never_the_password() {
    let folder = folder();
    let old = envelope(&security(), "<a/>");
    write(folder.path(), "old.xml", &old);
    let at = old.find("<w:Security").expect("it is there");

    let json = run(
        folder.path(),
        &["strip", "old.xml", "-o", "new.xml", "--report", "json"],
    );
    assert_eq!((json.exit, json.err.as_str()), (0, ""));
    let report = json.json();
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["soap"], "1.1");
    assert_eq!(report["input_length"], old.len());
    assert_eq!(report["output_length"], old.len() - security().len());
    let removed = &report["removed"][0];
    assert_eq!(removed["range"]["start"], at);
    assert_eq!(removed["length"], security().len());
    assert_eq!(removed["contents"]["username_token"], "text");
    assert_eq!(report["findings"], serde_json::json!([]));

    // Without -o standard output holds the message, so the report goes to standard error.
    let both = run(folder.path(), &["strip", "old.xml", "--report", "json"]);
    assert_eq!(both.text(), envelope("", "<a/>"));
    let again: serde_json::Value = serde_json::from_str(&both.err).expect("JSON");
    assert_eq!(again, report);

    let text = run(
        folder.path(),
        &["strip", "old.xml", "-o", "new.xml", "--report", "text"],
    );
    let words = text.text();
    assert!(words.contains(&format!("bytes {at}..")), "{words}");
    assert!(words.contains("with the password as text"), "{words}");
    for ran in [&json, &both, &text] {
        assert!(!ran.text().contains(PASSWORD) && !ran.err.contains(PASSWORD));
    }
}

#[test]
fn a_finding_is_told_and_is_exit_code_1() {
    let folder = folder();
    let other = "<o:Trace xmlns:o=\"urn:o\" s:mustUnderstand=\"1\"/>";
    let old = envelope(&[other, &security()].concat(), "<a/>");
    let ran = feed(folder.path(), &["strip"], old.as_bytes());
    assert_eq!(ran.exit, 1);
    assert_eq!(ran.text(), envelope(other, "<a/>"));
    let finding = ran.err.lines().next().unwrap_or_default();
    assert!(
        finding.starts_with("finding[must-understand-left]: "),
        "{finding}"
    );
    assert!(finding.contains("standard input, byte "), "{finding}");

    // Security in the body is payload: it stays, and is told only to those who ask.
    let body = format!("<AuthenUsrCred>{}</AuthenUsrCred>", security());
    let old = envelope("", &body);
    let ran = feed(folder.path(), &["strip"], old.as_bytes());
    assert_eq!((ran.exit, ran.text()), (0, old.as_str()));
}

#[test]
fn what_cannot_be_cut_safely_is_refused_with_its_place_and_leaves_the_output_alone() {
    let two = security().repeat(2);
    let cases: &[(&str, String, &str)] = &[
        ("empty", String::new(), "envelope-not-xml"),
        ("plain text", "hello".into(), "envelope-not-xml"),
        ("a page", "<html><body/></html>".into(), "envelope-not-soap"),
        (
            "a document type",
            format!(
                "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>{}",
                envelope("", "")
            ),
            "envelope-dtd",
        ),
        (
            "two blocks",
            envelope(&two, "<a/>"),
            "envelope-second-block",
        ),
        (
            "no envelope",
            "<AcctSrch xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"/>".into(),
            "envelope-bare-body",
        ),
        (
            "half a message",
            envelope(&security(), "<a/>")[..200].into(),
            "envelope-truncated",
        ),
        (
            "another actor",
            envelope(
                &security().replace("<w:Security", "<w:Security s:actor=\"urn:other\""),
                "<a/>",
            ),
            "envelope-other-actor",
        ),
        (
            "an unbound prefix",
            envelope("<x:y/>", "<a/>"),
            "envelope-malformed",
        ),
    ];
    let folder = folder();
    write(folder.path(), "kept.xml", "as it was");
    for (case, input, code) in cases {
        write(folder.path(), "bad.xml", input);
        let words = ["strip", "bad.xml", "-o", "kept.xml"];
        let ran = run(folder.path(), &words);
        let shown = ran.refused(2, code);
        let at = shown.line("at");
        assert!(at.starts_with("bad.xml, byte "), "{case}: {at}");
        assert_eq!(shown.line("who"), "you", "{case}");
        assert!(!ran.err.contains(PASSWORD), "{case}");
        assert_eq!(read(folder.path(), "kept.xml"), "as it was", "{case}");
        assert!(!folder.path().join("new.xml").exists(), "{case}");

        let ran: Ran = feed(folder.path(), &["strip"], input.as_bytes());
        let at = ran.refused(2, code).line("at").to_owned();
        assert!(at.starts_with("standard input, byte "), "{case}: {at}");
    }
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 2, "temporary files were left behind");
}

#[test]
fn files_that_cannot_be_read_or_written_are_named() {
    let folder = folder();
    let ran = run(folder.path(), &["strip", "nowhere.xml"]);
    assert_eq!(ran.refused(2, "file-unreadable").line("at"), "nowhere.xml");
    write(folder.path(), "old.xml", &envelope("", "<a/>"));
    for out in ["no/such/folder.xml", "."] {
        let ran = run(folder.path(), &["strip", "old.xml", "-o", out]);
        assert_eq!(ran.refused(2, "file-unwritable").line("at"), out);
    }
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_a_pipe_is_written_to() {
    let folder = folder();
    let old = envelope(&security(), "<a/>");
    write(folder.path(), "old.xml", &old);
    write(folder.path(), "target.xml", "before");
    let link = folder.path().join("link.xml");
    std::os::unix::fs::symlink("target.xml", &link).expect("a link");
    let ran = run(folder.path(), &["strip", "old.xml", "-o", "link.xml"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(link.is_symlink());
    assert_eq!(read(folder.path(), "target.xml"), envelope("", "<a/>"));

    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("POSIX has mkfifo").success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe)
    });
    let ran = run(folder.path(), &["strip", "old.xml", "-o", "pipe"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let through = reader.join().expect("no panic").expect("a pipe");
    assert_eq!(through, envelope("", "<a/>"));
}
