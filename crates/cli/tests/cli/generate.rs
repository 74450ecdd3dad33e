//! `castile generate`: a crate from the sample contract, checked, and refused where it cannot be.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::run::run;

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/sample")
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn generate(folder: &Path, more: &[&str]) -> crate::run::Ran {
    let sample = sample();
    let mut words = vec!["generate", "--wsdl", sample.to_str().expect("UTF-8")];
    words.extend(more);
    run(folder, &words)
}

#[test]
fn a_crate_comes_out_and_check_finds_what_was_edited() {
    let folder = folder();
    let words = [
        "--ops",
        "AcctSrch,CustInq",
        "--out",
        "bank",
        "--crate-name",
        "bank-client",
    ];
    let ran = generate(folder.path(), &words);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(
        ran.text().starts_with("bank: 2 operations, 2 services, "),
        "{ran:?}"
    );
    let manifest = std::fs::read_to_string(folder.path().join("bank/Cargo.toml"));
    let manifest = manifest.expect("a manifest");
    assert!(manifest.contains("name = \"bank-client\""), "{manifest}");

    let check = [&words[..], &["--check"]].concat();
    let ran = generate(folder.path(), &check);
    assert_eq!((ran.exit, ran.text(), ran.err.as_str()), (0, "", ""));

    let edited = folder.path().join("bank/src/lib.rs");
    let text = std::fs::read_to_string(&edited).expect("generated");
    std::fs::write(&edited, format!("{text}// by hand\n")).expect("it is ours");
    std::fs::remove_file(folder.path().join("bank/src/inquiry.rs")).expect("generated");
    let ran = generate(folder.path(), &check);
    assert_eq!((ran.exit, ran.err.as_str()), (1, ""));
    let differences: Vec<_> = ran.text().lines().collect();
    assert_eq!(differences.len(), 2, "{differences:?}");
    assert!(
        differences
            .iter()
            .any(|line| line.starts_with("bank/src/inquiry.rs: missing"))
    );
    assert!(
        differences
            .iter()
            .any(|line| line.starts_with("bank/src/lib.rs:"))
    );
    // Check writes nothing.
    assert!(!folder.path().join("bank/src/inquiry.rs").exists());

    assert_eq!(generate(folder.path(), &words).exit, 0);
    assert_eq!(generate(folder.path(), &check).exit, 0);
}

#[test]
fn an_operation_that_is_not_there_is_named_and_the_like_of_it_offered() {
    let folder = folder();
    let ran = generate(folder.path(), &["--ops", "acctsrch", "--out", "bank"]);
    let shown = ran.refused(2, "wsdl-unknown-operation");
    assert!(ran.err.contains("`acctsrch`"), "{ran:?}");
    assert!(shown.line("do").contains("AcctSrch"), "{ran:?}");
    assert!(!folder.path().join("bank").exists());
}

#[test]
fn a_dangling_reference_is_told_with_file_and_line() {
    let folder = folder();
    for entry in std::fs::read_dir(sample()).expect("the sample") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a file").to_owned();
        std::fs::copy(&path, folder.path().join(name)).expect("a copy");
    }
    let contract = folder.path().join("TPG_Inquiry.wsdl");
    let text = std::fs::read_to_string(&contract).expect("a contract");
    let broken = text.replace("element=\"tns:AcctSrch\"", "element=\"tns:AcctSearch\"");
    let line = 1 + broken[..broken.find("AcctSearch").expect("replaced")]
        .matches('\n')
        .count();
    std::fs::write(&contract, broken).expect("it is ours");
    let ran = run(
        folder.path(),
        &["generate", "--wsdl", "TPG_Inquiry.wsdl", "--out", "bank"],
    );
    let shown = ran.refused(2, "wsdl-dangling-reference");
    assert_eq!(shown.line("at"), format!("TPG_Inquiry.wsdl:{line}"));
    assert!(ran.err.contains("AcctSearch"), "{ran:?}");
    assert!(!folder.path().join("bank").exists());
}

