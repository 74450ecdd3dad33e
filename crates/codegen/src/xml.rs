//! An XML document as a tree whose elements know their line and the namespaces in scope.

mod encoding;
mod entity;
mod parse;

use std::sync::Arc;

use crate::error::{Error, Place};
use crate::qname::QName;

pub(crate) use parse::parse;

/// Bound to the prefix `xml` without a declaration (Namespaces in XML 1.0, section 3).
pub(crate) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// One element.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub(crate) name: QName,
    pub(crate) place: Place,
    attributes: Vec<(QName, String)>,
    pub(crate) children: Vec<Child>,
    scope: Arc<Scope>,
}

/// What stands inside an element; comments and processing instructions are left out.
#[derive(Debug, Clone)]
pub(crate) enum Child {
    Element(Element),
    Text(String),
}

/// The namespace declarations of an element, and behind them those of its ancestors.
#[derive(Debug, Default)]
struct Scope {
    bindings: Vec<(String, Arc<str>)>,
    /// One of them, or of those behind, names a draft of XML Schema.
    is_draft: bool,
    outer: Option<Arc<Scope>>,
}

impl Scope {
    fn namespace(&self, prefix: &str) -> Option<Arc<str>> {
        let mut scope = Some(self);
        while let Some(here) = scope {
            if let Some((_, namespace)) = here.bindings.iter().find(|(bound, _)| bound == prefix) {
                return Some(namespace.clone());
            }
            scope = here.outer.as_deref();
        }
        None
    }
}

impl Element {
    /// The child elements, in order.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        })
    }

    /// The child elements, taken out.
    pub(crate) fn into_elements(self) -> impl Iterator<Item = Element> {
        self.children.into_iter().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        })
    }

    /// The child elements with one name.
    pub(crate) fn named<'a>(
        &'a self,
        namespace: &'a str,
        local: &'a str,
    ) -> impl Iterator<Item = &'a Element> {
        self.elements()
            .filter(move |element| element.is(namespace, local))
    }

    /// Whether the element has this name.
    pub(crate) fn is(&self, namespace: &str, local: &str) -> bool {
        self.name.namespace() == namespace && self.name.local() == local
    }

    /// The value of an attribute without a namespace.
    pub(crate) fn attribute(&self, local: &str) -> Option<&str> {
        self.attribute_in("", local)
    }

    /// The value of an attribute in a namespace.
    pub(crate) fn attribute_in(&self, namespace: &str, local: &str) -> Option<&str> {
        let found = self
            .attributes
            .iter()
            .find(|(name, _)| name.local() == local && name.namespace() == namespace);
        found.map(|(_, value)| value.as_str())
    }

    /// All attributes that declare no namespace, in order.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&QName, &str)> {
        let attributes = self.attributes.iter();
        attributes.map(|(name, value)| (name, value.as_str()))
    }

    /// The value of an attribute that must be there.
    pub(crate) fn required(&self, local: &'static str) -> Result<&str, Error> {
        self.attribute(local)
            .filter(|value| !value.trim().is_empty())
            .ok_or_else(|| self.incomplete(local))
    }

    /// The value of a `name` attribute: an XML name without colon (Namespaces in XML 1.0, production NCName).
    ///
    /// Names end up in messages, so nothing else may pass.
    pub(crate) fn own_name(&self) -> Result<&str, Error> {
        let name = self.required("name")?.trim();
        is_ncname(name)
            .then_some(name)
            .ok_or_else(|| self.incomplete("name"))
    }

    /// The value of a `name` attribute in WSDL, where any token will do: `2parts` (WSDL 1.1, section 2.1, `nmtoken`).
    pub(crate) fn own_token(&self) -> Result<&str, Error> {
        let name = self.required("name")?.trim();
        name.chars()
            .all(|c| is_name_character(c) || c == ':')
            .then_some(name)
            .ok_or_else(|| self.incomplete("name"))
    }

    /// The error that names an attribute of this element.
    pub(crate) fn incomplete(&self, attribute: &'static str) -> Error {
        Error::Incomplete {
            place: self.place.clone(),
            element: self.name.local().to_owned(),
            attribute,
        }
    }

    /// The qualified name that an attribute value holds, by the prefixes in scope here.
    ///
    /// A name without prefix takes the default namespace (XML Schema part 1, section 3.15.3).
    pub(crate) fn qname(&self, attribute: &'static str) -> Result<Option<QName>, Error> {
        self.attribute(attribute)
            .map(|value| self.resolve(attribute, value))
            .transpose()
    }

    /// The qualified names that the list of an attribute value holds.
    pub(crate) fn qnames(&self, attribute: &'static str) -> Result<Vec<QName>, Error> {
        self.attribute(attribute)
            .unwrap_or_default()
            .split_ascii_whitespace()
            .map(|value| self.resolve(attribute, value))
            .collect()
    }

    /// The qualified name that an attribute value must hold.
    pub(crate) fn required_qname(&self, attribute: &'static str) -> Result<QName, Error> {
        self.resolve(attribute, self.required(attribute)?)
    }

    /// The name that a text of this element means, by the prefixes in scope here.
    pub(crate) fn resolve(&self, attribute: &'static str, value: &str) -> Result<QName, Error> {
        let value = value.trim();
        let (prefix, local) = value.split_once(':').unwrap_or(("", value));
        if local.is_empty() {
            return Err(self.incomplete(attribute));
        }
        if prefix == "xml" {
            return Ok(QName::new(XML_NAMESPACE, local));
        }
        match self.scope.namespace(prefix) {
            Some(namespace) => Ok(QName::new(namespace, local)),
            None if prefix.is_empty() => Ok(QName::new("", local)),
            None => Err(Error::Dangling {
                place: self.place.clone(),
                kind: "namespace prefix",
                name: prefix.to_owned(),
            }),
        }
    }

    /// The namespace of a prefix here.
    pub(crate) fn namespace_of(&self, prefix: &str) -> Option<Arc<str>> {
        self.scope.namespace(prefix)
    }

    /// Whether the declarations in scope name a draft of XML Schema, which is read as the recommendation.
    pub(crate) fn names_draft(&self) -> bool {
        self.scope.is_draft
    }

    /// All text inside, without mark-up.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.push_text(&mut text);
        text
    }

    fn push_text(&self, text: &mut String) {
        for child in &self.children {
            match child {
                Child::Text(piece) => text.push_str(piece),
                Child::Element(element) => element.push_text(text),
            }
        }
    }
}

/// Whether a text is an XML name without colon.
pub(crate) fn is_ncname(name: &str) -> bool {
    let starts = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    starts && name.chars().all(is_name_character)
}

fn is_name_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{b7}')
}
