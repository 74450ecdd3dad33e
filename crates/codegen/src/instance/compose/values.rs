//! Values by their paths, as a tree of what a message shall say.

use std::collections::BTreeSet;
use std::fmt;

use super::super::XSI;
use super::super::message::{Message, has_text};
use super::super::tree::{Child, Text, Tree};
use super::error::ComposeError;
use crate::qname::QName;
use crate::xml::{self, Element};

/// The attribute that says that there is no value.
pub(super) const NIL: &str = "xsi:nil";

/// What a message shall say. `Debug` shows no value.
#[derive(Clone, Default)]
pub struct Values {
    root: Wish,
    name: Option<QName>,
    fills: Vec<Fill>,
    /// The paths that were set, each step with its number.
    set: BTreeSet<String>,
}

/// Values for the children of each element of a name, where nothing else is said.
#[derive(Clone)]
struct Fill {
    element: String,
    values: Vec<(String, String)>,
}

/// What is said of one element.
#[derive(Clone, Default)]
pub(super) struct Wish {
    pub(super) text: Option<String>,
    pub(super) attributes: Vec<(String, String)>,
    /// In the order in which they were given.
    pub(super) children: Vec<Wished>,
    /// Whether something was said of the element itself.
    pub(super) is_said: bool,
    /// Whether the text was set, and did not come with a message.
    is_set: bool,
    /// The element as it came, if it is of a message.
    raw: Option<Element>,
}

/// What is said of a child.
#[derive(Clone)]
pub(super) struct Wished {
    pub(super) name: String,
    /// Which of those of its name, from 1.
    pub(super) number: usize,
    pub(super) wish: Wish,
    /// The namespace, where it is known.
    pub(super) namespace: Option<String>,
    /// Only if the contract has it.
    pub(super) is_soft: bool,
}

impl Values {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Those of a message, in its order.
    #[must_use]
    pub fn of(message: &Message) -> Self {
        Self {
            root: Wish::of(&message.payload),
            name: Some(message.payload.name.clone()),
            ..Self::default()
        }
    }

    /// Sets the value at a path below the message: names with slashes between, `Name[2]` for the second of a name,
    /// `@name` at the end for an attribute, `@xsi:nil` for none. It takes the place of what a message said.
    ///
    /// # Errors
    ///
    /// [`ComposeError::Path`]; [`ComposeError::Twice`], since one of two values would be dropped silently.
    pub fn set(&mut self, path: &str, value: &str) -> Result<(), ComposeError> {
        let no_path = || ComposeError::Path {
            path: path.to_owned(),
        };
        let mut at = &mut self.root;
        let mut whole = String::with_capacity(path.len());
        let set = &mut self.set;
        let set_once = |set: &mut BTreeSet<String>, whole: String| match set.insert(whole) {
            true => Ok(()),
            false => Err(ComposeError::Twice {
                path: path.to_owned(),
            }),
        };
        let mut steps = path.split('/').peekable();
        while let Some(step) = steps.next() {
            if let Some(name) = step.strip_prefix('@') {
                if name.is_empty() || steps.peek().is_some() {
                    return Err(no_path());
                }
                set_once(set, format!("{whole}{step}"))?;
                at.is_said = true;
                at.attributes.retain(|(known, _)| known != name);
                at.attributes.push((name.to_owned(), value.to_owned()));
                at.raw = None;
                return Ok(());
            }
            let (name, number) = match step.split_once('[') {
                Some((name, rest)) => {
                    let number = rest.strip_suffix(']').and_then(|n| n.parse::<usize>().ok());
                    (name, number.filter(|n| *n > 0).ok_or_else(no_path)?)
                }
                None => (step, 1),
            };
            let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
            if name.is_empty() || !name.chars().all(is_name) {
                return Err(no_path());
            }
            at.raw = None;
            at = at.child(name, number);
            whole.push_str(&format!("{name}[{number}]/"));
            // What is given a value is no longer nil, if only a message said so.
            if !set.contains(&format!("{whole}@{NIL}")) {
                at.attributes.retain(|(known, _)| known != NIL);
            }
        }
        set_once(set, whole)?;
        at.raw = None;
        at.is_said = true;
        at.is_set = true;
        at.text = Some(value.to_owned());
        Ok(())
    }

