//! Gives everything its Rust name.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{Body, Ir, Member, Struct, Type, Wire};
use crate::names::{FILES, KEYWORDS, PRIMITIVES, TYPES, Taken, snake_name, type_name};
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
    let main = main_namespace(ir);
    let mut order: Vec<_> = (ir.types.iter())
        .map(|(name, ty)| {
            let is_made = matches!(
                ty.body,
                Body::Choice(_) | Body::Sequence(_) | Body::Derived(_)
            );
            let is_foreign = name.namespace() != main;
            (is_made, rank(name.local()).0, is_foreign, name.clone())
        })
        .collect();
    order.sort();
    for (is_made, _, is_foreign, name) in order {
        if let Some(ty) = ir.types.get_mut(&name) {
            let mut names = match &ty.body {
                Body::Derived(derived) => {
                    let local = derived.base.local();
                    let names = [rank(local).1, local];
                    names.map(|name| format!("Any{}", type_name(name))).to_vec()
                }
                _ if is_made => {
                    let name = made_name(name.local());
                    let plain = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '/');
                    vec![type_name(plain), type_name(&name)]
                }
                _ => vec![type_name(rank(name.local()).1), type_name(name.local())],
            };
            if is_foreign {
                // Types of one name in several namespaces: the word for theirs tells them apart.
                let word = namespace_word(name.namespace());
                names.push(format!("{word}{}", names[0]));
            }
            ty.rust = taken.take(&names);
            name_fields(ty);
        }
    }
    name_requests(ir, &mut taken);
    name_modules(ir);
    name_values(ir);
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

/// The namespace of most types; its names stay plain.
fn main_namespace(ir: &Ir) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in ir.types.keys() {
        *counts.entry(name.namespace()).or_default() += 1;
    }
    let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    most.map_or_else(String::new, |(namespace, _)| namespace.to_owned())
}

/// What a type is called that the schema has no name for, by the type and the place that it is made for.
fn made_name(local: &str) -> String {
    let (first, rest) = local.split_once('/').unwrap_or((local, ""));
    format!("{}/{rest}", rank(first).1)
}

/// The last word of a namespace that is more than a version.
fn namespace_word(namespace: &str) -> String {
    let is_word = |part: &&str| {
        let version = part
            .trim_start_matches(['v', 'V', 'r', 'R'])
            .trim_start_matches("er");
        version.contains(|c: char| c.is_alphabetic()) && !["xsd", "wsdl", "schema"].contains(part)
    };
    let mut parts = namespace.rsplit(['/', ':', '#', '?', '=']);
    type_name(parts.find(is_word).unwrap_or("Other"))
}

fn name_fields(ty: &mut Type) {
    fn walk(members: &mut [Member], taken: &mut Taken) {
        for member in members {
            let (place, names) = match member {
                Member::Field(field) => {
                    let name = snake_name(field.name.local());
                    (&mut field.rust, vec![name.clone(), format!("{name}_")])
                }
                Member::Group(group) => (&mut group.rust, vec![snake_name(&group.label)]),
                Member::Wildcard(rust) => (rust, vec!["any".to_owned()]),
                Member::Scope(scope) => {
                    walk(&mut scope.members, taken);
                    continue;
                }
                Member::Any(_) => continue,
            };
            *place = taken.take(&names);
        }
    }
    match &mut ty.body {
        Body::Struct(Struct { members, .. }) => {
            walk(
                members,
                &mut Taken::reserving(&[&KEYWORDS[..], &["ext"]].concat()),
            );
        }
        Body::Sequence(Struct { members, .. }) => {
            walk(
                members,
                &mut Taken::reserving(&[&KEYWORDS[..], &["at"]].concat()),
            );
        }
        Body::Choice(choice) => {
            let mut taken = Taken::reserving(&["Other", "Self"]);
            for field in &mut choice.elements {
                let name = type_name(field.name.local());
                field.rust = taken.take(&[name.clone(), format!("{name}Element")]);
            }
            for group in &mut choice.sequences {
                group.rust = taken.take(&[type_name(&group.label)]);
            }
        }
        Body::Scalar(_)
        | Body::Mixed
        | Body::Derived(_)
        | Body::Dangling(..)
        | Body::Unsupported(..) => {}
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
    let mut services = Taken::reserving(&[&KEYWORDS[..], &FILES, &["default", "shared"]].concat());
    for service in &mut ir.services {
        let plain = snake_name(service.short());
        service.module = services.take(&[plain.clone(), format!("{plain}_service")]);
        let mut operations =
            Taken::reserving(&[&KEYWORDS[..], &FILES, &["types", "values"]].concat());
        for operation in &mut service.operations {
            let plain = snake_name(&operation.name);
            operation.module = operations.take(&[plain.clone(), format!("{plain}_")]);
        }
    }
}

/// Names the modules of constants after their types: beside a module of an operation and of any other type.
fn name_values(ir: &mut Ir) {
    let mut taken = Taken::reserving(&[&KEYWORDS[..], &PRIMITIVES, &["types", "values"]].concat());
    for operation in ir.services.iter().flat_map(|service| &service.operations) {
        taken.reserve(&operation.module);
    }
    let mut values: Vec<&mut Type> = (ir.types.values_mut())
        .filter(|ty| !ty.known_values().is_empty())
        .collect();
    values.sort_by(|a, b| a.rust.cmp(&b.rust));
    for ty in values {
        let plain = snake_name(&ty.rust);
        if let Body::Scalar(scalar) = &mut ty.body {
            scalar.module = taken.take(&[plain.clone(), format!("{plain}_values")]);
        }
    }
}
