//! Payloads that are broken or meant to harm are refused with the place.

#[path = "support/contract.rs"]
mod contract;

use castile_model::{DecodeError, EncodeError, Limits, Scope, Text, decode, decode_within, encode};
use contract::*;

const NS: &str = "xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"";

fn refused(xml: &str) -> DecodeError {
    match decode::<AcctInq>(xml.as_bytes(), &Scope::new()) {
        Ok(_) => panic!("accepted: {}", &xml[..xml.len().min(300)]),
        Err(error) => error,
    }
}

fn inside(elements: &str) -> String {
    format!("<AcctInq {NS}>{elements}</AcctInq>")
}

#[test]
fn a_dtd_is_refused() {
    let xml = format!(
        "<!DOCTYPE AcctInq [<!ENTITY e \"x\">]>{}",
        inside("<InAcctId>&e;</InAcctId>")
    );
    assert_eq!(refused(&xml), DecodeError::Dtd { offset: 0 });
    assert_eq!(refused(&inside("<!DOCTYPE x>")).code(), "model-dtd");
}

#[test]
fn only_the_predefined_entities_exist() {
    for place in [
        "<InAcctId>&e;</InAcctId>",
        "<InAcctId a='&e;'/>",
        "<New>&e;</New>",
        "<New a='&e;'/>",
        "&e;",
    ] {
        assert_eq!(refused(&inside(place)).code(), "model-entity", "{place}");
    }
    let xml = inside("<InAcctId>x&e;</InAcctId>");
    let expected = DecodeError::Entity {
        path: "/AcctInq/InAcctId".into(),
        offset: xml.find('&').unwrap(),
    };
    assert_eq!(refused(&xml), expected);
}

#[test]
fn forbidden_characters_are_refused_everywhere() {
    for place in [
        "<InAcctId>\u{1}</InAcctId>",
        "<New>\u{fffe}</New>",
        "<New a='\u{8}'/>",
        "<!--\u{0}-->",
        "<InAcctId>&#0;</InAcctId>",
        "<InAcctId>&#x1f;</InAcctId>",
        "<InAcctId a='&#1;'/>",
        "<New>&#xD800;</New>",
        "<New>&#x110000;</New>",
        "<New>&#xFFFF;</New>",
    ] {
        let code = refused(&inside(place)).code();
        assert!(
            code == "model-character" || place.contains("='&#") && code == "model-syntax",
            "{place:?}: {code}"
        );
    }
    let far = inside(&format!(
        "<InAcctId>{}\u{b}</InAcctId>",
        "é\u{feff}".repeat(2000)
    ));
    assert_eq!(
        refused(&far),
        DecodeError::Character {
            offset: far.find('\u{b}').unwrap()
        }
    );
    assert_eq!(
        decode::<AcctInq>(b"<AcctInq>\xff", &Scope::new())
            .unwrap_err()
            .code(),
        "model-utf8"
    );
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for xml in [
        String::new(),
        "  ".into(),
        "text".into(),
        format!("<AcctInq {NS}>"),
        format!("<AcctInq {NS}></Other>"),
        format!("<AcctInq {NS}/>x"),
        format!("<AcctInq {NS}/><AcctInq {NS}/>"),
        format!("<AcctInq {NS}/></AcctInq>"),
        format!("x<AcctInq {NS}/>"),
        inside("<InAcctId>"),
        inside("<New>"),
        inside("<New><A></New></A>"),
        inside("<InAcctId"),
        inside("<New a=1/>"),
        inside("<New a='<'/>"),
        inside("<New>]]></New>"),
        inside("]]>"),
        inside("<New a='1'b='2'/>"),
        inside("<New/ >"),
        inside("< New/>"),
        inside("<New a/>"),
        inside("<New a = />"),
        inside("<New =''/>"),
        inside("<New></New a='1'>"),
        inside("<New a='1' / b='2'></New>"),
        inside("<New><!-- a -- b --></New>"),
        inside("<New><?xml version='1.0'?></New>"),
        inside("<New xmlns:p=''/>"),
        inside("<New xmlns:xmlns='urn:x'/>"),
        inside("<New xmlns:xml='urn:x'/>"),
        inside("<New xmlns:='urn:x'/>"),
        inside("<New xmlns:1a='urn:x'/>"),
        inside("<New xmlns:a:b='urn:x'/>"),
        inside("<New xmlns:<='urn:x'/>"),
        inside("<New xmlns:x='http://www.w3.org/XML/1998/namespace'/>"),
        inside("<New xmlns='http://www.w3.org/2000/xmlns/'/>"),
        inside("<a:b:c xmlns:a='urn:a'/>"),
        inside("<InAcctId>a & b</InAcctId>"),
    ] {
        assert_eq!(refused(&xml).code(), "model-syntax", "{xml}");
    }
    for place in [
        "<p:New/>",
        "<New><p:A/></New>",
        "<InAcctId p:a='1'/>",
        "<New p:a='1'/>",
    ] {
        assert_eq!(refused(&inside(place)).code(), "model-prefix", "{place}");
    }
}

