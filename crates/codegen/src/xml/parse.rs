//! Parses a file into the tree, within bounds.

use std::sync::Arc;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::entity::{Entities, NESTING};
use super::{Child, Element, Scope, XML_NAMESPACE, encoding};
use crate::error::{Error, Place};
use crate::limits;
use crate::qname::QName;
use crate::schema::XSD;

/// The drafts of XML Schema; the examples of WSDL 1.1 itself are written in the second.
const DRAFTS: [&str; 2] = [
    "http://www.w3.org/1999/XMLSchema",
    "http://www.w3.org/2000/10/XMLSchema",
];

/// Reads one document.
///
/// # Errors
///
/// Not of its encoding, not well-formed, an undefined or external entity, or more than the [`limits`].
pub(crate) fn parse(file: &Arc<str>, bytes: &[u8]) -> Result<Element, Error> {
    if bytes.len() > limits::FILE_BYTES {
        let place = Place {
            file: file.clone(),
            line: 1,
        };
        return Err(Error::Limit {
            place,
            what: "bytes in one file",
            limit: limits::FILE_BYTES,
        });
    }
    let text = encoding::text(file, bytes)?;
    let mut tree = Tree {
        file,
        text: &text,
        line: 1,
        counted: 0,
        entities: Entities::default(),
        open: Vec::new(),
        root: None,
        elements: 0,
    };
    tree.read()
}

fn line_at(bytes: &[u8], offset: usize) -> u32 {
    let newlines = bytes[..offset]
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count();
    u32::try_from(newlines).unwrap_or(u32::MAX - 1) + 1
}

struct Tree<'a> {
    file: &'a Arc<str>,
    text: &'a str,
    line: u32,
    counted: usize,
    entities: Entities,
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Tree<'_> {
    fn read(&mut self) -> Result<Element, Error> {
        let mut reader = Reader::from_str(self.text);
        reader.config_mut().expand_empty_elements = true;
        loop {
            let start = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            self.advance(start);
            match reader.read_event() {
                Ok(Event::Start(start)) => self.open(&start)?,
                Ok(Event::End(_)) => self.close(),
                Ok(Event::Text(text)) => self.push_text(&text.xml10_content())?,
                Ok(Event::CData(text)) => self.push_text(&text.xml10_content())?,
                Ok(Event::GeneralRef(reference)) => {
                    let text = self.reference(&reference, 0)?;
                    self.push_text(&text)?;
                }
                Ok(Event::DocType(doctype)) => self.entities.declare(&doctype.into_inner()),
                Ok(Event::Eof) => break,
                Ok(_) => {}
                Err(error) => {
                    let at = usize::try_from(reader.error_position()).unwrap_or(usize::MAX);
                    self.advance(at);
                    return Err(self.not_xml(error));
                }
            }
        }
        match self.root.take() {
            Some(root) if self.open.is_empty() => Ok(root),
            _ => Err(Error::Truncated {
                place: self.place(),
            }),
        }
    }

    /// Counts the lines up to an offset.
    fn advance(&mut self, offset: usize) {
        let offset = offset.min(self.text.len());
        if offset > self.counted {
            self.line += line_at(
                &self.text.as_bytes()[self.counted..offset],
                offset - self.counted,
            ) - 1;
            self.counted = offset;
        }
    }

    fn place(&self) -> Place {
        Place {
            file: self.file.clone(),
            line: self.line,
        }
    }

    fn not_xml(&self, error: impl Into<quick_xml::Error>) -> Error {
        Error::NotXml {
            place: self.place(),
            source: Box::new(error.into()),
        }
    }

    fn limit(&self, what: &'static str, limit: usize) -> Error {
        Error::Limit {
            place: self.place(),
            what,
            limit,
        }
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), Error> {
        self.elements += 1;
        if self.elements > limits::ELEMENTS {
            return Err(self.limit("elements in one file", limits::ELEMENTS));
        }
        if self.open.len() >= limits::DEPTH {
            return Err(self.limit("elements inside each other", limits::DEPTH));
        }
        if self.open.is_empty() && self.root.is_some() {
            let found = start.name().0.to_owned();
            return Err(Error::WrongRoot {
                place: self.place(),
                expected: "a single root element",
                found,
            });
        }
        let mut bindings = Vec::new();
        let mut plain = Vec::new();
        let outer = self.open.last().map(|element| element.scope.clone());
        let mut is_draft = outer.as_ref().is_some_and(|outer| outer.is_draft);
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.not_xml(error))?;
            let value = attribute.normalized_value_with(XmlVersion::Implicit1_0, NESTING, |name| {
                self.entities.expand(name)
            });
            let value = match value {
                Ok(value) => value.into_owned(),
                Err(_) if self.entities.exhausted() => {
                    return Err(self.limit("bytes of expanded entities", limits::ENTITY_BYTES));
                }
                Err(error) => return Err(self.not_xml(error)),
            };
            let prefix = match attribute.key.0.split_once(':') {
                Some(("xmlns", prefix)) => prefix,
                None if attribute.key.0 == "xmlns" => "",
                _ => {
                    plain.push((attribute.key.0.to_owned(), value));
                    continue;
                }
            };
            if DRAFTS.contains(&value.as_str()) {
                is_draft = true;
                bindings.push((prefix.to_owned(), XSD.into()));
            } else {
                bindings.push((prefix.to_owned(), value.into()));
            }
        }
        let scope = match outer {
            Some(outer) if bindings.is_empty() => outer,
            outer => Arc::new(Scope {
                bindings,
                is_draft,
                outer,
            }),
        };
        let name = self.name(&scope, start.name().0, true)?;
        let mut attributes = Vec::with_capacity(plain.len());
        for (key, value) in plain {
            attributes.push((self.name(&scope, &key, false)?, value));
        }
        self.open.push(Element {
            name,
            place: self.place(),
            attributes,
            children: Vec::new(),
            scope,
        });
        Ok(())
    }

    fn name(&self, scope: &Scope, raw: &str, element: bool) -> Result<QName, Error> {
        match raw.split_once(':') {
            Some(("xml", local)) => Ok(QName::new(XML_NAMESPACE, local)),
            Some((prefix, local)) => match scope.namespace(prefix) {
                Some(namespace) => Ok(QName::new(namespace, local)),
                None => Err(Error::Dangling {
                    place: self.place(),
                    kind: "namespace prefix",
                    name: prefix.to_owned(),
                }),
            },
            None if element => Ok(QName::new(scope.namespace("").unwrap_or_default(), raw)),
            None => Ok(QName::new("", raw)),
        }
    }

    fn close(&mut self) {
        if let Some(element) = self.open.pop() {
            match self.open.last_mut() {
                Some(outer) => outer.children.push(Child::Element(element)),
                None => self.root = Some(element),
            }
        }
    }

    fn push_text(&mut self, piece: &str) -> Result<(), Error> {
        match self.open.last_mut() {
            Some(element) => {
                if let Some(Child::Text(text)) = element.children.last_mut() {
                    text.push_str(piece);
                } else {
                    element.children.push(Child::Text(piece.to_owned()));
                }
                Ok(())
            }
            None if piece.trim().is_empty() => Ok(()),
            None => Err(Error::Truncated {
                place: self.place(),
            }),
        }
    }

    fn reference(&self, reference: &BytesRef<'_>, depth: usize) -> Result<String, Error> {
        if let Some(character) = reference
            .resolve_char_ref()
            .map_err(|error| self.not_xml(error))?
        {
            return Ok(character.to_string());
        }
        self.entity(&reference.xml10_content(), depth)
    }

    fn entity(&self, name: &str, depth: usize) -> Result<String, Error> {
        let value = self.entities.expand(name);
        if self.entities.exhausted() {
            return Err(self.limit("bytes of expanded entities", limits::ENTITY_BYTES));
        }
        let Some(value) = value else {
            return Err(Error::Dangling {
                place: self.place(),
                kind: "entity",
                name: name.to_owned(),
            });
        };
        if depth >= NESTING {
            return Err(self.limit("entities inside each other", NESTING));
        }
        let mut text = String::new();
        let mut rest = value;
        // A predefined entity is its character; it is not read again.
        while is_replacement_text(name)
            && let Some(start) = rest.find('&')
            && let Some(end) = rest[start..].find(';')
        {
            text.push_str(&rest[..start]);
            let inner = BytesRef::new(&rest[start + 1..start + end]);
            text.push_str(&self.reference(&inner, depth + 1)?);
            rest = &rest[start + end + 1..];
        }
        text.push_str(rest);
        Ok(text)
    }
}

