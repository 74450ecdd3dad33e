//! Reads an XML document into a tree, within bounds on depth and count.

use std::collections::HashMap;

use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

use crate::{Cause, NotSoap};

/// Elements may nest this deep.
const DEPTH: usize = 64;

/// Elements and attributes of one document, together.
const NODES: usize = 50_000;

/// Attributes of one element; telling doubles takes the square of their number.
const ATTRIBUTES: usize = 256;

/// An element with its namespace, attributes, text and children.
#[derive(Default)]
pub(crate) struct Element {
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// By namespace and local name.
    attributes: HashMap<(String, String), String>,
    /// All text directly in it, joined.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The first child of that name, in this element's namespace.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children
            .iter()
            .find(|child| child.name == name && child.namespace == self.namespace)
    }

    /// The trimmed text of the element at `path`; `None` if absent or empty.
    pub(crate) fn value(&self, path: &[&str]) -> Option<&str> {
        let mut at = self;
        for name in path {
            at = at.child(name)?;
        }
        Some(at.text.trim()).filter(|text| !text.is_empty())
    }

    pub(crate) fn attribute(&self, namespace: &str, name: &str) -> Option<&str> {
        // The key's type asks for owned text; requests carry few attributes.
        self.attributes
            .get(&(namespace.to_owned(), name.to_owned()))
            .map(String::as_str)
    }
}

/// Reads the document's root element.
pub(crate) fn read(document: &str) -> Result<Element, Cause> {
    let mut reader = NsReader::from_str(document);
    reader.config_mut().expand_empty_elements = true;
    let mut nodes = 0;
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let position = reader.buffer_position();
        let refuse = |reason| Cause::NotSoap {
            reason,
            offset: position,
        };
        let event = reader
            .read_event()
            .map_err(|_| refuse(NotSoap::Malformed))?;
        match event {
            Event::Start(start) => {
                if open.len() == DEPTH {
                    return Err(refuse(NotSoap::TooDeep));
                }
                if open.is_empty() && root.is_some() {
                    return Err(refuse(NotSoap::Malformed));
                }
                let element = element(&reader, &start).map_err(refuse)?;
                nodes += 1 + element.attributes.len();
                if nodes > NODES {
                    return Err(refuse(NotSoap::TooMany));
                }
                open.push(element);
            }
            Event::End(_) => {
                let Some(done) = open.pop() else {
                    return Err(refuse(NotSoap::Malformed));
                };
                match open.last_mut() {
                    Some(parent) => parent.children.push(done),
                    None => root = Some(done),
                }
            }
            Event::Text(text) => match open.last_mut() {
                Some(parent) => parent.text.push_str(&text.xml10_content()),
                None if text
                    .trim_matches([' ', '\t', '\r', '\n', '\u{feff}'])
                    .is_empty() => {}
                None => return Err(refuse(NotSoap::Malformed)),
            },
            Event::CData(text) => match open.last_mut() {
                Some(parent) => parent.text.push_str(&text.xml10_content()),
                None => return Err(refuse(NotSoap::Malformed)),
            },
            Event::GeneralRef(reference) => {
                let parent = open.last_mut().ok_or(refuse(NotSoap::Malformed))?;
                match reference.resolve_char_ref() {
                    Ok(Some(character)) => parent.text.push(character),
                    Ok(None) => parent.text.push_str(
                        resolve_predefined_entity(&reference).ok_or(refuse(NotSoap::Entity))?,
                    ),
                    Err(_) => return Err(refuse(NotSoap::Malformed)),
                }
            }
            Event::DocType(_) => return Err(refuse(NotSoap::Dtd)),
            Event::PI(_) => return Err(refuse(NotSoap::ProcessingInstruction)),
            Event::Comment(_) | Event::Decl(_) => {}
            // Empty elements are expanded to a start and an end.
            Event::Empty(_) => {}
            Event::Eof => {
                return match root {
                    Some(root) if open.is_empty() => Ok(root),
                    _ => Err(refuse(NotSoap::Malformed)),
                };
            }
        }
    }
}

fn element(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Result<Element, NotSoap> {
    let resolver = reader.resolver();
    let (namespace, name) = resolver.resolve_element(start.name());
    let mut element = Element {
        namespace: text_of(namespace)?,
        name: name.into_inner().to_owned(),
        ..Element::default()
    };
    for (number, attribute) in start.attributes().enumerate() {
        if number == ATTRIBUTES {
            return Err(NotSoap::TooMany);
        }
        let attribute = attribute.map_err(|_| NotSoap::Malformed)?;
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let (namespace, name) = resolver.resolve_attribute(attribute.key);
        let key = (text_of(namespace)?, name.into_inner().to_owned());
        let value = attribute
            .normalized_value(XmlVersion::Explicit1_0)
            .map_err(|_| NotSoap::Malformed)?;
        element.attributes.insert(key, value.into_owned());
    }
    Ok(element)
}

/// Refuses a prefix that is not declared.
fn text_of(namespace: ResolveResult<'_>) -> Result<String, NotSoap> {
    match namespace {
        ResolveResult::Bound(namespace) => Ok(namespace.into_inner().to_owned()),
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(_) => Err(NotSoap::Malformed),
    }
}
