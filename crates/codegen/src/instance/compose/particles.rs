//! Puts wished elements where the particles of a content model have them.

use super::super::check::Model;
use super::super::message::join;
use super::super::schemas::{Kind, Node};
use super::super::tree::{Child, Tree};
use super::values::{Wish, Wished};
use super::{Compose, ComposeError};
use crate::qname::QName;
use crate::verbatim;

/// The children that are wished and not yet written.
pub(super) struct Pending<'m, 'a> {
    model: &'m Model<'a>,
    wished: Vec<Wished>,
    path: &'m str,
    /// The names of elements that are written already.
    written: Vec<String>,
}

impl<'m, 'a> Pending<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>, mut wished: Vec<Wished>, path: &'m str) -> Self {
        // Numbers order those of a name, whatever the order in which they were given.
        let mut by_name = wished.clone();
        by_name.sort_by_key(|wished| wished.number);
        for slot in &mut wished {
            if let Some(at) = by_name.iter().position(|next| next.name == slot.name) {
                *slot = by_name.remove(at);
            }
        }
        Self {
            model,
            wished,
            path,
            written: Vec::new(),
        }
    }

    /// What the contract has no place for: its name and its step in a path.
    pub(super) fn left(&self) -> Option<(&str, &str)> {
        let left = self.wished.iter().find(|wished| !wished.is_soft)?;
        Some((&left.name, &left.name))
    }

    fn take(&mut self, name: &QName) -> Option<Wished> {
        let at = self.wished.iter().position(|wished| fits(wished, name))?;
        Some(self.wished.remove(at))
    }

    /// The place in the order of the first that a wildcard is for: one that came so, and that the model does not name.
    fn foreign(&self, node: Node<'a>) -> Option<usize> {
        self.wished.iter().position(|wished| {
            let name = wished.wish.raw_name();
            name.is_some_and(|name| !self.model.names(name) && node.admits(name))
        })
    }
}

fn fits(wished: &Wished, name: &QName) -> bool {
    let known = wished.namespace.as_deref();
    wished.name == name.local() && known.is_none_or(|known| known == name.namespace())
}

impl<'a> Compose<'a> {
    /// Writes a particle as often as it must, and as often as something is wished of it.
    pub(super) fn particle(
        &mut self,
        tree: &mut Tree,
        node: Node<'a>,
        pending: &mut Pending<'_, 'a>,
        depth: usize,
    ) -> Result<(), ComposeError> {
        let (least, most) = node.occurs()?;
        let most = most.unwrap_or(u32::MAX);
        let mut count = 0;
        while count < most {
            let before = pending.wished.len() + usize::from(self.is_filled(node, pending)?);
            if count >= least && self.first(node, pending)?.is_none() {
                break;
            }
            self.once(tree, node, pending, depth)?;
            count += 1;
            let after = pending.wished.len() + usize::from(self.is_filled(node, pending)?);
            if count >= least && after == before {
                break;
            }
        }
        Ok(())
    }

    /// Whether the particle is an element that is filled wherever it may stand, and is not written yet.
    fn is_filled(&self, node: Node<'a>, pending: &Pending<'_, 'a>) -> Result<bool, ComposeError> {
        if !node.is("element") {
            return Ok(false);
        }
        let names = self.names(node)?;
        Ok(names.iter().any(|name| {
            let name = name.local();
            self.values.fills(name) && !pending.written.iter().any(|written| written == name)
        }))
    }

    /// The elements that a particle may be.
    fn names(&self, node: Node<'a>) -> Result<Vec<QName>, ComposeError> {
        Ok(match node.element.qname("ref")? {
            Some(head) => self.schemas.substitutes(&head),
            None => vec![node.local_name()?],
        })
    }

