//! Draws the attributes of an element.

use super::Amount;
use super::draw::Draw;
use super::schemas::{Kind, Node, Schemas, derivation};
use super::simple::{self, Simple};
use super::tree::{Text, Tree};
use crate::error::Error;
use crate::limits;
use crate::qname::QName;
use crate::schema::XSD;

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// What a type says about its attributes.
#[derive(Default)]
pub(super) struct Uses<'a> {
    /// Declarations with their uses, the most derived last.
    pub(super) declared: Vec<(QName, Node<'a>, Node<'a>)>,
    /// References to the attributes that every XML document has.
    pub(super) xml: Vec<(QName, Node<'a>)>,
    pub(super) any: bool,
}

impl<'a> Draw<'a, '_> {
    /// Gives an element the attributes that its type requires, and some that it allows.
    pub(super) fn attributes(&mut self, tree: &mut Tree, ty: Node<'a>) -> Result<(), Error> {
        let mut uses = Uses::of(self.schemas, ty)?;
        for (name, use_, declaration) in std::mem::take(&mut uses.declared) {
            if self.is_given(use_) {
                let value = self.attribute(use_, declaration)?;
                tree.attributes.push((name, value));
            }
        }
        for (name, use_) in std::mem::take(&mut uses.xml) {
            if self.is_given(use_) {
                let value = match name.local() {
                    "space" => "preserve",
                    "base" => "urn:example:base",
                    "id" => "id-1",
                    _ => "en",
                };
                tree.attributes.push((name, Text::Plain(value.to_owned())));
            }
        }
        if uses.any && self.plan.unknown && self.plan.is_random() && self.random.chance(15) {
            let name = unheard();
            let value = Text::Plain("of \"this\"".to_owned());
            tree.attributes.push((name, value));
        }
        Ok(())
    }

    fn is_given(&mut self, use_: Node<'a>) -> bool {
        match use_.element.attribute("use") {
            Some("required") => true,
            _ => match self.plan.amount {
                Amount::Least | Amount::Typical => false,
                Amount::Full => true,
                Amount::Random => self.random.chance(self.richness / 2),
            },
        }
    }

    fn attribute(&mut self, use_: Node<'a>, declaration: Node<'a>) -> Result<Text, Error> {
        if let Some(fixed) = fixed(use_, declaration) {
            return Ok(Text::Plain(fixed.to_owned()));
        }
        let simple = type_of(self.schemas, declaration)?;
        self.value(&simple, declaration.place())
    }
}

/// An attribute that no schema declares.
fn unheard() -> QName {
    QName::new("urn:example:elsewhere", "unheard")
}

/// The only value that an attribute may have.
pub(super) fn fixed<'a>(use_: Node<'a>, declaration: Node<'a>) -> Option<&'a str> {
    let mut nodes = [use_, declaration].into_iter();
    nodes.find_map(|node| node.element.attribute("fixed"))
}

/// The type of an attribute.
pub(super) fn type_of(schemas: &Schemas, declaration: Node<'_>) -> Result<Simple, Error> {
    match declaration.qname("type")? {
        Some(ty) => simple::named(schemas, &ty, declaration),
        None => match declaration.named("simpleType").next() {
            Some(simple) => simple::defined(schemas, simple),
            None => Ok(Simple::builtin("string")),
        },
    }
}

impl<'a> Uses<'a> {
    /// The attributes of a type and of its bases.
    pub(super) fn of(schemas: &'a Schemas, ty: Node<'a>) -> Result<Self, Error> {
        let mut uses = Self::default();
        uses.of_type(schemas, ty, 0)?;
        Ok(uses)
    }

    /// Collects the attributes of a type, those of its bases first.
    fn of_type(&mut self, schemas: &'a Schemas, ty: Node<'a>, depth: usize) -> Result<(), Error> {
        if depth > limits::CHAIN {
            return Err(Error::Limit {
                place: ty.place().clone(),
                what: "types extending each other",
                limit: limits::CHAIN,
            });
        }
        for content in ["simpleContent", "complexContent"] {
            for content in ty.named(content) {
                let Some(derived) = derivation(content.element).map(|element| content.at(element))
                else {
                    continue;
                };
                let base = derived.required_qname("base")?;
                if base.namespace() != XSD {
                    let base = schemas.get(Kind::Type, &base, derived)?;
                    if base.is("complexType") {
                        self.of_type(schemas, base, depth + 1)?;
                    }
                }
                self.listed(schemas, derived, depth)?;
            }
        }
        self.listed(schemas, ty, depth)
    }

    /// Collects the attributes that a node lists itself.
    fn listed(&mut self, schemas: &'a Schemas, node: Node<'a>, depth: usize) -> Result<(), Error> {
        if depth > limits::CHAIN {
            return Err(Error::Limit {
                place: node.place().clone(),
                what: "attribute groups inside each other",
                limit: limits::CHAIN,
            });
        }
        for use_ in node.named("attribute") {
            let (name, declaration) = match use_.qname("ref")? {
                Some(name) if name.namespace() == XML => {
                    self.xml.push((name, use_));
                    continue;
                }
                Some(name) => {
                    let declaration = match schemas.find(Kind::Attribute, &name) {
                        Some(declaration) => declaration,
                        // Only what is carried verbatim may be without a schema.
                        None if crate::verbatim::is_verbatim(name.namespace()) => continue,
                        None => schemas.get(Kind::Attribute, &name, use_)?,
                    };
                    (name, declaration)
                }
                None => (use_.local_name()?, use_),
            };
            self.declared.retain(|(known, ..)| *known != name);
            if use_.element.attribute("use") != Some("prohibited") {
                self.declared.push((name, use_, declaration));
            }
        }
        for group in node.named("attributeGroup") {
            if let Some(name) = group.qname("ref")? {
                let group = schemas.get(Kind::AttributeGroup, &name, group)?;
                self.listed(schemas, group, depth + 1)?;
            }
        }
        self.any |= node
            .named("anyAttribute")
            .any(|any| !any.is_strict() && any.admits(&unheard()));
        Ok(())
    }
}
