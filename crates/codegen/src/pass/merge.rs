//! Makes one IR of those of several files, each definition once.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::doc::Doc;
use crate::error::{Error, Place};
use crate::ir::{Body, Element, Field, Ir, Member, Service, Struct, Type};
use crate::pass::apart;
use crate::qname::QName;

/// Merges the parts in their order.
///
/// Where two files define a type differently and one definition contains the other, the larger one is taken
/// and a remark says so; where neither contains the other both are kept, under different names.
///
/// # Errors
///
/// One service in two releases of its contract.
pub(crate) fn merge(parts: Vec<Ir>, diagnostics: &mut Vec<Diagnostic>) -> Result<Ir, Error> {
    let mut whole = Ir::default();
    for mut part in parts {
        keep_apart(&whole, &mut part, diagnostics);
        for (name, ty) in part.types {
            merge_type(&mut whole.types, name, ty, diagnostics)?;
        }
        for (name, element) in part.elements {
            merge_element(&mut whole.elements, name, element)?;
        }
        for service in part.services {
            merge_service(&mut whole.services, service, diagnostics)?;
        }
        diagnostics.extend(part.remarks);
        whole.version = whole.version.max(part.version);
    }
    whole.services.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(whole)
}

/// Gives names of their own to definitions of which neither contains the other, and to all that leads to them.
fn keep_apart(whole: &Ir, part: &mut Ir, diagnostics: &mut Vec<Diagnostic>) {
    let mut remark = |name: &QName, place: &Place, known: &Place| {
        let message = format!(
            "`{}` is defined differently at {known}; both are kept, this one with a number behind its name",
            name.local()
                .split("//")
                .next()
                .unwrap_or_default()
                .trim_end_matches('/')
        );
        diagnostics.push(Diagnostic::new("definitions-apart", place, message));
    };
    let (mut types, mut elements) = (BTreeSet::new(), BTreeSet::new());
    for (name, ty) in &part.types {
        let Some(known) = whole.types.get(name) else {
            continue;
        };
        let is_one = match (&known.body, &ty.body) {
            (Body::Struct(a), Body::Struct(b)) if contains(a, b) || contains(b, a) => true,
            _ => without_docs(&known.body) == without_docs(&ty.body),
        };
        if !is_one {
            remark(name, &ty.place, &known.place);
            types.insert(name.clone());
        }
    }
    for (name, element) in &part.elements {
        if let Some(known) = whole.elements.get(name)
            && (&known.ty, known.nillable) != (&element.ty, element.nillable)
        {
            remark(name, &element.place, &known.place);
            elements.insert(name.clone());
        }
    }
    if !types.is_empty() || !elements.is_empty() {
        apart::apart(whole, part, types, elements);
    }
}

