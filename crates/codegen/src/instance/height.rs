//! How deep the smallest instance of each component is, so that drawing ends.

use std::collections::BTreeMap;

use super::schemas::{Kind, Node, Schemas, derivation};
use crate::error::Error;
use crate::limits;
use crate::qname::QName;
use crate::schema::XSD;
use crate::verbatim;

/// The least depth of elements inside each complex type and group; what has none is not listed.
#[derive(Debug, Default)]
pub(super) struct Heights {
    known: BTreeMap<(Kind, QName), u32>,
}

impl Heights {
    /// Computes them from the leaves up, until nothing changes.
    pub(super) fn of(schemas: &Schemas) -> Result<Self, Error> {
        let mut heights = Self::default();
        for _ in 0..limits::DEPTH {
            let mut changed = false;
            for kind in [Kind::Type, Kind::Group, Kind::Element] {
                for name in schemas.names(kind) {
                    let key = (kind, name.clone());
                    if heights.known.contains_key(&key) {
                        continue;
                    }
                    let Some(node) = schemas.find(kind, name) else {
                        continue;
                    };
                    let height = match kind {
                        Kind::Type => heights.of_type(schemas, name, node)?,
                        Kind::Group => heights.all_of(schemas, node)?,
                        _ => heights.of_declaration(schemas, node)?,
                    };
                    if let Some(height) = height {
                        heights.known.insert(key, height);
                        changed = true;
                    }
                }
            }
            if !changed {
                break;
            }
        }
        Ok(heights)
    }

    /// The least depth of a type, of its concrete derivations when it is abstract.
    fn of_type(
        &self,
        schemas: &Schemas,
        name: &QName,
        node: Node<'_>,
    ) -> Result<Option<u32>, Error> {
        if !node.flag("abstract") {
            return self.of_body(schemas, node);
        }
        let mut least = None;
        for name in schemas.derivations(name) {
            if let Some(node) = schemas
                .find(Kind::Type, &name)
                .filter(|n| !n.flag("abstract"))
            {
                least = lesser(least, self.of_body(schemas, node)?);
            }
        }
        Ok(least)
    }

    /// The least depth of what a `complexType` itself describes.
    pub(super) fn of_body(&self, schemas: &Schemas, node: Node<'_>) -> Result<Option<u32>, Error> {
        self.of_chain(schemas, node, 0)
    }

    /// As [`of_body`](Self::of_body), so many extensions further down.
    fn of_chain(
        &self,
        schemas: &Schemas,
        node: Node<'_>,
        extensions: usize,
    ) -> Result<Option<u32>, Error> {
        if extensions > limits::CHAIN {
            return Ok(None);
        }
        let Some(content) = node.named("complexContent").next() else {
            return self.all_of(schemas, node);
        };
        let Some(derivation) = derivation(content.element).map(|element| content.at(element))
        else {
            return Ok(Some(0));
        };
        let own = self.all_of(schemas, derivation)?;
        if derivation.is("restriction") {
            return Ok(own);
        }
        let base = derivation.meant(Kind::Type, derivation.required_qname("base")?);
        let base = match schemas.find(Kind::Type, &base) {
            Some(node) => self.of_chain(schemas, node, extensions + 1)?,
            None => Some(0),
        };
        Ok(base.zip(own).map(|(base, own)| base.max(own)))
    }

    /// The greatest of what all particles inside need.
    fn all_of(&self, schemas: &Schemas, node: Node<'_>) -> Result<Option<u32>, Error> {
        let mut greatest = Some(0);
        for particle in node.particles() {
            let height = self.of_particle(schemas, particle)?;
            greatest = greatest.zip(height).map(|(a, b)| a.max(b));
        }
        Ok(greatest)
    }

    /// What a particle needs at least; `None` when that is not known, or without end.
    pub(super) fn of_particle(
        &self,
        schemas: &Schemas,
        node: Node<'_>,
    ) -> Result<Option<u32>, Error> {
        if node.occurs()?.0 == 0 {
            return Ok(Some(0));
        }
        self.of_term(schemas, node)
    }

    /// What one occurrence of a particle needs at least.
    pub(super) fn of_term(&self, schemas: &Schemas, node: Node<'_>) -> Result<Option<u32>, Error> {
        match node.element.name.local() {
            "element" => match node.qname("ref")? {
                Some(name) => {
                    let mut least = None;
                    for name in schemas.substitutes(&name) {
                        let height = match schemas.find(Kind::Element, &name) {
                            Some(_) => self.known.get(&(Kind::Element, name)).copied(),
                            None => Some(1),
                        };
                        least = lesser(least, height);
                    }
                    Ok(least)
                }
                None => self.of_declaration(schemas, node),
            },
            "choice" => {
                let mut least = None;
                let mut empty = true;
                for particle in node.particles() {
                    empty = false;
                    least = lesser(least, self.of_particle(schemas, particle)?);
                }
                Ok(if empty { Some(0) } else { least })
            }
            "group" => match node.qname("ref")? {
                Some(name) => {
                    let name = node.meant(Kind::Group, name);
                    Ok(self.known.get(&(Kind::Group, name)).copied())
                }
                None => self.all_of(schemas, node),
            },
            "any" if node.is_strict() => Ok(self.of_wildcard(schemas, node)),
            "any" => Ok(Some(1)),
            _ => self.all_of(schemas, node),
        }
    }

    /// The least that an element needs which a wildcard admits and a schema declares.
    fn of_wildcard(&self, schemas: &Schemas, node: Node<'_>) -> Option<u32> {
        let admitted = schemas
            .names(Kind::Element)
            .filter(|name| node.admits(name) && !verbatim::is_verbatim(name.namespace()));
        admitted
            .filter_map(|name| self.known.get(&(Kind::Element, name.clone())).copied())
            .min()
    }

    /// What an element with a declaration needs at least, itself included.
    fn of_declaration(&self, schemas: &Schemas, node: Node<'_>) -> Result<Option<u32>, Error> {
        if node.flag("abstract") {
            return Ok(None);
        }
        if node.flag("nillable") {
            return Ok(Some(1));
        }
        let inside = match node.qname("type")? {
            Some(name) if name.namespace() == XSD => Some(0),
            Some(name) => match schemas.find(Kind::Type, &name) {
                Some(_) => self.known.get(&(Kind::Type, name)).copied(),
                None => Some(0),
            },
            None => match node.named("complexType").next() {
                Some(complex) => self.of_body(schemas, complex)?,
                None => Some(0),
            },
        };
        Ok(inside.map(|inside| inside + 1))
    }
}

fn lesser(a: Option<u32>, b: Option<u32>) -> Option<u32> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
