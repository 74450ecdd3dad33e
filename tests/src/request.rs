//! Typed requests of the sample contract, as the sandbox's invented data calls for.

use castile::model::Decimal;
use castile_jx::inquiry::{AccountId, AcctHistSrch, AcctSrch, JXchangeHdr, MsgRqHdr, SrchMsgRqHdr};
use castile_jx::transaction::{AcctIdFrom, AcctIdTo, XferAdd, XferRec};

/// The header that every request has.
pub fn header() -> JXchangeHdr {
    JXchangeHdr {
        audit_usr_id: "audit-user".into(),
        audit_ws_id: "audit-workstation".into(),
        inst_rt_id: Some("012345678".into()),
        inst_env: Some("TEST".into()),
        ..JXchangeHdr::default()
    }
}

/// The accounts of a customer, `max` to a page, from `cursor` on.
pub fn acct_srch(customer: &str, max: i32, cursor: Option<&str>) -> AcctSrch {
    AcctSrch {
        srch_msg_rq_hdr: SrchMsgRqHdr {
            jxchange_hdr: header(),
            max_rec: max.into(),
            cursor: cursor.map(Into::into),
            ..SrchMsgRqHdr::default()
        },
        cust_id: Some(customer.into()),
        ..AcctSrch::default()
    }
}

/// The history of a deposit account, `max` to a page.
pub fn acct_hist_srch(account: &str, max: i32) -> AcctHistSrch {
    AcctHistSrch {
        srch_msg_rq_hdr: SrchMsgRqHdr {
            jxchange_hdr: header(),
            max_rec: max.into(),
            ..SrchMsgRqHdr::default()
        },
        in_acct_id: Some(Box::new(AccountId {
            acct_id: account.into(),
            acct_type: "D".into(),
            ..AccountId::default()
        })),
        ..AcctHistSrch::default()
    }
}

/// A transfer of whole dollars between two deposit accounts.
pub fn xfer_add(from: &str, to: &str, dollars: i64) -> XferAdd {
    XferAdd {
        msg_rq_hdr: MsgRqHdr {
            jxchange_hdr: header(),
            ..MsgRqHdr::default()
        },
        acct_id_from: AcctIdFrom {
            from_acct_id: from.into(),
            from_acct_type: Some("D".into()),
            ..AcctIdFrom::default()
        },
        acct_id_to: Some(Box::new(AcctIdTo {
            to_acct_id: to.into(),
            to_acct_type: "D".into(),
            ..AcctIdTo::default()
        })),
        xfer_rec: Some(Box::new(XferRec {
            amt: Some(Decimal::from(dollars).into()),
            ..XferRec::default()
        })),
        ..XferAdd::default()
    }
}
