//! Turns types with simple content into scalars of a built-in type.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::ir::{Attribute, Body, Builtin, Ir, Scalar, Type, TypeRef};
use crate::limits;
use crate::qname::QName;

/// Collapses all simple content and all chains of simple types.
///
/// # Errors
///
/// Types that are based on each other in a circle.
pub(crate) fn collapse(ir: &mut Ir) -> Result<(), Error> {
    let mut collapsed = BTreeMap::new();
    for (name, ty) in &ir.types {
        if is_text(&ty.body) {
            collapsed.insert(name.clone(), collapsed_body(&ir.types, ty)?);
        }
    }
    for (name, body) in collapsed {
        if let Some(ty) = ir.types.get_mut(&name) {
            ty.body = body;
        }
    }
    Ok(())
}

fn is_text(body: &Body) -> bool {
    match body {
        Body::Scalar(_) => true,
        Body::Struct(structure) => structure.text.is_some(),
        _ => false,
    }
}

const TEXT: TypeRef = TypeRef::Builtin(Builtin::Text);

/// Follows the bases down to a built-in type, gathering attributes and values on the way.
fn collapsed_body(types: &BTreeMap<QName, Type>, ty: &Type) -> Result<Body, Error> {
    let mut attributes: Vec<Attribute> = Vec::new();
    let mut values: Vec<String> = Vec::new();
    let mut here = ty;
    for _ in 0..limits::CHAIN {
        let (base, more) = match &here.body {
            Body::Scalar(scalar) => {
                if values.is_empty() {
                    values.clone_from(&scalar.values);
                }
                (&scalar.base, &scalar.attributes)
            }
            Body::Struct(structure) => match &structure.text {
                Some(base) => (base, &structure.attributes),
                // Simple content made of a type with children: its text (XML Schema part 1, section 3.4.2).
                None => (&TEXT, &structure.attributes),
            },
            Body::Unsupported(..) | Body::Dangling(..) => return Ok(here.body.clone()),
            Body::Mixed | Body::Choice(_) | Body::Sequence(_) | Body::Derived(_) => {
                (&TEXT, const { &Vec::new() })
            }
        };
        for attribute in more {
            if !attributes.iter().any(|known| known.name == attribute.name) {
                attributes.push(attribute.clone());
            }
        }
        let builtin = match base {
            TypeRef::Builtin(builtin) => *builtin,
            TypeRef::Raw => Builtin::Text,
            TypeRef::Named(name) => match types.get(name) {
                Some(next) => {
                    here = next;
                    continue;
                }
                None => {
                    let (place, name) = (here.place.clone(), name.to_string());
                    return Err(Error::Dangling {
                        place,
                        kind: "type",
                        name,
                    });
                }
            },
        };
        return Ok(Body::Scalar(Scalar {
            base: TypeRef::Builtin(builtin),
            attributes,
            values,
            module: String::new(),
        }));
    }
    let place = ty.place.clone();
    Err(Error::Limit {
        place,
        what: "types based on each other",
        limit: limits::CHAIN,
    })
}
