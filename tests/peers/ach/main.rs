//! Prints a request of the vendor's ACH contract, made with the types that Castile generates from it.

use ach::ach::{ACHRetNOCSrch, AccountId, Custom, JXchangeHdr, SrchMsgRqHdr};
use castile_model::{Date, Text, encode};

fn main() {
    let request = ACHRetNOCSrch {
        srch_msg_rq_hdr: SrchMsgRqHdr {
            jxchange_hdr: JXchangeHdr {
                audit_usr_id: "auditor".into(),
                audit_ws_id: "desk <1> & \"2\"".into(),
                inst_rt_id: Some("011001276".into()),
                inst_env: Some("TEST".into()),
                valid_consm_name: Some("Castile".into()),
                ..Default::default()
            },
            max_rec: 10.into(),
            ..Default::default()
        },
        ach_comp_id: Some(Text::null()),
        account_id: Some(Box::new(AccountId {
            acct_id: "0000000001234".into(),
            acct_type: "D".into(),
            ..Default::default()
        })),
        ach_ret_recv_start_dt: Some("2026-01-31".parse::<Date>().expect("a date").into()),
        custom: Some(Box::new(Custom::default())),
        ach_ret_noc_type: Some("NOC".into()),
        initial_ach_trace_id: Some("0001".into()),
        ..Default::default()
    };
    print!("{}", encode(&request).expect("everything it requires is there"));
}
