//! The components of a contract's schemas as they are written, by name.
//!
//! Instances are drawn from the schema documents themselves, not from the IR: what the generator got wrong while
//! lowering would otherwise be wrong in the messages that test it, too.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::undeclared;
use crate::error::{Error, Place};
use crate::ir::Undeclared;
use crate::load::Tree;
use crate::qname::QName;
use crate::schema::{self, XSD};
use crate::xml::{self, Element};

/// What a name can name; each kind is a symbol space of its own (XML Schema part 1, section 2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Element,
    Type,
    Group,
    AttributeGroup,
    Attribute,
}

impl Kind {
    fn of(local: &str) -> Option<Self> {
        Some(match local {
            "element" => Self::Element,
            "complexType" | "simpleType" => Self::Type,
            "group" => Self::Group,
            "attributeGroup" => Self::AttributeGroup,
            "attribute" => Self::Attribute,
            _ => return None,
        })
    }

    fn word(self) -> &'static str {
        match self {
            Self::Element => "element",
            Self::Type => "type",
            Self::Group => "group",
            Self::AttributeGroup => "attribute group",
            Self::Attribute => "attribute",
        }
    }
}

/// What the names inside a schema document depend on.
#[derive(Debug)]
pub(super) struct Document {
    namespace: Arc<str>,
    /// Its namespace is that of an including schema, and so is that of names without one.
    is_chameleon: bool,
    qualified_elements: bool,
    qualified_attributes: bool,
}

impl Document {
    /// What a name in the document means: a chameleon's move with it (XML Schema part 1, section 4.2.1).
    fn own(&self, name: QName) -> QName {
        match name.namespace() {
            "" if self.is_chameleon => QName::new(self.namespace.clone(), name.local()),
            _ => name,
        }
    }
}

/// A node of a schema document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) element: &'a Element,
    document: &'a Document,
    /// The component is a redefinition, so its own name inside means what it redefines.
    redefines: Option<(Kind, &'a QName)>,
}

/// All schemas of one contract.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    components: BTreeMap<(Kind, QName), Component>,
    /// The members of each substitution group, direct ones.
    members: BTreeMap<QName, Vec<QName>>,
    /// The complex types derived from each type, directly.
    derived: BTreeMap<QName, Vec<QName>>,
    /// Elements that SOAP makes of messages, with their names there.
    undeclared: BTreeMap<QName, (QName, Component)>,
}

#[derive(Debug)]
struct Component {
    element: Element,
    document: Arc<Document>,
    redefines: bool,
}

impl Schemas {
    /// Takes the documents apart; of several components of one name the first counts.
    pub(super) fn new(trees: Vec<Tree>) -> Result<Self, Error> {
        let mut schemas = Self::default();
        for Tree { root, namespace } in trees {
            let form = |attribute| root.attribute(attribute) == Some("qualified");
            let is_chameleon = root.attribute("targetNamespace").is_none() && !namespace.is_empty();
            let document = Arc::new(Document {
                is_chameleon,
                qualified_elements: form("elementFormDefault"),
                qualified_attributes: form("attributeFormDefault"),
                namespace: namespace.into(),
            });
            for child in root.into_elements() {
                if child.is(XSD, "redefine") {
                    for inner in child.into_elements() {
                        schemas.add(inner, &document, true)?;
                    }
                } else {
                    schemas.add(child, &document, false)?;
                }
            }
        }
        Ok(schemas)
    }

    /// Adds the elements that SOAP makes of messages, written as a schema would declare them.
    pub(super) fn declare(
        &mut self,
        undeclared: &BTreeMap<QName, Undeclared>,
    ) -> Result<(), Error> {
        for (key, undeclared) in undeclared {
            let text = undeclared::declaration(undeclared);
            let document = Document {
                is_chameleon: false,
                namespace: undeclared.wire.namespace().into(),
                qualified_elements: false,
                qualified_attributes: false,
            };
            let component = Component {
                element: xml::parse(&undeclared.place.file, text.as_bytes())?,
                document: Arc::new(document),
                redefines: false,
            };
            self.undeclared
                .insert(key.clone(), (undeclared.wire.clone(), component));
        }
        Ok(())
    }