#[test]
fn names_cannot_reach_what_only_the_contract_may_name() {
    for place in [
        "<Alien><Twice#2>x</Twice#2></Alien>",
        "<{urn:x}y/>",
        "<MsgRqHdr><AuthenUsrCred><{x}Security/></AuthenUsrCred></MsgRqHdr>",
    ] {
        assert_eq!(refused(&inside(place)).code(), "model-syntax", "{place}");
    }
}

#[test]
fn duplicate_attributes_are_refused() {
    for place in [
        "<InAcctId a='1' a='2'/>",
        "<New a='1' a='2'/>",
        "<InAcctId xmlns:p='urn:x' xmlns:q='urn:x' p:a='1' q:a='2'/>",
        "<Alien xmlns:p='urn:x' xmlns:q='urn:x' p:a='1' q:a='2'/>",
        "<New xmlns:p='urn:x' xmlns:q='urn:x' p:a='1' q:a='2'/>",
        "<New xmlns:p='urn:x' xmlns:p='urn:y'/>",
    ] {
        assert_eq!(refused(&inside(place)).code(), "model-syntax", "{place}");
    }
}

#[test]
fn depth_is_bounded_in_known_and_unknown_elements() {
    let deep = format!("{}{}", "<a>".repeat(200), "</a>".repeat(200));
    match refused(&inside(&deep)) {
        DecodeError::Limit { max, path, .. } => assert_eq!((max, &*path), (128, "/AcctInq")),
        other => panic!("{other}"),
    }
    let endless = inside(&"<a>".repeat(1_000_000));
    assert_eq!(refused(&endless).code(), "model-limit");
}

#[test]
fn namespace_names_are_bounded_for_each_element_may_keep_a_copy() {
    let long = format!("urn:{}", "x".repeat(600));
    for place in [
        format!("<New xmlns='{long}'/>"),
        format!("<p:New xmlns:p='{long}'/>"),
        format!("<InAcctId xmlns:p='{long}' p:a=''/>"),
    ] {
        assert_eq!(refused(&inside(&place)).code(), "model-limit", "{place}");
    }
    let scope = Scope::new().bind("p", long);
    let around = decode::<AcctInq>(inside("<p:New/>").as_bytes(), &scope);
    assert_eq!(around.unwrap_err().code(), "model-limit");
}

#[test]
fn elements_are_bounded_however_small_they_are() {
    let mut limits = Limits::default();
    limits.elements = 10;
    for element in ["<Info/>", "<Amount/>", "<New/>"] {
        let read = |count: usize| {
            let xml = inside(&element.repeat(count));
            decode_within::<AcctInq>(xml.as_bytes(), &Scope::new(), &limits)
        };
        assert!(read(9).is_ok(), "{element}");
        assert_eq!(read(10).unwrap_err().code(), "model-limit", "{element}");
    }
}

