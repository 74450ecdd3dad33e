//! Finds the names that someone may have meant.

use super::super::check::Model;
use super::super::content::parts;
use super::super::message::join;
use super::super::schemas::{Kind, Node, Schemas};
use crate::error::Error;

/// So many names are offered.
const OFFERED: usize = 5;
/// So many names are listed where none comes near.
const LISTED: usize = 12;
/// Levels of elements that are searched for a name that stands deeper.
const LEVELS: usize = 4;
/// Elements that are looked at.
const LOOKED_AT: usize = 2_000;

/// The names of a content model, in order of the alphabet, without version markers.
pub(super) fn names(model: &Model<'_>) -> Vec<String> {
    let names = model.locals().filter(|name| !is_marker(name));
    names.take(LISTED).map(str::to_owned).collect()
}

/// The paths that a wrong name may mean: the same name deeper, or one written alike; else what there is.
pub(super) fn nearest(
    schemas: &Schemas,
    model: &Model<'_>,
    wanted: &str,
) -> Result<Vec<String>, Error> {
    let mut found = deeper(schemas, model, wanted)?;
    let lower = wanted.to_lowercase();
    let mut alike: Vec<(usize, &str)> = model
        .locals()
        .filter(|name| !is_marker(name))
        .map(|name| (distance(&name.to_lowercase(), &lower), name))
        .filter(|(distance, name)| *distance <= name.len().min(wanted.len()).div_ceil(3))
        .collect();
    alike.sort_unstable();
    found.extend(alike.into_iter().map(|(_, name)| name.to_owned()));
    found.truncate(OFFERED);
    if found.is_empty() {
        return Ok(names(model));
    }
    Ok(found)
}

fn is_marker(name: &str) -> bool {
    let number = name.strip_prefix("Ver_");
    number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
}

/// The paths below at whose end the name stands.
fn deeper(schemas: &Schemas, model: &Model<'_>, wanted: &str) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    let mut looked_at = 0;
    let mut level: Vec<(String, Node<'_>)> = model
        .declared()
        .map(|(name, node)| (name.local().to_owned(), node))
        .collect();
    for _ in 0..LEVELS {
        let mut next = Vec::new();
        for (path, node) in level {
            looked_at += 1;
            if looked_at > LOOKED_AT || found.len() >= OFFERED {
                return Ok(found);
            }
            let Some(inner) = inside(schemas, node)? else {
                continue;
            };
            for (name, node) in inner.declared() {
                let path = join(&path, name.local());
                if name.local() == wanted {
                    found.push(path.clone());
                }
                next.push((path, node));
            }
        }
        level = next;
    }
    Ok(found)
}

/// The content model of an element, if it holds elements.
fn inside<'a>(schemas: &'a Schemas, node: Node<'a>) -> Result<Option<Model<'a>>, Error> {
    let ty = match node.element.qname("type")? {
        Some(ty) => schemas.find(Kind::Type, &ty),
        None => node.named("complexType").next(),
    };
    let Some(ty) = ty.filter(|ty| ty.is("complexType")) else {
        return Ok(None);
    };
    let mut nodes = Vec::new();
    parts(schemas, ty, &mut nodes, 0)?;
    Model::of(schemas, nodes).map(Some)
}

/// Levenshtein distance in bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a_byte) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b_byte) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(a_byte != b_byte);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
