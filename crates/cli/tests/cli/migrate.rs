//! `castile migrate`: findings without a word of the file, a baseline, SARIF, and pages without a secret.

use std::path::Path;

use tempfile::TempDir;

use crate::run::run;
use crate::strip::write;

const SECRET: &str = "Planted-Secret-1";

fn sources() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir_all(folder.path().join("src")).expect("a folder");
    write(
        folder.path(),
        "src/call.py",
        &format!("import zeep\ntoken = UsernameToken('svc', '{SECRET}')\n"),
    );
    write(
        folder.path(),
        "web.config",
        &format!("<a>\n <add key=\"client_secret\" jx=\"jxchange\" value=\"{SECRET}\"/>\n</a>\n"),
    );
    write(folder.path(), "logo.bin", "x");
    folder
}

fn scan(folder: &Path, words: &[&str]) -> crate::run::Ran {
    let all: Vec<&str> = ["migrate", "scan"].iter().chain(words).copied().collect();
    let ran = run(folder, &all);
    assert!(
        !ran.text().contains(SECRET) && !ran.err.contains(SECRET),
        "{ran:?}"
    );
    ran
}

#[test]
fn findings_name_place_rule_and_remedy_and_never_the_line() {
    let folder = sources();
    let ran = scan(folder.path(), &["."]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    let text = ran.text();
    for part in [
        "src/call.py:2:9: error[wsse-code] UsernameToken",
        "web.config:2:12: error[client-secret] client_secret",
        "requests.Session",
        "2 findings in 2 files",
        "not scanned: 1 file of no kind",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let json = scan(folder.path(), &[".", "--json"]).json();
    assert_eq!(json["schema_version"], 1);
    assert_eq!(json["findings"].as_array().map(Vec::len), Some(2));
    assert_eq!(json["skipped"]["other_kind"], 1);
    let log = scan(folder.path(), &[".", "--sarif"]).json();
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_baseline_takes_known_findings_out_and_counts_them() {
    let folder = sources();
    let written = scan(folder.path(), &[".", "--write-baseline", "known.json"]);
    assert_eq!(written.exit, 0, "{written:?}");
    let known = std::fs::read_to_string(folder.path().join("known.json")).expect("the baseline");
    assert!(!known.contains(SECRET));
    let clean = scan(
        folder.path(),
        &["src", "web.config", "--baseline", "known.json"],
    );
    assert_eq!(clean.exit, 0, "{clean:?}");
    assert!(
        clean.text().contains("2 known findings in the baseline"),
        "{clean:?}"
    );
    // Whoever stands elsewhere names the files in another way, and is told.
    let elsewhere = scan(
        &folder.path().join("src"),
        &[".", "--baseline", "../known.json"],
    );
    assert_eq!(elsewhere.exit, 1, "{elsewhere:?}");
    assert!(
        elsewhere
            .text()
            .contains("2 findings of the baseline did not turn up"),
        "{elsewhere:?}"
    );
    write(
        folder.path(),
        "src/call.py",
        "\n\n\nx = UsernameToken('a', 'b')\nurl = 'https://jxdmz.jackhenry.com'\n",
    );
    let more = scan(folder.path(), &[".", "--baseline", "known.json", "--json"]);
    assert_eq!(more.exit, 1, "{more:?}");
    let json = more.json();
    assert_eq!(
        (
            json["suppressed"].as_u64(),
            json["findings"].as_array().map(Vec::len)
        ),
        (Some(2), Some(1))
    );
    assert_eq!(json["findings"][0]["rule"], "dmz-host");
    write(folder.path(), "known.json", "[]");
    scan(folder.path(), &[".", "--baseline", "known.json"]).refused(2, "migrate-baseline-syntax");
}

#[test]
fn a_path_that_is_not_there_is_an_error_and_the_rules_are_listed() {
    let folder = sources();
    let ran = scan(folder.path(), &["nowhere"]);
    assert_eq!(ran.exit, 2, "{ran:?}");
    assert!(ran.err.starts_with("error[migrate-walk]"), "{ran:?}");
    assert!(ran.text().contains("nothing was scanned"), "{ran:?}");
    let log = scan(folder.path(), &["nowhere", "--sarif"]);
    assert_eq!(log.exit, 2, "{log:?}");
    let told = &log.json()["runs"][0]["invocations"][0];
    assert_eq!(told["executionSuccessful"], false);
    scan(folder.path(), &[]).refused(2, "usage-arguments");
    let rules = scan(folder.path(), &["--rules", "--json"]).json();
    let ids: Vec<_> = rules["rules"]
        .as_array()
        .expect("rules")
        .iter()
        .map(|rule| &rule["id"])
        .collect();
    assert!(ids.iter().any(|id| *id == "private-key-sent"), "{ids:?}");
}

const CONFIG: &str = r#"version = 1

[profile.old-bank]
inst_rt_id = "011001277"
inst_env = "PROD"
product = "loan-portal"
state = "legacy"

[profile.old-bank.legacy]
url = "https://old.example/jxchange/2008/ServiceGateway/ServiceGateway.svc"
username = "svc-user-secret"
password = { env = "CASTILE_TEST_NONE" }

[profile.new-bank]
inst_rt_id = "011001276"
inst_env = "TEST"
product = "loan-portal"
state = "oauth"
client_id = "4b1f0c5e"
key = { file = "key.pem" }
jwks_url = "https://keys.example/jwks.json"

[profile.new-bank.oauth]
url = "https://gateway.example/OAuth/ServiceGateway.svc"
"#;

#[test]
fn a_report_has_a_page_for_each_profile_and_one_that_ranks_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = folder.path();
    write(at, "castile.toml", CONFIG);
    let made = run(at, &["keys", "new", "--alg", "ES256", "--out", "key.pem"]);
    assert_eq!(made.exit, 0, "{made:?}");
    let proof = r#"{"schema_version":1,"holds":true,"files":[{"holds":true,"removed":[{}]}]}"#;
    write(at, "proof.json", proof);
    let words = [
        "migrate",
        "report",
        "--today",
        "2026-11-21",
        "--proof",
        "new-bank=proof.json",
    ];
    let ran = run(at, &words);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let read = |name: &str| std::fs::read_to_string(at.join("migration").join(name)).expect(name);
    let pem = std::fs::read_to_string(at.join("key.pem")).expect("the key");
    for name in ["index", "old-bank", "new-bank"] {
        for ending in ["md", "html"] {
            let page = read(&format!("{name}.{ending}"));
            assert!(
                !page.contains("svc-user-secret") && !page.contains("PRIVATE"),
                "{page}"
            );
            assert!(
                pem.lines()
                    .all(|line| line.is_empty() || !page.contains(line)),
                "{page}"
            );
        }
    }
    let page = read("new-bank.html");
    for word in [
        "ES256",
        "https://keys.example/jwks.json",
        "4b1f0c5e",
        "1 pairs compared",
        "Thumbprint",
    ] {
        assert!(page.contains(word), "{word}: {page}");
    }
    let index = read("index.md");
    assert!(index.find("old-bank").expect("there") < index.find("new-bank").expect("there"));
    assert!(index.contains("526 days to 2028-04-30"), "{index}");
    write(at, "proof.json", "{}");
    run(at, &words).refused(2, "migrate-proof-syntax");
}
