//! What a start tag holds beside its name: declarations, attributes.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::errors::Error as XmlError;
use quick_xml::escape::EscapeError;
use quick_xml::events::attributes::{self, AttrError};
use quick_xml::name::PrefixDeclaration;

use super::{NAMESPACE_BYTES, Tokens, forbidden};
use crate::attributes::XSI;
use crate::field::XML_SPACE;
use crate::name::local_start;
use crate::read::tag::Tag;
use crate::{Attribute, Attributes, DecodeError};

/// The attribute that declares the default namespace.
const DECLARATION: &str = "xmlns";

const XML: &str = "http://www.w3.org/XML/1998/namespace";

const NAME: &str = "a name with characters that names cannot have";

/// Namespaces that no other prefix may have (Namespaces in XML 1.0, section 3).
const RESERVED: [&str; 2] = [XML, "http://www.w3.org/2000/xmlns/"];

impl<'i> Tokens<'i> {
    /// Takes the declarations of an element just entered.
    pub(super) fn declarations(&mut self, tag: &Tag<'i>) -> Result<(), DecodeError> {
        if self.limits.attributes > 0
            && let Some((name, value)) = tag.only_attribute()
        {
            return match name {
                DECLARATION => self.declare("", Cow::Borrowed(value), tag),
                _ => Ok(()),
            };
        }
        for (count, attribute) in tag.raw_attributes().enumerate() {
            self.limit("attributes", self.limits.attributes, count + 1, tag.start)?;
            let attribute = attribute.map_err(|error| self.bad_attribute(&error, tag.start))?;
            if !tag.has_space_before(attribute.key.into_inner()) {
                return Err(self.syntax(tag.start, "attributes without space between them"));
            }
            let prefix = match attribute.key.as_namespace_binding() {
                None => continue,
                Some(PrefixDeclaration::Default) => "",
                Some(PrefixDeclaration::Named(prefix)) => prefix,
            };
            if local_start(attribute.key.into_inner().as_bytes()).is_none() {
                return Err(self.syntax(tag.start, NAME));
            }
            let namespace = self.value(&attribute, tag.start)?;
            self.declare(prefix, namespace, tag)?;
        }
        Ok(())
    }

    /// Takes the declaration of a prefix; the empty one is the default namespace.
    fn declare(
        &mut self,
        prefix: &'i str,
        namespace: Cow<'i, str>,
        tag: &Tag<'i>,
    ) -> Result<(), DecodeError> {
        let max = self.limits.namespace;
        self.limit(NAMESPACE_BYTES, max, namespace.len(), tag.start)?;
        match prefix {
            "xmlns" => return Err(self.syntax(tag.start, "the prefix xmlns is declared")),
            // Allowed only to say what is so anyway.
            "xml" if namespace == XML => return Ok(()),
            "xml" => return Err(self.syntax(tag.start, "the prefix xml is declared anew")),
            _ if RESERVED.contains(&&*namespace) => {
                return Err(self.syntax(tag.start, "a prefix is declared for a reserved namespace"));
            }
            "" => {}
            _ if namespace.is_empty() => {
                return Err(self.syntax(tag.start, "a prefix is declared without namespace"));
            }
            _ => {}
        }
        self.namespaces
            .bind(Cow::Borrowed(prefix), namespace, self.depth);
        let (max, is) = (self.limits.namespaces, self.namespaces.len());
        self.limit("namespaces in scope", max, is, tag.start)
    }

    /// The attributes of an entered element that are not declarations.
    pub(in crate::read) fn attributes(&self, tag: &Tag<'i>) -> Result<Attributes, DecodeError> {
        let mut attributes = Attributes::default();
        if tag.is_plain() {
            return Ok(attributes);
        }
        if let Some((name, value)) = tag.only_attribute() {
            if name == DECLARATION {
                return Ok(attributes);
            }
            // U+FFFE and U+FFFF were looked for in the whole payload.
            self.limit("bytes of text", self.limits.text, value.len(), tag.start)?;
            attributes.put(Attribute::new(name, "", value));
            return Ok(attributes);
        }
        for attribute in tag.raw_attributes() {
            let attribute = attribute.map_err(|error| self.bad_attribute(&error, tag.start))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let name = attribute.key.into_inner();
            if local_start(name.as_bytes()).is_none() {
                return Err(self.syntax(tag.start, NAME));
            }
            let namespace = match name.split_once(':') {
                Some((prefix, _)) => self
                    .namespaces
                    .text(prefix)
                    .ok_or_else(|| self.unbound(tag))?,
                None => "",
            };
            let value = self.value(&attribute, tag.start)?;
            self.limit("bytes of text", self.limits.text, value.len(), tag.start)?;
            let value = match namespace == XSI && name.ends_with(":type") {
                true => self.expanded(value, tag)?,
                false => value,
            };
            // Two prefixes may mean one namespace.
            if !attributes.put(Attribute::new(name, namespace, &value)) {
                return Err(self.syntax(tag.start, "an attribute stands twice"));
            }
        }
        Ok(attributes)
    }

    /// The qualified name of a value as `{namespace}local`.
    fn expanded(&self, value: Cow<'i, str>, tag: &Tag<'i>) -> Result<Cow<'i, str>, DecodeError> {
        let name = value.trim_matches(XML_SPACE);
        if local_start(name.as_bytes()).is_none() {
            return Ok(value);
        }
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let namespace = self.namespaces.text(prefix);
        let namespace = namespace.ok_or_else(|| self.unbound(tag))?;
        Ok(format!("{{{namespace}}}{local}").into())
    }

    fn value(
        &self,
        attribute: &attributes::Attribute<'i>,
        at: usize,
    ) -> Result<Cow<'i, str>, DecodeError> {
        if attribute.value.contains('<') {
            return Err(self.syntax(at, "a `<` in an attribute value"));
        }
        let value = attribute
            .normalized_value(XmlVersion::Explicit1_0)
            .map_err(|error| match error {
                XmlError::Escape(EscapeError::UnrecognizedEntity(..)) => DecodeError::Entity {
                    path: String::new(),
                    offset: self.offset(at),
                },
                _ => self.syntax(at, "a bad reference in an attribute value"),
            })?;
        match forbidden(value.as_bytes()) {
            Some(_) => Err(DecodeError::Character {
                offset: self.offset(at),
            }),
            None => Ok(value),
        }
    }

    fn bad_attribute(&self, error: &AttrError, at: usize) -> DecodeError {
        self.syntax(
            at,
            match error {
                AttrError::Duplicated(..) => "an attribute stands twice",
                _ => "a malformed attribute",
            },
        )
    }
}
