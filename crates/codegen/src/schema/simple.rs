//! Reads simple types and attributes.

use super::read::Context;
use super::{
    Attribute, AttributeRef, AttributeUse, FIXED, PRESET, SimpleType, TypeUse, Variety, XSD,
};
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
    let mut doc = Doc::of(from);
    if let Some(restriction) = from.named(XSD, "restriction").next() {
        // Without a base an anonymous type stands inside; its text is kept as it is.
        if let Some(base) = context.qname(restriction, "base")? {
            variety = Variety::Restriction(base);
        }
        for facet in restriction.named(XSD, "enumeration") {
            values.push(facet.attribute("value").unwrap_or_default().to_owned());
        }
        context.pass_over(restriction);
        facets(restriction, &mut doc);
    }
    for list in from.named(XSD, "list") {
        let items = context.qname(list, "itemType")?;
        let items = items.map_or_else(String::new, |name| format!(" of {}", name.local()));
        doc.notes.push((
            "List".to_owned(),
            format!("values{items}, with spaces between them"),
        ));
    }
    for union in from.named(XSD, "union") {
        let members = union.attribute("memberTypes").unwrap_or_default();
        let members: Vec<_> = members
            .split_whitespace()
            .map(|name| name.rsplit(':').next().unwrap_or(name))
            .collect();
        if !members.is_empty() {
            doc.notes.push(("One of".to_owned(), members.join(", ")));
        }
        for facet in union
            .named(XSD, "simpleType")
            .flat_map(|inner| inner.named(XSD, "restriction"))
            .flat_map(|inner| inner.named(XSD, "enumeration"))
        {
            values.push(facet.attribute("value").unwrap_or_default().to_owned());
        }
    }
    Ok(SimpleType {
        place: from.place.clone(),
        name,
        doc,
        variety,
        values,
    })
}

/// Notes the facets that narrow a text: they are told, not enforced.
fn facets(restriction: &xml::Element, doc: &mut Doc) {
    let facets = restriction
        .elements()
        .filter(|facet| facet.name.namespace() == XSD);
    for facet in facets {
        let name = match facet.name.local() {
            "pattern" => "Pattern",
            "length" => "Length",
            "minLength" => "At least characters",
            "maxLength" => "At most characters",
            "minInclusive" => "At least",
            "maxInclusive" => "At most",
            "minExclusive" => "More than",
            "maxExclusive" => "Less than",
            "totalDigits" => "Digits",
            "fractionDigits" => "Digits behind the point",
            _ => continue,
        };
        let value = facet.attribute("value").unwrap_or_default().to_owned();
        doc.notes.push((name.to_owned(), value));
    }
}

/// Adds what stands for an absent value to the documentation; the model keeps absent and given apart.
pub(super) fn preset(from: &xml::Element, doc: &mut Doc) {
    for (attribute, mark) in [("default", PRESET), ("fixed", FIXED)] {
        if let Some(value) = from.attribute(attribute) {
            doc.notes.push((mark.to_owned(), value.to_owned()));
        }
    }
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
            "attribute" => {
                let is_prohibited = child.attribute("use") == Some("prohibited");
                uses.push(match context.qname(child, "ref")? {
                    Some(name) if is_prohibited => AttributeUse::Prohibited(name),
                    Some(name) => AttributeUse::Ref(attribute_ref(child, name)),
                    None => {
                        let name = context.local(child, context.qualified_attributes)?;
                        match is_prohibited {
                            true => AttributeUse::Prohibited(name),
                            false => AttributeUse::Local(attribute(context, child, name)?),
                        }
                    }
                });
            }
            "attributeGroup" => {
                uses.push(AttributeUse::GroupRef(
                    child.place.clone(),
                    context.required_qname(child, "ref")?,
                ));
            }
            "anyAttribute" => uses.push(AttributeUse::Any),
            _ => {}
        }
    }
    Ok(uses)
}

fn attribute_ref(from: &xml::Element, name: QName) -> AttributeRef {
    let mut doc = Doc::of(from);
    preset(from, &mut doc);
    AttributeRef {
        place: from.place.clone(),
        name,
        required: from.attribute("use") == Some("required"),
        doc,
    }
}

/// Reads an attribute declaration that has a name.
pub(super) fn attribute(
    context: &Context<'_>,
    from: &xml::Element,
    name: QName,
) -> Result<Attribute, Error> {
    let ty = match (
        context.qname(from, "type")?,
        from.named(XSD, "simpleType").next(),
    ) {
        (Some(name), _) => TypeUse::Named(name),
        (None, Some(simple)) => TypeUse::Simple(Box::new(simple_type(context, simple)?)),
        (None, None) => TypeUse::Anything,
    };
    let mut doc = Doc::of(from);
    preset(from, &mut doc);
    Ok(Attribute {
        place: from.place.clone(),
        name,
        ty,
        required: from.attribute("use") == Some("required"),
        doc,
    })
}
