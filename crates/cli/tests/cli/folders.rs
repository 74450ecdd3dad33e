//! `castile strip` on many files: paths are kept, links are not followed, a refused file does not stop the others.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::run::{Ran, feed, run};
use crate::strip::{PASSWORD, envelope, read, security, write};

fn old() -> String {
    envelope(&security(), "<a/>")
}

fn new() -> String {
    envelope("", "<a/>")
}

/// `in/one.xml`, `in/sub/two.xml` and `in/clean.xml`, which has nothing to remove.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir_all(folder.path().join("in/sub")).expect("a folder");
    write(folder.path(), "in/one.xml", &old());
    write(folder.path(), "in/sub/two.xml", &old());
    write(folder.path(), "in/clean.xml", &new());
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            let relative = path.strip_prefix(folder).expect("below it");
            names.push(relative.display().to_string());
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            }
        }
    }
    names.sort();
    names
}

#[test]
fn paths_below_a_folder_are_kept_and_the_input_is_left_alone() {
    let folder = folder();
    let ran = run(folder.path(), &["strip", "in", "--out", "made/out"]);
    assert_eq!((ran.exit, ran.out.len(), ran.err.as_str()), (0, 0, ""));
    for name in ["one.xml", "sub/two.xml", "clean.xml"] {
        assert_eq!(read(folder.path(), &format!("made/out/{name}")), new());
    }
    assert_eq!(read(folder.path(), "in/one.xml"), old());
    let out = names(&folder.path().join("made/out"));
    assert_eq!(out, ["clean.xml", "one.xml", "sub", "sub/two.xml"]);

    let ran = run(
        folder.path(),
        &["strip", "in/one.xml", "in/sub/two.xml", "--out", "flat"],
    );
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(names(&folder.path().join("flat")), ["one.xml", "two.xml"]);
    let ran = run(folder.path(), &["strip", "in/one.xml", "--out", "single"]);
    assert_eq!((ran.exit, ran.out.len()), (0, 0));
    assert_eq!(read(folder.path(), "single/one.xml"), new());
}

#[test]
fn in_place_only_what_changes_is_written() {
    let folder = folder();
    let clean = folder.path().join("in/clean.xml");
    let before = clean.metadata().expect("it is there");
    let ran = run(folder.path(), &["strip", "in", "--in-place"]);
    assert_eq!((ran.exit, ran.out.len(), ran.err.as_str()), (0, 0, ""));
    assert_eq!(read(folder.path(), "in/one.xml"), new());
    assert_eq!(read(folder.path(), "in/sub/two.xml"), new());
    assert_eq!(names(&folder.path().join("in")).len(), 4, "nothing else");
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let after = clean.metadata().expect("it is there");
        assert_eq!(after.ino(), before.ino());
    }
    #[cfg(not(unix))]
    let _ = before;
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    crate::run::chmod(&folder.path().join("in/one.xml"), 0o640);
    let mode = |name: &str| {
        let there = folder.path().join(name).metadata().expect("it is there");
        there.permissions().mode() & 0o777
    };
    run(folder.path(), &["strip", "in", "--out", "out"]);
    assert_eq!(mode("out/one.xml"), 0o640);
    run(folder.path(), &["strip", "in/one.xml", "--in-place"]);
    assert_eq!(mode("in/one.xml"), 0o640);
}

#[test]
fn check_writes_nothing_and_is_exit_code_1_if_anything_would_go() {
    let folder = folder();
    let ran = run(folder.path(), &["strip", "in", "--check"]);
    assert_eq!((ran.exit, ran.err.as_str()), (1, ""));
    let gone = security().len();
    assert_eq!(
        ran.text(),
        format!("in/one.xml: {gone} bytes would go\nin/sub/two.xml: {gone} bytes would go\n")
    );
    assert_eq!(read(folder.path(), "in/one.xml"), old());
    let ran = run(folder.path(), &["strip", "in/clean.xml", "--check"]);
    assert_eq!((ran.exit, ran.out.len(), ran.err.as_str()), (0, 0, ""));
    let ran = feed(folder.path(), &["strip", "--check"], old().as_bytes());
    assert_eq!(ran.exit, 1);
    assert_eq!(
        ran.text(),
        format!("standard input: {gone} bytes would go\n")
    );
}

