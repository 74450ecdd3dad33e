//! Makes a contract of what was read.

use super::Contract;
use super::model::{
    ContractAttribute, ContractElement, ContractField, ContractOperation, ContractService,
    ContractType, TypeContent, TypeName,
};
use crate::error::Error;
use crate::ir::{Attribute, Body, Element, Field, Operation, Service, Struct, Type, TypeRef};
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
    let elements = ir.elements.into_iter();
    let types = ir.types.into_iter();
    Ok(Contract {
        services: ir.services.into_iter().map(service).collect(),
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

fn service(from: Service) -> ContractService {
    ContractService {
        short_name: from.short().to_owned(),
        name: from.name,
        address: from.address,
        doc: from.doc,
        operations: from.operations.into_iter().map(operation).collect(),
    }
}

fn operation(from: Operation) -> ContractOperation {
    ContractOperation {
        name: from.name,
        action: from.action,
        doc: from.doc,
        request: from.input,
        response: from.output,
        faults: from.faults,
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
