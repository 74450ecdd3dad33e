//! Draws elements.

use super::Plan;
use super::height::Heights;
use super::random::Random;
use super::schemas::{Kind, Node, Schemas};
use super::simple::{self, Simple};
use super::tree::{Child, Text, Tree};
use super::{XSI, value};
use crate::error::{Error, Place};
use crate::qname::QName;
use crate::schema::XSD;
use crate::verbatim;

/// One instance in the making.
pub(super) struct Draw<'a, 'r> {
    pub(super) schemas: &'a Schemas,
    pub(super) heights: &'a Heights,
    pub(super) plan: &'a Plan,
    pub(super) random: &'r mut Random,
    /// How many of a hundred optional particles this instance holds.
    pub(super) richness: usize,
    elements: usize,
}

/// Elements of one instance, required ones included.
const ELEMENTS: usize = 60_000;
/// Elements inside each other; far above any message, far below what a stack holds.
const DEPTH: usize = 64;

impl<'a, 'r> Draw<'a, 'r> {
    pub(super) fn new(
        schemas: &'a Schemas,
        heights: &'a Heights,
        plan: &'a Plan,
        random: &'r mut Random,
    ) -> Self {
        // Sparse messages and rich ones: the same odds for all would never show either.
        let richness = random.pick(&[5, 30, 60, 95]).copied().unwrap_or_default();
        Self {
            schemas,
            heights,
            plan,
            random,
            richness,
            elements: 0,
        }
    }

    /// Whether only what is required may still be added.
    pub(super) fn is_spent(&self, depth: usize) -> bool {
        depth > self.plan.depth || self.elements >= self.plan.elements
    }

    /// A global element as the root of an instance; `place` is where it is asked for.
    pub(super) fn root(&mut self, name: &QName, place: &Place) -> Result<Tree, Error> {
        let Some(node) = self.schemas.find(Kind::Element, name) else {
            if verbatim::is_element(name) {
                return Ok(self.verbatim(name));
            }
            // A wrapper that SOAP makes from an operation's name, for example.
            if let Some((node, wire)) = self.schemas.undeclared(name) {
                return self.declared(node, wire.clone(), 0);
            }
            let construct = "an instance of a message that is no element of a schema";
            return Err(unsupported(place, construct));
        };
        if self.heights.of_term(self.schemas, node)?.is_none() && !node.flag("abstract") {
            let construct =
                "an instance of an element that must hold itself, or what no schema here declares,";
            return Err(unsupported(node.place(), construct));
        }
        self.declared(node, name.clone(), 0)
    }

    /// An element where a particle asks for one.
    pub(super) fn element(&mut self, particle: Node<'a>, depth: usize) -> Result<Tree, Error> {
        let Some(head) = particle.qname("ref")? else {
            let name = particle.local_name()?;
            return self.declared(particle, name, depth);
        };
        if verbatim::is_element(&head) && self.schemas.find(Kind::Element, &head).is_none() {
            return Ok(self.verbatim(&head));
        }
        let mut candidates = Vec::new();
        for name in self.schemas.substitutes(&head) {
            let node = self.schemas.get(Kind::Element, &name, particle)?;
            if !node.flag("abstract") {
                candidates.push((name, node));
            }
        }
        let chosen = if self.is_spent(depth) {
            let least = candidates.iter().min_by_key(|(_, node)| {
                let height = self.heights.of_particle(self.schemas, *node);
                height.ok().flatten().unwrap_or(u32::MAX)
            });
            least.cloned()
        } else if self.plan.is_random() {
            self.random.pick(&candidates).cloned()
        } else {
            candidates.first().cloned()
        };
        match chosen {
            Some((name, node)) => self.declared(node, name, depth),
            None => Err(unsupported(
                particle.place(),
                "an abstract element that nothing substitutes",
            )),
        }
    }

    /// An element of a declaration.
    pub(super) fn declared(
        &mut self,
        node: Node<'a>,
        name: QName,
        depth: usize,
    ) -> Result<Tree, Error> {
        self.elements += 1;
        for (count, limit, what) in [
            (self.elements, ELEMENTS, "elements of one instance"),
            (depth, DEPTH, "elements inside each other"),
        ] {
            if count > limit {
                let place = node.place().clone();
                return Err(Error::Limit { place, what, limit });
            }
        }
        let mut tree = Tree::new(name);
        let nillable = node.flag("nillable");
        let is_nil = nillable
            && (self.plan.is_random() && self.random.chance(8)
                || (self.is_spent(depth) && self.is_endless(node)?));
        if is_nil {
            let nil = Text::Plain("true".to_owned());
            tree.attributes.push((QName::new(XSI, "nil"), nil));
        }
        let at = tree.children.len();
        match (
            node.qname("type")?,
            node.named("complexType").next(),
            node.named("simpleType").next(),
        ) {
            (Some(ty), ..) => self.of_type(&mut tree, &ty, node, depth)?,
            (None, Some(complex), _) => self.complex(&mut tree, complex, depth)?,
            (None, None, Some(simple)) => {
                let simple = simple::defined(self.schemas, simple)?;
                self.text(&mut tree, &simple, node.place())?;
            }
            (None, None, None) => match node.qname("substitutionGroup")? {
                Some(head) => {
                    let head = self.schemas.get(Kind::Element, &head, node)?;
                    match head.qname("type")? {
                        Some(ty) => self.of_type(&mut tree, &ty, head, depth)?,
                        None => self.anything(&mut tree),
                    }
                }
                None => self.anything(&mut tree),
            },
        }
        if is_nil {
            tree.children.truncate(at);
        } else if let Some(fixed) = node.element.attribute("fixed") {
            tree.children = vec![Child::Text(fixed.to_owned())];
        }
        Ok(tree)
    }

