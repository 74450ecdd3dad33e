//! `castile config check`: which profiles can work, told before anything is sent.

use std::path::Path;

use castile_sandbox::ClientKey;
use tempfile::TempDir;

#[cfg(unix)]
use crate::run::chmod;
use crate::run::{run, write_private};

fn profile(name: &str, more: &str) -> String {
    format!(
        "[profile.{name}]\ninst_rt_id = \"011001276\"\ninst_env = \"TEST\"\nproduct = \"{name}\"\n{more}"
    )
}

fn oauth(name: &str, key: &str) -> String {
    profile(
        name,
        &format!(
            "state = \"oauth\"\nclient_id = \"{name}\"\nkey = {{ file = \"{key}\" }}\n\
             oauth.url = \"https://gateway.example/{name}\"\n"
        ),
    )
}

fn folder(profiles: &[String]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let key = ClientKey::generate().expect("randomness");
    write_private(&folder.path().join("key.pem"), key.private_pem());
    let text = format!("version = 1\n{}", profiles.join("\n"));
    std::fs::write(folder.path().join("castile.toml"), text).expect("a file");
    folder
}

fn check(folder: &Path, words: &[&str]) -> crate::run::Ran {
    run(folder, &[&["config", "check"], words].concat())
}

#[test]
fn a_good_configuration_is_told_profile_by_profile() {
    let old = "state = \"legacy\"\n[profile.old.legacy]\nurl = \"https://gateway.example/old\"\n\
               username = \"u\"\npassword = { env = \"CASTILE_NO_SUCH\" }\n";
    let fine = folder(&[oauth("new", "key.pem")]);
    let ran = check(fine.path(), &[]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(
        ran.text().contains("https://gateway.example/new"),
        "{ran:?}"
    );
    assert!(
        ran.text()
            .ends_with("1 profile, 0 with something to look at\n"),
        "{ran:?}"
    );

    let missing = folder(&[oauth("new", "key.pem"), profile("old", old)]);
    let ran = check(missing.path(), &["--json"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    let told = ran.json();
    assert_eq!(told["schema_version"], 1);
    assert_eq!(
        told["profiles"][0]["findings"]
            .as_array()
            .expect("a list")
            .len(),
        0
    );
    assert_eq!(told["profiles"][1]["state"], "legacy");
    assert_eq!(
        told["profiles"][1]["findings"][0]["code"],
        "config-secret-env"
    );
}

#[test]
fn a_key_of_no_use_is_found_without_the_other_profiles_suffering() {
    let folder = folder(&[
        oauth("good", "key.pem"),
        oauth("none", "absent.pem"),
        oauth("wrong", "castile.toml"),
    ]);
    let ran = check(folder.path(), &[]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.text().contains("absent.pem"), "{ran:?}");
    assert!(
        ran.text()
            .ends_with("3 profiles, 2 with something to look at\n"),
        "{ran:?}"
    );

    #[cfg(unix)]
    {
        chmod(&folder.path().join("key.pem"), 0o644);
        let ran = check(folder.path(), &[]);
        assert!(
            ran.text()
                .ends_with("3 profiles, 3 with something to look at\n"),
            "{ran:?}"
        );
    }
}

#[test]
fn what_is_no_configuration_is_an_error() {
    let folder = folder(&["[profile.a]\nstat = \"oauth\"\n".to_owned()]);
    let ran = check(folder.path(), &[]);
    assert_eq!(ran.exit, 2, "{ran:?}");
    assert!(ran.err.contains("config-unknown-key"), "{ran:?}");
}

/// The codes of the findings on each profile.
fn codes(ran: &crate::run::Ran) -> Vec<Vec<String>> {
    let told = ran.json();
    let profiles = told["profiles"].as_array().expect("a list").iter();
    let findings = profiles.map(|profile| profile["findings"].as_array().expect("a list").iter());
    let code = |finding: &serde_json::Value| finding["code"].as_str().expect("a code").to_owned();
    findings
        .map(|findings| findings.map(code).collect())
        .collect()
}

#[test]
fn what_should_not_stay_as_it_is_is_told_with_its_code() {
    let folder = folder(&[
        oauth("dates", "key.pem")
            + "[profile.dates.dates]\nrequested = 2026-03-01\njwks_registered = 2026-02-01\njxchange_authorized = 2999-01-01\n",
        oauth("on-premise", "key.pem").replace("gateway.example", "10.0.0.7"),
        oauth("symitar", "key.pem").replace("gateway.example/", "cu.example/SymXchange/"),
        oauth("way", "key.pem") + "[profile.way.egress]\nroots = \"absent.pem\"\n",
        oauth("within", "key.pem")
            + "[profile.within.service.Inquiry]\ntimeout = 5\n\
               [profile.within.operation.XferAdd]\nclient_id = \"money\"\nkey = { file = \"absent.pem\" }\n",
    ]);
    let ran = check(folder.path(), &["--json"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert_eq!(
        codes(&ran),
        [
            &["config-date-order", "config-date-ahead"][..],
            &["config-on-premise"],
            &["config-symxchange"],
            &["config-roots"],
            &["config-secret-file"],
        ]
    );
    assert_eq!(ran.json()["profiles"][4]["operations"][0], "XferAdd");
    let ran = check(folder.path(), &[]);
    assert_eq!(ran.text().matches("nothing to do").count(), 2, "{ran:?}");
}

#[test]
fn a_profile_is_checked_for_the_state_that_it_is_to_be_moved_to() {
    let both = |name: &str, state: &str, key: &str| {
        oauth(name, key).replace(
            "state = \"oauth\"\n",
            &format!(
                "state = \"{state}\"\nevidence = \"seen\"\nlegacy.url = \"https://gateway.example/old\"\n"
            ),
        )
    };
    let folder = folder(&[
        both("a-shadow", "shadow", "key.pem"),
        both("b-shadow", "shadow", "castile.toml"),
        both("c-legacy", "legacy", "absent.pem"),
    ]);
    let ran = check(folder.path(), &["--json"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    let codes = codes(&ran);
    assert!(codes[0].is_empty(), "{codes:?}");
    assert_eq!(codes[1].len(), 1, "{codes:?}");
    assert_eq!(codes[2], ["config-secret-file"]);
}

#[test]
fn names_that_no_contract_has_are_found() {
    let folder = folder(&[oauth("a", "key.pem")
        + "[profile.a.service.Inquiry]\noperations = [\"AcctInq\", \"AcctInk\"]\n\
           [profile.a.service.Inquiries]\n[profile.a.operation.CustInq]\n[profile.a.operation.CustInc]\n"]);
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wsdl/sample");
    let ran = check(folder.path(), &["--contract", sample, "--json"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    let told = ran.json();
    let facts: Vec<_> = told["profiles"][0]["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .collect();
    assert!(
        facts
            .iter()
            .all(|found| found["code"] == "config-not-in-contract"),
        "{facts:?}"
    );
    let facts: Vec<_> = facts
        .iter()
        .map(|found| found["fact"].as_str().expect("text"))
        .collect();
    assert_eq!(
        facts,
        [
            "the contract has no service `Inquiries`",
            "the contract has no operation `CustInc`",
            "the contract has no operation `AcctInk`"
        ]
    );
}

#[test]
fn the_schema_is_printed_for_editors() {
    let ran = run(Path::new("."), &["config", "schema"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let schema = ran.json();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert_eq!(schema["properties"]["version"]["const"], 1);
}

#[cfg(unix)]
#[test]
fn a_configuration_that_others_can_write_is_refused() {
    let folder = folder(&[oauth("a", "key.pem")]);
    chmod(&folder.path().join("castile.toml"), 0o666);
    let ran = check(folder.path(), &[]);
    assert_eq!(ran.exit, 2, "{ran:?}");
    assert!(ran.err.contains("config-writable"), "{ran:?}");
}

#[test]
fn whether_permissions_were_examined_is_part_of_the_answer() {
    let folder = folder(&[oauth("new", "key.pem")]);
    let told = check(folder.path(), &["--json"]).json();
    assert_eq!(told["permissions_examined"], cfg!(unix));
    let ran = check(folder.path(), &[]);
    let is_told = ran.text().contains("Not examined on this system");
    assert_eq!(is_told, cfg!(not(unix)), "{ran:?}");
}

#[test]
fn a_configuration_without_a_profile_is_no_good_one() {
    let folder = folder(&[]);
    let ran = check(folder.path(), &[]);
    let told = ran.refused(2, "config-no-profile");
    assert!(told.line("do").contains("[profile.NAME]"), "{ran:?}");
}
