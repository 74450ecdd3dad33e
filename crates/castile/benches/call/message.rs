//! The request and the answer of all contenders.

use castile::http::Profile;
use castile::model::{Date, DateTime, Decimal, Field, encode};
use castile_jx::inquiry::{
    AccountId, AcctHistSrch, AcctHistSrchRec, AcctHistSrchRecArray, AcctHistSrchResponse,
    DepHistSrchRec,
};
use castile_jx::shared::{EftDesc, EftDescInfo};

pub(crate) const TOKEN: &str =
    "eyJhbGciOiJQUzI1NiIsInR5cCI6ImF0K2p3dCJ9.c29tZS1jbGFpbXM.c2lnbmF0dXJl";

/// Records in the answer.
pub(crate) const RECORDS: usize = 2;

/// The service's address at a profile's gateway.
pub(crate) fn url(profile: &Profile) -> String {
    let (_, oauth) = profile.in_oauth().expect("state oauth");
    format!("{}/Inquiry.svc", oauth.url.as_str().trim_end_matches('/'))
}

pub(crate) fn request() -> AcctHistSrch {
    let mut request = AcctHistSrch {
        in_acct_id: Some(Box::new(account())),
        ..AcctHistSrch::default()
    };
    let head = &mut request.srch_msg_rq_hdr;
    head.max_rec = 100.into();
    head.jxchange_hdr.audit_usr_id = "audit-user".into();
    head.jxchange_hdr.audit_ws_id = "audit-workstation".into();
    request
}

/// The envelope that the gateway sends back.
pub(crate) fn answer() -> String {
    let mut response = AcctHistSrchResponse::default();
    let head = &mut response.srch_msg_rs_hdr;
    head.jxchange_hdr.audit_usr_id = "audit-user".into();
    head.jxchange_hdr.audit_ws_id = "audit-workstation".into();
    head.jxchange_hdr.inst_rt_id = Some("012345678".into());
    head.jxchange_hdr.inst_env = Some("TEST".into());
    head.more_rec = Some("false".into());
    head.sent_rec = Some((RECORDS as i32).into());
    let records = (0..RECORDS).map(|n| AcctHistSrchRec {
        dep_hist_srch_rec: Some(Box::new(record(n))),
        ..AcctHistSrchRec::default()
    });
    response.acct_hist_srch_rec_array = Some(Box::new(AcctHistSrchRecArray {
        acct_hist_srch_rec: records.collect(),
        ..AcctHistSrchRecArray::default()
    }));
    let body = encode(&response).expect("writable");
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{body}</s:Body></s:Envelope>"
    )
}

/// Whether an answer is the one that was sent.
pub(crate) fn assert_answer(response: &AcctHistSrchResponse) {
    let array = response.acct_hist_srch_rec_array.as_ref();
    let records = &array.expect("records").acct_hist_srch_rec;
    assert_eq!(records.len(), RECORDS);
    let last = records[RECORDS - 1].dep_hist_srch_rec.as_ref();
    let amount = last.expect("a deposit").amt.value();
    assert_eq!(amount.expect("an amount").as_str(), "101.45");
}

fn account() -> AccountId {
    AccountId {
        acct_id: "000123456789".into(),
        acct_type: "D".into(),
        ..AccountId::default()
    }
}

/// A record with all that it can hold.
fn record(n: usize) -> DepHistSrchRec {
    let day = || Field::from("2024-02-29".parse::<Date>().expect("a date"));
    let time = "2024-02-29T10:15:00-06:00".parse::<DateTime>();
    let lines = (0..6).map(|line| EftDescInfo {
        eft_desc: Some(format!("POS PURCHASE 00{n} TERMINAL T0099 MONETT MO, LINE {line}").into()),
        ..EftDescInfo::default()
    });
    let amount = |text: String| Field::from(text.parse::<Decimal>().expect("a decimal"));
    DepHistSrchRec {
        dep_acct_id: Some(Box::new(account())),
        trn_stat: Some("Posted".into()),
        trn_code_code: "183".into(),
        trn_code_desc: "ATM withdrawal & fee".into(),
        post_dt: day(),
        eff_dt: Some(day()),
        chk_num: Some(format!("100{n}").into()),
        eft_desc_array: Some(Box::new(EftDesc {
            eft_desc_info: lines.collect(),
            ..EftDesc::default()
        })),
        xfer_key: Some(format!("XFER-2024-000{n}").into()),
        trn_acpt_time_dt: Some(time.expect("a time").into()),
        amt: amount(format!("{}.45", 100 + n)),
        trn_type: "D".into(),
        aff_code: "B".into(),
        payee_name: Some("Corner shop and filling station".into()),
        trn_hist_bal_amt: Some(amount(format!("{}.10", 8_000 - n))),
        hist_rec_id: Some(format!("2024-02-29-000000{n}").into()),
        ..DepHistSrchRec::default()
    }
}