    /// An element that SOAP makes of a message, with its name there.
    pub(super) fn undeclared(&self, key: &QName) -> Option<(Node<'_>, &QName)> {
        let (wire, component) = self.undeclared.get(key)?;
        let node = Node {
            element: &component.element,
            document: &component.document,
            redefines: None,
        };
        Some((node, wire))
    }

    fn add(
        &mut self,
        element: Element,
        document: &Arc<Document>,
        redefines: bool,
    ) -> Result<(), Error> {
        let kind = Kind::of(element.name.local()).filter(|_| element.name.namespace() == XSD);
        let Some(kind) = kind else { return Ok(()) };
        let name = QName::new(document.namespace.clone(), element.own_name()?);
        let mut key = (kind, name.clone());
        if let Some(known) = self.components.get(&key) {
            if !known.redefines || redefines {
                return Ok(());
            }
            key.1 = redefined(&name);
        } else if kind == Kind::Element {
            if let Some(head) = element.qname("substitutionGroup")? {
                let head = document.own(head);
                self.members.entry(head).or_default().push(name);
            }
        } else if kind == Kind::Type
            && !redefines
            && let Some(base) = base_of(&element)?
        {
            let base = document.own(base);
            self.derived.entry(base).or_default().push(name);
        }
        let component = Component {
            element,
            document: document.clone(),
            redefines,
        };
        self.components.entry(key).or_insert(component);
        Ok(())
    }

    /// A component, when there is one of that name.
    pub(super) fn find(&self, kind: Kind, name: &QName) -> Option<Node<'_>> {
        let ((_, name), component) = self.components.get_key_value(&(kind, name.clone()))?;
        Some(Node {
            element: &component.element,
            document: &component.document,
            redefines: component.redefines.then_some((kind, name)),
        })
    }

    /// The component that a node refers to.
    pub(super) fn get(&self, kind: Kind, name: &QName, from: Node<'_>) -> Result<Node<'_>, Error> {
        let meant = from.meant(kind, name.clone());
        self.find(kind, &meant).ok_or_else(|| Error::Dangling {
            place: from.place().clone(),
            kind: kind.word(),
            name: name.to_string(),
        })
    }

    /// All elements that may stand where this one is named, itself first (XML Schema part 1, section 3.3.6).
    pub(super) fn substitutes(&self, head: &QName) -> Vec<QName> {
        closure(&self.members, head)
    }

    /// The type and all complex types derived from it.
    pub(super) fn derivations(&self, base: &QName) -> Vec<QName> {
        closure(&self.derived, base)
    }

    /// The names of all components of a kind.
    pub(super) fn names(&self, kind: Kind) -> impl Iterator<Item = &QName> {
        self.components
            .keys()
            .filter(move |(is, _)| *is == kind)
            .map(|(_, name)| name)
    }
}

/// `start` and all that it leads to, each once.
fn closure(edges: &BTreeMap<QName, Vec<QName>>, start: &QName) -> Vec<QName> {
    let mut found = vec![start.clone()];
    let mut next = 0;
    while let Some(name) = found.get(next) {
        for member in edges.get(name).into_iter().flatten() {
            if !found.contains(member) {
                found.push(member.clone());
            }
        }
        next += 1;
    }
    found
}

/// Where the original of a redefined component is kept; no XML name holds a slash.
fn redefined(name: &QName) -> QName {
    QName::new(name.namespace(), format!("{}/redefined", name.local()))
}

/// The type that a complex type is derived from.
fn base_of(element: &Element) -> Result<Option<QName>, Error> {
    let mut content = element
        .elements()
        .filter(|child| child.is(XSD, "complexContent") || child.is(XSD, "simpleContent"));
    match content.next().and_then(derivation) {
        Some(derivation) => derivation.qname("base"),
        None => Ok(None),
    }
}

/// The `extension` or `restriction` inside a content.
pub(super) fn derivation(content: &Element) -> Option<&Element> {
    content
        .elements()
        .find(|child| child.is(XSD, "extension") || child.is(XSD, "restriction"))
}

impl<'a> Node<'a> {
    /// Another node of the same component.
    pub(super) fn at(self, element: &'a Element) -> Self {
        Self { element, ..self }
    }