#[test]
fn a_refused_file_does_not_stop_the_others_and_the_worst_exit_code_counts() {
    let folder = folder();
    write(folder.path(), "in/broken.xml", "<!DOCTYPE a>");
    let other = envelope("<o:T xmlns:o=\"urn:o\" s:mustUnderstand=\"1\"/>", "");
    write(folder.path(), "in/finding.xml", &other);
    let words = ["strip", "in", "--out", "out", "--report", "json"];
    let ran = run(folder.path(), &words);
    assert_eq!(ran.exit, 2);
    assert!(ran.err.starts_with("error[envelope-dtd]: "), "{}", ran.err);
    assert!(ran.err.contains("in/broken.xml, byte 0"), "{}", ran.err);
    assert_eq!(read(folder.path(), "out/sub/two.xml"), new());
    assert!(!folder.path().join("out/broken.xml").exists());

    let told = ran.json();
    assert_eq!(told["schema_version"], 1);
    let files = told["files"].as_array().expect("an array");
    let outcome = |file: &Value| {
        let text = |key: &str| file[key].as_str().expect("text").to_owned();
        (text("file"), text("outcome"))
    };
    let pair = |file: &str, outcome: &str| (format!("in/{file}"), outcome.to_owned());
    assert_eq!(
        files.iter().map(outcome).collect::<Vec<_>>(),
        [
            pair("broken.xml", "refused"),
            pair("clean.xml", "unchanged"),
            pair("finding.xml", "unchanged"),
            pair("one.xml", "changed"),
            pair("sub/two.xml", "changed"),
        ]
    );
    assert_eq!(files[0]["error"]["code"], "envelope-dtd");
    assert_eq!(files[2]["findings"][0]["code"], "must-understand-left");
    assert_eq!(files[3]["removed"][0]["length"], security().len());
    assert!(!ran.text().contains(PASSWORD));

    let text = run(
        folder.path(),
        &[
            "strip",
            "in/one.xml",
            "in/finding.xml",
            "--check",
            "--report",
            "text",
        ],
    );
    assert_eq!(text.exit, 1);
    assert!(
        text.text().contains("in/one.xml: removed bytes "),
        "{text:?}"
    );
}

#[test]
fn a_missing_file_among_others_is_told_and_the_rest_done() {
    let folder = folder();
    let ran = run(
        folder.path(),
        &["strip", "nowhere.xml", "in/one.xml", "--in-place"],
    );
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("error[file-unreadable]"), "{}", ran.err);
    assert_eq!(read(folder.path(), "in/one.xml"), new());
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    write(folder.path(), "outside.xml", &old());
    std::fs::create_dir(at("elsewhere")).expect("a folder");
    write(folder.path(), "elsewhere/three.xml", &old());
    symlink("../outside.xml", at("in/link.xml")).expect("a link");
    symlink("../elsewhere", at("in/folder")).expect("a link");
    symlink(".", at("in/sub/loop")).expect("a link");
    let ran = run(folder.path(), &["strip", "in", "--in-place"]);
    assert_eq!(ran.exit, 1);
    for name in ["in/link.xml", "in/folder", "in/sub/loop"] {
        assert!(ran.err.contains(&format!("at:  {name}\n")), "{}", ran.err);
    }
    assert_eq!(ran.err.matches("error[file-passed-over]").count(), 3);
    assert_eq!(read(folder.path(), "outside.xml"), old());
    assert_eq!(read(folder.path(), "elsewhere/three.xml"), old());
    assert_eq!(read(folder.path(), "in/one.xml"), new());

    // Nor are links in the folder for the output.
    write(folder.path(), "in/sub/two.xml", &old());
    std::fs::create_dir(at("out")).expect("a folder");
    symlink("../elsewhere", at("out/sub")).expect("a link");
    symlink("../outside.xml", at("out/one.xml")).expect("a link");
    let ran = run(
        folder.path(),
        &["strip", "in/one.xml", "in/sub", "--out", "out"],
    );
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(!at("out/one.xml").is_symlink());
    let ran = run(folder.path(), &["strip", "in", "--out", "out"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("error[file-unwritable]"), "{}", ran.err);
    assert_eq!(names(&at("elsewhere")), ["three.xml"]);
    assert_eq!(read(folder.path(), "outside.xml"), old());
}

