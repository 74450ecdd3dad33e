//! A message as it was sent, taken apart.

use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::qname::QName;
use crate::xml::{self, Child, Element};

const SOAP_1_1: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_1_2: &str = "http://www.w3.org/2003/05/soap-envelope";

/// What a message carries: one element, with or without a SOAP envelope around it.
///
/// `Debug` shows the name of the element and nothing of its content.
#[derive(Clone)]
pub struct Message {
    pub(super) payload: Element,
    has_envelope: bool,
}

impl Message {
    /// Reads an element, or the one element in the body of a SOAP envelope.
    ///
    /// # Errors
    ///
    /// No well-formed XML within the bounds of contracts, or an envelope whose body does not begin with an element.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let root = xml::parse(&Arc::from("the message"), bytes)?;
        let envelope = [SOAP_1_1, SOAP_1_2]
            .into_iter()
            .find(|namespace| root.is(namespace, "Envelope"));
        let Some(namespace) = envelope else {
            return Ok(Self {
                payload: root,
                has_envelope: false,
            });
        };
        let place = root.place.clone();
        let body = root
            .into_elements()
            .find(|child| child.is(namespace, "Body"));
        let payload = body.and_then(|body| body.into_elements().next());
        let payload = payload.ok_or_else(|| Error::WrongRoot {
            place,
            expected: "an envelope with an element in its Body",
            found: "Envelope".to_owned(),
        })?;
        Ok(Self {
            payload,
            has_envelope: true,
        })
    }

    /// The name of the element.
    #[must_use]
    pub fn name(&self) -> &QName {
        &self.payload.name
    }

    /// Whether it came in a SOAP envelope.
    #[must_use]
    pub fn has_envelope(&self) -> bool {
        self.has_envelope
    }

    /// The text of the element at a path of local names below the message, such as `MsgRqHdr/jXchangeHdr/InstEnv`;
    /// of several of one name the first, unless `Name[2]` names another. `@name` at its end names an attribute.
    ///
    /// None where there is no such element, or where it holds others.
    #[must_use]
    pub fn value(&self, path: &str) -> Option<String> {
        let mut at = &self.payload;
        for step in path.split('/') {
            if let Some(name) = step.strip_prefix('@') {
                let mut attributes = at.attributes();
                let found = attributes.find(|(known, _)| known.local() == name);
                return found.map(|(_, value)| value.to_owned());
            }
            let (name, number) = match step.strip_suffix(']').and_then(|s| s.split_once('[')) {
                Some((name, number)) => (name, number.parse::<usize>().ok()?.checked_sub(1)?),
                None => (step, 0),
            };
            let mut named = at.elements().filter(|child| child.name.local() == name);
            at = named.nth(number)?;
        }
        at.elements().next().is_none().then(|| at.text())
    }

    /// Each element without children, with the path that [`value`](Self::value) takes; an element that stands
    /// several times in its parent has its number. Attributes come before what stands inside.
    #[must_use]
    pub fn leaves(&self) -> Vec<(String, String)> {
        let mut leaves = Vec::new();
        collect(&self.payload, "", &mut leaves);
        leaves
    }
}

fn collect(element: &Element, path: &str, leaves: &mut Vec<(String, String)>) {
    for (name, value) in element.attributes() {
        leaves.push((join(path, &format!("@{}", name.local())), value.to_owned()));
    }
    let mut inner = false;
    for (child, step) in steps(element) {
        inner = true;
        collect(child, &join(path, &step), leaves);
    }
    if !inner {
        leaves.push((path.to_owned(), element.text()));
    }
}

/// The child elements with their steps in a path: the local name, with a number where several have it.
pub(super) fn steps(element: &Element) -> Vec<(&Element, String)> {
    let mut counts = std::collections::HashMap::new();
    for child in element.elements() {
        *counts.entry(child.name.local()).or_insert(0_usize) += 1;
    }
    let mut seen = std::collections::HashMap::new();
    let steps = element.elements().map(|child| {
        let name = child.name.local();
        let number = seen.entry(name).or_insert(0_usize);
        *number += 1;
        let several = counts.get(name).is_some_and(|count| *count > 1);
        let step = if several {
            format!("{name}[{number}]")
        } else {
            name.to_owned()
        };
        (child, step)
    });
    steps.collect()
}

pub(super) fn join(path: &str, step: &str) -> String {
    if path.is_empty() {
        step.to_owned()
    } else {
        format!("{path}/{step}")
    }
}

/// Whether text stands among the children, other than white space.
pub(super) fn has_text(element: &Element) -> bool {
    element.children.iter().any(|child| match child {
        Child::Text(text) => !text.trim_matches([' ', '\t', '\r', '\n']).is_empty(),
        Child::Element(_) => false,
    })
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("name", self.name())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_have_the_paths_by_which_they_are_found() {
        let envelope = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>\
            <a xmlns='u'><b c='1'>x</b><b>y</b><d><e/></d></a></s:Body></s:Envelope>";
        let message = Message::read(envelope.as_bytes()).unwrap();
        assert_eq!(message.name(), &QName::new("u", "a"));
        let leaves = message.leaves();
        let expected = [("b[1]/@c", "1"), ("b[1]", "x"), ("b[2]", "y"), ("d/e", "")];
        assert_eq!(leaves, expected.map(|(p, v)| (p.to_owned(), v.to_owned())));
        for (path, value) in leaves {
            assert_eq!(message.value(&path), Some(value), "{path}");
        }
        for path in ["d", "b[3]", "b[0]", "@c", "f", ""] {
            assert_eq!(message.value(path), None, "{path}");
        }
        assert!(!format!("{message:?}").contains('x'));
    }

    #[test]
    fn an_envelope_without_a_payload_is_told() {
        let empty = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body/></s:Envelope>";
        let error = Message::read(empty.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "wsdl-wrong-root");
    }
}
