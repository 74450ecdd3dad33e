//! What one call adds to its request: header values, parts of the answer, keys of a reading, overrides.

use std::sync::Arc;

use castile::http::{Blame, OsRandom};
use castile::model::{Operation, Part};
use castile::{Header, OverrideError};
use castile_jx::customer::CustInq;
use castile_jx::transaction::{XferAdd, XferAddValidate};
use castile_tests::request::{acct_srch, header, xfer_add};
use castile_tests::{Institution, Reply, Scripted};

const FROM: &str = "0000000020018";
const TO: &str = "0000000010017";

#[tokio::test]
async fn a_value_of_one_call_goes_before_the_profiles_and_behind_the_requests_own() {
    let bank = Institution::open().await;
    let header = Header::of(bank.profile())
        .with("AuditUsrId", "of the profile")
        .with("AuditWsId", "desk-1")
        .with_tracking(Arc::new(OsRandom));
    let client = bank.client().with_header(header);
    let mut search = acct_srch("SBX0001", 10, None);
    search.srch_msg_rq_hdr.jxchange_hdr = Default::default();

    let call = client.call(&search).header_value("AuditUsrId", "teller-7");
    let response = call
        .header_value("jXLogTrackingId", "trace-1")
        .send_whole()
        .await;
    let reply = response.expect("three accounts");
    let echoed = &reply.response.value.srch_msg_rs_hdr.jxchange_hdr;
    assert_eq!(echoed.audit_usr_id.as_str(), "teller-7");
    assert_eq!(echoed.audit_ws_id.as_str(), "desk-1");
    assert_eq!(echoed.jx_log_tracking_id, Some("trace-1".into()));
    assert_eq!(reply.tracking_ids, ["trace-1"]);

    search.srch_msg_rq_hdr.jxchange_hdr.audit_usr_id = "own".into();
    let call = client.call(&search).header_value("AuditUsrId", "teller-7");
    let echoed = call.send().await.expect("three accounts").srch_msg_rs_hdr;
    assert_eq!(echoed.jxchange_hdr.audit_usr_id.as_str(), "own");

    // A misspelt element is not dropped.
    let call = client.call(&search).header_value("AuditUserId", "teller-7");
    let error = call.send().await.expect_err("no such element");
    assert_eq!(error.code(), "model-no-place");
    assert_eq!(error.blame(), Blame::Caller);
    assert!(error.to_string().contains("AuditUserId") && !error.to_string().contains("teller-7"));
    assert_eq!(bank.sandbox().requests().len(), 2);
}

#[tokio::test]
async fn parts_of_an_answer_come_when_the_call_includes_them() {
    let bank = Institution::open().await;
    let client = bank.client();
    let mut inquiry = CustInq {
        cust_id: Some("SBX0001".into()),
        ..CustInq::default()
    };
    inquiry.msg_rq_hdr.jxchange_hdr = header();
    let bare = client.call(&inquiry).send().await.expect("a customer");
    assert!(bare.x_tax_detail.is_none() && bare.x_bus_detail.is_none());
    let call = client.call(&inquiry).include([CustInq::X_TAX_DETAIL]);
    let more = call.send().await.expect("a customer");
    assert!(more.x_tax_detail.is_some() && more.x_bus_detail.is_none());

    // Those of a newer contract by their name; none for an operation that has no such list.
    let call = client.call(&inquiry).include([Part::new("x_Newer")]);
    call.send().await.expect("a customer");
    let transfer = xfer_add(FROM, TO, 1);
    let call = client.call(&transfer).include([Part::new("x_TaxDetail")]);
    let error = call.send().await.expect_err("no place for it");
    assert_eq!(error.code(), "model-no-place");
    assert_eq!(bank.sandbox().requests().len(), 3);
}

