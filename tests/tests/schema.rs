//! What we write is valid against the vendor's schemas, where these are at hand.

use std::path::PathBuf;
use std::process::Command;

use castile::http::{Body, Effect, SoapTransport as _, connect};
use castile_tests::{
    Institution, NO_PYTHON, NO_SHARED, not_run, old_message, python, root, shared,
};
use http::Request;
use http::header::CONTENT_TYPE;

/// The judge and the vendor's contracts, or a note that the test did not run.
fn judge(test: &str) -> Option<(PathBuf, PathBuf)> {
    let Some(python) = python() else {
        not_run(test, NO_PYTHON);
        return None;
    };
    let Some(shared) = shared() else {
        not_run(test, NO_SHARED);
        return None;
    };
    Some((python, shared.join("wsdl/jxchange/R2024.1.03")))
}

/// Runs one of the Python peers; gives what it printed.
///
/// # Panics
/// When it ends with anything but success.
fn succeeds(command: &mut Command) -> String {
    let output = command.output().expect("python starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complained}");
    said
}

#[test]
fn the_sample_contract_is_a_subset_of_the_release() {
    let Some((python, release)) = judge("schema::the_sample_contract_is_a_subset_of_the_release")
    else {
        return;
    };
    let said = succeeds(
        Command::new(python)
            .arg(root().join("tests/peers/python/subset.py"))
            .arg(root().join("wsdl/sample"))
            .arg(release),
    );
    assert_eq!(said.lines().count(), 3, "three services: {said}");
}

#[test]
fn messages_seen_in_use_are_valid_in_the_sample_contract() {
    let test = "schema::messages_seen_in_use_are_valid_in_the_sample_contract";
    let Some((python, _)) = judge(test) else {
        return;
    };
    let messages = shared().expect("judge found it").join("messages");
    for (service, numbers) in [
        (
            "Inquiry",
            &[
                "01", "02", "03", "04", "05", "06", "14", "15", "22", "30", "31", "32",
            ][..],
        ),
        (
            "Customer",
            &["07", "08", "09", "14", "15", "23", "30", "31", "32"],
        ),
        (
            "Transaction",
            &["14", "15", "16", "17", "18", "30", "31", "32"],
        ),
    ] {
        let files: Vec<PathBuf> = std::fs::read_dir(&messages)
            .expect("the folder of messages")
            .map(|entry| entry.expect("an entry of it").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
            .filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                numbers.iter().any(|number| name.starts_with(number))
            })
            .collect();
        assert_eq!(files.len(), numbers.len(), "{service}: {files:?}");
        succeeds(
            Command::new(&python)
                .arg(root().join("tests/peers/python/validate.py"))
                .arg(root().join(format!("wsdl/sample/TPG_{service}Master.xsd")))
                .args(files),
        );
    }
}

const HEADER: &str = "<jXchangeHdr><AuditUsrId>auditor</AuditUsrId><AuditWsId>desk-1</AuditWsId><Ver_1/>\
    <jXLogTrackingId>schema-1</jXLogTrackingId><Ver_2/><InstRtId>012345678</InstRtId><InstEnv>TEST</InstEnv>\
    <Ver_3/><BusCorrelId>correl</BusCorrelId><Ver_4/><Ver_5/><Ver_6/></jXchangeHdr>";

