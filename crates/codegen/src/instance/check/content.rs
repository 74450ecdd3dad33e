//! Runs the children of an element through its content model.

use std::collections::{BTreeMap, BTreeSet};

use super::super::schemas::{Kind, Node, Schemas};
use crate::error::Error;
use crate::limits;
use crate::qname::QName;

/// A content model: the particles of a type and of its bases.
pub(in super::super) struct Model<'a> {
    schemas: &'a Schemas,
    nodes: Vec<Node<'a>>,
    /// The declaration of each element that may stand in it: one name has one type (XML Schema part 1, section 3.8.6).
    declarations: BTreeMap<QName, Node<'a>>,
}

/// Where children and model part.
pub(super) struct Stop {
    /// The number of the first child that does not fit; that of the children when there are too few.
    pub(super) at: usize,
    /// What might have stood there.
    pub(super) expected: Vec<QName>,
    /// What of it had to, on one way through the model.
    pub(super) required: Vec<QName>,
}

/// Positions among the children.
type Positions = BTreeSet<usize>;

struct Run<'m, 'a, 'n> {
    model: &'m Model<'a>,
    names: &'n [&'n QName],
    /// The furthest that was tried.
    stop: Stop,
}

impl<'a> Model<'a> {
    pub(in super::super) fn of(schemas: &'a Schemas, nodes: Vec<Node<'a>>) -> Result<Self, Error> {
        let mut model = Self {
            schemas,
            nodes,
            declarations: BTreeMap::new(),
        };
        for node in model.nodes.clone() {
            model.declare(node, 0)?;
        }
        Ok(model)
    }

    /// Collects the elements inside a group.
    fn declare(&mut self, group: Node<'a>, depth: usize) -> Result<(), Error> {
        if depth > limits::CHAIN {
            return Err(too_deep(group));
        }
        for particle in group.particles() {
            match particle.element.name.local() {
                "element" => match particle.element.qname("ref")? {
                    Some(head) => {
                        for name in self.schemas.substitutes(&head) {
                            if let Some(node) = self.schemas.find(Kind::Element, &name) {
                                self.declarations.entry(name).or_insert(node);
                            }
                        }
                    }
                    None => {
                        let name = particle.local_name()?;
                        self.declarations.entry(name).or_insert(particle);
                    }
                },
                "any" => {}
                _ => {
                    let inner = self.target(particle)?;
                    self.declare(inner, depth + 1)?;
                }
            }
        }
        Ok(())
    }

    /// The group that a reference means; the node itself when it is none.
    pub(in super::super) fn target(&self, node: Node<'a>) -> Result<Node<'a>, Error> {
        match node.element.qname("ref")? {
            Some(name) if node.is("group") => self.schemas.get(Kind::Group, &name, node),
            _ => Ok(node),
        }
    }

    /// Whether the model names the element, and not only a wildcard.
    pub(in super::super) fn names(&self, name: &QName) -> bool {
        self.declarations.contains_key(name)
    }

    /// The elements that the model names.
    pub(in super::super) fn declared(&self) -> impl Iterator<Item = (&QName, Node<'a>)> {
        self.declarations.iter().map(|(name, node)| (name, *node))
    }

    /// Their local names.
    pub(in super::super) fn locals(&self) -> impl Iterator<Item = &str> {
        self.declarations.keys().map(QName::local)
    }

    /// Whether the model names an element of that local name.
    pub(in super::super) fn has_local(&self, local: &str) -> bool {
        self.locals().any(|known| known == local)
    }

    /// The nodes whose particles make it up.
    pub(in super::super) fn nodes(&self) -> &[Node<'a>] {
        &self.nodes
    }

    /// The declaration of an element of that name; none for what no schema knows.
    pub(super) fn declaration(&self, name: &QName) -> Option<Node<'a>> {
        let own = self.declarations.get(name).copied();
        own.or_else(|| self.schemas.find(Kind::Element, name))
    }

    /// Where children of these names do not fit; none if they do.
    pub(super) fn run(&self, names: &[&QName]) -> Result<Option<Stop>, Error> {
        let mut run = Run {
            model: self,
            names,
            stop: Stop {
                at: 0,
                expected: Vec::new(),
                required: Vec::new(),
            },
        };
        let mut at = Positions::from([0]);
        for node in &self.nodes {
            at = run.sequence(*node, at, 0)?;
        }
        if at.contains(&names.len()) {
            return Ok(None);
        }
        // The model may have ended before it tried the first child that is too many.
        run.reach(at.last().copied().unwrap_or(0));
        Ok(Some(run.stop))
    }
}

