//! Makes the IR of one WSDL file from what was read.

mod message;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::ir::Ir;
use crate::load::Document;
use crate::qname::QName;
use crate::schema;

/// The components of all schemas of a contract, by name.
struct Components<'a> {
    elements: BTreeMap<&'a QName, &'a schema::Element>,
    complex_types: BTreeMap<&'a QName, &'a schema::ComplexType>,
    simple_types: BTreeMap<&'a QName, &'a schema::SimpleType>,
    groups: BTreeMap<&'a QName, &'a schema::Group>,
    attribute_groups: BTreeMap<&'a QName, &'a schema::AttributeGroup>,
    attributes: BTreeMap<&'a QName, &'a schema::Attribute>,
    /// The elements that others may stand in for.
    heads: BTreeSet<&'a QName>,
}

/// Resolves the references of a contract.
///
/// # Errors
///
/// A reference that leads nowhere. What cannot be rendered is noted in the IR, not refused here.
pub(crate) fn lower(document: &Document) -> Result<Ir, Error> {
    let schemas = || document.schemas.iter();
    let components = Components {
        elements: schemas()
            .flat_map(|s| &s.elements)
            .map(|e| (&e.name, e))
            .collect(),
        complex_types: schemas()
            .flat_map(|s| &s.complex_types)
            .filter_map(|t| Some((t.name.as_ref()?, t)))
            .collect(),
        simple_types: schemas()
            .flat_map(|s| &s.simple_types)
            .filter_map(|t| Some((t.name.as_ref()?, t)))
            .collect(),
        groups: schemas()
            .flat_map(|s| &s.groups)
            .map(|g| (&g.name, g))
            .collect(),
        attribute_groups: schemas()
            .flat_map(|s| &s.attribute_groups)
            .map(|g| (&g.name, g))
            .collect(),
        attributes: schemas()
            .flat_map(|s| &s.attributes)
            .map(|a| (&a.name, a))
            .collect(),
        heads: schemas()
            .flat_map(|s| &s.elements)
            .filter_map(|e| e.substitutes.as_ref())
            .collect(),
    };
    let mut ir = types::lower(&components)?;
    (ir.services, ir.remarks) = message::services(document, &components)?;
    ir.version = schemas().filter_map(|schema| schema.version.clone()).max();
    Ok(ir)
}
