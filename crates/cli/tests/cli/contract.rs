//! `castile contract`: what it finds in the sample, and how it marks the differences of two versions of it.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::run::{Ran, run};

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/sample")
}

fn contract(words: &[&str]) -> Ran {
    let sample = sample();
    let sample = sample.to_str().expect("UTF-8");
    let words = [&["contract"], words, &["--contract", sample]].concat();
    run(Path::new(env!("CARGO_MANIFEST_DIR")), &words)
}

/// The sample as its next release might be.
pub(crate) fn next_release(changes: &[(&str, &str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for entry in std::fs::read_dir(sample()).expect("the sample") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a file").to_str().expect("UTF-8");
        let mut text = std::fs::read_to_string(&path).expect("text");
        for (_, from, to) in changes.iter().filter(|(file, ..)| name.contains(file)) {
            assert!(text.contains(from), "{name}: {from}");
            text = text.replace(from, to);
        }
        std::fs::write(folder.path().join(name), text).expect("ours");
    }
    folder
}

#[test]
fn list_names_every_operation_with_what_it_does() {
    let ran = contract(&["list"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    let text = ran.text();
    assert!(text.starts_with("Version 2024.1.03: 3 services, 11 operations\n"));
    assert!(text.contains("\nInquiry\n  Ping "), "{text}");
    let wanted = "  AcctSrch      Searches accounts by";
    assert!(text.contains(wanted), "{text}");

    let json = contract(&["list", "--json"]).json();
    assert_eq!(json["schema_version"], 1);
    assert_eq!(json["version"], "2024.1.03");
    let service = &json["services"][1];
    assert_eq!(service["name"], "Inquiry");
    assert_eq!(
        service["operations"][2]["action"],
        "http://jackhenry.com/ws/AcctInq"
    );
    let markdown = contract(&["list", "--markdown"]);
    let wanted = "\n## Inquiry\n\n| Operation | About |\n|---|---|\n| Ping |";
    assert!(markdown.text().contains(wanted), "{markdown:?}");
}

#[test]
fn show_tells_the_messages_of_each_operation_of_a_name() {
    let ran = contract(&["show", "Inquiry.AcctInq"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    for wanted in [
        "Inquiry.AcctInq\n",
        "  SOAPAction  http://jackhenry.com/ws/AcctInq\n",
        "\nrequest: AcctInq\n",
        "\n  InAcctId           1     AccountId_CType ",
        "\nresponse: AcctInqResponse\n",
        "\nfault: HdrFault\n",
    ] {
        assert!(ran.text().contains(wanted), "{wanted}: {}", ran.text());
    }
    let json = contract(&["show", "Ping", "--json"]).json();
    let operations = json["operations"].as_array().expect("a list");
    let services: Vec<_> = operations.iter().map(|found| &found["service"]).collect();
    assert_eq!(services, ["Customer", "Inquiry", "Transaction"]);
    let request = &operations[0]["messages"][0];
    assert_eq!(request["role"], "request");
    assert_eq!(request["children"][0]["name"], "PingRq");

    let ran = contract(&["show", "acctinq"]);
    let shown = ran.refused(2, "wsdl-unknown-operation");
    assert_eq!(shown.line("do"), "did you mean AcctInq?");
}

#[test]
fn tree_goes_as_deep_as_it_is_told() {
    let ran = contract(&["tree", "AccountId_CType"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    assert_eq!(
        ran.text(),
        "AccountId_CType @Rstr\n  AcctId 1, AcctId_Type (string), @JHANull, @Rstr, @MaskVal\n  \
         AcctType 1, AcctType_Type (string), @JHANull, @Rstr\n"
    );
    let lines = |depth: &str| {
        let ran = contract(&["tree", "AcctInqResponse", "--depth", depth]);
        ran.text().lines().count()
    };
    assert_eq!(lines("0"), 1);
    assert!(lines("1") > 4 && lines("2") > lines("1"));
    let markdown = contract(&["tree", "AccountId_CType", "--markdown"]);
    let first = markdown.text().lines().next().unwrap_or_default();
    assert!(
        first.starts_with("- `AccountId_CType` `@Rstr`: An account"),
        "{first}"
    );
    let ran = contract(&["tree", "AccountID_CType"]);
    let shown = ran.refused(2, "wsdl-unknown-type");
    assert!(shown.line("do").contains("AccountId_CType"));
}

#[test]
fn search_looks_into_names_and_documentation() {
    let json = contract(&["search", "XFERKEY", "--json"]).json();
    let hits = json["hits"].as_array().expect("a list");
    let has = |kind: &str, name: &str| {
        hits.iter()
            .any(|hit| hit["kind"] == kind && hit["name"] == name)
    };
    assert!(has("type", "XferKey_Type") && has("field", "XferAddRs_MType/XferKey"));
    let ran = contract(&["search", "moves money"]);
    assert!(ran.text().contains("XferAddRq_MType"), "{ran:?}");
    let ran = contract(&["search", "no such word"]);
    assert_eq!((ran.exit, ran.text()), (1, "0 hits\n"));
}

#[test]
fn diff_marks_what_breaks_the_operations_in_use_and_says_so_to_scripts() {
    let next = next_release(&[
        (
            "Master.xsd",
            "version=\"2024.1.03\"",
            "version=\"2025.0.00\"",
        ),
        (".wsdl", "version=\"2024.1.03\"", "version=\"2025.0.00\""),
        (
            "TPG_InquiryMaster",
            "<xsd:element name=\"ChkNumStart\"",
            "<xsd:element name=\"ChkKind\" type=\"SrtMthd_Type\" />\n<xsd:element name=\"ChkNumStart\"",
        ),
    ]);
    let next = next.path().to_str().expect("UTF-8");
    let sample = sample();
    let sample = sample.to_str().expect("UTF-8");
    let diff = |words: &[&str]| {
        let words = [&["contract", "diff", sample, next], words].concat();
        run(Path::new(env!("CARGO_MANIFEST_DIR")), &words)
    };
    let ran = diff(&[]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    let wanted = "2024.1.03 to 2025.0.00\n\nBreaking: 1\n  field-added  AcctHistSrchRq_MType/ChkKind  \
                  SrtMthd_Type, 1  Inquiry.AcctHistSrch\n\n1 change, 1 breaking\n";
    assert_eq!(ran.text(), wanted);
    assert_eq!(diff(&["--fail-on", "breaking"]).exit, 1);

    // For who only calls AcctSrch nothing is different.
    let ran = diff(&["--ops", "AcctSrch", "--fail-on", "any"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(
        ran.text()
            .ends_with("0 changes, 0 breaking; 1 more change elsewhere\n")
    );
    let json = diff(&["--ops", "AcctSrch", "--json"]).json();
    let change = &json["changes"][0];
    assert_eq!(json["schema_version"], 1);
    assert_eq!(
        (&change["breaking"], &change["in_use"]),
        (&false.into(), &false.into())
    );
    let markdown = diff(&["--markdown"]);
    let wanted =
        "## 2024.1.03 to 2025.0.00\n\n### Breaking: 1\n\n| Change | Where | What | Operations |\n";
    assert!(markdown.text().starts_with(wanted), "{markdown:?}");
    diff(&["--ops", "AcctSearch"]).refused(2, "wsdl-unknown-operation");
}

#[test]
fn every_way_to_look_takes_a_catalogue() {
    let away = "https://example.invalid/messages.xsd";
    let next = next_release(&[("TPG_Inquiry.wsdl", "TPG_InquiryMaster.xsd", away)]);
    let next = next.path();
    let catalog = next.join("catalog.xml");
    let entries = format!(
        "<catalog xmlns='urn:oasis:names:tc:entity:xmlns:xml:catalog'>\
         <system systemId='{away}' uri='TPG_InquiryMaster.xsd'/></catalog>"
    );
    std::fs::write(&catalog, entries).expect("ours");
    let catalog = catalog.to_str().expect("UTF-8");
    let next = next.to_str().expect("UTF-8");
    for words in [
        &["list", "--contract", next][..],
        &["show", "AcctInq", "--contract", next],
        &["tree", "AccountId_CType", "--contract", next],
        &["search", "AcctInq", "--contract", next],
        &["diff", next, next],
        &["sample", "AcctInq", "--contract", next],
    ] {
        let words = [&["contract"], words].concat();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        run(folder, &words).refused(2, "schema-missing-file");
        let ran = run(folder, &[&words[..], &["--catalog", catalog]].concat());
        assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{words:?}");
    }
}

#[test]
fn an_address_is_answered_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = "https://bank.example/Inquiry.svc?wsdl";
    for words in [
        &["contract", "list", "--contract", url][..],
        &["generate", "--wsdl", url],
    ] {
        let ran = run(folder.path(), words);
        let shown = ran.refused(2, "wsdl-remote");
        assert_eq!(shown.line("at"), "https://bank.example/Inquiry.svc");
        assert!(shown.line("do").starts_with("download it"), "{ran:?}");
    }
}