    /// The place in the order of the first wish that a particle is for; not what stands inside elements.
    fn first(
        &self,
        node: Node<'a>,
        pending: &Pending<'_, 'a>,
    ) -> Result<Option<usize>, ComposeError> {
        if node.occurs()?.1 == Some(0) {
            return Ok(None);
        }
        match node.element.name.local() {
            "element" => {
                let names = self.names(node)?;
                let wished = pending.wished.iter();
                let first = wished
                    .enumerate()
                    .find(|(_, wished)| names.iter().any(|name| fits(wished, name)))
                    .map(|(at, _)| at);
                let filled = self.is_filled(node, pending)?;
                Ok(first.or(filled.then_some(usize::MAX)))
            }
            "any" => Ok(pending.foreign(node)),
            _ => {
                let group = pending.model.target(node)?;
                let mut first = None;
                for particle in group.particles() {
                    let next = self.first(particle, pending)?;
                    first = first.into_iter().chain(next).min();
                }
                Ok(first)
            }
        }
    }

    fn once(
        &mut self,
        tree: &mut Tree,
        node: Node<'a>,
        pending: &mut Pending<'_, 'a>,
        depth: usize,
    ) -> Result<(), ComposeError> {
        match node.element.name.local() {
            "element" => self.element(tree, node, pending, depth),
            "choice" => self.choice(tree, node, pending, depth),
            "any" => {
                match pending.foreign(node).map(|at| pending.wished.remove(at)) {
                    Some(wished) => tree.children.extend(wished.wish.raw().map(Child::Element)),
                    None => self.miss(join(pending.path, "*")),
                }
                Ok(())
            }
            _ => {
                let group = pending.model.target(node)?;
                for particle in group.particles() {
                    self.particle(tree, particle, pending, depth)?;
                }
                Ok(())
            }
        }
    }

    fn element(
        &mut self,
        tree: &mut Tree,
        node: Node<'a>,
        pending: &mut Pending<'_, 'a>,
        depth: usize,
    ) -> Result<(), ComposeError> {
        let names = self.names(node)?;
        let found = names
            .iter()
            .find_map(|name| Some((name.clone(), pending.take(name)?)));
        let (name, wished) = match found {
            Some((name, wished)) => (name, Some(wished)),
            None => (names[0].clone(), None),
        };
        let before = pending
            .written
            .iter()
            .filter(|written| *written == name.local());
        let number = before.count() + 1;
        let step = match &wished {
            Some(wished) if wished.number > number && !wished.is_soft => {
                return Err(ComposeError::Gap {
                    path: join(pending.path, &wished.step()),
                });
            }
            Some(wished) => wished.step(),
            None => name.local().to_owned(),
        };
        pending.written.push(name.local().to_owned());
        let path = join(pending.path, &step);
        let wish = wished.map_or_else(Wish::default, |wished| wished.wish);
        let declaration = match node.element.qname("ref")? {
            Some(_) => self.schemas.find(Kind::Element, &name),
            None => Some(node),
        };
        match declaration {
            Some(declaration) => {
                let child = self.declared(declaration, name, wish, &path, depth + 1)?;
                tree.children.push(Child::Element(child));
            }
            // What only the security standards define is taken as it came.
            None if verbatim::is_verbatim(name.namespace()) => match wish.raw() {
                Some(raw) => tree.children.push(Child::Element(raw)),
                None => self.miss(path),
            },
            None => self.miss(path),
        }
        Ok(())
    }

    /// The alternative that something is wished of, else the first that needs no value.
    fn choice(
        &mut self,
        tree: &mut Tree,
        node: Node<'a>,
        pending: &mut Pending<'_, 'a>,
        depth: usize,
    ) -> Result<(), ComposeError> {
        let mut wanted = None;
        for particle in node.particles() {
            if let Some(at) = self.first(particle, pending)?
                && wanted.is_none_or(|(first, _)| at < first)
            {
                wanted = Some((at, particle));
            }
        }
        if let Some((_, particle)) = wanted {
            return self.particle(tree, particle, pending, depth);
        }
        let missing = self.missing.len();
        let mut names = Vec::new();
        for particle in node.particles() {
            let mut scratch = Tree::new(tree.name.clone());
            let written = pending.written.len();
            self.particle(&mut scratch, particle, pending, depth)?;
            if self.missing.len() == missing {
                tree.children.append(&mut scratch.children);
                return Ok(());
            }
            self.missing.truncate(missing);
            pending.written.truncate(written);
            if particle.is("element") {
                names.push(self.names(particle)?[0].local().to_owned());
            }
        }
        if !names.is_empty() {
            self.miss(join(pending.path, &names.join(" or ")));
        }
        Ok(())
    }
}
