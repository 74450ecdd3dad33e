//! The blocks that go, found by other people's parsers.

use std::ops::Range;

use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

const SOAP: [&str; 2] = [
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://www.w3.org/2003/05/soap-envelope",
];
const WSSE: [&str; 5] = [
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "http://schemas.xmlsoap.org/ws/2002/04/secext",
    "http://schemas.xmlsoap.org/ws/2002/07/secext",
    "http://schemas.xmlsoap.org/ws/2002/12/secext",
    "http://schemas.xmlsoap.org/ws/2003/06/secext",
];

/// The ranges of `Envelope/Header/wsse:Security`; none where the parsers cannot be asked.
///
/// The cut reads no further than to the start of Body. So that the judge need not trust it in that, quick-xml says
/// where Body starts, and roxmltree gets the document up to there, closed.
pub(crate) fn ranges(input: &[u8]) -> Option<Vec<Range<usize>>> {
    // One character a byte in the single-byte encodings, and none that stands in a name that counts.
    let masked;
    let text = match std::str::from_utf8(input) {
        Ok(text) => text,
        Err(_) => {
            let plain = input
                .iter()
                .map(|byte| if byte.is_ascii() { *byte } else { b'_' });
            masked = plain.map(char::from).collect::<String>();
            &masked
        }
    };
    let closed = up_to_body(text)?;
    match roxmltree::Document::parse(&closed) {
        Ok(document) => Some(blocks(&document)),
        // Which characters beyond ASCII may stand in a name, and what two masked names have become, is not judged.
        Err(_) if !input.is_ascii() => None,
        Err(error) => panic!("accepted, but {error}: {closed}"),
    }
}

/// Whether roxmltree takes the whole document; what it does not read is not judged.
pub(crate) fn well_formed(input: &[u8]) {
    if let (true, Ok(text)) = (input.is_ascii(), std::str::from_utf8(input))
        && let Err(error) = roxmltree::Document::parse(text)
    {
        panic!("taken for well-formed, but {error}: {text}");
    }
}

fn blocks(document: &roxmltree::Document<'_>) -> Vec<Range<usize>> {
    let is = |node: &roxmltree::Node<'_, '_>, name: &str, namespaces: &[&str]| {
        node.tag_name().name() == name
            && node
                .tag_name()
                .namespace()
                .is_some_and(|uri| namespaces.contains(&uri))
    };
    let root = document.root_element();
    assert!(is(&root, "Envelope", &SOAP));
    let header = root.children().find(|node| node.is_element());
    header
        .filter(|node| is(node, "Header", &SOAP))
        .into_iter()
        .flat_map(|header| header.children().collect::<Vec<_>>())
        .filter(|node| is(node, "Security", &WSSE))
        .map(|node| node.range())
        .collect()
}

/// The document up to Body's start tag, with end tags behind it.
fn up_to_body(text: &str) -> Option<String> {
    // quick-xml does not count a byte order mark.
    let (mark, text) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    let mut reader = NsReader::from_str(text);
    let mut depth = 0;
    let mut root = String::new();
    loop {
        let (namespace, event) = reader.read_resolved_event().ok()?;
        let uri = match namespace {
            ResolveResult::Bound(uri) => {
                let raw = String::from(uri.as_ref());
                quick_xml::escape::unescape(&raw).ok()?.into_owned()
            }
            _ => String::new(),
        };
        let (tag, empty) = match &event {
            Event::Start(tag) => (tag, false),
            Event::Empty(tag) => (tag, true),
            Event::End(_) => {
                depth -= 1;
                continue;
            }
            Event::Eof => return None,
            _ => continue,
        };
        let name = String::from(tag.name().as_ref());
        if depth == 0 {
            root.clone_from(&name);
        }
        let is_body = depth == 1 && tag.local_name().as_ref() == "Body";
        if is_body && SOAP.contains(&uri.as_str()) {
            let end = reader.buffer_position() as usize;
            let close = if empty {
                String::new()
            } else {
                format!("</{name}>")
            };
            return Some(format!("{mark}{}{close}</{root}>", &text[..end]));
        }
        if !empty {
            depth += 1;
        }
    }
}
