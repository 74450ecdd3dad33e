//! Reads simple types and attributes.

use super::read::Context;
use super::{Attribute, AttributeUse, SimpleType, TypeUse, Variety, XSD};
use crate::doc::Doc;
use crate::error::Error;
use crate::qname::QName;
use crate::xml;

/// Reads a `simpleType`, named or not.
pub(super) fn simple_type(context: &Context<'_>, from: &xml::Element) -> Result<SimpleType, Error> {
    let name = from
        .attribute("name")
        .map(|_| context.global(from))
        .transpose()?;
    let mut variety = Variety::Text;
    let mut values = Vec::new();
    if let Some(restriction) = from.named(XSD, "restriction").next() {
        // Without a base an anonymous type stands inside; its text is kept as it is.
        if let Some(base) = restriction.qname("base")? {
            variety = Variety::Restriction(base);
        }
        for facet in restriction.named(XSD, "enumeration") {
            values.push(facet.attribute("value").unwrap_or_default().to_owned());
        }
    }
    Ok(SimpleType {
        place: from.place.clone(),
        name,
        doc: Doc::of(from),
        variety,
        values,
    })
}

/// Reads the attributes that a type or attribute group lists.
pub(super) fn attribute_uses(
    context: &Context<'_>,
    from: &xml::Element,
) -> Result<Vec<AttributeUse>, Error> {
    let mut uses = Vec::new();
    for child in from
        .elements()
        .filter(|child| child.name.namespace() == XSD)
    {
        match child.name.local() {
            "attribute" if child.attribute("use") == Some("prohibited") => {}
            "attribute" => uses.push(match child.qname("ref")? {
                Some(name) => AttributeUse::Ref(child.place.clone(), name),
                None => {
                    let name = context.local(child, context.qualified_attributes)?;
                    AttributeUse::Local(attribute(context, child, name)?)
                }
            }),
            "attributeGroup" => {
                uses.push(AttributeUse::GroupRef(
                    child.place.clone(),
                    child.required_qname("ref")?,
                ));
            }
            "anyAttribute" => uses.push(AttributeUse::Any),
            _ => {}
        }
    }
    Ok(uses)
}

/// Reads an attribute declaration that has a name.
pub(super) fn attribute(
    context: &Context<'_>,
    from: &xml::Element,
    name: QName,
) -> Result<Attribute, Error> {
    let ty = match (from.qname("type")?, from.named(XSD, "simpleType").next()) {
        (Some(name), _) => TypeUse::Named(name),
        (None, Some(simple)) => TypeUse::Simple(Box::new(simple_type(context, simple)?)),
        (None, None) => TypeUse::Anything,
    };
    Ok(Attribute {
        place: from.place.clone(),
        name,
        ty,
        required: from.attribute("use") == Some("required"),
        doc: Doc::of(from),
    })
}
