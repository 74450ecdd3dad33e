//! Messages composed by a small contract.

use super::super::tests::contract;
use super::*;

const SCHEMA: &str = "<x:element name='Rq'><x:complexType><x:sequence>\
    <x:element name='MsgRqHdr'><x:complexType><x:sequence><x:element name='jXchangeHdr' minOccurs='0'>\
      <x:complexType><x:sequence><x:element name='JxVer' type='x:string' minOccurs='0'/>\
      <x:element name='AuditUsrId' type='t:Text'/><x:element name='Ver_1' type='t:Mark'/>\
      <x:sequence minOccurs='0'><x:element name='InstRtId' type='x:string' minOccurs='0'/>\
      <x:element name='Ver_2' type='t:Mark'/></x:sequence></x:sequence></x:complexType></x:element>\
      </x:sequence></x:complexType></x:element>\
    <x:element name='InAcctId'><x:complexType><x:sequence><x:element name='AcctId' type='t:Text'/>\
      <x:element name='AcctType' type='x:string'/></x:sequence></x:complexType></x:element>\
    <x:element name='Amt' type='x:decimal' minOccurs='0' nillable='true'/>\
    <x:element name='Rec' minOccurs='0' maxOccurs='2'><x:complexType><x:sequence>\
      <x:element name='Name' type='x:string'/></x:sequence></x:complexType></x:element>\
    <x:choice><x:element name='A' type='x:int'/><x:element name='B' type='x:int'/></x:choice>\
    <x:any namespace='##other' processContents='lax' minOccurs='0'/>\
    </x:sequence></x:complexType></x:element>\
    <x:complexType name='Mark'/><x:complexType name='Text'><x:simpleContent><x:extension base='x:string'>\
      <x:attribute name='JHANull'/></x:extension></x:simpleContent></x:complexType>";

const GOOD: [(&str, &str); 3] = [
    ("InAcctId/AcctId", "1"),
    ("InAcctId/AcctType", "D"),
    ("B", "7"),
];

fn compose(values: &[(&str, &str)]) -> Result<String, ComposeError> {
    let mut set = Values::new();
    set.fill(
        "jXchangeHdr",
        [
            ("AuditUsrId", "me"),
            ("InstRtId", "011"),
            ("Elsewhere", "x"),
        ],
    );
    for (path, value) in values {
        set.set(path, value)?;
    }
    contract(SCHEMA).compose_request("One.Op", &set)
}

#[test]
fn a_skeleton_is_filled_in_the_order_of_the_schema() {
    let more = [
        ("Rec[2]/Name", "b"),
        ("Rec/Name", "a"),
        ("Amt/@xsi:nil", "true"),
    ];
    let text = compose(&[&more[..], &GOOD].concat()).unwrap();
    let header = "<MsgRqHdr><jXchangeHdr><AuditUsrId>me</AuditUsrId><Ver_1/><InstRtId>011</InstRtId><Ver_2/>\
        </jXchangeHdr></MsgRqHdr>";
    let rest = "<InAcctId><AcctId>1</AcctId><AcctType>D</AcctType></InAcctId><Amt xsi:nil=\"true\"/>\
        <Rec><Name>a</Name></Rec><Rec><Name>b</Name></Rec><B>7</B></Rq>";
    assert!(text.ends_with(&format!("{header}{rest}")), "{text}");

    // What is said wins over what is filled in.
    let own = ("MsgRqHdr/jXchangeHdr/AuditUsrId", "other");
    let text = compose(&[&[own][..], &GOOD].concat()).unwrap();
    assert!(text.contains("<AuditUsrId>other</AuditUsrId>"), "{text}");
    let null = [("InAcctId/AcctId/@JHANull", "true"), GOOD[1], GOOD[2]];
    let text = compose(&null).unwrap();
    assert!(text.contains("<AcctId JHANull=\"true\"/>"), "{text}");
}

