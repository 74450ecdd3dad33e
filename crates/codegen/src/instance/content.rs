//! Draws what stands inside an element: particles, wildcards, text.

use super::draw::{Draw, unsupported};
use super::schemas::{Kind, Node, Schemas, derivation};
use super::simple;
use super::tree::{Child, Tree};
use crate::error::Error;
use crate::limits;
use crate::qname::QName;
use crate::schema::XSD;
use crate::verbatim;

impl<'a> Draw<'a, '_> {
    /// Fills an element by a `complexType`.
    pub(super) fn complex(
        &mut self,
        tree: &mut Tree,
        ty: Node<'a>,
        depth: usize,
    ) -> Result<(), Error> {
        self.attributes(tree, ty)?;
        if let Some(content) = ty.named("simpleContent").next() {
            let simple = simple::content(self.schemas, content)?;
            return self.text(tree, &simple, ty.place());
        }
        let mut parts = Vec::new();
        let mixed = self::parts(self.schemas, ty, &mut parts, 0)?;
        for part in parts {
            for particle in part.particles() {
                self.particle(tree, particle, depth)?;
            }
        }
        if mixed && self.plan.is_random() {
            self.mix(tree);
        }
        Ok(())
    }

    /// Draws a particle as often as it may and shall occur.
    fn particle(&mut self, tree: &mut Tree, node: Node<'a>, depth: usize) -> Result<(), Error> {
        let count = self.count(node, depth)?;
        for _ in 0..count {
            match node.element.name.local() {
                "element" => {
                    let child = self.element(node, depth + 1)?;
                    tree.children.push(Child::Element(child));
                }
                "choice" => {
                    if let Some(alternative) = self.alternative(node, depth)? {
                        self.particle(tree, alternative, depth)?;
                    }
                }
                "group" => {
                    let group = match node.qname("ref")? {
                        Some(name) => self.schemas.get(Kind::Group, &name, node)?,
                        None => node,
                    };
                    for particle in group.particles() {
                        self.particle(tree, particle, depth)?;
                    }
                }
                "any" => self.wildcard(tree, node, depth)?,
                _ => {
                    for particle in node.particles() {
                        self.particle(tree, particle, depth)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// How often a particle occurs.
    fn count(&mut self, node: Node<'a>, depth: usize) -> Result<u32, Error> {
        let (least, most) = node.occurs()?;
        let most = most.unwrap_or(u32::MAX);
        // What has no end must not begin.
        let optional = least < most && !self.is_spent(depth) && self.ends(node)?;
        if !optional {
            return Ok(least.min(most));
        }
        use super::Amount;
        let more = match self.plan.amount {
            Amount::Least => 0,
            // A wildcard is no example of anything.
            _ if node.is("any") && !self.plan.unknown => 0,
            Amount::Typical | Amount::Full => u32::from(least == 0),
            Amount::Random => {
                // Deep in a message the odds fall, so that messages end.
                let odds = if depth < 5 {
                    self.richness
                } else {
                    self.richness / 2
                };
                let odds = if node.is("any") { odds / 2 } else { odds };
                let open = (most - least).min(3);
                (0..open).map(|_| u32::from(self.random.chance(odds))).sum()
            }
        };
        Ok(least + more)
    }

    fn ends(&self, node: Node<'a>) -> Result<bool, Error> {
        Ok(self.heights.of_term(self.schemas, node)?.is_some())
    }

    /// One of the particles of a choice; `None` when it has none.
    fn alternative(&mut self, choice: Node<'a>, depth: usize) -> Result<Option<Node<'a>>, Error> {
        let mut alternatives = Vec::new();
        for particle in choice.particles() {
            if particle.occurs()?.1 == Some(0) {
                continue;
            }
            if let Some(height) = self.heights.of_particle(self.schemas, particle)? {
                alternatives.push((height, particle));
            }
        }
        if alternatives.is_empty() && choice.particles().next().is_some() {
            return Err(unsupported(choice.place(), "an instance that never ends"));
        }
        let chosen = if self.is_spent(depth) {
            alternatives.iter().min_by_key(|(height, _)| *height)
        } else if self.plan.is_random() {
            self.random.pick(&alternatives)
        } else {
            // An alternative that is something, before one that may be nothing.
            let something = |node: &Node<'_>| !node.is("any");
            let mut known = alternatives.iter().filter(|(_, node)| something(node));
            known.next().or(alternatives.first())
        };
        Ok(chosen.map(|(_, node)| *node))
    }

    /// An element where a wildcard stands (XML Schema part 1, section 3.10).
    fn wildcard(&mut self, tree: &mut Tree, node: Node<'a>, depth: usize) -> Result<(), Error> {
        let allowed = node.element.attribute("namespace").unwrap_or("##any");
        let own = node.namespace();
        let other = "urn:example:elsewhere";
        let home = match allowed.trim() {
            "##any" if own.is_empty() => other,
            "##any" | "##targetNamespace" => own,
            "##other" => other,
            list => match list.split_ascii_whitespace().next() {
                Some("##targetNamespace") => own,
                Some("##local") | None => "",
                Some(namespace) => namespace,
            },
        };
        if node.is_strict() {
            return self.known(tree, node, depth);
        }
        let name = format!("Unheard{}", self.random.below(9) + 1);
        let mut unknown = Tree::new(QName::new(home, name));
        let since = super::tree::Text::Plain("2099".to_owned());
        unknown.attributes.push((QName::new("", "Since"), since));
        let mut inner = Tree::new(QName::new(home, "Of"));
        inner.children.push(Child::Text("a < b & c".to_owned()));
        unknown.children.push(Child::Element(inner));
        tree.children.push(Child::Element(unknown));
        Ok(())
    }

    /// A global element where a wildcard wants one that its schema declares.
    fn known(&mut self, tree: &mut Tree, node: Node<'a>, depth: usize) -> Result<(), Error> {
        let fits = |name: &QName| node.admits(name);
        let mut least: Option<(u32, &QName, Node<'a>)> = None;
        for name in self.schemas.names(Kind::Element).filter(|name| fits(name)) {
            let Some(element) = self.schemas.find(Kind::Element, name) else {
                continue;
            };
            if element.flag("abstract") || verbatim::is_verbatim(name.namespace()) {
                continue;
            }
            if let Some(height) = self.heights.of_term(self.schemas, element)?
                && least.is_none_or(|(lowest, ..)| height < lowest)
            {
                least = Some((height, name, element));
            }
        }
        match least {
            Some((_, name, element)) => {
                // As small as can be: what stands here says nothing about the contract.
                let depth = depth.max(self.plan.depth) + 1;
                let child = self.declared(element, name.clone(), depth)?;
                tree.children.push(Child::Element(child));
                Ok(())
            }
            None if node.occurs()?.0 == 0 => Ok(()),
            None => Err(unsupported(
                node.place(),
                "a wildcard that only a schema from elsewhere can satisfy",
            )),
        }
    }

    /// Puts text between the elements of mixed content.
    fn mix(&mut self, tree: &mut Tree) {
        let mut mixed = Vec::new();
        for child in tree.children.drain(..) {
            if self.random.chance(40) {
                mixed.push(Child::Text("mixed & ".to_owned()));
            }
            mixed.push(child);
        }
        if self.random.chance(60) {
            mixed.push(Child::Text("in between".to_owned()));
        }
        tree.children = mixed;
    }
}

/// The nodes whose particles make up a type, those of its bases first; whether text may stand between them.
pub(super) fn parts<'a>(
    schemas: &'a Schemas,
    ty: Node<'a>,
    into: &mut Vec<Node<'a>>,
    depth: usize,
) -> Result<bool, Error> {
    if depth > limits::CHAIN {
        return Err(Error::Limit {
            place: ty.place().clone(),
            what: "types extending each other",
            limit: limits::CHAIN,
        });
    }
    let mut mixed = ty.flag("mixed");
    let Some(content) = ty.named("complexContent").next() else {
        into.push(ty);
        return Ok(mixed);
    };
    mixed |= content.flag("mixed");
    if let Some(derivation) = derivation(content.element).map(|element| content.at(element)) {
        let base = derivation.required_qname("base")?;
        if derivation.is("extension") && base.namespace() != XSD {
            let base = schemas.get(Kind::Type, &base, derivation)?;
            mixed |= parts(schemas, base, into, depth + 1)?;
        }
        into.push(derivation);
    }
    Ok(mixed)
}
