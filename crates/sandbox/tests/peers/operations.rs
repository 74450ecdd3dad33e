//! The operations of the sample contract, answered from the invented data.

use castile_sandbox::data::Data;
use castile_sandbox::{Cause, Sandbox};

use crate::client::{Answer, Bench, CLIENT, jwks, message_header, search_header};

/// All pages of a search, followed by cursor; the texts of `element` in their order.
async fn pages(
    bench: &Bench,
    (service, name): (&str, &str),
    max: usize,
    what: &str,
    element: &str,
) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let header = search_header(&max.to_string(), &cursor);
        let answer = bench.call(service, name, &format!("{header}{what}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let rows = answer.elements(element);
        assert_eq!(
            answer.element("SentRec"),
            Some(rows.len().to_string().as_str())
        );
        pages.push(rows);
        match answer.element("MoreRec") {
            Some("true") => cursor = answer.element("Cursor").unwrap().to_owned(),
            _ => {
                assert_eq!(answer.element("Cursor"), None);
                let total: usize = pages.iter().map(Vec::len).sum();
                assert_eq!(answer.element("TotRec"), Some(total.to_string().as_str()));
                return pages;
            }
        }
    }
}

pub(crate) fn fault(answer: &Answer, code: &str) {
    assert_eq!(answer.status, 500, "{answer:?}");
    assert_eq!(answer.element("ErrCode"), Some(code));
    assert!(answer.body.contains("<detail><HdrFault xmlns="));
}

pub(crate) const CHECKING: &str =
    "<InAcctId><AcctId>0000000010017</AcctId><AcctType>D</AcctType></InAcctId>";
const LOAN: &str = "<InAcctId><AcctId>0000000010033</AcctId><AcctType>L</AcctType></InAcctId>";

#[tokio::test]
async fn pages_cover_all_rows_exactly_once() {
    let bench = Bench::start().await;
    let search = ("Inquiry", "AcctSrch");
    let shop = "<CustId>SBX0003</CustId>";
    let all: Vec<String> = (1..=23).map(|n| format!("00000000300{n:02}")).collect();
    for (max, sizes) in [
        (10, vec![10, 10, 3]),
        (23, vec![23]),
        (22, vec![22, 1]),
        (999_999, vec![23]),
    ] {
        let pages = pages(&bench, search, max, shop, "AcctId").await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), sizes);
        assert_eq!(pages.concat(), all);
    }
    let history = pages(&bench, ("Inquiry", "AcctHistSrch"), 7, CHECKING, "Amt").await;
    let mut amounts = history.concat();
    assert_eq!((history.len(), amounts.len()), (7, 45));
    amounts.sort();
    amounts.dedup();
    assert_eq!(amounts.len(), 45);
    let customers = pages(&bench, ("Customer", "CustSrch"), 3, "", "CustId").await;
    assert_eq!(
        customers.concat(),
        ["SBX0001", "SBX0002", "SBX0003", "SBX0004"]
    );
}

#[tokio::test]
async fn a_page_that_cannot_be_is_a_fault() {
    let bench = Bench::start().await;
    let what = "<CustId>SBX0003</CustId>";
    for (max, cursor, code, element) in [
        ("", "", "900101", "MaxRec"),
        ("0", "", "900102", "MaxRec"),
        ("-1", "", "900102", "MaxRec"),
        ("1000000", "", "900102", "MaxRec"),
        ("10", "24", "900102", "Cursor"),
        ("10", "0", "900102", "Cursor"),
        ("10", "next", "900102", "Cursor"),
    ] {
        let content = format!("{}{what}", search_header(max, cursor));
        let answer = bench.call("Inquiry", "AcctSrch", &content).await;
        fault(&answer, code);
        assert_eq!(answer.element("ErrElem"), Some(element));
    }
}

#[tokio::test]
async fn the_header_is_echoed_and_its_gaps_are_filled() {
    let bench = Bench::start().await;
    let content = format!("{}{CHECKING}", message_header());
    let answer = bench.call("Inquiry", "AcctInq", &content).await;
    for (element, value) in [
        ("AuditUsrId", "tester"),
        ("AuditWsId", "bench &amp; co"),
        ("jXLogTrackingId", "track-1"),
        ("InstRtId", "012345678"),
        ("InstEnv", "TEST"),
        ("JxVer", "R2024.1.03"),
    ] {
        assert_eq!(answer.element(element), Some(value), "{element}");
    }
    // Marks stand between the parts whether or not something follows them.
    let order = [
        "<Ver_1/><jX",
        "<Ver_2/><InstRtId>",
        "<Ver_3/><Ver_4/><Ver_5/><Ver_6/></jXchangeHdr>",
    ];
    for part in order {
        assert!(answer.body.contains(part), "{part}");
    }
    let without = content.replace("track-1", "");
    let mut made = Vec::new();
    for _ in 0..2 {
        let answer = bench.call("Inquiry", "AcctInq", &without).await;
        made.push(answer.element("jXLogTrackingId").unwrap().to_owned());
    }
    assert!(made[0].len() == 36 && made[0] != made[1], "{made:?}");
}

