//! Puts redefined components in the place of the first ones, which stay under another name.

use crate::error::Error;
use crate::qname::QName;
use crate::schema::{
    AttributeUse, ComplexType, Content, Particle, Redefinition, Schema, SimpleType, Term, Variety,
};

/// Adds the new components, what they name as their former self led to that (XML Schema part 1, section 4.2.2).
///
/// # Errors
///
/// A component that the redefined schema does not have.
pub(super) fn redefine(schemas: &mut Vec<Schema>, redefinition: Redefinition) -> Result<(), Error> {
    let Redefinition {
        location,
        mut schema,
    } = redefinition;
    let missing = |kind, name: &QName| Error::Dangling {
        place: location.place.clone(),
        kind,
        name: name.to_string(),
    };
    for ty in &mut schema.complex_types {
        let Some(name) = ty.name.clone() else {
            continue;
        };
        let former = rename(schemas, &name, |schema| {
            schema
                .complex_types
                .iter_mut()
                .filter_map(|ty| ty.name.as_mut())
                .collect()
        });
        complex_type(ty, &name, &former.ok_or_else(|| missing("type", &name))?);
    }
    for ty in &mut schema.simple_types {
        let Some(name) = ty.name.clone() else {
            continue;
        };
        let former = rename(schemas, &name, |schema| {
            schema
                .simple_types
                .iter_mut()
                .filter_map(|ty| ty.name.as_mut())
                .collect()
        });
        simple_type(ty, &name, &former.ok_or_else(|| missing("type", &name))?);
    }
    for group in &mut schema.groups {
        let name = group.name.clone();
        let former = rename(schemas, &name, |schema| {
            schema
                .groups
                .iter_mut()
                .map(|group| &mut group.name)
                .collect()
        });
        let former = former.ok_or_else(|| missing("group", &name))?;
        particle(&mut group.content, &name, &former);
    }
    for group in &mut schema.attribute_groups {
        let name = group.name.clone();
        let former = rename(schemas, &name, |schema| {
            schema
                .attribute_groups
                .iter_mut()
                .map(|group| &mut group.name)
                .collect()
        });
        let former = former.ok_or_else(|| missing("attribute group", &name))?;
        for use_ in &mut group.attributes {
            if let AttributeUse::GroupRef(_, used) = use_ {
                replace(used, &name, &former);
            }
        }
    }
    schemas.push(schema);
    Ok(())
}

/// Gives the components of a name another one, which no schema can use; `None` when there is none.
fn rename(
    schemas: &mut [Schema],
    name: &QName,
    names: impl Fn(&mut Schema) -> Vec<&mut QName>,
) -> Option<QName> {
    let mut former = QName::new(name.namespace(), format!("{}/former", name.local()));
    let is_taken = |schemas: &mut [Schema], name: &QName| {
        schemas
            .iter_mut()
            .any(|schema| names(schema).into_iter().any(|known| known == name))
    };
    // A redefined schema may redefine in turn.
    while is_taken(schemas, &former) {
        former = QName::new(name.namespace(), format!("{}/former", former.local()));
    }
    let mut is_found = false;
    for known in schemas.iter_mut().flat_map(&names) {
        is_found |= known == name;
        replace(known, name, &former);
    }
    is_found.then_some(former)
}

fn replace(used: &mut QName, name: &QName, former: &QName) {
    if used == name {
        *used = former.clone();
    }
}

fn complex_type(ty: &mut ComplexType, name: &QName, former: &QName) {
    match &mut ty.content {
        Content::Text(base) | Content::Extension(base, _) | Content::Restriction(base, _) => {
            replace(base, name, former);
        }
        Content::Empty | Content::Children(_) => {}
    }
}

fn simple_type(ty: &mut SimpleType, name: &QName, former: &QName) {
    if let Variety::Restriction(base) = &mut ty.variety {
        replace(base, name, former);
    }
}

fn particle(particle: &mut Particle, name: &QName, former: &QName) {
    match &mut particle.term {
        Term::GroupRef(used) => replace(used, name, former),
        Term::Sequence(inner) | Term::Choice(inner) | Term::All(inner) => {
            inner
                .iter_mut()
                .for_each(|inner| self::particle(inner, name, former));
        }
        Term::Element(_) | Term::ElementRef(_) | Term::Any(_) => {}
    }
}