    /// Gives each element of a local name these values for its children, in so far as the contract has such children
    /// and nothing else is said of them; the element itself then stands wherever it may.
    pub fn fill<'v>(
        &mut self,
        element: &str,
        values: impl IntoIterator<Item = (&'v str, &'v str)>,
    ) {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        self.fills.push(Fill {
            element: element.to_owned(),
            values: values.into_iter().map(owned).collect(),
        });
    }

    pub(super) fn root(&self) -> Wish {
        self.root.clone()
    }

    pub(super) fn root_name(&self) -> Option<&QName> {
        self.name.as_ref()
    }

    /// Whether elements of this name are filled.
    pub(super) fn fills(&self, name: &str) -> bool {
        self.fills.iter().any(|fill| fill.element == name)
    }
}

impl Values {
    /// Adds what elements of this name are filled with.
    pub(super) fn fill_in(&self, wish: &mut Wish, element: &str) {
        let fills = self.fills.iter().filter(|fill| fill.element == element);
        for (name, value) in fills.flat_map(|fill| &fill.values) {
            if wish.children.iter().any(|child| child.name == *name) {
                continue;
            }
            wish.raw = None;
            wish.children.push(Wished {
                name: name.clone(),
                number: 1,
                wish: Wish {
                    text: Some(value.clone()),
                    is_said: true,
                    ..Wish::default()
                },
                namespace: None,
                is_soft: true,
            });
        }
    }
}

impl Wish {
    fn of(element: &Element) -> Self {
        let mut children: Vec<Wished> = Vec::new();
        for child in element.elements() {
            let name = child.name.local();
            let before = children.iter().filter(|known| known.name == name).count();
            children.push(Wished {
                name: name.to_owned(),
                number: before + 1,
                wish: Self::of(child),
                namespace: Some(child.name.namespace().to_owned()),
                is_soft: false,
            });
        }
        let attributes = element.attributes().map(|(name, value)| {
            let prefix = match name.namespace() {
                XSI => "xsi:",
                _ => "",
            };
            (format!("{prefix}{}", name.local()), value.to_owned())
        });
        Self {
            text: children.is_empty().then(|| element.text()),
            attributes: attributes.collect(),
            is_said: true,
            is_set: false,
            raw: Some(element.clone()),
            children,
        }
    }

    fn child(&mut self, name: &str, number: usize) -> &mut Self {
        let is_it = |child: &Wished| child.name == name && child.number == number;
        let at = self.children.iter().position(is_it);
        let at = at.unwrap_or_else(|| {
            if !self.is_set {
                self.text = None;
            }
            self.children.push(Wished {
                name: name.to_owned(),
                number,
                wish: Self::default(),
                namespace: None,
                is_soft: false,
            });
            self.children.len() - 1
        });
        &mut self.children[at].wish
    }

    pub(super) fn take_attribute(&mut self, name: &str) -> Option<String> {
        let at = self
            .attributes
            .iter()
            .position(|(known, _)| known == name)?;
        Some(self.attributes.remove(at).1)
    }

    /// The element as it came, if its paths do not say all of it: a type of its own, text between elements, attributes
    /// of other namespaces.
    pub(super) fn as_it_came(&self) -> Option<Tree> {
        let raw = self.raw.as_ref()?;
        let mut attributes = raw.attributes();
        let is_beyond = attributes.any(|(name, _)| {
            let namespace = name.namespace();
            namespace != XSI && !namespace.is_empty() || (namespace, name.local()) == (XSI, "type")
        });
        let is_mixed = raw.elements().next().is_some() && has_text(raw);
        (is_beyond || is_mixed).then(|| tree(raw))
    }

    /// The element as it came, if it is of a message.
    pub(super) fn raw(&self) -> Option<Tree> {
        self.raw.as_ref().map(tree)
    }

    pub(super) fn raw_name(&self) -> Option<&QName> {
        self.raw.as_ref().map(|raw| &raw.name)
    }
}

impl Wished {
    pub(super) fn step(&self) -> String {
        match self.number {
            1 => self.name.clone(),
            number => format!("{}[{number}]", self.name),
        }
    }
}

/// An element of a message as one to write.
fn tree(element: &Element) -> Tree {
    let mut tree = Tree::new(element.name.clone());
    for (name, value) in element.attributes() {
        let type_name = (name.namespace() == XSI && name.local() == "type")
            .then(|| element.resolve("type", value).ok())
            .flatten();
        let value = type_name.map_or_else(|| Text::Plain(value.to_owned()), Text::Name);
        tree.attributes.push((name.clone(), value));
    }
    for child in &element.children {
        tree.children.push(match child {
            xml::Child::Element(child) => Child::Element(self::tree(child)),
            xml::Child::Text(text) => Child::Text(text.clone()),
        });
    }
    tree
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
