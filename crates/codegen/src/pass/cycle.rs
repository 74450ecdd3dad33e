//! Breaks circles of types that must hold themselves, or refuses them: no message of them can end.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::ir::{Body, Field, Ir, TypeRef};
use crate::qname::QName;

/// Looks for circles of required fields. One that `xsi:nil` or `xsi:type` can end is broken there: its field
/// becomes optional. Fields that are optional or repeat, and groups, are boxed and may close one.
///
/// # Errors
///
/// [`Error::Unsupported`] with a type of a circle that nothing can end.
pub(crate) fn open(ir: &mut Ir) -> Result<(), Error> {
    while let Some(circle) = circle(ir) {
        if !break_at(ir, &circle)
            && let Some(name) = circle.first()
            && let Some(ty) = ir.types.get(name)
        {
            let place = ty.place.clone();
            let construct = format!("the type `{}`, which must hold itself,", name.local());
            return Err(Error::Unsupported { place, construct });
        }
    }
    Ok(())
}

/// The types of a circle, each with the next as a required field.
fn circle(ir: &Ir) -> Option<Vec<QName>> {
    // Types known not to lead into a circle.
    let mut done: BTreeSet<&QName> = BTreeSet::new();
    for start in ir.types.keys() {
        // The way from `start` to here, with what is still to be looked at on each step.
        let mut way = vec![(start, required(ir, start))];
        while let Some((here, open)) = way.last_mut() {
            let here = *here;
            let Some(next) = open.pop() else {
                done.insert(here);
                way.pop();
                continue;
            };
            if let Some(at) = way.iter().position(|(passed, _)| *passed == next) {
                return Some(way[at..].iter().map(|(name, _)| (*name).clone()).collect());
            }
            if !done.contains(next) {
                way.push((next, required(ir, next)));
            }
        }
    }
    None
}

/// Makes a field of the circle optional; `false` when none may be.
fn break_at(ir: &mut Ir, circle: &[QName]) -> bool {
    for (at, name) in circle.iter().enumerate() {
        let next = &circle[(at + 1) % circle.len()];
        let is_open = matches!(
            ir.types.get(next).map(|ty| &ty.body),
            Some(Body::Derived(_))
        );
        let Some(ty) = ir.types.get_mut(name) else {
            continue;
        };
        let mut is_broken = false;
        for field in ty.body.fields_mut() {
            let leads = matches!(&field.ty, TypeRef::Named(ty) if ty == next);
            if leads && is_held(field) && (field.nillable || is_open) {
                field.occurs.min = 0;
                is_broken = true;
            }
        }
        if is_broken {
            return true;
        }
    }
    false
}

/// Whether a field stands in a struct itself.
fn is_held(field: &Field) -> bool {
    field.occurs.min > 0 && field.occurs.max == Some(1)
}

/// The types of the fields that stand in a struct itself.
fn required<'a>(ir: &'a Ir, name: &QName) -> Vec<&'a QName> {
    match ir.types.get(name).map(|ty| &ty.body) {
        Some(Body::Struct(structure) | Body::Sequence(structure)) => {
            let fields = structure.fields().into_iter();
            let types = fields
                .filter(|field| is_held(field))
                .filter_map(|field| match &field.ty {
                    TypeRef::Named(name) => Some(name),
                    _ => None,
                });
            types.collect()
        }
        // Its default holds the default of the type itself.
        Some(Body::Derived(derived)) if derived.variants.contains(&derived.base) => {
            vec![&derived.base]
        }
        _ => Vec::new(),
    }
}
