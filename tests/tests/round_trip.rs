//! Requests of generated types go out and come back unchanged.

use castile::model::{Date, Decimal, Message, Operation, Raw, Scope, Text, decode, encode};
use castile_jx::customer::CustInq;
use castile_jx::inquiry::{AcctHistSrch, AcctInq, Ping};
use castile_jx::shared::{
    AccountId, AuthenUsrCred, IncXtendElem, IncXtendElemInfo, JXchangeHdr, MsgRqHdr, SrchMsgRqHdr,
};
use castile_jx::transaction::{AcctIdFrom, AcctIdTo, XferAdd, XferRec};

const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

fn header() -> JXchangeHdr {
    JXchangeHdr {
        audit_usr_id: "auditor".into(),
        audit_ws_id: "desk-1".into(),
        inst_rt_id: Some("012345678".into()),
        inst_env: Some("TEST".into()),
        ..Default::default()
    }
}

fn account() -> AccountId {
    AccountId {
        acct_id: "0000000010017".into(),
        acct_type: "D".into(),
        ..Default::default()
    }
}

fn ping() -> Ping {
    Ping {
        ping_rq: "is anybody there".into(),
        ..Default::default()
    }
}

fn acct_inq() -> AcctInq {
    let wanted = |name: &str| IncXtendElemInfo {
        xtend_elem: Some(name.into()),
        ..Default::default()
    };
    AcctInq {
        msg_rq_hdr: MsgRqHdr {
            jxchange_hdr: header(),
            ..Default::default()
        },
        in_acct_id: account(),
        inc_xtend_elem_array: Some(Box::new(IncXtendElem {
            inc_xtend_elem_info: vec![wanted("x_DepInfoRec"), wanted("x_DepBalDtInfo")],
            ..Default::default()
        })),
        act_intent: Some("ReadOnly".into()),
        ..Default::default()
    }
}

fn acct_hist_srch() -> AcctHistSrch {
    AcctHistSrch {
        srch_msg_rq_hdr: SrchMsgRqHdr {
            jxchange_hdr: header(),
            max_rec: 10.into(),
            ..Default::default()
        },
        in_acct_id: Some(Box::new(account())),
        start_dt: Some("2026-01-31".parse::<Date>().expect("a date").into()),
        low_amt: Some(
            "12345678901234567.890"
                .parse::<Decimal>()
                .expect("a decimal")
                .into(),
        ),
        ..Default::default()
    }
}

fn cust_inq() -> CustInq {
    let hdr = MsgRqHdr {
        jxchange_hdr: header(),
        ..Default::default()
    };
    CustInq {
        msg_rq_hdr: hdr,
        cust_id: Some("SBX0001".into()),
        ..Default::default()
    }
}

/// With every optional part of a required struct absent, and the amount with its trailing nought.
fn xfer_add() -> XferAdd {
    let amt = "1.10".parse::<Decimal>().expect("a decimal");
    XferAdd {
        msg_rq_hdr: MsgRqHdr {
            jxchange_hdr: header(),
            ..Default::default()
        },
        acct_id_from: AcctIdFrom {
            from_acct_id: "0000000010017".into(),
            from_acct_type: Some("D".into()),
            ..Default::default()
        },
        acct_id_to: Some(Box::new(AcctIdTo {
            to_acct_id: "0000000010025".into(),
            to_acct_type: "D".into(),
            ..Default::default()
        })),
        xfer_rec: Some(Box::new(XferRec {
            amt: Some(amt.into()),
            ..Default::default()
        })),
        ..Default::default()
    }
}

/// Writes a request, reads it back, writes it again: the value and the bytes stay.
fn round_trip<T: Message + PartialEq + std::fmt::Debug>(request: &T) -> String {
    let written = encode(request).expect("a request that XML can carry");
    let read = decode::<T>(written.as_bytes(), &Scope::new()).expect("what was written");
    assert_eq!(read.warnings(), [], "{}", T::ELEMENT);
    assert_eq!(read.value, *request);
    assert_eq!(encode(&read.value).expect("again"), written);
    written
}

#[test]
fn requests_go_out_and_come_back_unchanged() {
    round_trip(&ping());
    round_trip(&acct_hist_srch());
    round_trip(&cust_inq());
    round_trip(&xfer_add());
    let written = round_trip(&acct_inq());
    // The marker that a field stands behind, and no more.
    assert!(
        written.contains("<Ver_1/><Ver_2/><ActIntent>ReadOnly</ActIntent></AcctInq>"),
        "{written}"
    );
    assert!(
        written.contains("<Ver_1/><Ver_2/><InstRtId>012345678</InstRtId>"),
        "{written}"
    );
    assert!(!written.contains("Ver_3"), "{written}");
}

#[test]
fn absent_empty_null_and_value_stay_apart() {
    let written = |cust_id: Text| {
        round_trip(&CustInq {
            cust_id: Some(cust_id),
            ..cust_inq()
        })
    };
    assert!(written("7".into()).contains("<CustId>7</CustId>"));
    assert!(written(Text::empty()).contains("<CustId/>"));
    assert!(written(Text::null()).contains("<CustId JHANull=\"true\"/>"));
    assert!(
        !encode(&CustInq {
            cust_id: None,
            ..cust_inq()
        })
        .expect("a request")
        .contains("CustId")
    );
}

#[test]
fn a_credential_in_the_body_stays_byte_for_byte() {
    let assertion = format!(
        "<w:Security xmlns:w=\"{WSSE}\" ><x xmlns='urn:x'  a = '1'>&#x41;</x></w:Security>"
    );
    let mut request = acct_inq();
    let message = encode(&request).expect("a request");
    let cred = format!("<Ver_1/><AuthenUsrCred>{assertion}</AuthenUsrCred></MsgRqHdr>");
    let message = message.replacen("</MsgRqHdr>", &cred, 1);
    let read = decode::<AcctInq>(message.as_bytes(), &Scope::new())
        .expect("a request")
        .value;
    let cred: &AuthenUsrCred = read
        .msg_rq_hdr
        .authen_usr_cred
        .as_deref()
        .expect("it was there");
    let security: &Raw = &cred.security;
    assert_eq!(security.as_str(), assertion);
    assert_eq!(encode(&read).expect("a request"), message);
    request.msg_rq_hdr.authen_usr_cred = Some(Box::new(cred.clone()));
    assert_eq!(request, read);
}

#[test]
fn each_service_has_its_own_ping() {
    fn identity<O: Operation>(_: &O) -> (&'static str, &'static str, &'static str) {
        (O::SERVICE, O::NAME, O::ACTION)
    }
    let action = "http://jackhenry.com/ws/Ping";
    assert_eq!(identity(&ping()), ("Inquiry", "Ping", action));
    assert_eq!(
        identity(&castile_jx::customer::Ping::default()),
        ("Customer", "Ping", action)
    );
    assert_eq!(
        identity(&castile_jx::transaction::Ping::default()),
        ("Transaction", "Ping", action)
    );
}