impl<'a> Run<'_, 'a, '_> {
    fn sequence(
        &mut self,
        group: Node<'a>,
        mut at: Positions,
        depth: usize,
    ) -> Result<Positions, Error> {
        for particle in group.particles() {
            if at.is_empty() {
                break;
            }
            at = self.particle(particle, at, depth)?;
        }
        Ok(at)
    }

    /// Where a particle may end that begins at one of these positions.
    fn particle(
        &mut self,
        node: Node<'a>,
        at: Positions,
        depth: usize,
    ) -> Result<Positions, Error> {
        if depth > limits::CHAIN {
            return Err(too_deep(node));
        }
        let (least, most) = node.occurs()?;
        let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let (least, most) = (count(least), most.map_or(usize::MAX, count));
        // More rounds than children change nothing: each takes one, or may take none.
        let rounds = self.names.len() + 1;
        let mut here = at;
        for _ in 0..least.min(most).min(rounds) {
            here = self.term(node, here, depth)?;
            if here.is_empty() {
                return Ok(here);
            }
        }
        let mut reached = here.clone();
        for _ in 0..most.saturating_sub(least).min(rounds) {
            let next = self.term(node, here, depth)?;
            here = next.difference(&reached).copied().collect();
            if here.is_empty() {
                break;
            }
            reached.extend(&here);
        }
        Ok(reached)
    }

    /// One occurrence of a particle.
    fn term(&mut self, node: Node<'a>, at: Positions, depth: usize) -> Result<Positions, Error> {
        match node.element.name.local() {
            "element" => self.element(node, at),
            "any" => {
                let fits = |at: &usize| self.names.get(*at).is_some_and(|name| node.admits(name));
                Ok(at.into_iter().filter(fits).map(|at| at + 1).collect())
            }
            "choice" => {
                let mut ends = Positions::new();
                let mut is_empty = true;
                for particle in node.particles() {
                    is_empty = false;
                    ends.extend(self.particle(particle, at.clone(), depth + 1)?);
                }
                Ok(if is_empty { at } else { ends })
            }
            "all" => self.all(node, at),
            "group" => {
                let group = self.model.target(node)?;
                self.sequence(group, at, depth + 1)
            }
            _ => self.sequence(node, at, depth + 1),
        }
    }

    fn element(&mut self, node: Node<'a>, at: Positions) -> Result<Positions, Error> {
        let names = match node.element.qname("ref")? {
            Some(head) => self.model.schemas.substitutes(&head),
            None => vec![node.local_name()?],
        };
        let required = node.occurs()?.0 > 0;
        let mut ends = Positions::new();
        for at in at {
            match self.names.get(at) {
                Some(name) if names.contains(name) => {
                    ends.insert(at + 1);
                }
                _ => self.miss(at, &names[0], required),
            }
        }
        Ok(ends)
    }

    /// The elements of an `all`, each at most once, in any order.
    fn all(&mut self, node: Node<'a>, at: Positions) -> Result<Positions, Error> {
        let mut ends = Positions::new();
        for mut at in at {
            let mut open = Vec::new();
            for particle in node.particles() {
                let name = match particle.element.qname("ref")? {
                    Some(name) => name,
                    None => particle.local_name()?,
                };
                open.push((name, particle.occurs()?.0 > 0));
            }
            while let Some(found) = self
                .names
                .get(at)
                .and_then(|name| open.iter().position(|(known, _)| known == *name))
            {
                open.remove(found);
                at += 1;
            }
            if !open.iter().any(|(_, required)| *required) {
                ends.insert(at);
            }
            for (name, required) in open {
                self.miss(at, &name, required);
            }
        }
        Ok(ends)
    }

    /// Notes what might have stood at a position.
    fn miss(&mut self, at: usize, name: &QName, required: bool) {
        self.reach(at);
        if at != self.stop.at {
            return;
        }
        let note = |names: &mut Vec<QName>| {
            if !names.contains(name) {
                names.push(name.clone());
            }
        };
        note(&mut self.stop.expected);
        if required {
            note(&mut self.stop.required);
        }
    }

    fn reach(&mut self, at: usize) {
        if at > self.stop.at {
            self.stop = Stop {
                at,
                expected: Vec::new(),
                required: Vec::new(),
            };
        }
    }
}

fn too_deep(node: Node<'_>) -> Error {
    Error::Limit {
        place: node.place().clone(),
        what: "groups inside each other",
        limit: limits::CHAIN,
    }
}
