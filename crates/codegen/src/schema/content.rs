//! Reads complex types and the particles inside them.

use super::read::{Context, element, truth};
use super::simple::attribute_uses;
use super::{ComplexType, Content, Occurs, Particle, Term, XSD};
use crate::doc::Doc;
use crate::error::Error;
use crate::xml;

/// Reads a `complexType`, named or not.
pub(super) fn complex_type(
    context: &Context<'_>,
    from: &xml::Element,
) -> Result<ComplexType, Error> {
    let name = from
        .attribute("name")
        .map(|_| context.global(from))
        .transpose()?;
    let mut ty = ComplexType {
        place: from.place.clone(),
        name,
        doc: Doc::of(from),
        content: Content::Empty,
        attributes: attribute_uses(context, from)?,
        is_mixed: from.attribute("mixed").is_some_and(truth),
        is_abstract: from.attribute("abstract").is_some_and(truth),
    };
    context.pass_over(from);
    for child in from
        .elements()
        .filter(|child| child.name.namespace() == XSD)
    {
        match child.name.local() {
            "simpleContent" | "complexContent" => derived(context, child, &mut ty)?,
            _ => {
                if let Some(particle) = particle(context, child)? {
                    ty.content = Content::Children(match ty.content {
                        Content::Children(before) => in_a_row(before, particle),
                        _ => particle,
                    });
                }
            }
        }
    }
    Ok(ty)
}

/// Reads a `simpleContent` or `complexContent`.
fn derived(context: &Context<'_>, from: &xml::Element, ty: &mut ComplexType) -> Result<(), Error> {
    let simple = from.name.local() == "simpleContent";
    // On `complexContent` it speaks last (XML Schema part 1, section 3.4.2).
    if let Some(mixed) = from.attribute("mixed") {
        ty.is_mixed = truth(mixed);
    }
    for child in from
        .elements()
        .filter(|child| child.name.namespace() == XSD)
    {
        let base = match child.name.local() {
            "extension" | "restriction" => context.required_qname(child, "base")?,
            _ => continue,
        };
        context.pass_over(child);
        ty.attributes.extend(attribute_uses(context, child)?);
        let mut children = None;
        for inner in child.elements() {
            children = match (children, particle(context, inner)?) {
                (Some(before), Some(more)) => Some(in_a_row(before, more)),
                (before, more) => more.or(before),
            };
        }
        ty.content = match (simple, child.name.local()) {
            // A restriction of text narrows what may stand there; the text is kept as it is.
            (true, _) => Content::Text(base),
            (false, "extension") => Content::Extension(base, children),
            (false, _) if base.namespace() == XSD && base.local() == "anyType" => {
                children.map_or(Content::Empty, Content::Children)
            }
            (false, _) => Content::Restriction(base, children),
        };
    }
    Ok(())
}

/// Two particles where one may stand, as drafts of XML Schema have them: a sequence.
fn in_a_row(before: Particle, more: Particle) -> Particle {
    let place = before.place.clone();
    let mut row = match before {
        Particle {
            term: Term::Sequence(row),
            occurs: Occurs::ONCE,
            ..
        } => row,
        other => vec![other],
    };
    row.push(more);
    Particle {
        place,
        occurs: Occurs::ONCE,
        term: Term::Sequence(row),
    }
}

/// Reads one particle; `None` when the element is none.
pub(super) fn particle(
    context: &Context<'_>,
    from: &xml::Element,
) -> Result<Option<Particle>, Error> {
    if from.name.namespace() != XSD {
        return Ok(None);
    }
    let term = match from.name.local() {
        "element" => match context.qname(from, "ref")? {
            Some(name) => Term::ElementRef(name),
            None => {
                let name = context.local(from, context.qualified_elements)?;
                Term::Element(Box::new(element(context, from, name)?))
            }
        },
        "any" => Term::Any(from.attribute("namespace").unwrap_or("##any").to_owned()),
        "sequence" => Term::Sequence(particles(context, from)?),
        "choice" => Term::Choice(particles(context, from)?),
        "all" => Term::All(particles(context, from)?),
        "group" if from.attribute("ref").is_some() => {
            Term::GroupRef(context.required_qname(from, "ref")?)
        }
        _ => return Ok(None),
    };
    Ok(Some(Particle {
        place: from.place.clone(),
        occurs: occurs(from)?,
        term,
    }))
}

fn particles(context: &Context<'_>, from: &xml::Element) -> Result<Vec<Particle>, Error> {
    let mut particles = Vec::new();
    for child in from.elements() {
        particles.extend(particle(context, child)?);
    }
    Ok(particles)
}

fn occurs(from: &xml::Element) -> Result<Occurs, Error> {
    let mut occurs = Occurs::ONCE;
    if let Some(min) = from.attribute("minOccurs") {
        let min = count(min).ok_or_else(|| from.incomplete("minOccurs"))?;
        occurs.min = min.unwrap_or(u32::MAX);
    }
    match from.attribute("maxOccurs").map(str::trim) {
        Some("unbounded") => occurs.max = None,
        Some(max) => occurs.max = count(max).ok_or_else(|| from.incomplete("maxOccurs"))?,
        None => {}
    }
    Ok(occurs)
}

/// The `xs:nonNegativeInteger` that a text is; nothing inside for more than anything can hold.
pub(crate) fn count(text: &str) -> Option<Option<u32>> {
    let digits = text.trim();
    let digits = digits.strip_prefix('+').unwrap_or(digits);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())
}
