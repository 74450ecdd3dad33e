//! An XML Schema document as it is written: components with places, references unresolved.

mod content;
mod read;
mod simple;
mod structure;

use crate::diagnostic::Diagnostic;
use crate::doc::Doc;
use crate::error::Place;
use crate::qname::QName;

pub(crate) use content::count;
pub(crate) use read::read;

/// The namespace of XML Schema.
pub(crate) const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// What the documentation says before a default value.
pub(crate) const PRESET: &str = "Default when empty or absent";
/// What the documentation says before a fixed value.
pub(crate) const FIXED: &str = "Always";

/// One `schema` element.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) place: Place,
    /// The target namespace; that of the including schema where it has none of its own.
    pub(crate) namespace: String,
    pub(crate) version: Option<String>,
    pub(crate) references: Vec<Reference>,
    pub(crate) elements: Vec<Element>,
    pub(crate) complex_types: Vec<ComplexType>,
    pub(crate) simple_types: Vec<SimpleType>,
    pub(crate) groups: Vec<Group>,
    pub(crate) attribute_groups: Vec<AttributeGroup>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) redefinitions: Vec<Redefinition>,
    /// What is read over, each told.
    pub(crate) remarks: Vec<Diagnostic>,
}

/// What a `redefine` puts in the place of components of the schema that it includes.
#[derive(Debug)]
pub(crate) struct Redefinition {
    pub(crate) location: Reference,
    /// The new components, each with its own former name inside.
    pub(crate) schema: Schema,
}

/// An `include` or `import`.
#[derive(Debug)]
pub(crate) struct Reference {
    pub(crate) place: Place,
    pub(crate) kind: ReferenceKind,
    pub(crate) location: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ReferenceKind {
    Include,
    Import(String),
}

/// An element declaration, global or local.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) place: Place,
    pub(crate) name: QName,
    pub(crate) ty: TypeUse,
    pub(crate) nillable: bool,
    pub(crate) doc: Doc,
    /// The head of the substitution group it joins.
    pub(crate) substitutes: Option<QName>,
    /// May not stand in a message itself.
    pub(crate) is_abstract: bool,
}

/// The type of an element or attribute.
#[derive(Debug)]
pub(crate) enum TypeUse {
    Named(QName),
    Complex(Box<ComplexType>),
    Simple(Box<SimpleType>),
    /// No type is given: anything may stand there (XML Schema part 1, section 3.3.2).
    Anything,
}

#[derive(Debug)]
pub(crate) struct ComplexType {
    pub(crate) place: Place,
    /// Anonymous types have none.
    pub(crate) name: Option<QName>,
    pub(crate) doc: Doc,
    pub(crate) content: Content,
    pub(crate) attributes: Vec<AttributeUse>,
    /// Text may stand between the children.
    pub(crate) is_mixed: bool,
    /// Only types derived from it may stand in a message.
    pub(crate) is_abstract: bool,
}

#[derive(Debug)]
pub(crate) enum Content {
    Empty,
    Children(Particle),
    /// Text of a type; the attributes are the complex type's.
    Text(QName),
    /// The children of another type, then more.
    Extension(QName, Option<Particle>),
    /// The attributes of another type, and children that it allows too.
    Restriction(QName, Option<Particle>),
}

#[derive(Debug)]
pub(crate) struct Particle {
    pub(crate) place: Place,
    pub(crate) occurs: Occurs,
    pub(crate) term: Term,
}

/// How often a particle may occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Occurs {
    pub(crate) min: u32,
    /// `None` means unbounded.
    pub(crate) max: Option<u32>,
}

impl Occurs {
    pub(crate) const ONCE: Self = Self {
        min: 1,
        max: Some(1),
    };

    /// How often an element may stand in a group that may repeat too.
    pub(crate) fn times(self, group: Self) -> Self {
        let max = self.max.zip(group.max);
        Self {
            min: self.min.saturating_mul(group.min),
            max: max.map(|(max, group)| max.saturating_mul(group)),
        }
    }
}

#[derive(Debug)]
pub(crate) enum Term {
    Element(Box<Element>),
    ElementRef(QName),
    /// A wildcard with its namespace constraint.
    Any(String),
    Sequence(Vec<Particle>),
    Choice(Vec<Particle>),
    All(Vec<Particle>),
    GroupRef(QName),
}

#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) name: QName,
    pub(crate) content: Particle,
}

#[derive(Debug)]
pub(crate) struct AttributeGroup {
    pub(crate) name: QName,
    pub(crate) attributes: Vec<AttributeUse>,
}

#[derive(Debug)]
pub(crate) enum AttributeUse {
    Local(Attribute),
    Ref(AttributeRef),
    GroupRef(Place, QName),
    /// An attribute of the base that may not stand any more.
    Prohibited(QName),
    /// Any attribute at all; the model keeps unknown attributes on every value.
    Any,
}

/// A reference to a global attribute; what it says of its use goes before what the declaration says.
#[derive(Debug)]
pub(crate) struct AttributeRef {
    pub(crate) place: Place,
    pub(crate) name: QName,
    pub(crate) required: bool,
    /// The default or fixed value of this use.
    pub(crate) doc: Doc,
}

#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) place: Place,
    pub(crate) name: QName,
    pub(crate) ty: TypeUse,
    pub(crate) required: bool,
    pub(crate) doc: Doc,
}

#[derive(Debug)]
pub(crate) struct SimpleType {
    pub(crate) place: Place,
    /// Anonymous types have none.
    pub(crate) name: Option<QName>,
    pub(crate) doc: Doc,
    pub(crate) variety: Variety,
    /// The `enumeration` facets.
    pub(crate) values: Vec<String>,
}

#[derive(Debug)]
pub(crate) enum Variety {
    Restriction(QName),
    /// Lists and unions are kept as their text.
    Text,
}