#[test]
fn what_leaves_the_output_open_or_would_replace_the_input_is_refused_before_anything_is_written() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("again")).expect("a folder");
    write(folder.path(), "again/one.xml", &old());
    let before = names(folder.path());
    for words in [
        &["strip", "in"][..],
        &["strip", "in/one.xml", "in/clean.xml"],
        &["strip", "in", "-o", "out.xml"],
        &["strip", "in", "--out", "in"],
        &["strip", "in", "--out", "in/sub/out"],
        &["strip", "in", "--out", "out/../in/new"],
        &["strip", "in/one.xml", "--out", "in"],
        &["strip", "in", "again", "--out", "out"],
        &["strip", "-", "in", "--out", "out"],
        &["strip", "-", "--in-place"],
        &["strip", "in/one.xml", "-o", "a", "--out", "b"],
        &["strip", "in/one.xml", "--check", "--in-place"],
    ] {
        let ran: Ran = run(folder.path(), words);
        ran.refused(2, "usage-arguments");
        assert_eq!(names(folder.path()), before, "{words:?}");
        assert_eq!(read(folder.path(), "in/one.xml"), old(), "{words:?}");
    }
}

#[test]
fn flags_make_the_policy() {
    let folder = folder();
    let two = envelope(&security().repeat(2), "");
    let actor = security().replace("<w:Security", "<w:Security s:actor=\"urn:other\"");
    let other = envelope(&actor, "");
    let signature = "<d:Signature xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\"><d:SignedInfo>\
        <d:Reference URI=\"#b\"/></d:SignedInfo></d:Signature></w:Security>";
    let signed = envelope(&security().replace("</w:Security>", signature), "");
    let signed = signed.replace("<s:Body>", "<s:Body Id=\"b\">");
    let strip = |flags: &[&str], text: &str| {
        feed(
            folder.path(),
            &[&["strip"], flags].concat(),
            text.as_bytes(),
        )
    };
    for (text, code, flags, exit) in [
        (
            &two,
            "envelope-second-block",
            &["--allow-second-block"][..],
            0,
        ),
        (&other, "envelope-other-actor", &["--other-actor", "cut"], 0),
        (&signed, "envelope-signed", &["--allow-signed"], 1),
        (&other, "envelope-other-actor", &["--actor", "urn:other"], 0),
        (&old(), "", &["--header-limit", "1000"], 0),
    ] {
        if !code.is_empty() {
            strip(&[], text).refused(2, code);
        }
        let ran = strip(flags, text);
        assert_eq!(ran.exit, exit, "{ran:?}");
        assert!(!ran.text().contains("w:Security"), "{ran:?}");
    }
    let kept = strip(&["--other-actor", "keep"], &other);
    assert_eq!((kept.exit, kept.text()), (1, other.as_str()));
    assert!(
        kept.err.contains("finding[other-actor-left]"),
        "{}",
        kept.err
    );
    let dropped = strip(&["--drop-empty-header"], &old());
    assert_eq!(dropped.text(), new().replace("<s:Header></s:Header>", ""));
    let broken = old().replace("</s:Body>", "</s:Bdy>");
    assert_eq!(strip(&[], &broken).exit, 0);
    strip(&["--well-formed"], &broken).refused(2, "envelope-malformed");
    strip(&["--header-limit", "100"], &old()).refused(2, "envelope-header-too-large");
}

#[test]
fn a_content_type_leads_to_the_root_part() {
    let folder = folder();
    let part = |envelope: &str| {
        format!(
            "--b\r\nContent-Type: application/xop+xml\r\nContent-ID: <r>\r\nContent-Length: {}\r\n\r\n{envelope}\r\n\
             --b\r\n\r\n<w:Security/>\r\n--b--\r\n",
            envelope.len()
        )
    };
    let content_type = "multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<r>\"";
    let words = ["strip", "--content-type", content_type, "--report", "json"];
    let ran = feed(folder.path(), &words, part(&old()).as_bytes());
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(ran.text(), part(&new()));
    let report: Value = serde_json::from_str(&ran.err).expect("JSON");
    let at = part(&old()).find("Content-Length: ").expect("it is there") + 16;
    assert_eq!(report["corrected"]["start"], at);
    let bare = feed(folder.path(), &["strip"], part(&old()).as_bytes());
    bare.refused(2, "envelope-multipart");
    let wrong = feed(
        folder.path(),
        &["strip", "--content-type", "multipart/related"],
        b"",
    );
    let at = wrong
        .refused(2, "envelope-content-type")
        .line("at")
        .to_owned();
    assert_eq!(at, "--content-type, byte 17");
}
