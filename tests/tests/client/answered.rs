//! What comes back when all is well: the response, the declared fault, every row of a search once.

use std::collections::BTreeSet;
use std::sync::Arc;

use castile::Header;
use castile::http::{Blame, OsRandom};
use castile_jx::inquiry::AcctSrchResponse;
use castile_tests::Institution;
use castile_tests::request::{acct_srch, header, xfer_add};

fn account_ids(response: &AcctSrchResponse) -> Vec<String> {
    let rows = response.acct_srch_rec_array.iter();
    rows.flat_map(|array| &array.acct_srch_rec)
        .map(|row| {
            let id = row.account_id.as_ref().expect("an account");
            id.acct_id.as_str().to_owned()
        })
        .collect()
}

#[tokio::test]
async fn a_call_gives_the_typed_response_with_what_was_sent_in_its_header() {
    let bank = Institution::open().await;
    let client = bank.client();
    let response = client.call(&acct_srch("SBX0001", 10, None)).send().await;
    let response = response.expect("three accounts");

    assert_eq!(
        account_ids(&response),
        ["0000000010017", "0000000010025", "0000000010033"]
    );
    let echoed = &response.srch_msg_rs_hdr.jxchange_hdr;
    assert_eq!(echoed.audit_usr_id, header().audit_usr_id);
    assert_eq!(echoed.inst_rt_id, header().inst_rt_id);
    assert!(echoed.jx_log_tracking_id.is_some());
    let savings = &response.acct_srch_rec_array.expect("rows").acct_srch_rec[1];
    assert_eq!(savings.ext.attribute("Rstr"), Some("ReadOnly"));
    let tax_id = savings.tax_id.as_ref().expect("a masked one");
    assert!(tax_id.is_empty());
    assert_eq!(tax_id.mask_val(), Some("*****0001"));
}

#[tokio::test]
async fn the_header_is_filled_from_the_profile_and_each_call_can_be_traced() {
    let bank = Institution::open().await;
    let header = Header::of(bank.profile())
        .with("AuditUsrId", "auditor")
        .with("AuditWsId", "desk-1")
        .with_tracking(Arc::new(OsRandom));
    let client = bank.client().with_header(header);
    let mut search = acct_srch("SBX0001", 10, None);
    search.srch_msg_rq_hdr.jxchange_hdr = Default::default();

    let mut ids = BTreeSet::new();
    for _ in 0..2 {
        let call = client.call(&search);
        let id = call.tracking_id().expect("randomness").to_owned();
        let response = call.send().await.expect("three accounts");
        let echoed = response.srch_msg_rs_hdr.jxchange_hdr;
        assert_eq!(echoed.audit_usr_id.as_str(), "auditor");
        assert_eq!(echoed.inst_rt_id, Some("012345678".into()));
        assert_eq!(echoed.inst_env, Some("TEST".into()));
        assert_eq!(echoed.jx_log_tracking_id, Some(id.as_str().into()));
        ids.insert(id);
    }
    assert_eq!(ids.len(), 2);

    search.srch_msg_rq_hdr.jxchange_hdr.audit_usr_id = "someone else".into();
    let response = client.call(&search).send().await.expect("three accounts");
    let echoed = response.srch_msg_rs_hdr.jxchange_hdr;
    assert_eq!(echoed.audit_usr_id.as_str(), "someone else");

    search.srch_msg_rq_hdr.jxchange_hdr.inst_rt_id = Some("222222222".into());
    let error = client
        .call(&search)
        .send()
        .await
        .expect_err("not this bank");
    assert_eq!(error.code(), "institution-other");
    assert_eq!(bank.sandbox().requests().len(), 3);
}

#[tokio::test]
async fn what_arrives_is_a_soap_1_1_call_under_a_bearer_and_without_a_security_header() {
    let bank = Institution::open().await;
    let client = bank.client();
    let sent = client.call(&acct_srch("SBX0002", 1, None)).send().await;
    sent.expect("one account");

    let arrived = bank.sandbox().requests().pop().expect("one request");
    assert_eq!(
        arrived.headers["soapaction"],
        "\"http://jackhenry.com/ws/AcctSrch\""
    );
    assert_eq!(arrived.headers["content-type"], "text/xml; charset=utf-8");
    assert!(arrived.bearer);
    let body = std::str::from_utf8(&arrived.body).expect("UTF-8");
    let document = roxmltree::Document::parse(body).expect("well-formed");
    let root = document.root_element().tag_name();
    assert_eq!(
        (root.namespace(), root.name()),
        (
            Some("http://schemas.xmlsoap.org/soap/envelope/"),
            "Envelope"
        )
    );
    assert!(!body.contains("wssecurity"), "{body}");
    assert!(!body.contains("Security"), "{body}");
}

