//! Makes types of those that others are derived from, so that `xsi:type` is understood.

use std::collections::{BTreeMap, BTreeSet};

use crate::doc::Doc;
use crate::ir::{Body, Derived, Ir, Type, TypeRef};
use crate::qname::QName;

/// Leads all fields of a type that is abstract, or that others are derived from, to an enum of them.
pub(crate) fn derive(ir: &mut Ir) {
    let mut children: BTreeMap<&QName, BTreeSet<&QName>> = BTreeMap::new();
    for (name, ty) in &ir.types {
        if let Body::Struct(structure) = &ty.body
            && let Some(base) = &structure.base
        {
            children.entry(base).or_default().insert(name);
        }
    }
    let mut made: BTreeMap<QName, Type> = BTreeMap::new();
    let mut leads = BTreeMap::new();
    for (name, ty) in &ir.types {
        let Body::Struct(structure) = &ty.body else {
            continue;
        };
        let mut found = BTreeSet::from([name]);
        let mut open = vec![name];
        while let Some(next) = open.pop() {
            let derived = children.get(next).into_iter().flatten();
            open.extend(derived.filter(|name| found.insert(name)));
        }
        // `xsi:type` can name neither an anonymous type nor an abstract one.
        let variants: Vec<QName> = (found.into_iter())
            .filter(|name| !name.local().contains('/') && !is_abstract(ir, name))
            .cloned()
            .collect();
        if !structure.is_abstract && (variants.len() < 2 || name.local().contains('/')) {
            continue;
        }
        let any = QName::new(name.namespace(), format!("{}//any", name.local()));
        let derived = Derived {
            base: name.clone(),
            variants,
        };
        let ty = Type {
            place: ty.place.clone(),
            doc: Doc::default(),
            body: Body::Derived(derived),
            rust: String::new(),
        };
        made.insert(any.clone(), ty);
        leads.insert(name.clone(), any);
    }
    let abstracts: BTreeSet<QName> = (leads.keys())
        .filter(|name| is_abstract(ir, name))
        .cloned()
        .collect();
    for field in ir.types.values_mut().flat_map(|ty| ty.body.fields_mut()) {
        lead(&mut field.ty, &leads);
    }
    // A message is of its declared type, unless that cannot stand there.
    for element in ir.elements.values_mut() {
        if matches!(&element.ty, TypeRef::Named(name) if abstracts.contains(name)) {
            lead(&mut element.ty, &leads);
        }
    }
    ir.types.append(&mut made);
}

fn is_abstract(ir: &Ir, name: &QName) -> bool {
    let body = ir.types.get(name).map(|ty| &ty.body);
    matches!(body, Some(Body::Struct(structure)) if structure.is_abstract)
}

fn lead(ty: &mut TypeRef, leads: &BTreeMap<QName, QName>) {
    if let TypeRef::Named(name) = ty
        && let Some(any) = leads.get(name)
    {
        *name = any.clone();
    }
}

/// Leads all uses of mixed content to what is kept as it comes.
pub(crate) fn keep_mixed(ir: &mut Ir) {
    let mixed: BTreeSet<QName> = (ir.types.iter())
        .filter(|(_, ty)| ty.body == Body::Mixed)
        .map(|(name, _)| name.clone())
        .collect();
    let uses = ir.types.values_mut().flat_map(|ty| ty.body.fields_mut());
    let elements = ir.elements.values_mut().map(|element| &mut element.ty);
    for ty in uses.map(|field| &mut field.ty).chain(elements) {
        if matches!(ty, TypeRef::Named(name) if mixed.contains(name)) {
            *ty = TypeRef::Raw;
        }
    }
}
