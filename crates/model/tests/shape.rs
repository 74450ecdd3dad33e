//! A contract as generated code would give it, written and read: headers, a marker tree, arrays, credentials.

#[path = "support/contract.rs"]
mod contract;
#[path = "support/history.rs"]
mod history;

use castile_model::{Decimal, Scope, Text, WarningKind, decode, encode};
use contract::*;

fn request() -> AcctInq {
    AcctInq {
        msg_rq_hdr: MsgRqHdr {
            jxchange_hdr: JxChangeHdr {
                audit_usr_id: "jdoe".into(),
                inst_rt_id: Some("011001276".into()),
                ..Default::default()
            },
            ..Default::default()
        },
        in_acct_id: "0012345678".into(),
        ..Default::default()
    }
}

const NS: &str = r#"xmlns="http://jackhenry.com/jxchange/TPG/2008""#;

#[test]
fn a_request_is_written_with_the_markers_that_its_fields_need() {
    assert_eq!(
        encode(&request()).unwrap(),
        format!(
            "<AcctInq {NS}><MsgRqHdr><jXchangeHdr><AuditUsrId>jdoe</AuditUsrId><Ver_1/><Ver_2/>\
             <InstRtId>011001276</InstRtId></jXchangeHdr></MsgRqHdr><InAcctId>0012345678</InAcctId></AcctInq>"
        )
    );
}

#[test]
fn sibling_parts_need_only_their_own_marker() {
    let mut request = request();
    request.alien = Some(Box::new(Alien {
        second: Some("2".into()),
        ..Default::default()
    }));
    let xml = encode(&request).unwrap();
    assert!(
        xml.contains("<Alien><Ver_1/><Ver_3/><Second>2</Second></Alien>"),
        "{xml}"
    );
    request.alien = Some(Box::new(Alien {
        after: Some("4".into()),
        ..Default::default()
    }));
    let xml = encode(&request).unwrap();
    assert!(
        xml.contains("<Alien><Ver_1/><After>4</After></Alien>"),
        "{xml}"
    );
}

#[test]
fn what_is_written_is_read_back() {
    let mut request = request();
    request.amount = vec![
        "0.10".parse::<Decimal>().unwrap().into(),
        castile_model::Field::null(),
    ];
    request.info.push(Info {
        code: Some(Text::from("x").with_attribute("Rstr", "Hid")),
        ..Default::default()
    });
    request.info.push(Info::default());
    request.alien = Some(Box::new(Alien {
        first: Some(Text::empty()),
        ..Default::default()
    }));
    let xml = encode(&request).unwrap();
    let read = decode::<AcctInq>(xml.as_bytes(), &Scope::new()).unwrap();
    assert_eq!(read.value, request);
    assert_eq!(encode(&read.value).unwrap(), xml);
    assert_eq!(read.warnings(), vec![]);
}

#[test]
fn a_missing_marker_and_a_missing_element_are_told_and_the_marker_is_added() {
    let xml = format!(
        "<j:AcctInq xmlns:j={}><j:MsgRqHdr><j:jXchangeHdr><j:InstEnv>TEST</j:InstEnv>\
         </j:jXchangeHdr></j:MsgRqHdr><j:InAcctId/></j:AcctInq>",
        &NS[6..]
    );
    let read = decode::<AcctInq>(xml.as_bytes(), &Scope::new()).unwrap();
    let told: Vec<_> = read
        .warnings()
        .into_iter()
        .map(|w| (w.kind, w.path))
        .collect();
    let header = "/AcctInq/MsgRqHdr/jXchangeHdr";
    assert_eq!(
        told,
        [
            (WarningKind::MissingElement, format!("{header}/AuditUsrId")),
            (WarningKind::MissingMarker, format!("{header}/Ver_1")),
            (WarningKind::MissingMarker, format!("{header}/Ver_2")),
        ]
    );
    assert_eq!(
        encode(&read.value).unwrap(),
        format!(
            "<AcctInq {NS}><MsgRqHdr><jXchangeHdr><Ver_1/><Ver_2/><InstEnv>TEST</InstEnv></jXchangeHdr>\
             </MsgRqHdr><InAcctId/></AcctInq>"
        )
    );
}

#[test]
fn a_history_of_a_thousand_records_takes_few_allocations_and_little_memory() {
    let answer = history::answer();
    let xml = encode(&answer).unwrap();
    let mut read = None;
    let cost = allocation_counter::measure(|| {
        read =
            Some(decode::<history::AcctHistSrchResponse>(xml.as_bytes(), &Scope::new()).unwrap());
    });
    assert_eq!(read.unwrap().value, answer);
    let records = history::RECORDS as u64;
    assert!(
        cost.count_total <= 12 * records,
        "{} allocations",
        cost.count_total
    );
    assert!(
        cost.bytes_max * 2 <= 3 * xml.len() as u64,
        "{} bytes for a document of {}",
        cost.bytes_max,
        xml.len()
    );
}
