//! Keeps apart what two parts of a contract define differently: the later one gets names of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{Body, Element, Ir, Member, Type, TypeRef, Wire};
use crate::qname::QName;

/// Renames, in `part`, the types and elements of these names and all that lead to them.
///
/// A name gets a number behind it, `#2` or the next that is free in `whole`; what goes over the wire stays.
pub(crate) fn apart(whole: &Ir, part: &mut Ir, types: BTreeSet<QName>, elements: BTreeSet<QName>) {
    let types = leading_to(part, types);
    let elements: BTreeSet<QName> = part
        .elements
        .iter()
        .filter(|(name, element)| elements.contains(*name) || is_one_of(&element.ty, &types))
        .map(|(name, _)| name.clone())
        .collect();
    let numbered = |name: &QName, number: usize| {
        QName::new(name.namespace(), format!("{}#{number}", name.local()))
    };
    let is_free = |number: usize| {
        !types
            .iter()
            .any(|name| whole.types.contains_key(&numbered(name, number)))
            && !elements
                .iter()
                .any(|name| whole.elements.contains_key(&numbered(name, number)))
    };
    let number = (2..).find(|&number| is_free(number)).unwrap_or(2);
    let rename = |names: &BTreeSet<QName>, name: &QName| {
        names.contains(name).then(|| numbered(name, number))
    };
    let old = std::mem::take(&mut part.types);
    part.types = old
        .into_iter()
        .map(|(name, mut ty)| {
            references(&mut ty, &mut |name| rename(&types, name));
            (rename(&types, &name).unwrap_or(name), ty)
        })
        .collect();
    let old = std::mem::take(&mut part.elements);
    part.elements = old
        .into_iter()
        .map(|(name, mut element)| {
            reference(&mut element.ty, &mut |name| rename(&types, name));
            match rename(&elements, &name) {
                Some(new) => (new, of_wire(element, name)),
                None => (name, element),
            }
        })
        .collect();
    for operation in part
        .services
        .iter_mut()
        .flat_map(|service| &mut service.operations)
    {
        let headers = operation
            .headers
            .iter_mut()
            .map(|header| &mut header.element);
        let messages = operation.input.iter_mut().chain(&mut operation.output);
        for name in messages.chain(&mut operation.faults).chain(headers) {
            if let Some(new) = rename(&elements, name) {
                *name = new;
            }
        }
    }
}

/// The element under a new name, with the old one on the wire.
fn of_wire(element: Element, name: QName) -> Element {
    let wire = match element.wire {
        Wire::Own => Wire::Other(name),
        wire => wire,
    };
    Element { wire, ..element }
}

/// The names, and those of all types that refer to them.
fn leading_to(part: &mut Ir, mut names: BTreeSet<QName>) -> BTreeSet<QName> {
    let mut users: BTreeMap<QName, Vec<QName>> = BTreeMap::new();
    for (name, ty) in &mut part.types {
        references(ty, &mut |used| {
            users.entry(used.clone()).or_default().push(name.clone());
            None
        });
    }
    let mut open: Vec<QName> = names.iter().cloned().collect();
    while let Some(name) = open.pop() {
        for user in users.remove(&name).unwrap_or_default() {
            if names.insert(user.clone()) {
                open.push(user);
            }
        }
    }
    names
}

fn is_one_of(ty: &TypeRef, names: &BTreeSet<QName>) -> bool {
    matches!(ty, TypeRef::Named(name) if names.contains(name))
}

/// Shows the names that a type refers to, and takes new ones for them.
fn references(ty: &mut Type, rename: &mut dyn FnMut(&QName) -> Option<QName>) {
    fn members(of: &mut [Member], rename: &mut dyn FnMut(&QName) -> Option<QName>) {
        for member in of {
            match member {
                Member::Field(field) => reference(&mut field.ty, rename),
                Member::Scope(scope) => members(&mut scope.members, rename),
                // Groups are made later.
                Member::Group(_) | Member::Any(_) | Member::Wildcard(_) => {}
            }
        }
    }
    let attributes = match &mut ty.body {
        Body::Struct(structure) => {
            members(&mut structure.members, rename);
            if let Some(text) = &mut structure.text {
                reference(text, rename);
            }
            if let Some(base) = &mut structure.base
                && let Some(new) = rename(base)
            {
                *base = new;
            }
            &mut structure.attributes
        }
        Body::Scalar(scalar) => {
            reference(&mut scalar.base, rename);
            &mut scalar.attributes
        }
        // Nothing else refers to types before the passes that follow.
        _ => return,
    };
    for attribute in attributes {
        reference(&mut attribute.ty, rename);
    }
}

fn reference(ty: &mut TypeRef, rename: &mut dyn FnMut(&QName) -> Option<QName>) {
    if let TypeRef::Named(name) = ty
        && let Some(new) = rename(name)
    {
        *name = new;
    }
}
