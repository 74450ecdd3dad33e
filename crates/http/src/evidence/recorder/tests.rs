//! Evidence of several recorders in one file.

use std::collections::BTreeMap;

use castile_envelope::Comparison;

use super::*;

fn differed(first: &str, second: &str) -> Outcome {
    let reply = |inner: &str| {
        format!(
            "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>{inner}</s:Body></s:Envelope>"
        )
    };
    let comparison = Comparison::default();
    let found = comparison.differences(reply(first).as_bytes(), reply(second).as_bytes());
    Outcome::Differed(found.unwrap().unwrap())
}

#[test]
fn what_many_saw_is_added_up_and_holds_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seen/a.json");
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || {
                for _ in 0..10 {
                    let evidence = Evidence::new(&path, "a");
                    evidence.shadowed("AcctInq", &Outcome::Agreed);
                    evidence.shadowed(
                        "AcctInq",
                        &differed("<R><A>canary</A></R>", "<R><A>2</A><B/></R>"),
                    );
                    evidence.shadowed("AcctSrch", &Outcome::Failed("gateway-unauthorized"));
                    evidence.called(State::Shadow, Ok(200));
                    // Its handle is the last: it writes.
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let evidence = Evidence::new(&path, "a");
    evidence.token(1);
    evidence.called(State::Shadow, Err("timeout-answer"));
    evidence.flush().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("canary"), "{text}");
    let seen = Seen::read(&path, "a").unwrap().unwrap();
    let shadow = seen.shadow.unwrap();
    let inquiry = &shadow.operations["AcctInq"];
    assert_eq!((inquiry.agreed, inquiry.differed), (40, 40));
    assert_eq!(
        inquiry.paths,
        BTreeMap::from([("R/A".to_owned(), 40), ("R/B".to_owned(), 40)])
    );
    let search = &shadow.operations["AcctSrch"];
    assert_eq!(
        (search.failed, search.codes["gateway-unauthorized"]),
        (40, 40)
    );
    assert!(shadow.first <= shadow.last && seen.last_token.unwrap() >= shadow.first);
    let call = seen.last_call.unwrap();
    assert_eq!(
        (call.state.as_str(), call.status, call.code.as_deref()),
        ("shadow", None, Some("timeout-answer"))
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_file_of_another_form_or_profile_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    for (text, code) in [
        ("{}", "evidence-syntax"),
        ("", "evidence-syntax"),
        ("{\"schema_version\": 2}", "evidence-version"),
        (
            "{\"schema_version\": 1, \"profile\": \"b\"}",
            "evidence-profile",
        ),
    ] {
        std::fs::write(&path, text).unwrap();
        let evidence = Evidence::new(&path, "a");
        evidence.called(State::Oauth, Ok(200));
        assert_eq!(evidence.flush().unwrap_err().code(), code, "{text}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        assert_eq!(Seen::read(&path, "a").unwrap_err().code(), code);
        // Nothing is lost: once the file is out of the way it is written.
        std::fs::remove_file(&path).unwrap();
        evidence.flush().unwrap();
        assert!(Seen::read(&path, "a").unwrap().unwrap().last_call.is_some());
    }
    assert_eq!(
        Seen::read(&folder.path().join("none.json"), "a").unwrap(),
        None
    );
}

#[tokio::test]
async fn what_was_seen_is_written_without_a_word_of_the_callers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let evidence = Evidence::new(&path, "a");
    evidence.called(State::Oauth, Ok(200));
    while !path.exists() {
        ::tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(evidence);
}

#[test]
fn names_from_outside_are_bounded() {
    let mut seen = Seen::nothing("a");
    let at = Moment::of(std::time::UNIX_EPOCH);
    for number in 0..10_000 {
        seen.note(at, &format!("Op{number}Inq"), &Outcome::Agreed);
        let one = format!("<A{number}/>");
        seen.note(at, "Op1Inq", &differed(&one, "<B/>"));
    }
    let shadow = seen.shadow.unwrap();
    assert!(shadow.operations.len() <= 257);
    let tally = &shadow.operations["Op1Inq"];
    assert!(tally.paths.len() <= 64 && tally.more_paths && tally.differed == 10_000);
    assert_eq!(shadow.total().agreed, 10_000);
    assert_eq!(at.to_string(), "1970-01-01T00:00:00Z");
}
