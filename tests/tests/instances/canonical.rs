//! Compares documents by what they say, whatever their prefixes.

use roxmltree::{Document, Node, NodeType};

/// Where two documents differ first; `None` when they say the same.
///
/// White space between elements says nothing; white space that is all the text of an element does.
pub(crate) fn difference(a: &str, b: &str) -> Option<String> {
    let parse = |text| Document::parse(text).expect("well-formed");
    let (a, b) = (parse(a), parse(b));
    let mut open = vec![(a.root_element(), b.root_element())];
    while let Some((a, b)) = open.pop() {
        let path = || {
            let names: Vec<&str> = a.ancestors().map(|node| node.tag_name().name()).collect();
            names.into_iter().rev().collect::<Vec<_>>().join("/")
        };
        let name = |node: Node<'_, '_>| {
            let namespace = node.tag_name().namespace().unwrap_or_default();
            format!("{{{namespace}}}{}", node.tag_name().name())
        };
        if name(a) != name(b) {
            return Some(format!("{}: {} became {}", path(), name(a), name(b)));
        }
        let (here, there) = (attributes(a), attributes(b));
        if here != there {
            return Some(format!("{}: {here:?} became {there:?}", path()));
        }
        let (here, there) = (content(a), content(b));
        let texts = |content: &[Part<'_, '_>]| -> Vec<String> {
            content
                .iter()
                .map(|part| match part {
                    Part::Text(text) => text.clone(),
                    Part::Element(node) => format!("<{}>", node.tag_name().name()),
                })
                .collect()
        };
        if texts(&here) != texts(&there) {
            return Some(format!(
                "{}: {:?} became {:?}",
                path(),
                texts(&here),
                texts(&there)
            ));
        }
        for pair in here.into_iter().zip(there) {
            if let (Part::Element(a), Part::Element(b)) = pair {
                open.push((a, b));
            }
        }
    }
    None
}

/// Attributes by name, with the names in `xsi:type` resolved.
fn attributes(node: Node<'_, '_>) -> Vec<(String, String)> {
    const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
    let mut found: Vec<(String, String)> = node
        .attributes()
        .map(|attribute| {
            let namespace = attribute.namespace().unwrap_or_default();
            let name = format!("{{{namespace}}}{}", attribute.name());
            let mut value = attribute.value().to_owned();
            if (namespace, attribute.name()) == (XSI, "type") {
                let (prefix, local) = value
                    .split_once(':')
                    .map_or((None, &*value), |(p, l)| (Some(p), l));
                let namespace = node.lookup_namespace_uri(prefix).unwrap_or_default();
                value = format!("{{{namespace}}}{local}");
            }
            (name, value)
        })
        .collect();
    found.sort();
    found
}

enum Part<'a, 'i> {
    Text(String),
    Element(Node<'a, 'i>),
}

/// Elements, and the texts between them in one piece each.
fn content<'a, 'i>(node: Node<'a, 'i>) -> Vec<Part<'a, 'i>> {
    let mut parts: Vec<Part<'a, 'i>> = Vec::new();
    for child in node.children() {
        let text = child.text().unwrap_or_default();
        match (child.node_type(), parts.last_mut()) {
            (NodeType::Element, _) => parts.push(Part::Element(child)),
            (NodeType::Text, Some(Part::Text(before))) => before.push_str(text),
            (NodeType::Text, _) => parts.push(Part::Text(text.to_owned())),
            _ => {}
        }
    }
    let is_element = |part: &Part<'_, '_>| matches!(part, Part::Element(_));
    if parts.iter().any(is_element) {
        parts.retain(|part| match part {
            Part::Text(text) => !text.trim().is_empty(),
            Part::Element(_) => true,
        });
    }
    parts
}

#[test]
fn what_is_said_otherwise_is_a_difference() {
    let same = |a, b| assert_eq!(difference(a, b), None);
    same(
        "<a xmlns='u'> <b c='1' d='2'/></a>",
        "<p:a xmlns:p='u'><p:b d='2' c='1'></p:b></p:a>",
    );
    same(
        "<a xmlns='u'><b xmlns=''/></a>",
        "<p:a xmlns:p='u'><b/></p:a>",
    );
    same("<a>x<![CDATA[<]]></a>", "<a>x&lt;</a>");
    let differ = |a, b| assert!(difference(a, b).is_some(), "{a} {b}");
    differ("<a/>", "<a xmlns='u'/>");
    differ("<a><b/><c/></a>", "<a><c/><b/></a>");
    differ("<a><b/></a>", "<a><b/><b/></a>");
    differ("<a> </a>", "<a/>");
    differ("<a><b>1</b></a>", "<a><b>1.0</b></a>");
    differ("<a b='1'/>", "<a b='2'/>");
    let typed = |uri| {
        format!(
            "<a xmlns:x='http://www.w3.org/2001/XMLSchema-instance' xmlns:p='{uri}' x:type='p:T'/>"
        )
    };
    differ(&typed("u"), &typed("v"));
}
