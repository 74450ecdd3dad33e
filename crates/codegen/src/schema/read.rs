//! Reads a `schema` element.

use std::cell::RefCell;

use super::content::complex_type;
use super::simple::{attribute, attribute_uses, preset, simple_type};
use super::structure;
use super::{
    AttributeGroup, Element, Group, Redefinition, Reference, ReferenceKind, Schema, TypeUse, XSD,
};
use crate::diagnostic::Diagnostic;
use crate::doc::Doc;
use crate::error::Error;
use crate::qname::QName;
use crate::xml;

/// What the names of a schema document depend on.
pub(super) struct Context<'a> {
    pub(super) namespace: &'a str,
    pub(super) qualified_elements: bool,
    pub(super) qualified_attributes: bool,
    /// Whether the namespace is that of an including schema.
    is_chameleon: bool,
    remarks: RefCell<Vec<Diagnostic>>,
}

impl Context<'_> {
    /// Remarks on children that restrict messages in ways that generated code does not check.
    pub(super) fn pass_over(&self, element: &xml::Element) {
        const UNCHECKED: [&str; 7] = [
            "unique",
            "key",
            "keyref",
            "assert",
            "assertion",
            "alternative",
            "openContent",
        ];
        let children = element
            .elements()
            .filter(|child| child.name.namespace() == XSD);
        for child in children.filter(|child| UNCHECKED.contains(&child.name.local())) {
            let name = child.name.local();
            let message =
                format!("`{name}` is not checked; messages are read and written without it");
            let remark = Diagnostic::new("schema-not-checked", &child.place, message);
            self.remarks.borrow_mut().push(remark);
        }
    }

    /// The name that an attribute value refers to.
    pub(super) fn qname(
        &self,
        element: &xml::Element,
        attribute: &'static str,
    ) -> Result<Option<QName>, Error> {
        // A chameleon's references to itself move with it (XML Schema part 1, section 4.2.1).
        let name = element.qname(attribute)?;
        Ok(name.map(|name| match name.namespace() {
            "" if self.is_chameleon => QName::new(self.namespace, name.local()),
            _ => name,
        }))
    }

    /// The same for a value that must be there.
    pub(super) fn required_qname(
        &self,
        element: &xml::Element,
        attribute: &'static str,
    ) -> Result<QName, Error> {
        element.required(attribute)?;
        self.qname(element, attribute)?
            .ok_or_else(|| element.incomplete(attribute))
    }

    /// The name of a global component.
    pub(super) fn global(&self, element: &xml::Element) -> Result<QName, Error> {
        Ok(QName::new(self.namespace, element.own_name()?))
    }

    /// The name of a local element or attribute, by its `form` or the schema's default.
    pub(super) fn local(&self, element: &xml::Element, qualified: bool) -> Result<QName, Error> {
        let qualified = match element.attribute("form") {
            Some("qualified") => true,
            Some("unqualified") => false,
            Some(_) => return Err(element.incomplete("form")),
            None => qualified,
        };
        let namespace = if qualified { self.namespace } else { "" };
        Ok(QName::new(namespace, element.own_name()?))
    }
}

/// Reads a schema document.
///
/// `chameleon` is the namespace of an including schema; it becomes that of a schema without one
/// (XML Schema part 1, section 4.2.1).
pub(crate) fn read(root: &xml::Element, chameleon: Option<&str>) -> Result<Schema, Error> {
    if !root.is(XSD, "schema") {
        return Err(Error::WrongRoot {
            place: root.place.clone(),
            expected: "an XML Schema",
            found: root.name.local().to_owned(),
        });
    }
    let context = Context {
        namespace: root
            .attribute("targetNamespace")
            .or(chameleon)
            .unwrap_or_default(),
        qualified_elements: root.attribute("elementFormDefault") == Some("qualified"),
        qualified_attributes: root.attribute("attributeFormDefault") == Some("qualified"),
        is_chameleon: chameleon.is_some() && root.attribute("targetNamespace").is_none(),
        remarks: RefCell::default(),
    };
    let mut schema = components(&context, root)?;
    schema.version = root.attribute("version").map(str::to_owned);
    schema.remarks = context.remarks.into_inner();
    structure::misplaced(root, &mut schema.remarks);
    Ok(schema)
}