#[tokio::test]
async fn a_fault_comes_with_the_records_that_the_contract_declares() {
    let bank = Institution::open().await;
    let client = bank.client();
    let sent = client.call(&acct_srch("SBX9999", 10, None)).send().await;
    let error = sent.expect_err("no such customer");

    assert_eq!(error.code(), "gateway-fault");
    assert_eq!(error.blame(), Blame::Caller);
    assert!(!error.outcome_unknown());
    assert!(!error.is_retryable());
    let fault = error.fault().expect("a HdrFault");
    assert_eq!(fault.fault_hdr.audit_usr_id.as_str(), "audit-user");
    let records = &fault.fault_rec_info_array.as_ref().expect("records");
    let [record] = &records.fault_msg_rec[..] else {
        panic!("{} records", records.fault_msg_rec.len());
    };
    assert_eq!(record.err_code.as_str(), "400028");
    assert_eq!(record.err_cat.as_str(), "Error");
    let element = record.err_elem.as_ref().map(|element| element.as_str());
    assert_eq!(element, Some("CustId"));
    let value = record.err_elem_val.as_ref().map(|value| value.as_str());
    assert_eq!(value, Some("SBX9999"));
}

#[tokio::test]
async fn a_refused_transfer_moves_nothing_and_an_overridden_one_moves_once() {
    let bank = Institution::open().await;
    let client = bank.client();
    let mut transfer = xfer_add("0000000020018", "0000000010017", 5_000);
    let error = client.call(&transfer).send().await.expect_err("too much");
    assert_eq!(error.code(), "gateway-fault");
    assert!(!error.outcome_unknown());
    let fault = error.fault().expect("a HdrFault");
    let records = fault.fault_rec_info_array.as_ref().expect("records");
    let record = &records.fault_msg_rec[0];
    assert_eq!(record.err_cat.as_str(), "Override");
    assert!(bank.sandbox().transfers().is_empty());

    let over = castile_jx::transaction::ErrOvrRd {
        err_code: Some(record.err_code.as_str().into()),
        ..Default::default()
    };
    transfer.err_ovr_rd_info_array = Some(Box::new(castile_jx::transaction::ErrOvrRdInfoArray {
        err_ovr_rd: vec![over],
        ..Default::default()
    }));
    let response = client.call(&transfer).send().await.expect("overridden");
    let [done] = &bank.sandbox().transfers()[..] else {
        panic!("one transfer");
    };
    assert_eq!(done.amount, 500_000);
    let key = response.xfer_key.expect("a key");
    assert_eq!(key.as_str(), done.key);
}

#[tokio::test]
async fn the_cursor_leads_over_every_row_exactly_once() {
    let bank = Institution::open().await;
    let client = bank.client();
    let (mut seen, mut pages, mut cursor) = (Vec::new(), Vec::new(), None::<String>);
    loop {
        let request = acct_srch("SBX0003", 5, cursor.as_deref());
        let response = client.call(&request).send().await.expect("a page");
        let rows = account_ids(&response);
        let header = response.srch_msg_rs_hdr;
        assert_eq!(header.tot_rec.as_ref().and_then(|n| n.value()), Some(&23));
        pages.push(rows.len());
        seen.extend(rows);
        let more = header.more_rec.expect("MoreRec");
        cursor = header.cursor.map(|cursor| cursor.as_str().to_owned());
        if more.as_str() != "true" {
            break;
        }
        assert!(cursor.is_some(), "more rows, and no way to them");
    }
    assert_eq!(pages, [5, 5, 5, 5, 3]);
    assert_eq!(cursor, None);
    let distinct: BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), distinct.len()), (23, 23));
    assert_eq!(bank.sandbox().counters().token_requests, 1);
}

#[tokio::test]
async fn a_request_that_lacks_something_is_refused_before_a_byte_is_sent() {
    let bank = Institution::open().await;
    let client = bank.client();
    let mut request = acct_srch("SBX0001", 10, None);
    request.srch_msg_rq_hdr.jxchange_hdr.audit_usr_id = Default::default();
    let error = client.call(&request).send().await.expect_err("incomplete");
    assert_eq!(error.code(), "model-invalid");
    assert_eq!(error.blame(), Blame::Caller);
    assert!(!error.outcome_unknown());
    let path = "/AcctSrch/SrchMsgRqHdr/jXchangeHdr/AuditUsrId: required element is missing";
    assert!(error.to_string().contains(path), "{error}");
    assert!(bank.sandbox().requests().is_empty());

    // Who knows better may send it.
    let _ = client.call(&request).unchecked().send().await;
    assert_eq!(bank.sandbox().requests().len(), 1);
}
