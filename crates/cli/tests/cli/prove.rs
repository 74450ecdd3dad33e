//! `castile prove`: evidence that holds, and where it does not the first difference and nothing of its content.

use tempfile::TempDir;

use crate::run::run;
#[cfg(unix)]
use crate::strip::PASSWORD;
use crate::strip::{envelope, read, security, write};

const LEFT: &str = "<a>canary-of-a-name</a>";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "old.xml", &envelope(&security(), LEFT));
    write(folder.path(), "new.xml", &envelope("", LEFT));
    folder
}

/// By another implementation, from coreutils.
#[cfg(unix)]
fn sha256(bytes: &[u8]) -> String {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut child = Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("coreutils");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(bytes).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends").stdout;
    String::from_utf8(output).expect("text")[..64].to_owned()
}

#[cfg(unix)]
#[test]
fn the_evidence_names_what_went_and_hashes_what_stayed() {
    let folder = folder();
    let ran = run(folder.path(), &["prove", "old.xml", "new.xml", "--json"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    let proof = ran.json();
    assert_eq!(proof["schema_version"], 1);
    assert_eq!(proof["holds"], true);
    assert_eq!(proof["tool"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(proof["policy"]["other_actor"], "refuse");
    assert_eq!(proof["policy"]["header_limit"], 65536);
    let pair = &proof["files"][0];
    let (old, new) = (
        read(folder.path(), "old.xml"),
        read(folder.path(), "new.xml"),
    );
    assert_eq!(pair["old_file"]["sha256"], sha256(old.as_bytes()));
    assert_eq!(pair["new_file"]["sha256"], sha256(new.as_bytes()));
    assert_eq!(pair["new_file"]["length"], new.len());
    let start = old.find("<w:Security").expect("it is there");
    let end = start + security().len();
    assert_eq!(pair["removed"][0]["range"]["start"], start);
    assert_eq!(pair["removed"][0]["range"]["end"], end);
    assert_eq!(pair["removed"][0]["contents"]["username_token"], "text");
    let kept = pair["kept"].as_array().expect("an array");
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[0]["sha256"], sha256(&old.as_bytes()[..start]));
    assert_eq!(kept[1]["start"], end);
    assert_eq!(kept[1]["sha256"], sha256(&old.as_bytes()[end..]));
    assert_eq!(pair["difference"], serde_json::Value::Null);

    let words = run(folder.path(), &["prove", "old.xml", "new.xml"]);
    assert_eq!(words.exit, 0);
    assert!(
        words.text().starts_with("old.xml -> new.xml: holds\n"),
        "{words:?}"
    );
    assert!(words.text().contains(&sha256(old.as_bytes())), "{words:?}");
    for text in [ran.text(), words.text()] {
        assert!(!text.contains(PASSWORD) && !text.contains("canary-of-a-name"));
    }
}

#[test]
fn one_byte_more_less_or_other_is_found_at_its_offset_and_never_shown() {
    let folder = folder();
    let (old, new) = (
        read(folder.path(), "old.xml"),
        read(folder.path(), "new.xml"),
    );
    let gone = security().len();
    let header = new.find("</s:Header>").expect("it is there");
    for at in [0, 10, header, header + 1, new.len() - 1] {
        let mut other = new.clone().into_bytes();
        other[at] = b'#';
        let more = [&new[..at], "#", &new[at..]].concat().into_bytes();
        let less = new[..at].to_owned().into_bytes();
        for bytes in [other, more, less] {
            std::fs::write(folder.path().join("other.xml"), &bytes).expect("ours");
            let ran = run(folder.path(), &["prove", "old.xml", "other.xml", "--json"]);
            assert_eq!((ran.exit, ran.err.as_str()), (1, ""));
            let proof = ran.json();
            assert_eq!(proof["holds"], false);
            let difference = &proof["files"][0]["difference"];
            assert_eq!(difference["new_offset"], at);
            let origin = if at < header { at } else { at + gone };
            assert_eq!(difference["old_offset"], origin);
        }
    }
    write(folder.path(), "longer.xml", &format!("{new}\n"));
    let ran = run(folder.path(), &["prove", "old.xml", "longer.xml"]);
    assert_eq!(ran.exit, 1);
    let expected = format!(
        "does not hold, first difference at byte {} of the new file",
        new.len()
    );
    assert!(ran.text().contains(&expected), "{ran:?}");
    assert!(!ran.text().contains("canary"), "{ran:?}");
    // The header that should have gone is a difference, too.
    let ran = run(folder.path(), &["prove", "old.xml", "old.xml", "--json"]);
    assert_eq!(ran.exit, 1);
    let at = old.find("<w:Security").expect("it is there");
    // Both go on with `<`; the next byte differs.
    assert_eq!(ran.json()["files"][0]["difference"]["new_offset"], at + 1);
}

#[test]
fn the_same_flags_as_for_strip_decide() {
    let folder = folder();
    let two = envelope(&security().repeat(2), LEFT);
    write(folder.path(), "two.xml", &two);
    let ran = run(folder.path(), &["prove", "two.xml", "new.xml"]);
    ran.refused(2, "envelope-second-block");
    let words = [
        "prove",
        "two.xml",
        "new.xml",
        "--allow-second-block",
        "--json",
    ];
    let ran = run(folder.path(), &words);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(ran.json()["policy"]["allow_second_block"], true);

    let bare = read(folder.path(), "new.xml").replace("<s:Header></s:Header>", "");
    write(folder.path(), "bare.xml", &bare);
    let words = [
        "prove",
        "old.xml",
        "bare.xml",
        "--json",
        "--drop-empty-header",
    ];
    assert_eq!(run(folder.path(), &words[..4]).exit, 1);
    let ran = run(folder.path(), &words);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let header = &ran.json()["files"][0]["dropped_header"];
    let old = read(folder.path(), "old.xml");
    assert_eq!(
        header["start"],
        old.find("<s:Header>").expect("it is there")
    );
}

#[test]
fn the_corrected_length_of_a_root_part_is_no_difference_and_a_false_one_is() {
    let folder = folder();
    let part = |envelope: &str, length: usize| {
        format!(
            "--b\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n\r\n{envelope}\r\n--b--\r\n"
        )
    };
    let (old, new) = (envelope(&security(), LEFT), envelope("", LEFT));
    write(folder.path(), "old.mime", &part(&old, old.len()));
    write(folder.path(), "new.mime", &part(&new, new.len()));
    write(folder.path(), "false.mime", &part(&new, old.len()));
    let flags = [
        "--content-type",
        "multipart/related; boundary=b; type=\"text/xml\"",
        "--json",
    ];
    let prove = |new: &str| {
        run(
            folder.path(),
            &[&["prove", "old.mime", new], &flags[..]].concat(),
        )
    };
    let ran = prove("new.mime");
    assert_eq!(ran.exit, 0, "{ran:?}");
    let at = part(&old, 0).find("0\r\n\r\n<s:").expect("it is there");
    assert_eq!(ran.json()["files"][0]["corrected"]["start"], at);
    let ran = prove("false.mime");
    assert_eq!(ran.exit, 1);
    let difference = &ran.json()["files"][0]["difference"];
    assert_eq!(difference["new_offset"], at);
    assert_eq!(difference["old_offset"], serde_json::Value::Null);
}

#[test]
fn folders_are_compared_file_by_file_and_no_file_may_be_missing() {
    let folder = folder();
    for name in ["old/sub", "new/sub"] {
        std::fs::create_dir_all(folder.path().join(name)).expect("a folder");
    }
    for name in ["a.xml", "sub/b.xml"] {
        write(
            folder.path(),
            &format!("old/{name}"),
            &envelope(&security(), LEFT),
        );
    }
    let ran = run(folder.path(), &["strip", "old", "--out", "new"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let ran = run(folder.path(), &["prove", "old", "new", "--json"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    assert_eq!(ran.json()["files"].as_array().expect("an array").len(), 2);

    std::fs::remove_file(folder.path().join("new/a.xml")).expect("ours");
    write(folder.path(), "new/sub/extra.xml", "");
    let ran = run(folder.path(), &["prove", "old", "new", "--json"]);
    assert_eq!(ran.exit, 1);
    assert_eq!(
        ran.err.matches("error[prove-unpaired]").count(),
        2,
        "{}",
        ran.err
    );
    assert_eq!(ran.json()["holds"], false);

    write(folder.path(), "old/bad.xml", "<!DOCTYPE a>");
    write(folder.path(), "new/bad.xml", "<!DOCTYPE a>");
    let ran = run(folder.path(), &["prove", "old", "new"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.text().contains("holds"), "{ran:?}");
    run(folder.path(), &["prove", "old", "new.xml"]).refused(2, "usage-arguments");
    run(folder.path(), &["prove", "old.xml", "gone.xml"]).refused(2, "file-unreadable");
}
