//! Compares two replies element by element, and tells where they differ without telling what stands there.

mod tree;

use std::collections::{BTreeMap, HashMap};

use crate::error::Refusal;
use tree::{Attribute, Node, Reply};

/// How a comparison is made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// What may differ: local names of elements, or the ends of their paths (`Hdr/Id`); the last step may be an
    /// attribute (`@Rstr`). What is inside of an ignored element is ignored with it.
    pub ignored: Vec<String>,
    /// Paths that are told at most. 64 by default.
    pub paths: usize,
    /// Elements of one reply at most. 50,000 by default.
    pub elements: usize,
}

impl Default for Comparison {
    fn default() -> Self {
        Self {
            ignored: Vec::new(),
            paths: 64,
            elements: 50_000,
        }
    }
}

/// In what the replies differ at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Difference {
    /// Both have it, with other text, or in another namespace.
    Value,
    /// The first has it, or more of it.
    OnlyFirst,
    /// The second has it, or more of it.
    OnlySecond,
}

/// Where two replies differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Differences {
    /// By the names of elements from Body's element down, without positions; an attribute as `@Name`.
    pub paths: BTreeMap<String, Difference>,
    /// Whether there are more than are told.
    pub more: bool,
}

impl Differences {
    /// Whether the replies are the same.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }
}

/// The longest path that is told, in bytes; what is beyond is left out.
const LONGEST_PATH: usize = 512;

/// The longest name of an element in a path, in bytes.
const LONGEST_NAME: usize = 128;

impl Comparison {
    /// Compares what Body holds, in UTF-8, ASCII or UTF-16.
    ///
    /// Elements of one name are compared in their order; the order of elements of different names does not count, nor
    /// do prefixes, comments, and white space around elements.
    /// `None` if a reply has more elements than [`elements`](Self::elements).
    ///
    /// # Errors
    /// A [`Refusal`] for what is no complete, well-formed SOAP envelope; of UTF-16, with the offset in the same text as
    /// UTF-8.
    ///
    /// ```
    /// use castile_envelope::{Comparison, Difference};
    ///
    /// let reply = |amount| format!(
    ///     "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><R><Amt>{amount}</Amt></R></s:Body></s:Envelope>"
    /// );
    /// let found = Comparison::default().differences(reply(1).as_bytes(), reply(2).as_bytes())?.unwrap();
    /// assert_eq!(found.paths["R/Amt"], Difference::Value);
    /// # Ok::<(), castile_envelope::Refusal>(())
    /// ```
    pub fn differences(&self, first: &[u8], second: &[u8]) -> Result<Option<Differences>, Refusal> {
        let (first, second) = (Reply::read(first)?, Reply::read(second)?);
        let (Some(first), Some(second)) = (
            Node::body(&first, self.elements)?,
            Node::body(&second, self.elements)?,
        ) else {
            return Ok(None);
        };
        let mut walk = Walk {
            comparison: self,
            steps: Vec::new(),
            found: Differences::default(),
        };
        walk.children(&first, &second);
        Ok(Some(walk.found))
    }

    fn ignores(&self, steps: &[&str]) -> bool {
        self.ignored.iter().any(|ignored| {
            let mut ends = steps.iter().rev();
            ignored
                .rsplit('/')
                .all(|step| ends.next().is_some_and(|end| *end == step))
        })
    }
}

struct Walk<'c, 'n> {
    comparison: &'c Comparison,
    /// The names down to here.
    steps: Vec<&'n str>,
    found: Differences,
}

impl<'n> Walk<'_, 'n> {
    /// Compares all that two elements hold.
    fn children(&mut self, first: &'n Node<'n>, second: &'n Node<'n>) {
        let mut named: HashMap<&str, [Vec<&'n Node<'n>>; 2]> = HashMap::new();
        let mut order = Vec::new();
        for (side, parent) in [first, second].into_iter().enumerate() {
            for child in &parent.children {
                let entry = named.entry(&child.name).or_insert_with(|| {
                    order.push(&*child.name);
                    Default::default()
                });
                entry[side].push(child);
            }
        }
        for name in order {
            let [ours, theirs] = &named[name];
            self.within(name, |walk| {
                if ours.len() != theirs.len() {
                    walk.note(match ours.len() > theirs.len() {
                        true => Difference::OnlyFirst,
                        false => Difference::OnlySecond,
                    });
                }
                for (one, other) in ours.iter().zip(theirs) {
                    walk.pair(one, other);
                }
            });
        }
    }

    fn pair(&mut self, first: &'n Node<'n>, second: &'n Node<'n>) {
        if first.namespace != second.namespace || first.text != second.text {
            self.note(Difference::Value);
        }
        self.attributes(&first.attributes, &second.attributes);
        self.children(first, second);
    }

    fn attributes(&mut self, first: &'n [Attribute], second: &'n [Attribute]) {
        let find = |of: &'n [Attribute], name: &str| of.iter().find(|other| other.name == name);
        for attribute in first {
            self.within(&attribute.name, |walk| {
                match find(second, &attribute.name) {
                    None => walk.note(Difference::OnlyFirst),
                    Some(other) if other.value != attribute.value => walk.note(Difference::Value),
                    Some(_) => {}
                }
            });
        }
        for attribute in second {
            if find(first, &attribute.name).is_none() {
                self.within(&attribute.name, |walk| walk.note(Difference::OnlySecond));
            }
        }
    }

    fn within(&mut self, name: &'n str, walk: impl FnOnce(&mut Self)) {
        self.steps.push(name);
        if !self.comparison.ignores(&self.steps) {
            walk(self);
        }
        self.steps.pop();
    }

    fn note(&mut self, difference: Difference) {
        let mut path = String::new();
        for step in &self.steps {
            if path.len() + step.len() >= LONGEST_PATH {
                break;
            }
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(step);
        }
        if self.found.paths.len() < self.comparison.paths || self.found.paths.contains_key(&path) {
            self.found.paths.entry(path).or_insert(difference);
        } else {
            self.found.more = true;
        }
    }
}

#[cfg(test)]
mod tests;