#[tokio::test]
async fn a_missing_header_element_is_a_fault_with_what_is_known() {
    let bench = Bench::start().await;
    let without = message_header().replace("<AuditUsrId>tester</AuditUsrId>", "");
    let answer = bench
        .call("Inquiry", "AcctInq", &format!("{without}{CHECKING}"))
        .await;
    fault(&answer, "900101");
    assert_eq!(answer.element("ErrElem"), Some("AuditUsrId"));
    assert_eq!(answer.element("jXLogTrackingId"), Some("track-1"));
    assert!(
        answer
            .body
            .contains("<FaultHdr><JxVer>R2024.1.03</JxVer><AuditUsrId/>")
    );
    fault(&bench.call("Inquiry", "AcctInq", CHECKING).await, "900101");
    // An empty value occurs, and is one.
    let empty = message_header().replace(">tester<", "><");
    let answer = bench
        .call("Inquiry", "AcctInq", &format!("{empty}{CHECKING}"))
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn what_does_not_exist_is_a_fault_and_stays_out_of_the_log() {
    let bench = Bench::start().await;
    let content = format!("{}<CustId>CANARY-7</CustId>", search_header("5", ""));
    let answer = bench.call("Inquiry", "AcctSrch", &content).await;
    fault(&answer, "400028");
    assert_eq!(answer.element("ErrDesc"), Some("Customer not found"));
    assert_eq!(answer.element("ErrElemVal"), Some("CANARY-7"));
    let log = bench.sandbox.log();
    let cause = Cause::NotFound { element: "CustId" };
    assert_eq!(log.last().unwrap().event.cause(), Some(&cause));
    let shown: String = log
        .iter()
        .map(|entry| format!("{entry} {entry:?}"))
        .collect();
    assert!(!shown.contains("CANARY-7"));
    // Leading zeros belong to the id; the type does too.
    for wrong in [
        CHECKING.replace("0000000010017", "10017"),
        CHECKING.replace(">D<", ">L<"),
    ] {
        let answer = bench
            .call(
                "Inquiry",
                "AcctInq",
                &format!("{}{wrong}", message_header()),
            )
            .await;
        fault(&answer, "900028");
    }
}

#[tokio::test]
async fn x_parts_come_only_when_named() {
    let bench = Bench::start().await;
    let ask = |parts: &[&str]| {
        let parts: String = parts
            .iter()
            .map(|part| {
                format!("<IncXtendElemInfo><XtendElem>{part}</XtendElem></IncXtendElemInfo>")
            })
            .collect();
        format!("<IncXtendElemArray>{parts}</IncXtendElemArray>")
    };
    let account = |id: &str, parts: &[&str]| format!("{}{id}{}", message_header(), ask(parts));
    let answer = bench
        .call("Inquiry", "AcctInq", &account(CHECKING, &[]))
        .await;
    assert!(!answer.body.contains("<x_"));
    let both = ["x_DepInfoRec", "x_DepBalDtInfo"];
    let answer = bench
        .call("Inquiry", "AcctInq", &account(CHECKING, &both))
        .await;
    assert_eq!(answer.element("AvlBal"), Some("2400.00"));
    assert_eq!(answer.element("YestBal"), Some("2500.00"));
    let answer = bench
        .call(
            "Inquiry",
            "AcctInq",
            &account(LOAN, &["x_LnInfoRec", "x_DepInfoRec"]),
        )
        .await;
    assert_eq!(answer.element("CurPayOff"), Some("9876.54"));
    assert!(!answer.body.contains("x_DepInfoRec"));
    let customer =
        |parts: &[&str]| format!("{}<CustId>SBX0003</CustId>{}", message_header(), ask(parts));
    let answer = bench.call("Customer", "CustInq", &customer(&[])).await;
    assert!(!answer.body.contains("<x_"));
    assert_eq!(answer.element("ComName"), Some("Wren &amp; Sons Chandlery"));
    let answer = bench
        .call("Customer", "CustInq", &customer(&["x_BusDetail"]))
        .await;
    assert!(answer.body.contains("<x_BusDetail>") && !answer.body.contains("<x_TaxDetail>"));
}

#[tokio::test]
async fn masks_restrictions_and_intents_are_there() {
    let bench = Bench::start().await;
    let content = format!("{}<CustId>SBX0001</CustId>", search_header("5", ""));
    let answer = bench.call("Inquiry", "AcctSrch", &content).await;
    assert!(answer.body.contains("<TaxId MaskVal=\"*****0001\"/>"));
    assert!(answer.body.contains("<AcctSrchRec Rstr=\"ReadOnly\">"));
    let content = format!(
        "{}{CHECKING}<Ver_1/><Ver_2/><ActIntent>Upd</ActIntent>",
        message_header()
    );
    let answer = bench.call("Inquiry", "AcctInq", &content).await;
    assert_eq!(answer.element("ActIntent"), Some("Upd"));
    assert!(answer.element("ActIntentKey").is_some());
}

#[tokio::test]
async fn names_are_searched_by_search_type() {
    let bench = Bench::start().await;
    for (how, text, found) in [
        ("StartsWith", "wren", &["SBX0003"][..]),
        ("Contains", "Lather", &["SBX0001"]),
        ("EndsWith", "suds", &["SBX0002"]),
        ("ContainsAll", "chandlery wren", &["SBX0003"]),
        ("Exact", "Otto", &[]),
        ("Exact", "søren blåsen", &["SBX0004"]),
    ] {
        let name = format!("<PersonName><ComName SrchType=\"{how}\">{text}</ComName></PersonName>");
        let content = format!("{}{name}", search_header("9", ""));
        let answer = bench.call("Customer", "CustSrch", &content).await;
        assert_eq!(answer.elements("CustId"), found, "{how} {text}");
    }
}

#[tokio::test]
async fn a_history_can_be_narrowed() {
    let bench = Bench::start().await;
    for (narrow, rows) in [
        ("<StartDt>2026-02-01</StartDt>", "17"),
        (
            "<StartDt>2026-01-01</StartDt><EndDt>2026-01-02Z</EndDt>",
            "2",
        ),
        ("<LowAmt>10.00</LowAmt><HighAmt>10.37</HighAmt>", "2"),
        (
            "<ChkNumStart>1004</ChkNumStart><ChkNumEnd>1013</ChkNumEnd>",
            "2",
        ),
        ("<Ver_1/><XferKey>none</XferKey>", "0"),
    ] {
        let content = format!("{}{CHECKING}{narrow}", search_header("99", ""));
        let answer = bench.call("Inquiry", "AcctHistSrch", &content).await;
        assert_eq!(answer.element("TotRec"), Some(rows), "{narrow}");
    }
    let content = format!("{}{CHECKING}<LowAmt>much</LowAmt>", search_header("99", ""));
    fault(
        &bench.call("Inquiry", "AcctHistSrch", &content).await,
        "900102",
    );
}

#[tokio::test]
async fn what_is_not_judged_is_said() {
    let bench = Bench::start().await;
    let content = format!("{}{CHECKING}", search_header("9", ""));
    let answer = bench.call("Inquiry", "AcctHistSrch", &content).await;
    assert!(!answer.body.contains("MsgRecInfoArray"));
    let more = format!("{content}<SrtMthd>Asc</SrtMthd><TrnType>Dr</TrnType>");
    let answer = bench.call("Inquiry", "AcctHistSrch", &more).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.elements("ErrCat"), ["Warning", "Warning"]);
    assert_eq!(answer.elements("ErrElem"), ["SrtMthd", "TrnType"]);
}

#[tokio::test]
async fn generated_data_is_the_same_for_the_same_seed() {
    let data = Data::generated(7, 3, 4, 5);
    assert!(data == Data::generated(7, 3, 4, 5));
    assert!(data != Data::generated(8, 3, 4, 5));
    let mut bench = Bench::start().await;
    bench.sandbox = Sandbox::builder()
        .clock(bench.clock.clone())
        .client(CLIENT, jwks([&bench.key]))
        .data(data)
        .start()
        .await
        .unwrap();
    let customers = pages(&bench, ("Customer", "CustSrch"), 2, "", "CustId").await;
    assert_eq!(customers.concat().len(), 3);
    let accounts = pages(
        &bench,
        ("Inquiry", "AcctSrch"),
        3,
        "<CustId>GEN0000002</CustId>",
        "AcctId",
    )
    .await;
    assert_eq!(accounts.concat().len(), 4);
}
