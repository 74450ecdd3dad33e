//! Keeps the selected operations and what they reach.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::ir::{Body, Ir, Operation, Struct, TypeRef};
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
    // A reference that leads nowhere is a fault of the contract, wherever it is reached.
    for name in operation.answers() {
        if let Err(error @ Error::Dangling { .. }) = reached(ir, name) {
            return Err(error);
        }
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
    /// Whether it has no elements inside.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Struct(structure) => structure.items().is_empty(),
            Self::Value(_) => true,
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
        base: None,
        is_abstract: false,
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
    let body = ir.named(&element.ty).map(|ty| &ty.body);
    if let Some(reason) = body.and_then(reason) {
        return Err(reason);
    }
    match body {
        Some(Body::Struct(structure)) => Ok(Root::Struct(structure)),
        Some(_) | None => Ok(Root::Value(&element.ty)),
    }
}

/// The names of all types that a message leads to, without that of the message.
///
/// # Errors
///
/// A construct that no code can be made for.
pub(crate) fn reached(ir: &Ir, name: &QName) -> Result<BTreeSet<QName>, Error> {
    let open = match root(ir, name)? {
        Root::Struct(structure) => {
            let fields = structure.fields().into_iter();
            let types = fields.filter_map(|field| match &field.ty {
                TypeRef::Named(name) => Some(name),
                _ => None,
            });
            types
                .chain(structure.groups().map(|group| &group.ty))
                .collect()
        }
        Root::Value(TypeRef::Named(name)) => vec![name],
        Root::Value(_) => Vec::new(),
    };
    reach(ir, open)
}

/// The names of all types that these lead to, themselves among them.
///
/// # Errors
///
/// A construct that no code can be made for.
fn reach<'a>(ir: &'a Ir, mut open: Vec<&'a QName>) -> Result<BTreeSet<QName>, Error> {
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        let Some(ty) = ir.types.get(name) else {
            continue;
        };
        if !reached.insert(name.clone()) {
            continue;
        }
        if let Some(reason) = reason(&ty.body) {
            return Err(reason);
        }
        open.extend(ty.body.references());
    }
    Ok(reached)
}

/// Why no code can be made for a type; `None` when it can.
fn reason(body: &Body) -> Option<Error> {
    match body {
        Body::Dangling(place, kind, name) => Some(Error::Dangling {
            place: place.clone(),
            kind,
            name: name.clone(),
        }),
        Body::Unsupported(place, construct) => Some(Error::Unsupported {
            place: place.clone(),
            construct: (*construct).to_owned(),
        }),
        _ => None,
    }
}

fn is_meant(name: &str, service: &str, operation: &Operation) -> bool {
    match name.split_once('.') {
        Some((wanted, name)) => wanted == service && name == operation.name,
        None => name == operation.name,
    }
}
