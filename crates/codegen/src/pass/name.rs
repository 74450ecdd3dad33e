//! Gives everything its Rust name.

use std::collections::BTreeSet;

use crate::ir::{Body, Ir, Member, Struct, Type, Wire};
use crate::names::{KEYWORDS, TYPES, Taken, snake_name, type_name};
use crate::qname::QName;

/// Names messages after their elements, types after their schema names without the suffix for their kind.
///
/// Messages come first, then structs, arrays and values; whoever comes late to a name keeps its suffix, then
/// takes a number.
pub(crate) fn name(ir: &mut Ir) {
    let mut taken = Taken::reserving(&TYPES);
    for (name, element) in &mut ir.elements {
        // What no schema names is called after its operation.
        let local = match &element.wire {
            Wire::Other(name) => name.local(),
            Wire::Own | Wire::Nothing => name.local().split("//").next().unwrap_or_default(),
        };
        let plain = type_name(local);
        element.rust = taken.take(&[plain.clone(), format!("{plain}Msg")]);
    }
    let mut order: Vec<(u8, QName)> = ir
        .types
        .keys()
        .map(|name| (rank(name.local()).0, name.clone()))
        .collect();
    order.sort();
    for (_, name) in order {
        if let Some(ty) = ir.types.get_mut(&name) {
            let (_, stem) = rank(name.local());
            ty.rust = taken.take(&[type_name(stem), type_name(name.local())]);
            name_fields(ty);
        }
    }
    name_requests(ir, &mut taken);
    name_modules(ir);
}

/// The order of a type in the contest for names, and its name without the suffix that tells its kind.
fn rank(local: &str) -> (u8, &str) {
    for (rank, suffix) in [(0, "_CType"), (1, "_AType"), (2, "_Type"), (3, "_MType")] {
        if let Some(stem) = local.strip_suffix(suffix).filter(|stem| !stem.is_empty()) {
            return (rank, stem);
        }
    }
    (0, local)
}

fn name_fields(ty: &mut Type) {
    fn walk(members: &mut [Member], taken: &mut Taken) {
        for member in members {
            match member {
                Member::Field(field) => {
                    let plain = snake_name(field.name.local());
                    field.rust = taken.take(&[plain.clone(), format!("{plain}_")]);
                }
                Member::Scope(scope) => walk(&mut scope.members, taken),
                Member::Any(_) => {}
            }
        }
    }
    if let Body::Struct(Struct { members, .. }) = &mut ty.body {
        let mut taken = Taken::reserving(&[&KEYWORDS[..], &["ext"]].concat());
        walk(members, &mut taken);
    }
}

/// Names requests after their elements, or after their operations: where operations of one service share an
/// element, and where it is an answer too.
fn name_requests(ir: &mut Ir, taken: &mut Taken) {
    let operations = ir.services.iter().flat_map(|service| &service.operations);
    let answers: BTreeSet<QName> = operations
        .flat_map(|operation| operation.answers().cloned())
        .collect();
    for service in &mut ir.services {
        let inputs: Vec<_> = service
            .operations
            .iter()
            .map(|operation| operation.input.clone())
            .collect();
        for operation in &mut service.operations {
            let uses = inputs.iter().filter(|input| **input == operation.input);
            let is_answer = operation
                .input
                .as_ref()
                .is_some_and(|name| answers.contains(name));
            let is_shared = is_answer || uses.count() > 1;
            let element = operation
                .input
                .as_ref()
                .and_then(|name| ir.elements.get(name));
            operation.rust = match element {
                Some(element) if !is_shared => element.rust.clone(),
                _ => {
                    let plain = type_name(&operation.name);
                    taken.take(&[plain.clone(), format!("{plain}Request")])
                }
            };
            if operation.faults.len() > 1 {
                let plain = type_name(&operation.name);
                let names = [format!("{plain}Fault"), format!("{plain}FaultDetail")];
                operation.fault_rust = taken.take(&names);
            }
        }
    }
}

fn name_modules(ir: &mut Ir) {
    let mut services = Taken::reserving(&[&KEYWORDS[..], &["default", "shared"]].concat());
    for service in &mut ir.services {
        let plain = snake_name(service.short());
        service.module = services.take(&[plain.clone(), format!("{plain}_service")]);
        let mut operations = Taken::reserving(&[&KEYWORDS[..], &["types", "values"]].concat());
        for operation in &mut service.operations {
            let plain = snake_name(&operation.name);
            operation.module = operations.take(&[plain.clone(), format!("{plain}_")]);
        }
    }
}