#[tokio::test]
async fn a_refused_transfer_is_made_once_when_its_caution_is_overridden_by_name() {
    let bank = Institution::open().await;
    let header = Header::of(bank.profile()).with_tracking(Arc::new(OsRandom));
    let client = bank.client().with_header(header);
    let transfer = xfer_add(FROM, TO, 5_000);
    let error = client.call(&transfer).send().await.expect_err("too much");
    assert!(bank.sandbox().transfers().is_empty());

    let told: Vec<_> = error.overridable().collect();
    let [caution] = &told[..] else {
        panic!("one record: {told:?}");
    };
    assert_eq!((&*caution.code, &*caution.category), ("900123", "Override"));
    assert_eq!(caution.description, "Amount exceeds the available balance");
    assert_eq!(caution.value.as_deref(), Some("5000"));
    assert!(!format!("{error:?} {caution:?} {caution}").contains("5000"));

    // Only what is named, and only of this fault.
    let other = error.overrides(["900124"]).expect_err("another code");
    assert_eq!(other.code(), "override-other-code");
    assert_eq!(error.overrides([]), Err(OverrideError::NoCode));

    let overrides = error.overrides(["900123"]).expect("it is named");
    let call = client.call(&transfer).with_overrides(overrides);
    let reply = call.send_whole().await.expect("overridden");
    let [done] = &bank.sandbox().transfers()[..] else {
        panic!("one transfer");
    };
    assert_eq!(done.amount, 500_000);
    assert_eq!(reply.tracking_ids, [&*done.tracking_id]);
    assert_ne!(error.tracking_id(), Some(&*done.tracking_id));
}

#[tokio::test]
async fn overrides_of_what_was_judged_go_with_what_was_judged() {
    let bank = Institution::open().await;
    let client = bank.client();
    let mut judge = XferAddValidate::default();
    let transfer = xfer_add(FROM, TO, 5_000);
    judge.xfer_add.msg_rq_hdr = transfer.msg_rq_hdr.clone();
    judge.xfer_add.acct_id_from = transfer.acct_id_from.clone();
    judge.xfer_add.acct_id_to = transfer.acct_id_to.clone();
    judge.xfer_add.xfer_rec = transfer.xfer_rec.clone();
    let error = client.call(&judge).send().await.expect_err("too much");
    let overrides = error.overrides(["900123"]).expect("it is named");
    let call = client.call(&judge).with_overrides(overrides.clone());
    call.send().await.expect("it may be made");
    assert!(bank.sandbox().transfers().is_empty());
    let call = client.call(&transfer).with_overrides(overrides.clone());
    call.send().await.expect("it is made");
    assert_eq!(bank.sandbox().transfers().len(), 1);

    let search = acct_srch("SBX0001", 1, None);
    let call = client.call(&search).with_overrides(overrides);
    let error = call.send().await.expect_err("another operation");
    assert_eq!(error.code(), "call-other-operation");
    assert_eq!(bank.sandbox().requests().len(), 3);
}

#[tokio::test]
async fn nothing_is_overridden_of_a_call_that_may_have_happened_or_twice_under_one_id() {
    let bank = Institution::open().await;
    let gateway = Scripted::start(vec![Reply::Close]).await;
    let client = bank.client_at(gateway.url(), |_| {});
    let mut transfer = xfer_add(FROM, TO, 5_000);
    let error = client.call(&transfer).send().await.expect_err("no answer");
    assert!(error.outcome_unknown());
    assert_eq!(error.overridable().count(), 0);
    assert_eq!(
        error.overrides(["900123"]),
        Err(OverrideError::NotRefused),
        "it may have happened"
    );

    let client = bank.client();
    transfer.msg_rq_hdr.jxchange_hdr.jx_log_tracking_id = Some("trace-1".into());
    let error = client.call(&transfer).send().await.expect_err("too much");
    let overrides = error.overrides(["900123"]).expect("it is named");
    let before = bank.sandbox().requests().len();
    let call = client.call(&transfer).with_overrides(overrides.clone());
    let error = call.send().await.expect_err("the same id");
    assert_eq!(error.code(), "call-same-tracking-id");
    assert!(!error.outcome_unknown());
    assert_eq!(bank.sandbox().requests().len(), before);

    // Overrides of the request's own are the request's: two lists would be one too many.
    let mut own = xfer_add(FROM, TO, 5_000);
    own.err_ovr_rd_info_array = Some(Box::default());
    let call = client.call(&own).with_overrides(overrides);
    let error = call.send().await.expect_err("two lists");
    assert_eq!(error.code(), "model-given-twice");
    assert!(bank.sandbox().transfers().is_empty());
    assert_eq!(XferAdd::NAME, error.operation().1);
}
