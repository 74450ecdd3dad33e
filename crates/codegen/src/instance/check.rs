//! Judges a message by the schemas of its contract.

mod content;
mod violation;

use super::attribute::{self, Uses};
use super::content::parts;
use super::message::{Message, has_text, join, steps};
use super::schemas::{Kind, Node, Schemas};
use super::simple::{self, Simple};
use super::{XSI, value};
use crate::error::Error;
use crate::qname::QName;
use crate::schema::XSD;
use crate::verbatim;
use crate::xml::Element;

pub(super) use content::Model;
pub use violation::{Violation, ViolationKind};

/// No more violations of one message are told.
const MOST: usize = 64;

/// What is wrong with a message that shall be the element of this name.
///
/// What these schemas only name, such as the security standards, is not judged; nor is a value whose type has a facet
/// that cannot be understood here.
pub(super) fn check(
    schemas: &Schemas,
    name: &QName,
    message: &Message,
) -> Result<Vec<Violation>, Error> {
    let mut check = Check {
        schemas,
        violations: Vec::new(),
    };
    let element = &message.payload;
    match schemas.find(Kind::Element, name) {
        _ if element.name != *name => check.tell("", ViolationKind::missing([name])),
        Some(node) => check.declared(node, element, "")?,
        None => {}
    }
    Ok(check.violations)
}

struct Check<'a> {
    schemas: &'a Schemas,
    violations: Vec<Violation>,
}

impl<'a> Check<'a> {
    fn tell(&mut self, path: &str, kind: ViolationKind) {
        if self.violations.len() < MOST {
            let path = path.to_owned();
            self.violations.push(Violation { path, kind });
        }
    }

    /// An element by its declaration.
    fn declared(&mut self, node: Node<'a>, element: &Element, path: &str) -> Result<(), Error> {
        if node.flag("abstract") {
            self.tell(path, ViolationKind::Abstract);
            return Ok(());
        }
        if is_nil(element) {
            if !node.flag("nillable") {
                self.tell(path, ViolationKind::NotNillable);
            } else if element.elements().next().is_some() || !element.text().is_empty() {
                self.tell(path, ViolationKind::NilWithContent);
            }
            return Ok(());
        }
        if let Some(fixed) = node.element.attribute("fixed")
            && element.text() != fixed
        {
            self.tell(path, ViolationKind::NotFixed);
        }
        match (
            node.qname("type")?,
            node.named("complexType").next(),
            node.named("simpleType").next(),
        ) {
            (Some(ty), ..) => self.of_type(&ty, node, element, path),
            (None, Some(complex), _) => self.complex(complex, element, path),
            (None, None, Some(simple)) => {
                self.simple(simple::defined(self.schemas, simple), element, path);
                Ok(())
            }
            (None, None, None) => match node.qname("substitutionGroup")? {
                Some(head) => {
                    let head = self.schemas.get(Kind::Element, &head, node)?;
                    match head.qname("type")? {
                        Some(ty) => self.of_type(&ty, head, element, path),
                        None => Ok(()),
                    }
                }
                None => Ok(()),
            },
        }
    }

    /// An element by the name of its type, or by that of a derived type which it names itself.
    fn of_type(
        &mut self,
        declared: &QName,
        from: Node<'a>,
        element: &Element,
        path: &str,
    ) -> Result<(), Error> {
        let mut ty = declared.clone();
        if let Some(named) = element.attribute_in(XSI, "type") {
            let named = element.resolve("type", named).ok();
            let is_open = declared.namespace() == XSD;
            let fits = named.filter(|named| {
                is_open || self.schemas.derivations(declared).contains(named) || {
                    let found = self.schemas.find(Kind::Type, named);
                    found.is_some_and(|node| node.is("simpleType"))
                }
            });
            match fits {
                Some(named) => ty = named,
                None => {
                    self.tell(path, ViolationKind::OtherType);
                    return Ok(());
                }
            }
        }
        if ty.namespace() == XSD {
            if !matches!(ty.local(), "anyType" | "anySimpleType") {
                self.simple(Ok(Simple::builtin(ty.local())), element, path);
            }
            return Ok(());
        }
        if verbatim::is_verbatim(ty.namespace()) && self.schemas.find(Kind::Type, &ty).is_none() {
            return Ok(());
        }
        let node = self.schemas.get(Kind::Type, &ty, from)?;
        if node.is("simpleType") {
            self.simple(simple::defined(self.schemas, node), element, path);
            return Ok(());
        }
        if node.flag("abstract") {
            self.tell(path, ViolationKind::Abstract);
            return Ok(());
        }
        self.complex(node, element, path)
    }