    /// The name that an attribute value holds.
    pub(super) fn qname(&self, attribute: &'static str) -> Result<Option<QName>, Error> {
        let name = self.element.qname(attribute)?;
        Ok(name.map(|name| self.document.own(name)))
    }

    /// The name that an attribute value must hold.
    pub(super) fn required_qname(&self, attribute: &'static str) -> Result<QName, Error> {
        Ok(self.document.own(self.element.required_qname(attribute)?))
    }

    /// The names that the list of an attribute value holds.
    pub(super) fn qnames(&self, attribute: &'static str) -> Result<Vec<QName>, Error> {
        let names = self.element.qnames(attribute)?.into_iter();
        Ok(names.map(|name| self.document.own(name)).collect())
    }

    /// What a name means here: inside a redefinition its own is that of what it redefines.
    pub(super) fn meant(&self, kind: Kind, name: QName) -> QName {
        if self.redefines == Some((kind, &name)) {
            redefined(&name)
        } else {
            name
        }
    }

    pub(super) fn place(&self) -> &'a Place {
        &self.element.place
    }

    pub(super) fn is(&self, local: &str) -> bool {
        self.element.is(XSD, local)
    }

    /// The namespace that the document describes.
    pub(super) fn namespace(&self) -> &'a str {
        &self.document.namespace
    }

    /// The children of one name.
    pub(super) fn named(self, local: &'a str) -> impl Iterator<Item = Node<'a>> {
        self.element
            .named(XSD, local)
            .map(move |element| self.at(element))
    }

    /// The children that are particles.
    pub(super) fn particles(self) -> impl Iterator<Item = Node<'a>> {
        const PARTICLES: [&str; 6] = ["element", "sequence", "choice", "all", "group", "any"];
        self.element
            .elements()
            .filter(|child| child.name.namespace() == XSD)
            .filter(|child| PARTICLES.contains(&child.name.local()))
            .map(move |element| self.at(element))
    }

    /// Whether an attribute says yes.
    pub(super) fn flag(&self, attribute: &str) -> bool {
        matches!(
            self.element.attribute(attribute).map(str::trim),
            Some("true" | "1")
        )
    }

    /// The name of a local element or attribute, by its `form` or the default of the document.
    pub(super) fn local_name(&self) -> Result<QName, Error> {
        let qualified = match self.element.attribute("form") {
            Some(form) => form == "qualified",
            None if self.is("attribute") => self.document.qualified_attributes,
            None => self.document.qualified_elements,
        };
        let namespace = if qualified {
            self.document.namespace.clone()
        } else {
            "".into()
        };
        Ok(QName::new(namespace, self.element.own_name()?))
    }

    /// Whether a wildcard lets an element of this name stand (XML Schema part 1, section 3.10.1).
    pub(super) fn admits(&self, name: &QName) -> bool {
        let (own, its) = (self.namespace(), name.namespace());
        match self
            .element
            .attribute("namespace")
            .unwrap_or("##any")
            .trim()
        {
            "##any" => true,
            "##other" => its != own && !its.is_empty(),
            list => list.split_ascii_whitespace().any(|item| match item {
                "##targetNamespace" => its == own,
                "##local" => its.is_empty(),
                namespace => its == namespace,
            }),
        }
    }

    /// Whether what a wildcard admits must be declared.
    pub(super) fn is_strict(&self) -> bool {
        let lenient = ["lax", "skip"];
        let how = self.element.attribute("processContents").map(str::trim);
        how.is_none_or(|how| !lenient.contains(&how))
    }

    /// The least and the greatest number of occurrences; `None` when there is no greatest.
    pub(super) fn occurs(&self) -> Result<(u32, Option<u32>), Error> {
        let number = |attribute: &'static str| match self.element.attribute(attribute) {
            Some(text) => schema::count(text).ok_or_else(|| self.element.incomplete(attribute)),
            None => Ok(Some(1)),
        };
        let unbounded = self.element.attribute("maxOccurs").map(str::trim) == Some("unbounded");
        let most = if unbounded {
            None
        } else {
            number("maxOccurs")?
        };
        Ok((number("minOccurs")?.unwrap_or(u32::MAX), most))
    }
}
