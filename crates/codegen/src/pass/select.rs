//! Keeps the selected operations and what they reach.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::ir::{Body, Ir, Operation, Struct, TypeRef};
use crate::qname::QName;

/// Drops all that the named operations do not reach; without names, all that no operation reaches.
///
/// A name is that of an operation, `AcctInq`, or of service and operation, `Inquiry.Ping`.
///
/// # Errors
///
/// A name that is no operation; a construct, reached, that no code can be made for.
pub(crate) fn select(ir: &mut Ir, names: &[String]) -> Result<(), Error> {
    for name in names {
        let known = ir.services.iter().any(|service| {
            service
                .operations
                .iter()
                .any(|operation| is_meant(name, service.short(), operation))
        });
        if !known {
            let operations = ir.services.iter().flat_map(|service| &service.operations);
            let names = operations.map(|operation| operation.name.as_str());
            return Err(Error::unknown_operation(name, names));
        }
    }
    for service in &mut ir.services {
        let short = service.short().to_owned();
        service.operations.retain(|operation| {
            names.is_empty() || names.iter().any(|name| is_meant(name, &short, operation))
        });
    }
    ir.services.retain(|service| !service.operations.is_empty());

    let mut messages = BTreeSet::new();
    for operation in ir.services.iter().flat_map(|service| &service.operations) {
        check(operation)?;
        messages.extend(
            operation
                .input
                .iter()
                .chain(&operation.output)
                .chain(&operation.faults)
                .cloned(),
        );
    }
    let mut kept = BTreeSet::new();
    for name in &messages {
        kept.append(&mut reach(ir, root(ir, name)?)?);
        if let Some(TypeRef::Named(root)) = ir.elements.get(name).map(|element| &element.ty) {
            kept.insert(root.clone());
        }
    }
    ir.elements.retain(|name, _| messages.contains(name));
    ir.types.retain(|name, _| kept.contains(name));
    Ok(())
}

/// The struct of a message element.
///
/// # Errors
///
/// The element holds no children, or a construct that no code can be made for.
pub(crate) fn root<'a>(ir: &'a Ir, name: &QName) -> Result<&'a Struct, Error> {
    static NOTHING: Struct = Struct {
        members: Vec::new(),
        attributes: Vec::new(),
        text: None,
    };
    // That the elements of messages exist was seen when the file was read.
    let Some(element) = ir.elements.get(name) else {
        return Ok(&NOTHING);
    };
    let unsupported = |construct: &str| {
        Err(Error::Unsupported {
            place: element.place.clone(),
            construct: construct.to_owned(),
        })
    };
    if let Some(construct) = element.unsupported {
        return unsupported(construct);
    }
    match ir.named(&element.ty).map(|ty| &ty.body) {
        Some(Body::Struct(structure)) => Ok(structure),
        Some(Body::Unsupported(place, construct)) => Err(Error::Unsupported {
            place: place.clone(),
            construct: (*construct).to_owned(),
        }),
        Some(Body::Scalar(_)) => unsupported("a message that is text"),
        None => unsupported("a message without a type of its own"),
    }
}

/// The names of all types that the fields of a struct lead to.
///
/// # Errors
///
/// A construct that no code can be made for.
pub(crate) fn reach(ir: &Ir, from: &Struct) -> Result<BTreeSet<QName>, Error> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(structure) = open.pop() {
        for field in structure.fields() {
            let TypeRef::Named(name) = &field.ty else {
                continue;
            };
            if !reached.insert(name.clone()) {
                continue;
            }
            match ir.types.get(name).map(|ty| &ty.body) {
                Some(Body::Struct(inner)) => open.push(inner),
                Some(Body::Unsupported(place, construct)) => {
                    let (place, construct) = (place.clone(), (*construct).to_owned());
                    return Err(Error::Unsupported { place, construct });
                }
                Some(Body::Scalar(_)) | None => {}
            }
        }
    }
    Ok(reached)
}

/// Whether code can be made for an operation.
fn check(operation: &Operation) -> Result<(), Error> {
    if let Some((place, construct)) = &operation.unsupported {
        return Err(Error::Unsupported {
            place: place.clone(),
            construct: construct.clone(),
        });
    }
    if operation.faults.len() <= 1 {
        return Ok(());
    }
    let construct = "an operation with several declared faults".to_owned();
    Err(Error::Unsupported {
        place: operation.place.clone(),
        construct,
    })
}

fn is_meant(name: &str, service: &str, operation: &Operation) -> bool {
    match name.split_once('.') {
        Some((wanted, name)) => wanted == service && name == operation.name,
        None => name == operation.name,
    }
}