#[test]
fn a_hand_written_file_in_the_way_stops_it_before_the_first_byte() {
    let folder = folder();
    let source = folder.path().join("bank/src");
    std::fs::create_dir_all(&source).expect("a folder");
    std::fs::write(source.join("lib.rs"), "// mine\n").expect("a file");
    let ran = generate(folder.path(), &["--ops", "AcctSrch", "--out", "bank"]);
    let shown = ran.refused(2, "output-hand-written");
    assert_eq!(shown.line("at"), "bank/src/lib.rs");
    let kept = std::fs::read_to_string(source.join("lib.rs"));
    assert_eq!(kept.expect("still there"), "// mine\n");
    assert!(!folder.path().join("bank/Cargo.toml").exists());
}

#[test]
fn a_name_that_cargo_would_refuse_is_refused_before_anything_is_written() {
    let folder = folder();
    for name in ["bad name", "", "7up", "a\"\nb", "ü"] {
        let words = ["--out", "bank", "--crate-name", name];
        generate(folder.path(), &words).refused(2, "usage-arguments");
    }
    assert!(!folder.path().join("bank").exists());
}

#[test]
fn input_that_is_no_contract_is_named() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("empty")).expect("a folder");
    std::fs::write(folder.path().join("page.wsdl"), "<html/>").expect("a file");
    std::fs::write(folder.path().join("half.wsdl"), "<definitions>").expect("a file");
    for (path, code, at) in [
        ("nowhere", "wsdl-unreadable", "nowhere"),
        ("empty", "wsdl-none-found", "empty"),
        ("page.wsdl", "wsdl-wrong-root", "page.wsdl:1"),
        ("half.wsdl", "wsdl-truncated", "half.wsdl:1"),
    ] {
        let ran = run(
            folder.path(),
            &["generate", "--wsdl", path, "--out", "bank"],
        );
        assert_eq!(ran.refused(2, code).line("at"), at);
    }
    assert!(!folder.path().join("bank").exists());
}

#[test]
fn what_a_selection_saves_is_said_in_words_and_as_json() {
    let folder = folder();
    let ran = generate(folder.path(), &["--services", "Inquiry", "--ops", "Ping"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let lines: Vec<_> = ran.text().lines().collect();
    assert!(
        lines[0].starts_with("client: 1 operation, 1 service, "),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("left out: 10 of 11 operations, "),
        "{lines:?}"
    );
    assert!(
        lines[1].contains(" definitions, ") && lines[1].ends_with(" lines"),
        "{lines:?}"
    );

    let ran = generate(
        folder.path(),
        &["--ops", "AcctInq", "--out", "bank", "--json"],
    );
    let report = ran.json();
    assert_eq!(report["schema_version"], 1);
    assert_eq!(
        (&report["version"], &report["out"]),
        (&"2024.1.03".into(), &"bank".into())
    );
    let (made, whole) = (&report["made"], &report["whole"]);
    assert_eq!(
        (&made["operations"], &whole["operations"]),
        (&1.into(), &11.into())
    );
    for size in ["definitions", "structs", "lines"] {
        assert!(
            made[size].as_u64() < whole[size].as_u64(),
            "{size}: {report}"
        );
    }
    let ran = generate(
        folder.path(),
        &["--ops", "AcctInq", "--out", "bank", "--check", "--json"],
    );
    assert_eq!(ran.json()["differences"], serde_json::json!([]));
    let ran = generate(folder.path(), &["--out", "bank", "--check", "--json"]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.json()["differences"]
            .as_array()
            .is_some_and(|list| list.len() > 3)
    );
    assert_eq!(ran.json()["whole"], serde_json::Value::Null);
}

#[test]
fn an_output_folder_that_cannot_be_is_not_blamed_on_the_contract() {
    let folder = folder();
    std::fs::write(folder.path().join("bank"), "mine").expect("a file");
    let ran = generate(folder.path(), &["--out", "bank"]);
    assert_eq!(ran.refused(2, "output-no-folder").line("at"), "bank");
    let ran = generate(folder.path(), &["--out", "bank/deep"]);
    ran.refused(2, "output-unwritable");
    generate(folder.path(), &["--services", "Loan"]).refused(2, "wsdl-unknown-service");
}