    fn complex(&mut self, ty: Node<'a>, element: &Element, path: &str) -> Result<(), Error> {
        self.attributes(ty, element, path)?;
        if let Some(content) = ty.named("simpleContent").next() {
            self.text(simple::content(self.schemas, content), element, path);
            return Ok(());
        }
        let mut nodes = Vec::new();
        let mixed = parts(self.schemas, ty, &mut nodes, 0)?;
        if !mixed && has_text(element) {
            self.tell(path, ViolationKind::Text);
        }
        let model = Model::of(self.schemas, nodes)?;
        let children = steps(element);
        let names: Vec<&QName> = children.iter().map(|(child, _)| &child.name).collect();
        if let Some(stop) = model.run(&names)? {
            match children.get(stop.at) {
                // Something that has its place elsewhere shows what is missing before it.
                Some((child, _)) if model.names(&child.name) && !stop.required.is_empty() => {
                    self.tell(path, ViolationKind::missing(&stop.required));
                }
                Some((_, step)) => {
                    self.tell(&join(path, step), ViolationKind::unexpected(&stop.expected));
                }
                None => self.tell(path, ViolationKind::missing(&stop.required)),
            }
        }
        for (child, step) in children {
            if let Some(node) = model.declaration(&child.name) {
                self.declared(node, child, &join(path, &step))?;
            }
        }
        Ok(())
    }

    fn attributes(&mut self, ty: Node<'a>, element: &Element, path: &str) -> Result<(), Error> {
        let uses = Uses::of(self.schemas, ty)?;
        for (name, value) in element.attributes() {
            if name.namespace() == XSI {
                continue;
            }
            let at = || join(path, &format!("@{}", name.local()));
            match uses.declared.iter().find(|(known, ..)| known == name) {
                Some((_, use_, declaration)) => {
                    let fixed = attribute::fixed(*use_, *declaration);
                    let simple = attribute::type_of(self.schemas, *declaration);
                    if fixed.is_some_and(|fixed| fixed != value) {
                        self.tell(&at(), ViolationKind::NotFixed);
                    } else if !holds(simple, value) {
                        self.tell(&at(), ViolationKind::Value);
                    }
                }
                None if uses.any || uses.xml.iter().any(|(known, _)| known == name) => {}
                None if verbatim::is_verbatim(name.namespace()) => {}
                None => self.tell(&at(), ViolationKind::Unexpected(Vec::new())),
            }
        }
        for (name, use_, _) in &uses.declared {
            let required = use_.element.attribute("use") == Some("required");
            if required && !element.attributes().any(|(known, _)| known == name) {
                let name = format!("@{}", name.local());
                self.tell(path, ViolationKind::Missing(vec![name]));
            }
        }
        Ok(())
    }

    /// An element of a simple type: no attributes, no children.
    fn simple(&mut self, simple: Result<Simple, Error>, element: &Element, path: &str) {
        for (name, _) in element.attributes() {
            if name.namespace() != XSI {
                let path = join(path, &format!("@{}", name.local()));
                self.tell(&path, ViolationKind::Unexpected(Vec::new()));
            }
        }
        self.text(simple, element, path);
    }

    /// The text of an element.
    fn text(&mut self, simple: Result<Simple, Error>, element: &Element, path: &str) {
        for (_, step) in steps(element) {
            self.tell(&join(path, &step), ViolationKind::Unexpected(Vec::new()));
        }
        if !holds(simple, &element.text()) {
            self.tell(path, ViolationKind::Value);
        }
    }
}

fn is_nil(element: &Element) -> bool {
    let nil = element.attribute_in(XSI, "nil").map(str::trim);
    matches!(nil, Some("true" | "1"))
}

/// Whether a text is of a type; yes, when the type cannot be understood here.
fn holds(simple: Result<Simple, Error>, text: &str) -> bool {
    simple.map_or(true, |simple| value::is_valid(&simple, text))
}

#[cfg(test)]
mod tests;
