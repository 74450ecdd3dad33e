//! A contract as generated code would give it, written and read: headers, a marker tree, arrays, credentials.

#[path = "support/contract.rs"]
mod contract;
#[path = "support/history.rs"]
mod history;

use castile_model::{
    Decimal, DecodeError, EncodeError, Ext, Message, Scope, Text, WarningKind, decode, elements,
    encode, encode_valid,
};
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
fn of_two_namesakes_the_marker_tells_which_one_came() {
    let read = |elements: &str| {
        let mut request = request();
        request.alien = Some(Box::default());
        let xml = encode(&request).unwrap();
        let xml = xml.replace("<Alien/>", &format!("<Alien>{elements}</Alien>"));
        decode::<AcctInq>(xml.as_bytes(), &Scope::new())
            .unwrap()
            .value
    };
    for (elements, first, second) in [
        ("<Twice>1</Twice>", Some("1"), None),
        ("<Ver_1/><Twice>2</Twice>", None, Some("2")),
        ("<Ver_1/><Ver_2/><First/><Twice>2</Twice>", None, Some("2")),
        (
            "<New/><Ver_1/><After>x</After><Twice>2</Twice>",
            None,
            Some("2"),
        ),
        ("<Ver_1/><Twice>2</Twice><After>x</After>", None, Some("2")),
        // Without its marker the second is known by the first, which is taken.
        (
            "<Twice>1</Twice><After>x</After><Twice>2</Twice>",
            Some("1"),
            Some("2"),
        ),
    ] {
        let value = read(elements);
        let alien = value.alien.as_ref().unwrap();
        let text = |field: &Option<Text>| field.as_ref().map(|text| text.as_str().to_owned());
        let expected = (first.map(str::to_owned), second.map(str::to_owned));
        assert_eq!(
            (text(&alien.twice), text(&alien.twice_2)),
            expected,
            "{elements}"
        );
    }
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
fn a_request_is_checked_with_the_path_of_all_that_is_wrong() {
    assert_eq!(request().validate(), Ok(()));
    let mut lacking = request();
    lacking.msg_rq_hdr = MsgRqHdr::default();
    lacking.in_acct_id = Text::default();
    let error = lacking.validate().unwrap_err();
    let EncodeError::Invalid { problems } = &error else {
        panic!("{error}")
    };
    let told: Vec<_> = problems.iter().map(|p| (p.kind, &*p.path)).collect();
    assert_eq!(
        told,
        [
            (
                WarningKind::MissingElement,
                "/AcctInq/MsgRqHdr/jXchangeHdr/AuditUsrId"
            ),
            (WarningKind::MissingElement, "/AcctInq/InAcctId"),
        ]
    );
    assert_eq!(
        error.to_string(),
        "/AcctInq/MsgRqHdr/jXchangeHdr/AuditUsrId: required element is missing (and 1 more)"
    );
    assert_eq!(encode_valid(&lacking).unwrap_err(), error);
    // Who asks for no check gets none.
    assert!(encode(&lacking).is_ok());
    let mut unwritable = request();
    unwritable.in_acct_id = "\u{1}".into();
    assert_eq!(
        unwritable.validate().unwrap_err().code(),
        "model-unwritable-character"
    );
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Bounded {
    few: Vec<Text>,
    ext: Ext,
}

elements! { Bounded:
    [marker 1]
    [occurs 1, 2]
    "Few" => few,
}

impl Message for Bounded {
    const NAMESPACE: &'static str = "urn:x";
    const ELEMENT: &'static str = "Bounded";
}

#[test]
fn occurrence_is_checked_and_a_marker_that_always_stands_is_written() {
    let of = |count: usize| Bounded {
        few: vec![Text::from("x"); count],
        ..Bounded::default()
    };
    for (count, kind) in [
        (0, Some(WarningKind::TooFew)),
        (1, None),
        (2, None),
        (3, Some(WarningKind::TooMany)),
    ] {
        let found = match of(count).validate() {
            Ok(()) => None,
            Err(EncodeError::Invalid { problems }) => {
                assert_eq!(problems[0].path, "/Bounded/Few");
                Some(problems[0].kind)
            }
            Err(other) => panic!("{other}"),
        };
        assert_eq!(found, kind, "{count}");
    }
    let xml = "<Bounded xmlns=\"urn:x\"><Ver_1/><Few>x</Few></Bounded>";
    assert_eq!(encode(&of(1)).unwrap(), xml);
    let read = decode::<Bounded>(xml.as_bytes(), &Scope::new()).unwrap();
    assert_eq!((&read.value, read.warnings()), (&of(1), vec![]));
}

#[test]
fn unknown_structs_in_place_of_required_ones_are_refused_with_their_place() {
    let xml = format!(
        "<AcctInq {NS}><AcctInqRq_MType><MsgRqHdr/></AcctInqRq_MType><InAcctId>1</InAcctId></AcctInq>"
    );
    let error = decode::<AcctInq>(xml.as_bytes(), &Scope::new()).unwrap_err();
    let expected = DecodeError::OtherShape {
        path: "/AcctInq".into(),
        offset: xml.find("<AcctInqRq_MType>").unwrap(),
        missing: "MsgRqHdr",
    };
    assert_eq!(error, expected);
    // A newer contract adds elements but does not take away what it required.
    let newer = xml.replace("<InAcctId>", "<MsgRqHdr/><InAcctId>");
    assert!(decode::<AcctInq>(newer.as_bytes(), &Scope::new()).is_ok());
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
