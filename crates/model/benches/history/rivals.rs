//! The same answer through serde, yaserde and a decoder written by hand on quick-xml.
#![allow(unreachable_pub, reason = "as users write such types")]

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use serde::{Deserialize, Serialize};
use yaserde::{YaDeserialize, YaSerialize};

const NS: &str = "http://jackhenry.com/jxchange/TPG/2008";

/// A text with the attributes that jXchange gives it.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize, YaSerialize, YaDeserialize)]
pub struct Value {
    #[serde(rename = "@JHANull", default, skip_serializing_if = "Option::is_none")]
    #[yaserde(rename = "JHANull", attribute = true)]
    pub null: Option<String>,
    #[serde(rename = "@Rstr", default, skip_serializing_if = "Option::is_none")]
    #[yaserde(rename = "Rstr", attribute = true)]
    pub rstr: Option<String>,
    #[serde(rename = "$text", default, skip_serializing_if = "Option::is_none")]
    #[yaserde(text = true)]
    pub text: Option<String>,
}

/// A struct with single values, then structs that repeat.
macro_rules! plain {
    ($name:ident { $($field:ident $element:literal,)* } { $($list:ident $inner:literal: $of:ident,)* }) => {
        #[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize, YaSerialize, YaDeserialize)]
        #[yaserde(prefix = "jx", default_namespace = "jx", namespaces = {"jx" = "http://jackhenry.com/jxchange/TPG/2008"})]
        pub struct $name {
            $(
                #[serde(rename = $element, default, skip_serializing_if = "Option::is_none")]
                #[yaserde(rename = $element, prefix = "jx")]
                pub $field: Option<Value>,
            )*
            $(
                #[serde(rename = $inner, default, skip_serializing_if = "Vec::is_empty")]
                #[yaserde(rename = $inner, prefix = "jx")]
                pub $list: Vec<$of>,
            )*
        }

        impl ByHand for $name {
            fn element(&mut self, name: &str, tag: &BytesStart<'_>, empty: bool, reader: &mut NsReader<&[u8]>) {
                match name {
                    $($element => self.$field = Some(value(tag, empty, reader)),)*
                    $($inner => {
                        let mut inner = $of::default();
                        if !empty {
                            children(&mut inner, reader);
                        }
                        self.$list.push(inner);
                    })*
                    _ if empty => {}
                    _ => {
                        reader.read_to_end(tag.name()).expect("well-formed");
                    }
                }
            }
        }
    };
}

plain!(AcctHistSrchResponse { more_rec "MoreRec", sent_rec "SentRec", } { records "AcctHistSrchRec": Record, });
plain!(Record {} { deposit "DepHistSrchRec": Deposit, loan "LnHistSrchRec": Loan, });
plain!(Deposit {
    acct_type "AcctType", sort_date "SortDt", posted "PostDt", effective "EffDt", trn_code "TrnCode",
    trn_desc "TrnCodeDesc", trn_type "TrnType", amount "Amt", balance "TrnHistBalAmt", check "ChkNum",
    image "ImgNum", source "SrcCode", source_desc "SrcCodeDesc", batch "BatchNum", seq "SeqNum",
    rec_id "HistRecId", merchant "MerchName", city "City", state "StateCode", terminal "TermId", fee "FeeAmt",
    channel "Channel", memo "MemoPost", branch "BrCode",
} { eft "EftDesc": EftDesc, });
plain!(Loan {
    effective "EffDt", trn_code "TrnCode", principal "PrncAmt", interest "IntAmt", balance "CurBal", note "Rmk",
} {});
plain!(EftDesc { text "EftDescText", kind "EftDescType", } {});

trait ByHand {
    fn element(
        &mut self,
        name: &str,
        tag: &BytesStart<'_>,
        empty: bool,
        reader: &mut NsReader<&[u8]>,
    );
}

/// Decodes by hand: namespaces checked, texts joined and resolved.
pub fn by_hand(xml: &str) -> AcctHistSrchResponse {
    let mut reader = NsReader::from_str(xml);
    let mut answer = AcctHistSrchResponse::default();
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(_) => children(&mut answer, &mut reader),
            Event::Eof => return answer,
            _ => {}
        }
    }
}

fn children(into: &mut impl ByHand, reader: &mut NsReader<&[u8]>) {
    loop {
        let (namespace, event) = reader.read_resolved_event().expect("well-formed");
        let ours = namespace == ResolveResult::Bound(Namespace(NS));
        let (tag, empty) = match event {
            Event::Start(tag) => (tag, false),
            Event::Empty(tag) => (tag, true),
            Event::End(_) => return,
            _ => continue,
        };
        let name = tag.local_name();
        into.element(if ours { name.as_ref() } else { "" }, &tag, empty, reader);
    }
}

fn value(tag: &BytesStart<'_>, empty: bool, reader: &mut NsReader<&[u8]>) -> Value {
    let (mut value, mut whole) = (Value::default(), String::new());
    for attribute in tag.attributes() {
        let attribute = attribute.expect("well-formed");
        let text = attribute
            .normalized_value(quick_xml::XmlVersion::Explicit1_0)
            .expect("well-formed")
            .into_owned();
        match attribute.key.into_inner() {
            "JHANull" => value.null = Some(text),
            "Rstr" => value.rstr = Some(text),
            _ => {}
        }
    }
    if empty {
        return value;
    }
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Text(text) => whole.push_str(&text),
            Event::CData(text) => whole.push_str(&text),
            Event::GeneralRef(name) => {
                let text = quick_xml::escape::resolve_xml_entity(&name);
                whole.push_str(text.expect("a predefined entity"));
            }
            Event::End(_) => break,
            _ => {}
        }
    }
    value.text = (!whole.is_empty()).then_some(whole);
    value
}
