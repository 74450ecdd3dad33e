//! `castile call` and `castile ping`: through the sandbox's provider and gateway, by the sample contract.

use std::path::{Path, PathBuf};

use castile_sandbox::testing::TestBank;
use castile_sandbox::{Contract, Sandbox, Step};
use tempfile::TempDir;

use crate::run::{Ran, feed, run};

pub(crate) fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/sample")
}

/// A bank that runs while the binary is called.
pub(crate) struct World {
    pub(crate) bank: TestBank,
    /// Serves as long as it is there.
    _runtime: tokio::runtime::Runtime,
    /// Where the binary runs; its files are none of the bank's.
    pub(crate) folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let bank = runtime.block_on(async {
            let contract = Contract::read([sample()]).expect("the sample");
            TestBank::with(contract, Sandbox::builder()).await
        });
        Self {
            bank: bank.expect("a bank"),
            _runtime: runtime,
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub(crate) fn words<'w>(&self, command: &'w str, words: &[&'w str]) -> Vec<String> {
        let (contract, config) = (sample(), self.bank.config());
        let mut all = vec![command.to_owned()];
        all.extend(words.iter().map(|word| (*word).to_owned()));
        all.extend(["--contract".to_owned(), contract.display().to_string()]);
        all.extend(["--config".to_owned(), config.display().to_string()]);
        all
    }

    pub(crate) fn call(&self, words: &[&str]) -> Ran {
        let words = self.words("call", words);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        run(self.folder.path(), &words)
    }

    pub(crate) fn cust_inq(&self, more: &[&str]) -> Ran {
        let words = ["CustInq", "--profile", "sandbox", "--set", "CustId=C-77"];
        self.call(&[&words, more].concat())
    }

    pub(crate) fn xfer_add(&self, more: &[&str]) -> Ran {
        self.call(&[&["XferAdd", "--profile", "sandbox"], XFER, more].concat())
    }
}

pub(crate) const XFER: &[&str] = &[
    "--set",
    "XferRec/XferSrcType=ACH",
    "--set",
    "AcctIdFrom/FromAcctId=A-77",
    "--set",
    "AcctIdFrom/FromAcctType=D",
    "--set",
    "AcctIdTo/ToAcctId=A-78",
    "--set",
    "AcctIdTo/ToAcctType=D",
    "--set",
    "XferRec/Amt=12.50",
];

#[test]
fn a_read_is_made_of_values_and_answered_in_each_form() {
    let world = World::new();
    let ran = world.cust_inq(&[]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(ran.text().starts_with("path "), "{ran:?}");
    assert!(ran.text().contains("MsgRsHdr/jXchangeHdr/"), "{ran:?}");
    let sent = world.bank.sent("CustInq").once();
    assert_eq!(sent.value("CustId").as_deref(), Some("C-77"));
    for (name, value) in [
        ("InstRtId", "012345678"),
        ("InstEnv", "TEST"),
        ("AuditUsrId", "sandbox-user"),
    ] {
        let path = format!("MsgRqHdr/jXchangeHdr/{name}");
        assert_eq!(sent.value(&path).as_deref(), Some(value), "{path}");
    }
    let id = sent
        .value("MsgRqHdr/jXchangeHdr/jXLogTrackingId")
        .expect("an id");
    assert_eq!(id.len(), 36);

    let told = world.cust_inq(&["--json"]).json();
    assert_eq!(told["schema_version"], 1);
    assert_eq!(told["operation"], "CustInq");
    assert!(
        told["tracking_id"]
            .as_str()
            .is_some_and(|again| again != id)
    );
    assert!(told["leaves"][0]["path"].is_string());
    let csv = world.cust_inq(&["--csv"]);
    assert!(csv.text().starts_with("path,value\r\nMsgRsHdr/"), "{csv:?}");
    let xml = world.cust_inq(&["--xml"]);
    assert!(xml.text().contains("<CustInqResponse"), "{xml:?}");
    world.bank.sent("CustInq").times(4);
}

#[test]
fn a_message_is_taken_from_a_file_and_its_header_filled() {
    let world = World::new();
    let body = "<CustInq xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><MsgRqHdr><jXchangeHdr/></MsgRqHdr>\
        <CustId>C-1</CustId></CustInq>";
    let words = world.words(
        "call",
        &[
            "CustInq",
            "--profile",
            "sandbox",
            "--body",
            "-",
            "--set",
            "CustId=C-2",
        ],
    );
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ran = feed(world.folder.path(), &words, body.as_bytes());
    assert_eq!(ran.exit, 0, "{ran:?}");
    let sent = world.bank.sent("CustInq").once();
    assert_eq!(sent.value("CustId").as_deref(), Some("C-2"));
    assert!(sent.value("MsgRqHdr/jXchangeHdr/AuditWsId").is_some());
    let ran = world.call(&["CustInq", "--profile", "sandbox", "--body", "absent.xml"]);
    ran.refused(2, "file-unreadable");
}

#[test]
fn what_cannot_be_composed_is_told_before_anything_is_sent_and_without_values() {
    let world = World::new();
    for (words, code, told) in [
        (&["--set", "Cust=77"][..], "compose-unknown", "CustId"),
        (&["--set", "CustId/x=77"], "compose-unknown", "CustId/x"),
        (&["--set", "77"], "usage-set", "1."),
        (
            &["--set", "AccountId/AcctId=77"],
            "compose-missing",
            "AccountId/AcctType",
        ),
        (&["--set", "a b=77"], "compose-path", "a b"),
    ] {
        let ran = world.call(&[&["CustInq", "--profile", "sandbox"], words].concat());
        ran.refused(2, code);
        assert!(ran.err.contains(told), "{ran:?}");
        assert!(!ran.err.contains("77"), "{ran:?}");
    }
    let ran = world.call(&["CustInk", "--profile", "sandbox"]);
    ran.refused(2, "wsdl-unknown-operation");
    // A surplus word may be a value.
    let ran = world.call(&["CustInq", "TaxId=778899", "--profile", "sandbox"]);
    ran.refused(2, "usage-arguments");
    assert!(!ran.err.contains("778899"), "{ran:?}");
    let ran = world.call(&["CustInq", "--set", "CustId=1"]);
    let shown = ran.refused(2, "usage-profile");
    assert!(ran.err.contains("sandbox, sandbox-legacy"), "{shown:?}");
    assert_eq!(world.bank.running().counters().gateway_requests, 0);
}

#[test]
fn a_change_needs_the_word_and_in_prod_the_profile_twice() {
    let world = World::new();
    world.xfer_add(&[]).refused(2, "usage-write");
    let ran = world.xfer_add(&["--write"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    world.bank.sent("XferAdd").once();

    let config = std::fs::read_to_string(world.bank.config()).expect("a file");
    std::fs::write(world.bank.config(), config.replace("\"TEST\"", "\"PROD\"")).expect("a file");
    world.xfer_add(&["--write"]).refused(2, "usage-confirm");
    let ran = world.xfer_add(&["--write", "--confirm", "sandbox-legacy"]);
    ran.refused(2, "usage-confirm");
    world.bank.sent("XferAdd").once();
    let ran = world.xfer_add(&["--write", "--confirm", "sandbox"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    world.bank.sent("XferAdd").times(2);
}

#[test]
fn a_dry_run_shows_the_message_without_values_and_sends_nothing() {
    let world = World::new();
    let ran = world.xfer_add(&["--dry-run"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let text = ran.text();
    assert!(text.starts_with("POST http://127.0.0.1:"), "{text}");
    assert!(text.contains("authorization: Bearer [not shown]"), "{text}");
    assert!(text.contains("<Amt>***</Amt>"), "{text}");
    assert!(!text.contains("12.50") && !text.contains("A-77"), "{text}");
    let ran = world.xfer_add(&["--dry-run", "--show-values"]);
    assert!(ran.text().contains("<Amt>12.50</Amt>"), "{ran:?}");
    let counters = world.bank.running().counters();
    assert_eq!((counters.token_requests, counters.gateway_requests), (0, 0));
}

#[test]
fn a_profile_of_the_old_model_sends_its_login_and_never_shows_it() {
    let world = World::new();
    // A shadow, beside the two that the bank has: both models' tables are in its file.
    let config = std::fs::read_to_string(world.bank.config()).expect("a file");
    let table = config.split_once("[profile.sandbox-legacy.legacy]");
    let (_, table) = table.expect("a table");
    let config =
        config.replace("\"oauth\"", "\"shadow\"") + &format!("\n[profile.sandbox.legacy]{table}");
    std::fs::write(world.bank.config(), config).expect("a file");

    for profile in ["sandbox-legacy", "sandbox"] {
        let call = |words: &[&str]| {
            let named = ["CustInq", "--profile", profile, "--set", "CustId=C-77"];
            world.call(&[&named, words].concat())
        };
        let shown = call(&["--dry-run"]);
        let told = call(&["--dry-run", "--show-values"]);
        assert_eq!((shown.exit, told.exit), (0, 0), "{shown:?} {told:?}");
        for ran in [&shown, &told] {
            assert!(ran.text().contains("<wsse:Username>***<"), "{ran:?}");
            assert!(ran.text().contains("\">***</wsse:Password>"), "{ran:?}");
            assert!(!ran.text().contains("Bearer"), "{ran:?}");
        }
        assert!(!shown.text().contains("C-77"), "{shown:?}");
        assert!(told.text().contains("<CustId>C-77</CustId>"), "{told:?}");

        let before = world.bank.running().requests().len();
        let ran = call(&["--json"]);
        assert_eq!(ran.exit, 0, "{ran:?}");
        let requests = world.bank.running().requests();
        assert_eq!(requests.len(), before + 1, "nothing is repeated");
        let sent = &requests[before];
        let body = String::from_utf8_lossy(&sent.body);
        assert!(!sent.bearer && body.contains(">sandbox-password</wsse:Password>"));
        for ran in [shown, told, ran] {
            let out = format!("{}{}", ran.text(), ran.err);
            assert!(!out.contains("sandbox-password"), "{profile}");
        }
    }
    assert_eq!(world.bank.running().counters().token_requests, 0);

    // A wrong password is the gateway's to refuse, and is shown no more than a right one.
    let password = world.bank.config().with_file_name("password");
    std::fs::write(password, "wrong-password").expect("a file");
    let ran = world.call(&[
        "CustInq",
        "--profile",
        "sandbox-legacy",
        "--set",
        "CustId=C-1",
    ]);
    assert_eq!(ran.exit, 5, "{ran:?}");
    assert!(!ran.err.contains("wrong-password"), "{ran:?}");
}

#[test]
fn an_open_outcome_is_told_with_its_id_and_how_to_look_it_up() {
    let world = World::new();
    world
        .bank
        .script("XferAdd", [Step::CutAfter])
        .expect("an operation");
    let ran = world.xfer_add(&["--write"]);
    ran.refused(6, "gateway-interrupted");
    let sent = world.bank.sent("XferAdd").once();
    let id = sent
        .value("MsgRqHdr/jXchangeHdr/jXLogTrackingId")
        .expect("an id");
    for told in [
        "outcome: UNKNOWN",
        &id,
        "XferSrch",
        "AcctIdFrom/FromAcctId, ",
    ] {
        assert!(ran.err.contains(told), "{told}: {ran:?}");
    }
    assert!(
        !ran.err.contains("A-77") && !ran.err.contains("12.50"),
        "{ran:?}"
    );

    // The provider's own refusal is no open outcome.
    world
        .bank
        .script("XferAdd", [Step::HdrFault(900_123)])
        .expect("an operation");
    let ran = world.xfer_add(&["--write"]);
    assert_eq!(ran.exit, 5, "{ran:?}");
    assert!(ran.err.starts_with("error[gateway-fault]"), "{ran:?}");
    assert!(ran.err.contains("Error 900123"), "{ran:?}");
    assert!(
        ran.text().contains("detail/HdrFault/FaultRecInfoArray"),
        "{ran:?}"
    );
    assert!(!ran.err.contains("UNKNOWN"), "{ran:?}");
    let steps = [Step::HdrFault(100), Step::HdrFault(900_123)];
    world.bank.script("XferAdd", steps).expect("an operation");
    let ran = world.xfer_add(&["--write", "--json"]);
    assert_eq!(
        ran.exit, 6,
        "the provider may not have been reached: {ran:?}"
    );
    let told = world.xfer_add(&["--write", "--json"]).json();
    assert_eq!(
        (&told["fault"], &told["status"]),
        (&true.into(), &500.into())
    );

    // Nor is anything of a read.
    world
        .bank
        .script("CustInq", [Step::CutAt(10); 8])
        .expect("an operation");
    let ran = world.cust_inq(&[]);
    ran.refused(4, "gateway-interrupted");
    assert!(ran.err.contains("it only reads"), "{ran:?}");
}

#[test]
fn each_service_of_each_profile_is_pinged_and_the_worst_decides() {
    let world = World::new();
    let ping = |words: &[&str]| {
        let words = world.words("ping", words);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        run(world.folder.path(), &words)
    };
    let ran = ping(&["--profile", "sandbox"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(ran.text().lines().count(), 4, "{ran:?}");
    world.bank.sent("Ping").times(3);
    assert_eq!(
        world.bank.running().counters().tokens_issued,
        1,
        "one client, one token"
    );

    let ran = ping(&["--all", "--json"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let told = ran.json();
    let pings = told["pings"].as_array().expect("a list");
    assert_eq!(pings.len(), 6);
    let results: Vec<_> = pings
        .iter()
        .map(|row| row["result"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(results, ["ok"; 6], "by the old model, too");
    assert!(pings[0]["took_ms"].is_u64() && pings[5]["took_ms"].is_u64());

    world
        .bank
        .script("Ping", [Step::AccessDenied])
        .expect("an operation");
    let ran = ping(&["--profile", "sandbox", "--csv", "--at-once", "1"]);
    assert_eq!(ran.exit, 5, "{ran:?}");
    assert!(
        ran.text().contains(",gateway-failed-authentication,"),
        "{ran:?}"
    );
    let config = world.bank.config().display().to_string();
    let ran = run(
        world.folder.path(),
        &["ping", "--profile", "sandbox", "--config", &config],
    );
    assert!(
        ran.exit == 0 && ran.text().contains("ServiceGateway"),
        "{ran:?}"
    );
}