    /// Whether what a declaration requires does not end, so that only `xsi:nil` can.
    fn is_endless(&self, node: Node<'a>) -> Result<bool, Error> {
        Ok(match node.qname("type")? {
            Some(ty) => match self.schemas.find(Kind::Type, &ty) {
                Some(ty) if ty.is("complexType") => self
                    .heights
                    .of_body(self.schemas, ty)?
                    .is_none_or(|height| height > 1),
                _ => false,
            },
            None => false,
        })
    }

    /// Fills an element by the type of that name.
    fn of_type(
        &mut self,
        tree: &mut Tree,
        ty: &QName,
        from: Node<'a>,
        depth: usize,
    ) -> Result<(), Error> {
        if ty.namespace() == XSD {
            if matches!(ty.local(), "anyType" | "anySimpleType") {
                self.anything(tree);
                return Ok(());
            }
            return self.text(tree, &Simple::builtin(ty.local()), from.place());
        }
        if verbatim::is_verbatim(ty.namespace()) && self.schemas.find(Kind::Type, ty).is_none() {
            return Ok(());
        }
        let node = self.schemas.get(Kind::Type, ty, from)?;
        if node.is("simpleType") {
            let simple = simple::defined(self.schemas, node)?;
            return self.text(tree, &simple, from.place());
        }
        let may_vary = self.plan.is_random() && !self.is_spent(depth) && self.random.chance(20);
        if !node.flag("abstract") && !may_vary {
            return self.complex(tree, node, depth);
        }
        let mut candidates = Vec::new();
        for name in self.schemas.derivations(ty) {
            let derived = self.schemas.get(Kind::Type, &name, from)?;
            let height = self.heights.of_body(self.schemas, derived)?;
            if !derived.flag("abstract") && height.is_some() {
                candidates.push((height, name, derived));
            }
        }
        if self.is_spent(depth) {
            candidates.sort_by_key(|(height, ..)| *height);
            candidates.truncate(1);
        }
        let chosen = if self.plan.is_random() {
            self.random.pick(&candidates)
        } else {
            candidates.first()
        };
        let Some((_, name, derived)) = chosen else {
            let construct = "an abstract type that nothing extends";
            return Err(unsupported(from.place(), construct));
        };
        if name != ty {
            let ty = Text::Name(name.clone());
            tree.attributes.push((QName::new(XSI, "type"), ty));
        }
        let derived = *derived;
        self.complex(tree, derived, depth)
    }

    /// Puts a text of a simple type into an element.
    pub(super) fn text(
        &mut self,
        tree: &mut Tree,
        simple: &Simple,
        place: &Place,
    ) -> Result<(), Error> {
        match self.value(simple, place)? {
            Text::Plain(text) if text.is_empty() => {}
            Text::Plain(text) => tree.children.push(Child::Text(text)),
            Text::Name(name) => tree.children.push(Child::Name(name)),
        }
        Ok(())
    }

    pub(super) fn value(&mut self, simple: &Simple, place: &Place) -> Result<Text, Error> {
        let text = value::draw(simple, self.plan, self.random)
            .ok_or_else(|| unsupported(place, "an instance of a type with these facets"))?;
        let name = simple.name(&text).cloned();
        Ok(name.map_or(Text::Plain(text), Text::Name))
    }

    /// The content of an element of which nothing is known.
    fn anything(&mut self, tree: &mut Tree) {
        tree.children.push(Child::Text("anything".to_owned()));
    }

    /// A minimal example of an element of the security standards.
    fn verbatim(&mut self, name: &QName) -> Tree {
        let mut tree = Tree::new(name.clone());
        if name.local() == "Security" {
            let saml = "urn:oasis:names:tc:SAML:2.0:assertion";
            let mut assertion = Tree::new(QName::new(saml, "Assertion"));
            let id = format!("_{:016x}", self.random.next_u64());
            assertion
                .attributes
                .push((QName::new("", "ID"), Text::Plain(id)));
            tree.children.push(Child::Element(assertion));
        }
        tree
    }
}

pub(super) fn unsupported(place: &Place, construct: &str) -> Error {
    Error::Unsupported {
        place: place.clone(),
        construct: construct.to_owned(),
    }
}
