//! Makes a contract of what was read.

use std::collections::BTreeMap;

use super::Contract;
use super::model::{
    ContractAttribute, ContractElement, ContractField, ContractOperation, ContractService,
    ContractType, TypeContent, TypeName,
};
use crate::error::Error;
use crate::ir::{Attribute, Body, Element, Field, Operation, Service, Struct, Type, TypeRef, Wire};
use crate::pass::{collapse, flatten};
use crate::qname::QName;
use crate::reading::Reading;

/// Makes the contract; groups and version markers are dissolved, chains of simple types followed to their end.
pub(super) fn contract(reading: Reading) -> Result<Contract, Error> {
    let Reading {
        mut ir,
        diagnostics,
        ..
    } = reading;
    collapse::collapse(&mut ir)?;
    // What the remarks are about concerns generated code only.
    flatten::flatten(&mut ir);
    let services = ir.services.into_iter();
    let services = services.map(|from| service(from, &ir.elements)).collect();
    // Wrappers that SOAP makes are known by their names in messages; where a schema has that name, it is the schema's.
    let mut elements: Vec<_> = ir.elements.into_iter().collect();
    elements.sort_by_key(|(_, from)| from.wire == Wire::Own);
    let elements = elements.into_iter();
    let elements = elements.filter_map(|(name, from)| Some((from.wire(&name)?.clone(), from)));
    let types = ir.types.into_iter();
    Ok(Contract {
        services,
        version: ir.version,
        elements: elements
            .map(|(name, from)| (name.clone(), element(name, from)))
            .collect(),
        types: types
            .map(|(name, from)| (name.clone(), ty(name, from)))
            .collect(),
        diagnostics,
    })
}

fn service(from: Service, elements: &BTreeMap<QName, Element>) -> ContractService {
    let short_name = from.short().to_owned();
    let operations = from.operations.into_iter();
    ContractService {
        short_name,
        name: from.name,
        address: from.address,
        doc: from.doc,
        operations: operations.map(|from| operation(from, elements)).collect(),
    }
}

fn operation(from: Operation, elements: &BTreeMap<QName, Element>) -> ContractOperation {
    let wire = |name: &QName| elements.get(name)?.wire(name).cloned();
    ContractOperation {
        name: from.name,
        action: from.action,
        doc: from.doc,
        request: from.input.as_ref().and_then(wire),
        response: from.output.as_ref().and_then(wire),
        faults: from.faults.iter().filter_map(wire).collect(),
    }
}

fn element(name: QName, from: Element) -> ContractElement {
    ContractElement {
        name,
        place: from.place,
        doc: from.doc,
        ty: type_name(&from.ty),
        nillable: from.nillable,
    }
}

fn ty(name: QName, from: Type) -> ContractType {
    let (content, attributes) = match from.body {
        Body::Struct(structure) => (
            TypeContent::Fields(structure.fields().into_iter().map(field).collect()),
            attributes(&structure),
        ),
        Body::Scalar(scalar) => (
            TypeContent::Text {
                base: type_name(&scalar.base),
                values: scalar.values,
            },
            scalar.attributes.iter().map(attribute).collect(),
        ),
        Body::Unsupported(_, construct) => {
            (TypeContent::Unsupported(construct.to_owned()), Vec::new())
        }
        Body::Mixed => {
            let construct = "mixed content, kept as it comes".to_owned();
            (TypeContent::Unsupported(construct), Vec::new())
        }
        Body::Dangling(_, kind, name) => {
            let construct = format!("the {kind} `{name}`, which is not defined anywhere");
            (TypeContent::Unsupported(construct), Vec::new())
        }
        // Made for generated code only, by passes that do not run here.
        Body::Choice(_) | Body::Sequence(_) | Body::Derived(_) => {
            (TypeContent::Fields(Vec::new()), Vec::new())
        }
    };
    ContractType {
        name,
        place: from.place,
        doc: from.doc,
        content,
        attributes,
    }
}

fn attributes(structure: &Struct) -> Vec<ContractAttribute> {
    structure.attributes.iter().map(attribute).collect()
}

fn field(from: &Field) -> ContractField {
    ContractField {
        name: from.name.clone(),
        place: from.place.clone(),
        doc: from.doc.clone(),
        ty: type_name(&from.ty),
        min: from.occurs.min,
        max: from.occurs.max,
        nillable: from.nillable,
    }
}

fn attribute(from: &Attribute) -> ContractAttribute {
    ContractAttribute {
        name: from.name.clone(),
        ty: type_name(&from.ty),
        required: from.required,
        doc: from.doc.clone(),
    }
}

fn type_name(ty: &TypeRef) -> TypeName {
    match ty {
        TypeRef::Named(name) => TypeName::Named(name.clone()),
        TypeRef::Builtin(builtin) => TypeName::Text(builtin.name()),
        TypeRef::Raw => TypeName::Anything,
    }
}