/// Reads the components of a `schema` or `redefine`.
fn components(context: &Context<'_>, root: &xml::Element) -> Result<Schema, Error> {
    let mut schema = Schema {
        place: root.place.clone(),
        namespace: context.namespace.to_owned(),
        version: None,
        references: Vec::new(),
        elements: Vec::new(),
        complex_types: Vec::new(),
        simple_types: Vec::new(),
        groups: Vec::new(),
        attribute_groups: Vec::new(),
        attributes: Vec::new(),
        redefinitions: Vec::new(),
        remarks: Vec::new(),
    };
    for child in root
        .elements()
        .filter(|child| child.name.namespace() == XSD)
    {
        match child.name.local() {
            "element" => {
                let name = context.global(child)?;
                schema.elements.push(element(context, child, name)?);
            }
            "complexType" => schema.complex_types.push(complex_type(context, child)?),
            "simpleType" => schema.simple_types.push(simple_type(context, child)?),
            "group" => schema.groups.extend(group(context, child)?),
            "attributeGroup" => schema.attribute_groups.push(AttributeGroup {
                name: context.global(child)?,
                attributes: attribute_uses(context, child)?,
            }),
            "attribute" => {
                let name = context.global(child)?;
                schema.attributes.push(attribute(context, child, name)?);
            }
            "include" => schema
                .references
                .push(reference(child, ReferenceKind::Include)?),
            "redefine" => schema.redefinitions.push(Redefinition {
                location: reference(child, ReferenceKind::Include)?,
                schema: components(context, child)?,
            }),
            // XML Schema 1.1; what it would replace stands in messages.
            "override" | "defaultOpenContent" => {
                return Err(Error::Unsupported {
                    place: child.place.clone(),
                    construct: format!("`{}` of XML Schema 1.1", child.name.local()),
                });
            }
            "import" => {
                let namespace = child.attribute("namespace").unwrap_or_default().to_owned();
                schema
                    .references
                    .push(reference(child, ReferenceKind::Import(namespace))?);
            }
            // Annotations of the schema itself and notations name nothing that a message holds.
            _ => {}
        }
    }
    Ok(schema)
}

/// Reads an element declaration that has a name.
pub(super) fn element(
    context: &Context<'_>,
    from: &xml::Element,
    name: QName,
) -> Result<Element, Error> {
    context.pass_over(from);
    let complex = from.named(XSD, "complexType").next();
    let simple = from.named(XSD, "simpleType").next();
    let ty = match (context.qname(from, "type")?, complex, simple) {
        (Some(name), ..) => TypeUse::Named(name),
        (None, Some(complex), _) => TypeUse::Complex(Box::new(complex_type(context, complex)?)),
        (None, None, Some(simple)) => TypeUse::Simple(Box::new(simple_type(context, simple)?)),
        (None, None, None) => TypeUse::Anything,
    };
    let mut doc = Doc::of(from);
    preset(from, &mut doc);
    Ok(Element {
        place: from.place.clone(),
        name,
        ty,
        nillable: from.attribute("nillable").is_some_and(truth),
        doc,
        substitutes: context.qname(from, "substitutionGroup")?,
        is_abstract: from.attribute("abstract").is_some_and(truth),
    })
}

/// Whether an `xs:boolean` says yes.
pub(super) fn truth(value: &str) -> bool {
    matches!(value.trim(), "true" | "1")
}

fn group(context: &Context<'_>, from: &xml::Element) -> Result<Option<Group>, Error> {
    let name = context.global(from)?;
    for child in from.elements() {
        if let Some(content) = super::content::particle(context, child)? {
            return Ok(Some(Group { name, content }));
        }
    }
    Ok(None)
}

fn reference(from: &xml::Element, kind: ReferenceKind) -> Result<Reference, Error> {
    let location = match kind {
        ReferenceKind::Import(_) => from.attribute("schemaLocation").map(str::to_owned),
        _ => Some(from.required("schemaLocation")?.to_owned()),
    };
    Ok(Reference {
        place: from.place.clone(),
        kind,
        location,
    })
}
