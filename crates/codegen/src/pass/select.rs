//! Keeps the selected operations and what they reach.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::ir::{Body, Field, Ir, Operation, Struct, TypeRef};
use crate::qname::QName;

/// Drops all that the named operations do not reach; without names, all that no operation reaches.
///
/// A name is that of an operation, `AcctInq`, or of service and operation, `Inquiry.Ping`. Operations that no code
/// can be made for are left out with a remark, unless they are named. What a header block or fault detail holds
/// stays raw when no code can be made for it, with a remark too.
///
/// # Errors
///
/// A name that is no operation; a construct that no code can be made for, of a named operation or when nothing else
/// is left.
pub(crate) fn select(
    ir: &mut Ir,
    names: &[String],
    remarks: &mut Vec<Diagnostic>,
) -> Result<(), Error> {
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
    let mut services = std::mem::take(&mut ir.services);
    let mut refused = None;
    for service in &mut services {
        let short = service.short().to_owned();
        let mut kept = Vec::new();
        for mut operation in std::mem::take(&mut service.operations) {
            if !names.is_empty() && !names.iter().any(|name| is_meant(name, &short, &operation)) {
                continue;
            }
            match check(ir, &mut operation, remarks) {
                Ok(()) => kept.push(operation),
                Err(error) if !names.is_empty() => return Err(error),
                Err(Error::Unsupported { place, construct }) => {
                    let name = &operation.name;
                    let message = format!("`{name}` is left out: {construct} is not supported");
                    remarks.push(Diagnostic::new("operation-left-out", &place, message));
                    refused.get_or_insert(Error::Unsupported { place, construct });
                }
                Err(error) => return Err(error),
            }
        }
        service.operations = kept;
    }
    services.retain(|service| !service.operations.is_empty());
    if let (true, Some(error)) = (services.is_empty(), refused) {
        return Err(error);
    }
    ir.services = services;

    let operations = ir.services.iter().flat_map(|service| &service.operations);
    let messages: BTreeSet<QName> = operations.flat_map(Operation::messages).cloned().collect();
    let mut kept = BTreeSet::new();
    for name in &messages {
        kept.append(&mut reached(ir, name)?);
        if let Some(TypeRef::Named(root)) = ir.elements.get(name).map(|element| &element.ty) {
            kept.insert(root.clone());
        }
    }
    ir.elements.retain(|name, _| messages.contains(name));
    ir.types.retain(|name, _| kept.contains(name));
    Ok(())
}

/// Whether code can be made for an operation; takes the types from headers and faults where none can.
fn check(ir: &Ir, operation: &mut Operation, remarks: &mut Vec<Diagnostic>) -> Result<(), Error> {
    if let Some((place, construct)) = operation.unsupported.clone() {
        return Err(Error::Unsupported { place, construct });
    }
    for name in operation.input.iter().chain(&operation.output) {
        reached(ir, name)?;
    }
    let mut left_raw = |name: &QName, what: &str, code: &'static str| match reached(ir, name) {
        Ok(_) => true,
        Err(Error::Unsupported { place, construct }) => {
            let name = name.local();
            let message =
                format!("the {what} `{name}` is kept as it comes: {construct} is not supported");
            remarks.push(Diagnostic::new(code, &place, message));
            false
        }
        // Nothing else goes wrong here.
        Err(_) => false,
    };
    operation
        .faults
        .retain(|name| left_raw(name, "fault detail", "fault-raw"));
    operation
        .headers
        .retain(|header| left_raw(&header.element, "header", "header-raw"));
    Ok(())
}

/// What the root element of a message holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Root<'a> {
    Struct(&'a Struct),
    /// A simple value, or what is kept as it comes.
    Value(&'a TypeRef),
}

impl Root<'_> {
    /// The fields, none for a value.
    pub(crate) fn fields(&self) -> Vec<&Field> {
        match self {
            Self::Struct(structure) => structure.fields(),
            Self::Value(_) => Vec::new(),
        }
    }
}

/// The content of a message element.
///
/// # Errors
///
/// A construct that no code can be made for.
pub(crate) fn root<'a>(ir: &'a Ir, name: &QName) -> Result<Root<'a>, Error> {
    static NOTHING: Struct = Struct {
        members: Vec::new(),
        attributes: Vec::new(),
        text: None,
    };
    // That the elements of messages exist was seen when the file was read.
    let Some(element) = ir.elements.get(name) else {
        return Ok(Root::Struct(&NOTHING));
    };
    if let Some(construct) = element.unsupported {
        return Err(Error::Unsupported {
            place: element.place.clone(),
            construct: construct.to_owned(),
        });
    }
    match ir.named(&element.ty).map(|ty| &ty.body) {
        Some(Body::Struct(structure)) => Ok(Root::Struct(structure)),
        Some(Body::Unsupported(place, construct)) => Err(Error::Unsupported {
            place: place.clone(),
            construct: (*construct).to_owned(),
        }),
        Some(Body::Scalar(_)) | None => Ok(Root::Value(&element.ty)),
    }
}

/// The names of all types that a message leads to, without that of the message.
///
/// # Errors
///
/// A construct that no code can be made for.
pub(crate) fn reached(ir: &Ir, name: &QName) -> Result<BTreeSet<QName>, Error> {
    match root(ir, name)? {
        Root::Struct(structure) => reach(ir, structure),
        Root::Value(TypeRef::Named(name)) => Ok(BTreeSet::from([name.clone()])),
        Root::Value(_) => Ok(BTreeSet::new()),
    }
}

/// The names of all types that the fields of a struct lead to.
///
/// # Errors
///
/// A construct that no code can be made for.
fn reach(ir: &Ir, from: &Struct) -> Result<BTreeSet<QName>, Error> {
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

fn is_meant(name: &str, service: &str, operation: &Operation) -> bool {
    match name.split_once('.') {
        Some((wanted, name)) => wanted == service && name == operation.name,
        None => name == operation.name,
    }
}
