//! Simple types with their facets, resolved to what a text must be.

use std::collections::BTreeMap;

use super::pattern::Pattern;
use super::schemas::{Kind, Node, Schemas};
use crate::error::Error;
use crate::limits;
use crate::qname::QName;
use crate::schema::XSD;

/// A simple type.
#[derive(Debug, Clone)]
pub(super) struct Simple {
    pub(super) variety: Variety,
    pub(super) facets: Facets,
}

#[derive(Debug, Clone)]
pub(super) enum Variety {
    /// The local name of the built-in type.
    Atomic(String),
    List(Box<Simple>),
    Union(Vec<Simple>),
}

/// The constraining facets, those of all restrictions together (XML Schema part 2, section 4.3).
#[derive(Debug, Clone, Default)]
pub(super) struct Facets {
    pub(super) values: Vec<String>,
    /// What values with the prefixes of their schema mean, where they are names.
    pub(super) names: BTreeMap<String, QName>,
    /// The patterns of each restriction, of which one must match.
    pub(super) patterns: Vec<Vec<Pattern>>,
    pub(super) least_length: Option<usize>,
    pub(super) most_length: Option<usize>,
    pub(super) low: Option<Bound>,
    pub(super) high: Option<Bound>,
    pub(super) total_digits: Option<usize>,
    pub(super) fraction_digits: Option<usize>,
}

#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub(super) value: String,
    pub(super) included: bool,
}

impl Simple {
    pub(super) fn builtin(local: &str) -> Self {
        let facets = Facets::default();
        // The three built-in lists hold at least one item (XML Schema part 2, section 3.3.5 and others).
        let item = match local {
            "NMTOKENS" => "NMTOKEN",
            "IDREFS" => "IDREF",
            "ENTITIES" => "ENTITY",
            _ => {
                return Self {
                    variety: Variety::Atomic(local.to_owned()),
                    facets,
                };
            }
        };
        Self {
            variety: Variety::List(Box::new(Self::builtin(item))),
            facets: Facets {
                least_length: Some(1),
                ..facets
            },
        }
    }
}

impl Simple {
    /// The qualified name that a listed value means; `None` for other values.
    pub(super) fn name(&self, text: &str) -> Option<&QName> {
        match &self.variety {
            Variety::Union(members) => members.iter().find_map(|member| member.name(text)),
            _ => self.facets.names.get(text),
        }
    }

    /// Whether the values are names, of which the prefix is up to each document.
    pub(super) fn is_name(&self) -> bool {
        matches!(&self.variety, Variety::Atomic(local) if matches!(&**local, "QName" | "NOTATION"))
    }

    /// Adds the facets of a restriction.
    fn narrow(&mut self, restriction: Node<'_>) -> Result<(), Error> {
        self.facets.narrow(restriction)?;
        if self.is_name() {
            for value in restriction.named("enumeration") {
                let text = value.element.attribute("value").unwrap_or_default();
                // One without meaning stays a text, which is not valid anyway.
                if let Ok(name) = value.element.resolve("value", text) {
                    self.facets.names.insert(text.to_owned(), name);
                }
            }
        }
        Ok(())
    }
}

/// The simple type of a name; that of its text when the name is a complex type with simple content.
pub(super) fn named(schemas: &Schemas, name: &QName, from: Node<'_>) -> Result<Simple, Error> {
    by_name(schemas, name, from, 0)
}

/// The type of a `simpleType` element.
pub(super) fn defined(schemas: &Schemas, node: Node<'_>) -> Result<Simple, Error> {
    definition(schemas, node, 0)
}

/// The type of a `simpleContent` element.
pub(super) fn content(schemas: &Schemas, node: Node<'_>) -> Result<Simple, Error> {
    text_of(schemas, node, 0)
}