#[test]
fn what_cannot_be_composed_is_told_by_path() {
    let with = |path: &'static str| compose(&[&[(path, "77")][..], &GOOD].concat());
    for (path, code, told) in [
        (
            "AcctId",
            "compose-unknown",
            "no AcctId; near: InAcctId/AcctId",
        ),
        (
            "InAccntId",
            "compose-unknown",
            "no InAccntId; near: InAcctId",
        ),
        (
            "Rec",
            "compose-no-text",
            "Rec holds elements and no text of its own; near: Name",
        ),
        (
            "InAcctId/AcctId/x",
            "compose-unknown",
            "no InAcctId/AcctId/x",
        ),
        (
            "InAcctId/AcctId/@Null",
            "compose-unknown",
            "no InAcctId/AcctId/@Null",
        ),
        ("Rec[2]/Name", "compose-gap", "Rec[2]"),
        ("B[2]", "compose-too-many", "B"),
        ("a//b", "compose-path", "a//b"),
        ("Rec[0]", "compose-path", "Rec[0]"),
        ("@a/b", "compose-path", "@a/b"),
        ("Amt", "", ""),
    ] {
        match with(path) {
            Ok(text) => assert!(code.is_empty() && text.contains("<Amt>77</Amt>"), "{path}"),
            Err(error) => {
                assert_eq!(error.code(), code, "{error}");
                assert!(error.to_string().contains(told), "{error}");
                assert!(!error.to_string().contains("77"), "{error}");
            }
        }
    }
    let error = compose(&[GOOD[0]]).unwrap_err();
    let ComposeError::Missing { paths } = error else {
        panic!("{error}");
    };
    assert_eq!(paths, ["InAcctId/AcctType", "A or B"]);
    let error = compose(&[GOOD[0], GOOD[1], ("B", "seven")]).unwrap_err();
    assert_eq!(error.code(), "compose-invalid");
    assert!(
        error
            .to_string()
            .ends_with("B: the value is none of its type"),
        "{error}"
    );
}

#[test]
fn a_message_is_taken_over_whole() {
    let body = "<p:Rq xmlns:p='urn:t'><p:MsgRqHdr/><p:InAcctId><p:AcctId>1</p:AcctId><p:AcctType/></p:InAcctId>\
        <p:A>1</p:A><q:More xmlns:q='urn:q' a='b'>text</q:More></p:Rq>";
    let message = Message::read(body.as_bytes()).unwrap();
    let mut values = Values::of(&message);
    values.fill("jXchangeHdr", [("AuditUsrId", "me")]);
    values.set("A", "2").unwrap();
    let text = contract(SCHEMA).compose_request("One.Op", &values).unwrap();
    let composed = Message::read(text.as_bytes()).unwrap();
    let mut leaves = composed.leaves();
    leaves.retain(|(path, _)| !path.starts_with("MsgRqHdr"));
    let expected = [
        ("InAcctId/AcctId", "1"),
        ("InAcctId/AcctType", ""),
        ("A", "2"),
        ("More/@a", "b"),
        ("More", "text"),
    ];
    assert_eq!(leaves, expected.map(|(p, v)| (p.to_owned(), v.to_owned())));
    assert_eq!(
        composed.value("MsgRqHdr/jXchangeHdr/AuditUsrId").as_deref(),
        Some("me")
    );

    let other = Message::read(b"<Rs xmlns='urn:t'/>").unwrap();
    let error = contract(SCHEMA)
        .compose_request("One.Op", &Values::of(&other))
        .unwrap_err();
    assert_eq!(error.code(), "compose-root");
    assert!(!format!("{values:?}").contains("text"));
}

#[test]
fn nothing_that_was_given_is_dropped() {
    let with = |more: &[(&str, &str)]| compose(&[more, &GOOD].concat());
    let refused = |more: &[(&str, &str)]| with(more).unwrap_err().code();
    let name = ("Rec/Name", "77");
    assert_eq!(refused(&[("Rec", "77"), name]), "compose-no-text");
    assert_eq!(refused(&[name, ("Rec", "77")]), "compose-no-text");
    assert_eq!(refused(&[name, ("Rec[1]/Name", "78")]), "compose-twice");
    assert_eq!(
        refused(&[("Amt", "77"), ("Amt/@xsi:nil", "true")]),
        "compose-nil"
    );
    assert_eq!(refused(&[("Rec/@xsi:nil", "1"), name]), "compose-nil");
    let text = with(&[("Amt", "77"), ("Amt/@xsi:nil", "false")]).unwrap();
    assert!(text.contains("<Amt xsi:nil=\"false\">77</Amt>"), "{text}");
}

#[test]
fn a_value_takes_the_place_of_a_messages_nil() {
    let message = compose(&[&[("Amt/@xsi:nil", "true")][..], &GOOD].concat()).unwrap();
    let mut values = Values::of(&Message::read(message.as_bytes()).unwrap());
    values.set("Amt", "77").unwrap();
    let text = contract(SCHEMA).compose_request("One.Op", &values).unwrap();
    assert!(text.contains("<Amt>77</Amt>"), "{text}");
}