#[test]
fn attributes_namespaces_and_texts_are_bounded() {
    let many: String = (0..100_000).map(|n| format!(" a{n}=''")).collect();
    assert_eq!(
        refused(&inside(&format!("<InAcctId{many}/>"))).code(),
        "model-limit"
    );
    assert_eq!(
        refused(&inside(&format!("<New{many}/>"))).code(),
        "model-limit"
    );
    let mut nested = String::new();
    for depth in 0..60 {
        nested.push_str("<a");
        for n in 0..60 {
            nested.push_str(&format!(" xmlns:p{depth}x{n}='urn:x'"));
        }
        nested.push('>');
    }
    assert_eq!(refused(&inside(&nested)).code(), "model-limit");

    let mut limits = Limits::default();
    limits.text = 10;
    for place in [
        "<InAcctId>01234567890</InAcctId>",
        "<InAcctId a='01234567890'/>",
        "<New>01234567890</New>",
        "<InAcctId>&lt;123456<!---->7890</InAcctId>",
    ] {
        let error =
            decode_within::<AcctInq>(inside(place).as_bytes(), &Scope::new(), &limits).unwrap_err();
        assert_eq!(error.code(), "model-limit", "{place}");
    }
    let fits = inside("<InAcctId>0123456789</InAcctId>");
    assert!(decode_within::<AcctInq>(fits.as_bytes(), &Scope::new(), &limits).is_ok());
}

#[test]
fn warnings_are_bounded_but_elements_are_not_lost() {
    let decoded =
        decode::<AcctInq>(inside(&"<New/>".repeat(5_000)).as_bytes(), &Scope::new()).unwrap();
    assert!(decoded.warnings().len() < 1_100);
    assert_eq!(decoded.value.ext.unknown().count(), 5_000);
}

#[test]
fn another_message_is_refused_by_its_whole_name() {
    for xml in [
        "<AcctInq/>".to_owned(),
        "<AcctInq xmlns='urn:x'/>".into(),
        format!("<AcctInqResponse {NS}/>"),
    ] {
        assert_eq!(refused(&xml).code(), "model-other-message", "{xml}");
    }
    let long = format!("<{} {NS}/>", "x".repeat(10_000));
    assert!(refused(&long).to_string().len() < 400);
}

#[test]
fn a_bad_value_is_refused_with_its_place() {
    let xml = inside("<Info><Code>x</Code></Info><Info><Date>31.12.2024</Date></Info>");
    let expected = DecodeError::Value {
        path: "/AcctInq/Info/Date".into(),
        offset: xml.find("<Date>").unwrap(),
        kind: "xsd:date",
    };
    assert_eq!(refused(&xml), expected);
    for (element, text) in [
        ("Count", "2147483648"),
        ("Total", "1.0"),
        ("Flag", "TRUE"),
        ("Image", "A"),
        ("Stamp", "now"),
    ] {
        let xml = inside(&format!("<Info><{element}>{text}</{element}></Info>"));
        assert_eq!(refused(&xml).code(), "model-value", "{element}");
    }
    assert_eq!(
        refused(&inside("<InAcctId><b/></InAcctId>")).code(),
        "model-element-in-value"
    );
}

#[test]
fn what_xml_cannot_carry_is_not_written() {
    for text in ["a\u{0}", "é\u{b}", "\u{ffff}x"] {
        let request = AcctInq {
            in_acct_id: text.into(),
            ..Default::default()
        };
        let index = text
            .chars()
            .position(|c| c.is_control() || c == '\u{ffff}')
            .unwrap();
        let expected = EncodeError::Character {
            path: "/AcctInq/InAcctId".into(),
            index,
        };
        assert_eq!(encode(&request), Err(expected));
    }
    for name in [
        "", "a b", "a=\"\"", "xmlns", "xmlns:x", "p:a", "1", "a>", "xml:", "é\u{0}",
    ] {
        let request = AcctInq {
            in_acct_id: Text::from("x").with_attribute(name, "v"),
            ..Default::default()
        };
        assert_eq!(
            encode(&request).unwrap_err().code(),
            "model-unwritable-attribute",
            "{name:?}"
        );
    }
    let request = AcctInq {
        in_acct_id: Text::from("x").with_attribute("a", "\u{1}"),
        ..Default::default()
    };
    assert_eq!(
        encode(&request).unwrap_err().code(),
        "model-unwritable-character"
    );
}