fn by_name(schemas: &Schemas, name: &QName, from: Node<'_>, depth: usize) -> Result<Simple, Error> {
    if name.namespace() == XSD {
        return Ok(Simple::builtin(name.local()));
    }
    if depth > limits::CHAIN {
        return Err(Error::Limit {
            place: from.place().clone(),
            what: "simple types that lead to each other",
            limit: limits::CHAIN,
        });
    }
    let node = schemas.get(Kind::Type, name, from)?;
    if node.is("simpleType") {
        return definition(schemas, node, depth);
    }
    match node.named("simpleContent").next() {
        Some(content) => text_of(schemas, content, depth),
        // Mixed content that may be emptied can be restricted to text (XML Schema part 1, section 3.4.6).
        None => Ok(Simple::builtin("string")),
    }
}

fn text_of(schemas: &Schemas, content: Node<'_>, depth: usize) -> Result<Simple, Error> {
    let Some(derivation) = super::schemas::derivation(content.element).map(|d| content.at(d))
    else {
        return Ok(Simple::builtin("string"));
    };
    let base = derivation.required_qname("base")?;
    let mut simple = match derivation.named("simpleType").next() {
        Some(inner) => definition(schemas, inner, depth + 1)?,
        None => by_name(schemas, &base, derivation, depth + 1)?,
    };
    if derivation.is("restriction") {
        simple.narrow(derivation)?;
    }
    Ok(simple)
}

fn definition(schemas: &Schemas, node: Node<'_>, depth: usize) -> Result<Simple, Error> {
    if let Some(restriction) = node.named("restriction").next() {
        let mut simple = match restriction.qname("base")? {
            Some(base) => by_name(schemas, &base, restriction, depth + 1)?,
            None => inner(schemas, restriction, depth)?,
        };
        simple.narrow(restriction)?;
        return Ok(simple);
    }
    if let Some(list) = node.named("list").next() {
        let item = match list.qname("itemType")? {
            Some(item) => by_name(schemas, &item, list, depth + 1)?,
            None => inner(schemas, list, depth)?,
        };
        return Ok(Simple {
            variety: Variety::List(Box::new(item)),
            facets: Facets::default(),
        });
    }
    let mut members = Vec::new();
    if let Some(union) = node.named("union").next() {
        for name in union.qnames("memberTypes")? {
            members.push(by_name(schemas, &name, union, depth + 1)?);
        }
        for member in union.named("simpleType") {
            members.push(definition(schemas, member, depth + 1)?);
        }
    }
    Ok(Simple {
        variety: Variety::Union(members),
        facets: Facets::default(),
    })
}

/// The anonymous type inside a restriction or list.
fn inner(schemas: &Schemas, node: Node<'_>, depth: usize) -> Result<Simple, Error> {
    match node.named("simpleType").next() {
        Some(inner) => definition(schemas, inner, depth + 1),
        None => Err(node.element.incomplete("base")),
    }
}

impl Facets {
    /// Adds the facets of a restriction to those of its base.
    fn narrow(&mut self, restriction: Node<'_>) -> Result<(), Error> {
        let mut values = Vec::new();
        let mut patterns = Vec::new();
        let children = restriction.element.elements();
        for facet in children.filter(|child| child.name.namespace() == XSD) {
            let value = || facet.attribute("value").unwrap_or_default();
            let length = || {
                let length = value().trim().parse::<usize>();
                length.map(Some).map_err(|_| facet.incomplete("value"))
            };
            let bound = |included| {
                let value = value().trim().to_owned();
                Some(Bound { value, included })
            };
            match facet.name.local() {
                "enumeration" => values.push(value().to_owned()),
                "pattern" => {
                    patterns.push(Pattern::parse(value()).ok_or_else(|| Error::Unsupported {
                        place: facet.place.clone(),
                        construct: "an instance for this pattern".to_owned(),
                    })?)
                }
                "length" => (self.least_length, self.most_length) = (length()?, length()?),
                "minLength" => self.least_length = length()?,
                "maxLength" => self.most_length = length()?,
                "minInclusive" => self.low = bound(true),
                "minExclusive" => self.low = bound(false),
                "maxInclusive" => self.high = bound(true),
                "maxExclusive" => self.high = bound(false),
                "totalDigits" => self.total_digits = length()?,
                "fractionDigits" => self.fraction_digits = length()?,
                _ => {}
            }
        }
        if !values.is_empty() {
            self.values = values;
        }
        if !patterns.is_empty() {
            self.patterns.push(patterns);
        }
        Ok(())
    }
}
