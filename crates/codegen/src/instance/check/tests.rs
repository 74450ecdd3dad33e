//! Messages judged by small schemas.

use super::super::tests::contract;
use super::super::{Amount, Message, Plan, Random};

const SCHEMA: &str = "<x:element name='Rq'><x:complexType><x:sequence>\
    <x:element name='Hdr'><x:complexType><x:sequence><x:element name='Usr' type='x:string'/>\
      <x:element name='Ws' type='x:string'/><x:element name='Ver_1'><x:complexType/></x:element></x:sequence>\
      </x:complexType></x:element>\
    <x:element name='Amt' minOccurs='0' nillable='true'><x:simpleType><x:restriction base='x:decimal'>\
      <x:fractionDigits value='2'/></x:restriction></x:simpleType></x:element>\
    <x:sequence minOccurs='0'><x:element name='Ver_1'><x:complexType/></x:element>\
      <x:element name='Rec' maxOccurs='3'><x:complexType><x:simpleContent><x:extension base='x:date'>\
      <x:attribute name='Rstr' use='required'/></x:extension></x:simpleContent></x:complexType></x:element>\
      </x:sequence>\
    <x:choice><x:element name='A' type='t:E'/><x:element name='B' type='x:boolean'/></x:choice>\
    <x:any namespace='##other' processContents='lax' minOccurs='0'/></x:sequence></x:complexType></x:element>\
    <x:simpleType name='E'><x:restriction base='x:string'><x:enumeration value='one'/></x:restriction></x:simpleType>";

fn judged(body: &str) -> Vec<String> {
    let contract = contract(SCHEMA);
    let text = format!(
        "<Rq xmlns='urn:t' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'>{body}</Rq>"
    );
    let message = Message::read(text.as_bytes()).unwrap();
    let violations = contract.check_request("One.Op", &message).unwrap();
    violations.iter().map(ToString::to_string).collect()
}

const HDR: &str = "<Hdr><Usr>u</Usr><Ws/><Ver_1/></Hdr>";

#[test]
fn what_is_valid_passes() {
    for rest in [
        "<A>one</A>",
        "<Amt>1.50</Amt><B> true </B>",
        "<Amt i:nil='true'/><Ver_1/><Rec Rstr=''>2024-02-29</Rec><Rec Rstr='x'>2024-01-01Z</Rec><B>1</B>",
        "<A>one</A><y xmlns='urn:y'><z/></y>",
    ] {
        assert_eq!(judged(&format!("{HDR}{rest}")), [""; 0], "{rest}");
    }
}

#[test]
fn what_is_not_is_told_by_its_path_and_without_its_value() {
    let hdr = |inner: &str| format!("<Hdr>{inner}</Hdr><A>one</A>");
    let rows = [
        (hdr("<Ws/><Ver_1/>"), "Hdr: Usr is missing"),
        (hdr("<Usr/><Ws/>"), "Hdr: Ver_1 is missing"),
        (
            hdr("<Usr/><Wz/><Ws/><Ver_1/>"),
            "Hdr/Wz: may not stand here, where Ws might",
        ),
        (
            hdr("<Usr/><Ws/><Ver_1/>77"),
            "Hdr: has text beside its elements",
        ),
        (
            hdr("<Usr x='77'/><Ws/><Ver_1/>"),
            "Hdr/Usr/@x: may not stand here",
        ),
        (
            hdr("<Usr/><Ws/><Ver_1>77</Ver_1>"),
            "Hdr/Ver_1: has text beside its elements",
        ),
        (
            format!("{HDR}<Amt>77.777</Amt><A>one</A>"),
            "Amt: the value is none of its type",
        ),
        (
            format!("{HDR}<A>77</A>"),
            "A: the value is none of its type",
        ),
        (HDR.to_owned(), "the message: Ver_1 or A or B is missing"),
        (format!("{HDR}<A>one</A><B>1</B>"), "B: may not stand here"),
        (
            format!("{HDR}<Ver_1/><A>one</A>"),
            "the message: Rec is missing",
        ),
        (
            format!("{HDR}<Ver_1/><Rec>2024-01-01</Rec><A>one</A>"),
            "Rec: @Rstr is missing",
        ),
        (format!("{HDR}<A i:nil='1'/>"), "A: may not be xsi:nil"),
        (
            format!("{HDR}<Amt i:nil='1'>77</Amt><A>one</A>"),
            "Amt: is xsi:nil and has content",
        ),
    ];
    for (body, told) in rows {
        let judged = judged(&body);
        assert!(
            judged.iter().any(|line| line.starts_with(told)),
            "{body}: {judged:?}"
        );
        assert!(!judged.concat().contains("77"), "{judged:?}");
    }
}

#[test]
fn a_long_name_does_not_make_a_long_message() {
    let name = "n".repeat(100_000);
    let told = judged(&format!("{HDR}<{name}/>"));
    assert!(
        told.iter().all(|told| told.len() < 600),
        "{}",
        told[0].len()
    );
}

#[test]
fn what_is_drawn_is_valid() {
    let contract = contract(SCHEMA);
    for seed in 0..300 {
        for amount in [Amount::Least, Amount::Full, Amount::Random] {
            let drawn = contract.request("One.Op", &Plan::new(amount), &mut Random::seeded(seed));
            let drawn = drawn.unwrap();
            let message = Message::read(drawn.as_bytes()).unwrap();
            let violations = contract.check_request("One.Op", &message).unwrap();
            assert!(violations.is_empty(), "{drawn} {violations:?}");
        }
    }
}

#[test]
fn another_element_is_no_request() {
    let message = Message::read(b"<Rs xmlns='urn:t'>text</Rs>").unwrap();
    let contract = contract(SCHEMA);
    let told = contract.check_request("One.Op", &message).unwrap();
    assert_eq!(told[0].to_string(), "the message: Rq is missing");
    assert!(
        contract
            .check_response("One.Op", &message)
            .unwrap()
            .is_empty()
    );
}