/// Requests with `HEADER` for `{h}`; after each operation's good ones, one that is refused.
const REQUESTS: &[(&str, &str, &str)] = &[
    ("Inquiry", "Ping", "<PingRq>is anybody there</PingRq>"),
    (
        "Inquiry",
        "AcctSrch",
        "<SrchMsgRqHdr>{h}<MaxRec>10</MaxRec></SrchMsgRqHdr><CustId>SBX0001</CustId>",
    ),
    (
        "Inquiry",
        "AcctSrch",
        "<SrchMsgRqHdr>{h}<MaxRec>10</MaxRec></SrchMsgRqHdr><CustId>nobody</CustId>",
    ),
    (
        "Inquiry",
        "AcctInq",
        "<MsgRqHdr>{h}</MsgRqHdr><InAcctId><AcctId>0000000010017</AcctId><AcctType>D</AcctType></InAcctId>\
         <IncXtendElemArray><IncXtendElemInfo><XtendElem>x_DepInfoRec</XtendElem></IncXtendElemInfo>\
         <IncXtendElemInfo><XtendElem>x_DepBalDtInfo</XtendElem></IncXtendElemInfo></IncXtendElemArray>\
         <Ver_1/><Ver_2/><ActIntent>Upd</ActIntent>",
    ),
    (
        "Inquiry",
        "AcctHistSrch",
        "<SrchMsgRqHdr>{h}<MaxRec>10</MaxRec></SrchMsgRqHdr>\
         <InAcctId><AcctId>0000000010017</AcctId><AcctType>D</AcctType></InAcctId>",
    ),
    (
        "Customer",
        "CustSrch",
        "<SrchMsgRqHdr>{h}<MaxRec>2</MaxRec></SrchMsgRqHdr>",
    ),
    (
        "Customer",
        "CustInq",
        "<MsgRqHdr>{h}</MsgRqHdr><CustId>SBX0001</CustId>\
         <IncXtendElemArray><IncXtendElemInfo><XtendElem>x_TaxDetail</XtendElem></IncXtendElemInfo>\
         <IncXtendElemInfo><XtendElem>x_BusDetail</XtendElem></IncXtendElemInfo></IncXtendElemArray>\
         <Ver_1/><ActIntent>Upd</ActIntent>",
    ),
    (
        "Customer",
        "CustMod",
        "<MsgRqHdr>{h}</MsgRqHdr><CustId>SBX0001</CustId><CustDetail><Addr><City JHANull=\"true\"/></Addr>\
         </CustDetail><Ver_1/><ActIntentKey>SBX-KEY-SBX0001-0</ActIntentKey>",
    ),
    (
        "Transaction",
        "XferAdd",
        "<MsgRqHdr>{h}</MsgRqHdr><AcctIdFrom><FromAcctId>0000000010017</FromAcctId>\
         <FromAcctType>D</FromAcctType></AcctIdFrom><AcctIdTo><ToAcctId>nowhere</ToAcctId>\
         <ToAcctType>D</ToAcctType></AcctIdTo><XferRec><Amt>1.00</Amt></XferRec>",
    ),
];

/// Both ways round: what the sandbox is asked here, and what it answers.
#[tokio::test]
async fn what_the_sandbox_answers_is_valid_in_the_release() {
    let test = "schema::what_the_sandbox_answers_is_valid_in_the_release";
    let Some((python, release)) = judge(test) else {
        return;
    };
    let institution = Institution::open().await;
    let stack = connect::raw(institution.profile()).expect("a stack");
    for (number, (service, operation, payload)) in REQUESTS.iter().enumerate() {
        let message = old_message(&format!(
            "<{operation} xmlns=\"http://jackhenry.com/jxchange/TPG/2008\">{}</{operation}>",
            payload.replace("{h}", HEADER)
        ));
        let mut request = Request::post(institution.sandbox().gateway_url(service))
            .header(CONTENT_TYPE, "text/xml; charset=utf-8")
            .header(
                "SOAPAction",
                format!("\"http://jackhenry.com/ws/{operation}\""),
            )
            .body(Body::whole(message.clone()))
            .expect("a request");
        request.extensions_mut().insert(Effect::Read);
        let answer = stack.send(request).await.expect("an answer");
        let status = answer.status();
        let answer = answer
            .into_body()
            .bytes_up_to(1 << 20)
            .await
            .expect("a whole answer");

        let asked = institution.folder().join(format!("{number}-asked.xml"));
        let answered = institution.folder().join(format!("{number}-answered.xml"));
        std::fs::write(&asked, message).expect("a file");
        std::fs::write(&answered, &answer).expect("a file");
        for contract in [root().join("wsdl/sample"), release.clone()] {
            let said = Command::new(&python)
                .arg(root().join("tests/peers/python/validate.py"))
                .arg(contract.join(format!("TPG_{service}Master.xsd")))
                .args([&asked, &answered])
                .output()
                .expect("python starts");
            assert!(
                said.status.success(),
                "{operation} {status}: {}{}\n{}",
                String::from_utf8_lossy(&said.stdout),
                String::from_utf8_lossy(&said.stderr),
                String::from_utf8_lossy(&answer)
            );
        }
    }
    // Two of them name what the bank does not know, and are answered by a fault.
    let counters = institution.sandbox().counters();
    assert_eq!(counters.gateway_unauthorized, 0);
    assert_eq!(counters.operations_answered, 7, "{counters:?}");
}
