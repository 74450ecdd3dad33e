//! The same ranges by other people's parsers.

use std::ops::Range;

use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

use crate::table::{S11, S12, WSSE};

const BOM: char = '\u{feff}';
const DRAFTS: [&str; 4] = ["2002/04", "2002/07", "2002/12", "2003/06"];

fn is_wsse(uri: &str) -> bool {
    let draft = |year: &&str| uri == format!("http://schemas.xmlsoap.org/ws/{year}/secext");
    uri == WSSE || DRAFTS.iter().any(draft)
}

fn is_soap(uri: &str) -> bool {
    uri == S11 || uri == S12
}

/// What roxmltree makes of a document, node by node, without the children `{wsse}Security` of Header if asked so.
///
/// Text on both sides of what is left out is one text.
pub(crate) fn infoset(text: &str, without: bool) -> Vec<String> {
    let document = roxmltree::Document::parse(text).expect("well-formed");
    let gone = if without {
        roxmltree_ranges(text)
    } else {
        Vec::new()
    };
    let mut nodes: Vec<String> = Vec::new();
    // How deep the text stands that came last, if no other node has come since.
    let mut text_depth = None;
    for node in document.descendants() {
        let range = node.range();
        let inside = |gone: &Range<usize>| gone.start <= range.start && range.end <= gone.end;
        if gone.iter().any(inside) {
            continue;
        }
        let depth = node.ancestors().count();
        // Of an element this would be its first child's.
        let text = node.text().filter(|_| !node.is_element());
        let text = text.unwrap_or_default();
        if node.is_text() {
            match nodes.last_mut() {
                Some(last) if text_depth == Some(depth) => last.push_str(text),
                _ => nodes.push(format!("{depth} text {text}")),
            }
            text_depth = Some(depth);
            continue;
        }
        text_depth = None;
        let attributes: Vec<_> = node
            .attributes()
            .map(|attribute| (attribute.namespace(), attribute.name(), attribute.value()))
            .collect();
        let (kind, name) = (node.node_type(), node.tag_name());
        nodes.push(format!(
            "{depth} {kind:?} {name:?} {attributes:?} {:?} {text}",
            node.pi()
        ));
    }
    nodes
}

/// The children `{wsse}Security` of `Envelope/Header` by roxmltree's node ranges.
pub(crate) fn roxmltree_ranges(text: &str) -> Vec<Range<usize>> {
    let document = roxmltree::Document::parse(text).expect("well-formed");
    let header = document.root_element().children().find(|node| {
        node.tag_name().name() == "Header" && node.tag_name().namespace().is_some_and(is_soap)
    });
    header
        .into_iter()
        .flat_map(|header| header.children())
        .filter(|node| {
            node.tag_name().name() == "Security" && node.tag_name().namespace().is_some_and(is_wsse)
        })
        .map(|node| node.range())
        .collect()
}

/// The same by quick-xml's namespace reader up to Body.
pub(crate) fn quick_xml_ranges(text: &str) -> Vec<Range<usize>> {
    // quick-xml's positions do not count a byte order mark.
    let shift = if text.starts_with(BOM) { 3 } else { 0 };
    let mut reader = NsReader::from_str(&text[shift..]);
    let mut ranges = Vec::new();
    let (mut depth, mut open) = (0, None);
    loop {
        let start = reader.buffer_position() as usize + shift;
        let (ns, event) = reader.read_resolved_event().expect("well-formed");
        let uri = match ns {
            ResolveResult::Bound(ns) => String::from(ns.as_ref()),
            _ => String::new(),
        };
        let uri = uri.replace("&#58;", ":").replace("&#x2F;", "/");
        match event {
            Event::Start(tag) => {
                let local = tag.local_name();
                if depth == 1 && local.as_ref() == "Body" && is_soap(&uri) {
                    return ranges;
                }
                if depth == 2 && local.as_ref() == "Security" && is_wsse(&uri) {
                    open = Some(start);
                }
                depth += 1;
            }
            Event::Empty(tag) => {
                let local = tag.local_name();
                let end = reader.buffer_position() as usize + shift;
                if depth == 2 && local.as_ref() == "Security" && is_wsse(&uri) {
                    ranges.push(start..end);
                }
            }
            Event::End(_) => {
                depth -= 1;
                if depth == 2
                    && let Some(start) = open.take()
                {
                    ranges.push(start..reader.buffer_position() as usize + shift);
                }
            }
            Event::Eof => return ranges,
            _ => {}
        }
    }
}
