//! A message read by the model, beside the same read by other people's parsers.

use castile_model::{Ext, Field, Integer, Message, Raw, Scope, Text, elements, encode};
use quick_xml::events::Event;

const NAMESPACE: &str = "urn:m";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// A struct as generated code has it: texts, a number, markers, a list, a child of its own type.
#[derive(Debug, Clone, Default, PartialEq)]
struct Order {
    id: Text,
    note: Option<Text>,
    count: Option<Field<Integer>>,
    line: Vec<Text>,
    inner: Option<Box<Order>>,
    any: Option<Raw>,
    ext: Ext,
}

elements! { Order:
    "Id" => id,
    "Note" => note,
    [version 1]
    "Count" => count,
    "Line" => line,
    [version 2]
    "Order" => inner,
    "Kept" => any,
}

impl Message for Order {
    const NAMESPACE: &'static str = NAMESPACE;
    const ELEMENT: &'static str = "Order";
}

/// What the reader takes is well-formed, its values are those of the judge, and it reads what it writes.
pub fn decode(input: &[u8]) {
    let Ok(read) = castile_model::decode::<Order>(input, &Scope::new()) else {
        return;
    };
    let text = std::str::from_utf8(input).expect("what was read is UTF-8");
    let shown = format!("{text:?}");
    is_well_formed(text);
    // Ends of lines as XML 1.0, section 2.11, has them before parsing: roxmltree keeps a CR before a reference.
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    if let Ok(document) = roxmltree::Document::parse(&lines) {
        order(&read.value, document.root_element(), &shown);
    }
    let written = encode(&read.value).expect("what was read can be written");
    // A declaration that a kept element does not need may go with the first repetition, and nothing with the next.
    let twice = again(&written, &shown);
    assert_eq!(again(&twice, &shown), twice, "{shown}");
}

fn again(written: &str, shown: &str) -> String {
    let read = castile_model::decode::<Order>(written.as_bytes(), &Scope::new())
        .unwrap_or_else(|error| panic!("{error}: {written:?} of {shown}"));
    encode(&read.value).expect("what was written can be written")
}

/// quick-xml reads the document to its end, each name is closed by itself, and nothing stands beside the root.
fn is_well_formed(text: &str) {
    let mut reader = quick_xml::NsReader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut depth = 0_usize;
    let mut roots = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                roots += usize::from(depth == 0);
                depth += 1;
                for attribute in tag.attributes() {
                    attribute.unwrap_or_else(|error| panic!("{error}: {text:?}"));
                }
            }
            Ok(Event::Empty(tag)) => {
                roots += usize::from(depth == 0);
                for attribute in tag.attributes() {
                    attribute.unwrap_or_else(|error| panic!("{error}: {text:?}"));
                }
            }
            Ok(Event::End(_)) => depth -= 1,
            Ok(Event::DocType(_)) => panic!("a DTD was taken: {text:?}"),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{error}: {text:?}"),
        }
    }
    assert_eq!((depth, roots), (0, 1), "{text:?}");
}

/// Texts and attributes of a struct are those that roxmltree has.
fn order(order: &Order, node: roxmltree::Node<'_, '_>, shown: &str) {
    let theirs = |name: &str| {
        node.children()
            .filter(|child| child.has_tag_name((NAMESPACE, name)))
            .collect::<Vec<_>>()
    };
    let first = |name: &str| theirs(name).into_iter().next();
    assert_eq!(order.id.is_given(), first("Id").is_some(), "{shown}");
    if let Some(id) = first("Id") {
        text(&order.id, id, shown);
    }
    let (note, count, inner) = (first("Note"), first("Count"), first("Order"));
    assert_eq!(order.note.is_some(), note.is_some(), "{shown}");
    if let (Some(note), Some(node)) = (&order.note, note) {
        text(note, node, shown);
    }
    assert_eq!(order.count.is_some(), count.is_some(), "{shown}");
    if let (Some(count), Some(node)) = (&order.count, count) {
        attributes(count, node, shown);
    }
    let lines = theirs("Line");
    assert_eq!(order.line.len(), lines.len(), "{shown}");
    for (line, node) in order.line.iter().zip(lines) {
        text(line, node, shown);
    }
    assert_eq!(order.inner.is_some(), inner.is_some(), "{shown}");
    if let (Some(inner), Some(node)) = (&order.inner, inner) {
        self::order(inner, node, shown);
    }
    assert_eq!(order.any.is_some(), first("Kept").is_some(), "{shown}");
}

fn text(ours: &Text, node: roxmltree::Node<'_, '_>, shown: &str) {
    let theirs: String = (node.children())
        .filter(|child| child.is_text())
        .filter_map(|child| child.text())
        .collect();
    assert_eq!(ours.as_str(), theirs, "{shown}");
    attributes(ours, node, shown);
}

fn attributes<T>(ours: &Field<T>, node: roxmltree::Node<'_, '_>, shown: &str) {
    let plain = |name: &str| node.attribute(name);
    for name in ["JHANull", "Rstr", "MaskVal"] {
        assert_eq!(ours.attribute(name), plain(name), "{shown}");
    }
    let is_true = |value: Option<&str>, words: &[&str]| {
        value.is_some_and(|value| words.contains(&value.trim()))
    };
    assert_eq!(
        ours.is_null(),
        is_true(plain("JHANull"), &["true"]),
        "{shown}"
    );
    let nil = node.attribute((XSI, "nil"));
    assert_eq!(ours.is_nil(), is_true(nil, &["true", "1"]), "{shown}");
    assert_eq!(ours.attributes().len(), node.attributes().len(), "{shown}");
}

/// Messages to begin with.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let contents = [
        "<Id>1</Id>",
        "<Id Rstr='Hid' MaskVal=\"&#x2a;\">a &amp;&lt;b&gt; <![CDATA[<c>]]]]>d</Id><Note/><Ver_1/><Count>7</Count>",
        "<Ver_2/><Line> </Line><Line>\r\n\t</Line><Note>&#65;<!-- c --><?p q?>z</Note><Id/>",
        "<Id JHANull='true'/><Count JHANull=\"\"></Count><Order><Id>2</Id><Ver_1/><Ver_2/><Kept><x:a xmlns:x='u' x:b='c'/></Kept></Order>",
        "<Id x:nil='1'/><New>y<Id>n</Id></New><Ver_1></Ver_1><Line>\u{e9}\u{1f600}</Line><Ver_3/><Id>3</Id>",
        "<p:Id xmlns:p='urn:m'>4</p:Id><Id xmlns='urn:o'/><Kept a='1'>t<b/></Kept >\n",
    ];
    let mut seeds = Vec::new();
    for content in contents {
        seeds.push(format!(
            "<Order xmlns='{NAMESPACE}' xmlns:x='{XSI}'>{content}</Order>"
        ));
        seeds.push(format!(
            "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!--c--><m:Order xmlns:m=\"{NAMESPACE}\" xmlns:x='{XSI}' xmlns='{NAMESPACE}' a='b'>\n{content}</m:Order>\n"
        ));
    }
    seeds.push("<Order xmlns='urn:m'/>".to_owned());
    seeds.into_iter().map(String::into_bytes).collect()
}
