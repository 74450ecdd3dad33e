//! For all values: what is written is read back; for all bytes: reading ends without panic.

#[path = "support/contract.rs"]
mod contract;

use castile_model::{Raw, Scope, Text, decode, encode};
use contract::*;
use proptest::prelude::*;

/// Any character that XML 1.0 can carry, the troublesome ones often.
fn carried() -> impl Strategy<Value = String> {
    let trouble = prop::sample::select(vec![
        '<', '>', '&', '"', '\'', '\r', '\n', '\t', ' ', ']', ';', '#', '\u{feff}', '\u{85}',
    ]);
    let any = any::<char>().prop_map(|c| match c {
        '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => 'x',
        c => c,
    });
    prop::collection::vec(prop_oneof![trouble, any], 0..40)
        .prop_map(|chars| chars.into_iter().collect())
}

fn text() -> impl Strategy<Value = Text> {
    (
        carried(),
        prop::collection::btree_map("[A-Za-z_][A-Za-z0-9_.-]{0,8}", carried(), 0..4),
    )
        .prop_map(|(text, attributes)| {
            let field = Text::from(text);
            attributes
                .into_iter()
                .filter(|(name, _)| name != "xmlns")
                .fold(field, |field, (name, value)| {
                    field.with_attribute(&name, &value)
                })
        })
}

/// A balanced tree of elements that the contract does not know, some foreign, some with its names.
fn element() -> impl Strategy<Value = String> {
    let leaf = carried().prop_map(|text| {
        let mut xml = String::new();
        for c in text.chars() {
            match c {
                '<' => xml.push_str("&lt;"),
                '&' => xml.push_str("&amp;"),
                '>' => xml.push_str("&gt;"),
                c => xml.push(c),
            }
        }
        xml
    });
    leaf.prop_recursive(4, 24, 4, |inner| {
        let name = prop::sample::select(vec!["New", "x:InAcctId", "y:New", "Info2", "z:z"]);
        (name, prop::collection::vec(inner, 0..4)).prop_map(|(name, content)| {
            format!(
                "<{name} xmlns:z=\"urn:z\" a='v'>{}</{name}>",
                content.concat()
            )
        })
    })
    .prop_map(|content| format!("<Extra>{content}</Extra>"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_and_attribute_survives(required in text(), optional in proptest::option::of(text()), several in prop::collection::vec(text(), 0..3)) {
        let request = AcctInq {
            in_acct_id: required,
            info: several.into_iter().map(|code| Info { code: Some(code), ..Default::default() }).collect(),
            alien: Some(Box::new(Alien { second: optional, ..Default::default() })),
            ..Default::default()
        };
        let xml = encode(&request).unwrap();
        let decoded = decode::<AcctInq>(xml.as_bytes(), &Scope::new()).unwrap();
        prop_assert_eq!(&decoded.value, &request);
        prop_assert_eq!(encode(&decoded.value).unwrap(), xml);
    }

    #[test]
    fn any_unknown_element_stays_verbatim(element in element()) {
        let xml = format!(
            "<AcctInq xmlns=\"http://jackhenry.com/jxchange/TPG/2008\" xmlns:x=\"urn:x\" xmlns:y=\"urn:y\"><MsgRqHdr><jXchangeHdr/></MsgRqHdr>{element}</AcctInq>"
        );
        let value = decode::<AcctInq>(xml.as_bytes(), &Scope::new()).unwrap().value;
        prop_assert_eq!(value.ext.unknown().next().map(Raw::as_str), Some(&*element));
        let written = encode(&value).unwrap();
        let again = decode::<AcctInq>(written.as_bytes(), &Scope::new()).unwrap().value;
        prop_assert_eq!(encode(&again).unwrap(), written);
    }

    #[test]
    fn broken_messages_never_panic(at in 0usize..600, byte: u8, cut in 0usize..600) {
        let mut xml = b"<j:AcctInq xmlns:j=\"http://jackhenry.com/jxchange/TPG/2008\"><j:MsgRqHdr><j:jXchangeHdr>\
            <j:AuditUsrId a='b'>u &amp; v</j:AuditUsrId><j:Ver_1/><j:New><![CDATA[x]]></j:New></j:jXchangeHdr></j:MsgRqHdr>\
            <j:Amount JHANull='true'/><j:Amount>1.5</j:Amount><j:Info><j:Date>2024-01-01</j:Date></j:Info></j:AcctInq>".to_vec();
        let at = at % xml.len();
        xml[at] = byte;
        xml.truncate(xml.len() - cut % xml.len() / 20);
        if let Ok(decoded) = decode::<AcctInq>(&xml, &Scope::new()) {
            // What was accepted can be written, and is accepted again.
            let written = encode(&decoded.value).unwrap();
            let again = decode::<AcctInq>(written.as_bytes(), &Scope::new());
            prop_assert!(again.is_ok(), "{:?}: {}", again, written);
        }
    }
}