fn merge_type(
    types: &mut BTreeMap<QName, Type>,
    name: QName,
    ty: Type,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<(), Error> {
    let Some(known) = types.get_mut(&name) else {
        types.insert(name, ty);
        return Ok(());
    };
    if without_docs(&known.body) == without_docs(&ty.body) {
        if (&known.body, &known.doc) != (&ty.body, &ty.doc) {
            let message = format!(
                "the documentation of `{}` differs from {}",
                name.local(),
                known.place
            );
            diagnostics.push(Diagnostic::new("documentation-differs", &ty.place, message));
        }
        return Ok(());
    }
    let (larger, smaller) = match (&known.body, &ty.body) {
        (Body::Struct(a), Body::Struct(b)) if contains(a, b) => (&*known, &ty),
        (Body::Struct(a), Body::Struct(b)) if contains(b, a) => (&ty, &*known),
        _ => {
            let (place, other) = (ty.place, known.place.clone());
            return Err(Error::Clash {
                place,
                other,
                name: name.local().to_owned(),
            });
        }
    };
    let message = format!(
        "`{}` is larger at {}; that definition serves both",
        name.local(),
        larger.place
    );
    diagnostics.push(Diagnostic::new(
        "definition-differs",
        &smaller.place,
        message,
    ));
    let larger = larger.clone();
    *known = larger;
    Ok(())
}

/// Adds a service. A namesake is another service when it is of another namespace (WSDL 1.1, section 2.1.1), or has not
/// one operation in common, as services have that kept the name that a tool gave them: then it gets a number.
fn merge_service(
    services: &mut Vec<Service>,
    mut service: Service,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<(), Error> {
    let Some(known) = services.iter().find(|known| known.name == service.name) else {
        services.push(service);
        return Ok(());
    };
    // The same lines, reached through two imports.
    if known.place == service.place {
        return Ok(());
    }
    let mut operations = service.operations.iter();
    let has = |name: &str| known.operations.iter().any(|known| known.name == name);
    let (place, other) = (service.place.clone(), known.place.clone());
    if known.namespace == service.namespace && operations.any(|operation| has(&operation.name)) {
        return Err(Error::ServiceTwice {
            place,
            version: service.version,
            other,
            other_version: known.version.clone(),
            name: service.name,
        });
    }
    let (stem, end) = match service.name.strip_suffix("Service") {
        Some(stem) if !stem.is_empty() => (stem, "Service"),
        _ => (&*service.name, ""),
    };
    let mut numbered = (2..).map(|number| format!("{stem}_{number}{end}"));
    let is_free = |name: &String| services.iter().all(|known| known.name != *name);
    if let Some(name) = numbered.find(is_free) {
        let message = format!(
            "another service is called `{}` at {other}; this one is `{name}` in the code",
            service.name
        );
        diagnostics.push(Diagnostic::new("services-apart", &place, message));
        service.name = name;
    }
    services.push(service);
    Ok(())
}

fn merge_element(
    elements: &mut BTreeMap<QName, Element>,
    name: QName,
    element: Element,
) -> Result<(), Error> {
    match elements.get(&name) {
        None => {
            elements.insert(name, element);
        }
        Some(known) if (&known.ty, known.nillable) == (&element.ty, element.nillable) => {}
        Some(known) => {
            let (place, other) = (element.place, known.place.clone());
            return Err(Error::Clash {
                place,
                other,
                name: name.local().to_owned(),
            });
        }
    }
    Ok(())
}

/// Whether all elements of `b` stand in `a`, in the same groups, order, types and occurrence.
fn contains(a: &Struct, b: &Struct) -> bool {
    let larger = trail(&a.members);
    let mut rest = larger.iter();
    (&a.text, &a.base, a.is_abstract) == (&b.text, &b.base, b.is_abstract)
        && b.attributes
            .iter()
            .all(|attribute| a.attributes.contains(attribute))
        && trail(&b.members)
            .iter()
            .all(|step| rest.any(|candidate| candidate == step))
}

/// A field and the groups around it.
#[derive(PartialEq)]
struct Step {
    groups: String,
    field: Field,
}

/// The fields in document order, without wildcards and documentation.
fn trail(members: &[Member]) -> Vec<Step> {
    fn walk(members: &[Member], groups: &str, steps: &mut Vec<Step>) {
        for member in members {
            match member {
                Member::Field(field) => {
                    let field = Field {
                        doc: Doc::default(),
                        ..field.clone()
                    };
                    steps.push(Step {
                        groups: groups.to_owned(),
                        field,
                    });
                }
                Member::Any(_) | Member::Wildcard(_) | Member::Group(_) => {}
                Member::Scope(scope) => {
                    // A group is known by its first element: the version marker.
                    let first = scope.members.iter().find_map(|member| match member {
                        Member::Field(field) => Some(field.name.local()),
                        _ => None,
                    });
                    let optional = if scope.is_optional() { "?" } else { "" };
                    let first = first.unwrap_or_default();
                    let groups = format!("{groups}/{:?}{optional}{first}", scope.kind);
                    walk(&scope.members, &groups, steps);
                }
            }
        }
    }
    let mut steps = Vec::new();
    walk(members, "", &mut steps);
    steps
}

/// The body with all documentation taken out, for comparison.
fn without_docs(body: &Body) -> Body {
    fn strip(members: &mut [Member]) {
        for member in members {
            match member {
                Member::Field(field) => field.doc = Doc::default(),
                Member::Scope(scope) => strip(&mut scope.members),
                Member::Any(_) | Member::Wildcard(_) | Member::Group(_) => {}
            }
        }
    }
    let mut body = body.clone();
    let attributes = match &mut body {
        Body::Struct(structure) => {
            strip(&mut structure.members);
            &mut structure.attributes
        }
        Body::Scalar(scalar) => &mut scalar.attributes,
        // The others are made later.
        Body::Mixed | Body::Choice(_) | Body::Sequence(_) | Body::Derived(_) => return body,
        // Where the construct stands does not matter.
        Body::Unsupported(place, _) | Body::Dangling(place, ..) => {
            place.line = 0;
            place.file = "".into();
            return body;
        }
    };
    for attribute in attributes {
        attribute.doc = Doc::default();
    }
    body
}
