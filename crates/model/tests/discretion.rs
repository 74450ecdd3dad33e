//! No `Debug`, warning or error ever shows a value of a message.

#[path = "support/contract.rs"]
mod contract;

use castile_model::{Base64, Scope, Text, decode, encode};
use contract::*;

const CANARY: &str = "CANARY";
const NS: &str = "xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"";

fn assert_silent(thing: &impl std::fmt::Debug) {
    let shown = format!("{thing:?} {thing:#?}");
    assert!(!shown.contains(CANARY), "{shown}");
    assert!(!shown.contains("777"), "{shown}");
}

#[test]
fn debug_shows_kind_and_length_only() {
    let xml = format!(
        "<AcctInq {NS} a='CANARY'><InAcctId MaskVal='CANARY' Rstr='Hid'>CANARY</InAcctId><Amount>777.77</Amount>\
         <Info><Count>77777</Count><Total>77777</Total><Date>7777-07-07</Date><Stamp>7777-07-07T07:07:07</Stamp>\
         <Flag>true</Flag><Image>CANARY77</Image></Info>\
         <MsgRqHdr><AuthenUsrCred><w:Security xmlns:w='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'>\
         CANARY</w:Security></AuthenUsrCred></MsgRqHdr>\
         <New b='CANARY'>CANARY</New>CANARY</AcctInq>"
    );
    let decoded = decode::<AcctInq>(xml.as_bytes(), &Scope::new()).unwrap();
    assert_silent(&decoded);
    assert_silent(&decoded.warnings());
    for warning in decoded.warnings() {
        assert!(!warning.to_string().contains(CANARY));
    }
    assert_silent(&decoded.value.amount[0].value());
    assert_silent(&decoded.value.info[0].date.as_ref().unwrap().value());
    assert_silent(&Base64(CANARY.into()));
    assert_eq!(format!("{:?}", Text::from("0012345678")), "Text(10 chars)");
    assert_eq!(format!("{:?}", decoded.value.info[0].flag), "Some(Boolean)");
    assert_eq!(format!("{:?}", Text::null()), "Null [@JHANull(4 chars)]");
    assert_eq!(format!("{:?}", Text::empty()), "Empty");
    assert_eq!(format!("{:?}", Text::default()), "NotGiven");
}

#[test]
fn reveal_shows_it_on_demand() {
    let field = Text::from(CANARY).with_attribute("MaskVal", "xx");
    assert_eq!(field.reveal().to_string(), CANARY);
    assert_eq!(format!("{:?}", field.reveal()), "\"CANARY\" MaskVal=\"xx\"");
    assert_eq!(
        format!("{:?}", Text::null().reveal()),
        "Null JHANull=\"true\""
    );
}

#[test]
fn errors_show_places_only() {
    for inside in [
        "<Amount>CANARY</Amount>",
        "<Info><Date>CANARY</Date></Info>",
        "<Info><Image>CANARY!</Image></Info>",
        "<InAcctId>CANARY&CANARY;</InAcctId>",
        "<InAcctId>CANARY</CANARY>",
        "<InAcctId a='CANARY' a='CANARY'/>",
        "<InAcctId CANARY:a='CANARY'/>",
        "<InAcctId>CANARY<x/></InAcctId>",
        "<InAcctId>CANARY\u{1}</InAcctId>",
        "CANARY</CANARY>",
        "<InAcctId a='&CANARY;'/>",
        "<InAcctId a='CANARY'",
        "<!-- CANARY",
        "<![CDATA[CANARY",
        "<!DOCTYPE CANARY>",
    ] {
        let xml = format!("<AcctInq {NS}>{inside}</AcctInq>");
        let mut error: &dyn std::error::Error =
            &decode::<AcctInq>(xml.as_bytes(), &Scope::new()).unwrap_err();
        loop {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains(CANARY), "{shown}");
            match error.source() {
                Some(source) => error = source,
                None => break,
            }
        }
    }
    let request = AcctInq {
        in_acct_id: "CANARY\u{1}".into(),
        ..Default::default()
    };
    let error = encode(&request).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(CANARY));
}