/// Whether the value of this entity is replacement text rather than a character.
fn is_replacement_text(name: &str) -> bool {
    quick_xml::escape::resolve_xml_entity(name).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Element, Error> {
        parse(&Arc::from("a.wsdl"), text.as_bytes())
    }

    #[test]
    fn elements_know_line_and_names() {
        let root =
            read("<a xmlns='u:a'\n xmlns:p='u:p'>\n <p:b c='p:d' e=' x&#65;'/>t&amp;u\n</a>")
                .unwrap();
        let b = root.elements().next().unwrap();
        assert_eq!((b.name.to_string().as_str(), b.place.line), ("{u:p}b", 3));
        assert_eq!(b.qname("c").unwrap().unwrap(), QName::new("u:p", "d"));
        assert_eq!(b.attribute("e"), Some(" xA"));
        assert_eq!(root.text().trim(), "t&u");
    }

    #[test]
    fn entities_of_the_internal_subset_are_expanded() {
        let root = read(
            "<!DOCTYPE a SYSTEM 'x.dtd' [<!ENTITY e 'v&#33;'><!ENTITY f '&e;&e;'>]><a b='&e;'>&f;</a>",
        );
        let root = root.unwrap();
        assert_eq!(
            (root.attribute("b"), root.text().as_str()),
            (Some("v!"), "v!v!")
        );
    }

    #[test]
    fn bad_input_is_refused_with_its_line() {
        let bomb = "<!DOCTYPE a [<!ENTITY a 'xxxxxxxxxx'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>\
                    <!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>\
                    <!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;'>]><a>&e;</a>";
        let cases = [
            ("<a>\n<b></a>", "wsdl-not-xml", 2),
            ("<a>\n", "wsdl-truncated", 2),
            ("", "wsdl-truncated", 1),
            ("<a/>\n<b/>", "wsdl-wrong-root", 2),
            ("<a>\n&x;</a>", "wsdl-dangling-reference", 2),
            (
                "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hosts'>]>\n<a>&x;</a>",
                "wsdl-dangling-reference",
                2,
            ),
            ("<a>\n<p:b/></a>", "wsdl-dangling-reference", 2),
            (bomb, "wsdl-limit", 1),
            (&"<a>".repeat(300), "wsdl-limit", 1),
            (
                "<!DOCTYPE a [<!ENTITY a '&a;'>]><a>&a;</a>",
                "wsdl-limit",
                1,
            ),
        ];
        for (text, code, line) in cases {
            let error = read(text).unwrap_err();
            assert_eq!(
                (error.code(), error.place().unwrap().line),
                (code, line),
                "{text}: {error}"
            );
        }
        let error = parse(&Arc::from("a"), b"<a>\n\xff</a>").unwrap_err();
        assert_eq!(
            (error.code(), error.place().unwrap().line),
            ("wsdl-encoding", 2)
        );
    }
}
