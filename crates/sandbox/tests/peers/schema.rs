//! Every shape of answer is valid in the sample contract, judged by libxml2.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use castile_sandbox::Cause;

use crate::client::{Bench, HEADER, message_header, search_header};

const TEST: &str = "schema::answers_are_valid_in_the_sample_contract";
const CHECKING: &str = "<InAcctId><AcctId>0000000010017</AcctId><AcctType>D</AcctType></InAcctId>";
const LOAN: &str = "<InAcctId><AcctId>0000000010033</AcctId><AcctType>L</AcctType></InAcctId>";
const INTENT: &str = "<Ver_1/><Ver_2/><ActIntent>Upd</ActIntent>";

#[tokio::test]
async fn answers_are_valid_in_the_sample_contract() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let Some(python) = python(&root) else {
        not_run("tests/peers/python/.venv not fetched; `cargo xtask test` fetches it");
        return;
    };
    let folder = std::env::temp_dir().join(format!("castile-answers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let bench = Bench::start().await;
    for service in ["Inquiry", "Customer", "Transaction"] {
        let mut files = Vec::new();
        for (number, (operation, content, status)) in calls(service).into_iter().enumerate() {
            let answer = bench.call(service, operation, &content).await;
            assert_eq!(answer.status, status, "{operation} {content}: {answer:?}");
            let file = folder.join(format!("{service}-{number}-{operation}.xml"));
            std::fs::write(&file, answer.body).unwrap();
            files.push(file);
        }
        let output = Command::new(&python)
            .arg(root.join("tests/peers/python/validate.py"))
            .arg(root.join(format!("wsdl/sample/TPG_{service}Master.xsd")))
            .args(&files)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}{complained}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn every_operation_of_the_sample_contract_is_answered() {
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/sample");
    let bench = Bench::start().await;
    let mut operations = 0;
    for service in ["Inquiry", "Customer", "Transaction"] {
        let wsdl = std::fs::read_to_string(contract.join(format!("TPG_{service}.wsdl"))).unwrap();
        for action in wsdl.split("soapAction=\"http://jackhenry.com/ws/").skip(1) {
            let name = action.split('"').next().unwrap();
            bench.call(service, name, "").await;
            let log = bench.sandbox.log();
            let cause = log.last().unwrap().event.cause().unwrap();
            // Known, and refused only because nothing was asked.
            assert!(
                matches!(cause, Cause::ElementMissing { .. }),
                "{name}: {cause}"
            );
            operations += 1;
        }
    }
    assert_eq!(operations, 11);
}

/// Calls that together draw every element that the sandbox writes: operation, content, status.
fn calls(service: &str) -> Vec<(&'static str, String, u16)> {
    let message = message_header();
    let search = |max, cursor| search_header(max, cursor);
    let ask = |parts: [&str; 2]| {
        let [first, second] = parts.map(|part| {
            format!("<IncXtendElemInfo><XtendElem>{part}</XtendElem></IncXtendElemInfo>")
        });
        format!("<IncXtendElemArray>{first}{second}</IncXtendElemArray>")
    };
    let mut calls = vec![("Ping", "<PingRq>a &amp; b</PingRq>".to_owned(), 200)];
    calls.extend(match service {
        "Inquiry" => vec![
            (
                "AcctSrch",
                search("9", "") + "<CustId>SBX0001</CustId>",
                200,
            ),
            (
                "AcctSrch",
                search("9", "10") + "<CustId>SBX0003</CustId>",
                200,
            ),
            (
                "AcctSrch",
                search("9", "") + "<CustId>SBX0004</CustId>",
                200,
            ),
            ("AcctSrch", search("9", "") + "<CustId>none</CustId>", 500),
            (
                "AcctSrch",
                search("0", "") + "<CustId>SBX0001</CustId>",
                500,
            ),
            ("AcctInq", format!("{message}{CHECKING}"), 200),
            (
                "AcctInq",
                format!(
                    "{message}{CHECKING}{}{INTENT}",
                    ask(["x_DepInfoRec", "x_DepBalDtInfo"])
                ),
                200,
            ),
            (
                "AcctInq",
                format!(
                    "{message}{LOAN}{}{INTENT}",
                    ask(["x_LnInfoRec", "x_LnBalDtInfo"])
                ),
                200,
            ),
            ("AcctInq", CHECKING.to_owned(), 500),
            (
                "AcctInq",
                message.replace(HEADER, "<jXchangeHdr/>") + CHECKING,
                500,
            ),
            ("AcctHistSrch", search("99", "") + CHECKING, 200),
            ("AcctHistSrch", search("9", "") + LOAN, 200),
            (
                "AcctHistSrch",
                search("9", "") + LOAN + "<TrnType>x</TrnType>",
                200,
            ),
        ],
        "Customer" => vec![
            ("CustSrch", search("9", ""), 200),
            ("CustSrch", search("1", ""), 200),
            (
                "CustInq",
                format!(
                    "{message}<CustId>SBX0003</CustId>{}{INTENT}",
                    ask(["x_TaxDetail", "x_BusDetail"])
                ),
                200,
            ),
            (
                "CustInq",
                message.clone() + "<AccountId><AcctId>0000000010033</AcctId></AccountId>",
                200,
            ),
            ("CustInq", message.clone(), 500),
            (
                "CustMod",
                message.clone() + "<CustId>SBX0001</CustId>",
                500,
            ),
            (
                "CustMod",
                message.clone()
                    + "<CustId>SBX0001</CustId><CustDetail><Addr><City JHANull=\"true\"/></Addr></CustDetail>\
                       <Ver_1/><ActIntentKey>SBX-KEY-SBX0001-0</ActIntentKey>",
                200,
            ),
        ],
        _ => {
            let transfer = |amount: &str| {
                format!(
                    "{message}<AcctIdFrom><FromAcctId>0000000010017</FromAcctId></AcctIdFrom>\
                     <AcctIdTo><ToAcctId>0000000010033</ToAcctId></AcctIdTo>\
                     <XferRec><Amt>{amount}</Amt></XferRec>"
                )
            };
            vec![
                ("XferAdd", transfer("1.00"), 200),
                ("XferAdd", transfer("1.00") + "<XferType>x</XferType>", 200),
                ("XferAdd", transfer("999999.00"), 500),
                (
                    "XferAddValidate",
                    format!("<XferAdd>{}</XferAdd>", transfer("1.00")),
                    200,
                ),
                (
                    "XferAddValidate",
                    format!("<XferAdd>{}</XferAdd>", transfer("x")),
                    500,
                ),
            ]
        }
    });
    calls
}

/// The interpreter whose stamp says that lxml is there as locked.
fn python(root: &Path) -> Option<PathBuf> {
    let venv = root.join("tests/peers/python/.venv");
    let program = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    };
    let python = venv.join(program);
    (python.exists() && venv.join(".castile-lock").exists()).then_some(python)
}

/// Writes this test into the list of those that did not run.
fn not_run(reason: &str) {
    eprintln!("NOT RUN {TEST}: {reason}");
    if let Some(list) = std::env::var_os("CASTILE_NOT_RUN") {
        let mut list = std::fs::File::options()
            .append(true)
            .create(true)
            .open(list)
            .unwrap();
        list.write_all(format!("{TEST}\t{reason}\n").as_bytes())
            .unwrap();
    }
}
