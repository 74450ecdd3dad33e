//! Makes the IR of one WSDL file from what was read.

mod message;
mod types;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::ir::Ir;
use crate::load::Document;
use crate::qname::QName;
use crate::schema;

/// The components of all schemas of a contract, by name.
struct Components<'a> {
    first: Layer<'a>,
    groups: BTreeMap<&'a QName, &'a schema::Group>,
    attribute_groups: BTreeMap<&'a QName, &'a schema::AttributeGroup>,
    attributes: BTreeMap<&'a QName, &'a schema::Attribute>,
    /// The elements that may stand in for others, by those.
    substitutes: BTreeMap<&'a QName, BTreeSet<&'a QName>>,
}

/// Definitions of which no two have one name.
#[derive(Default)]
struct Layer<'a> {
    elements: BTreeMap<&'a QName, &'a schema::Element>,
    complex_types: BTreeMap<&'a QName, &'a schema::ComplexType>,
    simple_types: BTreeMap<&'a QName, &'a schema::SimpleType>,
}

/// Resolves the references of a contract.
///
/// Names that the files of the contract define again come as further parts, for merging to compare.
///
/// # Errors
///
/// A reference that leads nowhere. What cannot be rendered is noted in the IR, not refused here.
pub(crate) fn lower(document: &Document) -> Result<Vec<Ir>, Error> {
    let schemas = || document.schemas.iter();
    let mut layers = layers(&document.schemas);
    let mut remarks = document.remarks.clone();
    let mut groups = BTreeMap::new();
    for group in schemas().flat_map(|schema| &schema.groups) {
        if let Some(known) = groups.insert(&group.name, group) {
            groups.insert(&group.name, known);
            let message = format!(
                "the group `{}` is defined twice; the first is used",
                group.name.local()
            );
            remarks.push(Diagnostic::new(
                "group-defined-twice",
                &group.content.place,
                message,
            ));
        }
    }
    let components = Components {
        first: layers.remove(0),
        groups,
        attribute_groups: schemas()
            .flat_map(|schema| &schema.attribute_groups)
            .map(|group| (&group.name, group))
            .collect(),
        attributes: schemas()
            .flat_map(|schema| &schema.attributes)
            .map(|attribute| (&attribute.name, attribute))
            .collect(),
        substitutes: substitutes(&document.schemas),
    };
    let mut ir = types::lower(&components, &components.first)?;
    let made = message::services(document, &components)?;
    (ir.services, ir.remarks) = (made.services, made.remarks);
    ir.undeclared = made.undeclared;
    ir.elements.extend(made.elements);
    ir.types.extend(made.types);
    ir.remarks.append(&mut remarks);
    ir.remarks
        .extend(schemas().flat_map(|schema| schema.remarks.iter().cloned()));
    ir.version = schemas().filter_map(|schema| schema.version.clone()).max();
    for service in &mut ir.services {
        service.version.clone_from(&ir.version);
    }
    let mut parts = vec![ir];
    for layer in &layers {
        parts.push(types::lower(&components, layer)?);
    }
    Ok(parts)
}

/// The substitution groups, direct members only.
fn substitutes(schemas: &[schema::Schema]) -> BTreeMap<&QName, BTreeSet<&QName>> {
    let mut groups: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for element in schemas.iter().flat_map(|schema| &schema.elements) {
        if let Some(head) = &element.substitutes {
            groups.entry(head).or_default().insert(&element.name);
        }
    }
    groups
}

/// The definitions of all schemas: the first of each name in the first layer, the second in the next, and so on.
fn layers(schemas: &[schema::Schema]) -> Vec<Layer<'_>> {
    let mut elements: Vec<_> = schemas
        .iter()
        .flat_map(|schema| &schema.elements)
        .map(|element| (&element.name, element))
        .collect();
    let mut complex_types: Vec<_> = schemas
        .iter()
        .flat_map(|schema| &schema.complex_types)
        .filter_map(|ty| Some((ty.name.as_ref()?, ty)))
        .collect();
    let mut simple_types: Vec<_> = schemas
        .iter()
        .flat_map(|schema| &schema.simple_types)
        .filter_map(|ty| Some((ty.name.as_ref()?, ty)))
        .collect();
    let mut layers = Vec::new();
    while layers.is_empty() || elements.len() + complex_types.len() + simple_types.len() > 0 {
        let mut layer = Layer::default();
        elements = put(&mut layer.elements, elements);
        complex_types = put(&mut layer.complex_types, complex_types);
        simple_types = put(&mut layer.simple_types, simple_types);
        layers.push(layer);
    }
    layers
}

/// Puts definitions into a layer and gives back those whose names it has already.
fn put<'a, T>(
    layer: &mut BTreeMap<&'a QName, &'a T>,
    definitions: Vec<(&'a QName, &'a T)>,
) -> Vec<(&'a QName, &'a T)> {
    let mut again = Vec::new();
    for (name, definition) in definitions {
        match layer.entry(name) {
            Entry::Vacant(place) => {
                place.insert(definition);
            }
            Entry::Occupied(_) => again.push((name, definition)),
        }
    }
    again
}
