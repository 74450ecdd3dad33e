//! Refuses types that must hold themselves: no message of them can end.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::ir::{Body, Ir, TypeRef};
use crate::qname::QName;

/// Looks for a circle of required fields.
///
/// # Errors
///
/// [`Error::Unsupported`] with a type of the circle. Optional and repeated fields are boxed and may close one.
pub(crate) fn refuse(ir: &Ir) -> Result<(), Error> {
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
            if way.iter().any(|(passed, _)| *passed == next) {
                let place = ir.types.get(next).map(|ty| ty.place.clone());
                if let Some(place) = place {
                    let construct = format!("the type `{}`, which must hold itself,", next.local());
                    return Err(Error::Unsupported { place, construct });
                }
            }
            if !done.contains(next) {
                way.push((next, required(ir, next)));
            }
        }
    }
    Ok(())
}

/// The types of the fields that stand in a struct itself.
fn required<'a>(ir: &'a Ir, name: &QName) -> Vec<&'a QName> {
    let Some(Body::Struct(structure)) = ir.types.get(name).map(|ty| &ty.body) else {
        return Vec::new();
    };
    let fields = structure.fields().into_iter();
    let direct = fields.filter(|field| field.occurs.min > 0 && field.occurs.max == Some(1));
    let types = direct.filter_map(|field| match &field.ty {
        TypeRef::Named(name) => Some(name),
        _ => None,
    });
    types.collect()
}
