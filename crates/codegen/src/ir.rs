//! What is to be generated: services, operations and types, references resolved.
//!
//! Each pass rewrites this in place; the renderer only reads it.

mod builtin;
mod known;

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::doc::Doc;
use crate::error::Place;
use crate::qname::QName;
use crate::schema::Occurs;
use crate::wsdl::SoapVersion;

pub(crate) use builtin::Builtin;

/// A whole contract.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ir {
    /// By name.
    pub(crate) services: Vec<Service>,
    pub(crate) types: BTreeMap<QName, Type>,
    /// The global elements: message roots and the targets of element references.
    pub(crate) elements: BTreeMap<QName, Element>,
    /// The `version` of the schemas that have one.
    pub(crate) version: Option<String>,
    /// What was left out when the files were read.
    pub(crate) remarks: Vec<Diagnostic>,
    /// Elements that no schema declares, as the contract describes them.
    pub(crate) undeclared: BTreeMap<QName, Undeclared>,
}

/// An element that SOAP makes of a message.
#[derive(Debug, Clone)]
pub(crate) struct Undeclared {
    pub(crate) place: Place,
    /// Its name in a message.
    pub(crate) wire: QName,
    pub(crate) content: UndeclaredContent,
}

#[derive(Debug, Clone)]
pub(crate) enum UndeclaredContent {
    /// One child without namespace for each part: its name and type.
    Parts(Vec<(String, QName)>),
    /// What the type says.
    Type(QName),
}

#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) place: Place,
    /// Of the document that defines it.
    pub(crate) namespace: String,
    /// As in the contract, for example `InquiryService`; where two services share one, the later with a number.
    pub(crate) name: String,
    /// The `version` of its schemas, the newest when they have several; set when these are read.
    pub(crate) version: Option<String>,
    pub(crate) doc: Doc,
    /// Of the port that was chosen.
    pub(crate) address: String,
    /// The port that was chosen, and others that say the same.
    pub(crate) ports: Vec<ServicePort>,
    /// In the order of the contract.
    pub(crate) operations: Vec<Operation>,
    /// The module and feature, set by the naming pass.
    pub(crate) module: String,
}

impl Service {
    /// The name without `Service`, as people say it: `Inquiry`.
    pub(crate) fn short(&self) -> &str {
        self.name
            .strip_suffix("Service")
            .filter(|short| !short.is_empty())
            .unwrap_or(&self.name)
    }
}

/// A port of a service, in the words of its contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServicePort {
    pub(crate) name: String,
    pub(crate) soap: SoapVersion,
    pub(crate) address: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) doc: Doc,
    pub(crate) action: String,
    pub(crate) soap: SoapVersion,
    /// The element of the request body. Messages are named as in [`Ir::elements`].
    pub(crate) input: Option<QName>,
    /// The element of the response body; `None` for an empty body, or no response.
    pub(crate) output: Option<QName>,
    /// The service sends nothing back.
    pub(crate) one_way: bool,
    pub(crate) faults: Vec<QName>,
    /// The declared header blocks that have a type.
    pub(crate) headers: Vec<Header>,
    /// Why no code can be made for it; an error only when it is selected.
    pub(crate) unsupported: Option<(Place, String)>,
    /// The module, set by the naming pass.
    pub(crate) module: String,
    /// The Rust name of the request, set by the naming pass.
    pub(crate) rust: String,
    /// The Rust name of the faults together, set by the naming pass where there are several.
    pub(crate) fault_rust: String,
}

impl Operation {
    /// The messages that come back, or go with the request in its header: all but the request itself.
    pub(crate) fn answers(&self) -> impl Iterator<Item = &QName> {
        let headers = self.headers.iter().map(|header| &header.element);
        self.output.iter().chain(&self.faults).chain(headers)
    }

    /// All messages.
    pub(crate) fn messages(&self) -> impl Iterator<Item = &QName> {
        self.input.iter().chain(self.answers())
    }
}

/// A header block that a binding declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) place: Place,
    pub(crate) element: QName,
    /// Of the response, not of the request.
    pub(crate) is_answer: bool,
}

/// The name of a message's root element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Wire {
    /// The one that it is known by here.
    #[default]
    Own,
    /// Another one: of the wrapper that SOAP makes from the name of an operation, for example.
    Other(QName),
    /// The body holds no element.
    Nothing,
}

/// A global element, or what stands for one in a message.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub(crate) wire: Wire,
    pub(crate) place: Place,
    pub(crate) doc: Doc,
    pub(crate) ty: TypeRef,
    pub(crate) nillable: bool,
    pub(crate) unsupported: Option<&'static str>,
    /// The Rust name of the message, set by the naming pass.
    pub(crate) rust: String,
}

/// A named type.
#[derive(Debug, Clone)]
pub(crate) struct Type {
    pub(crate) place: Place,
    pub(crate) doc: Doc,
    pub(crate) body: Body,
    /// The Rust name, set by the naming pass.
    pub(crate) rust: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    Struct(Struct),
    Scalar(Scalar),
    /// Kept as it comes, because text stands between its children.
    Mixed,
    /// One of several; made by the grouping pass.
    Choice(Choice),
    /// Several in a row, which repeat together; made by the grouping pass.
    Sequence(Struct),
    /// A type or one derived from it; made by the deriving pass.
    Derived(Derived),
    /// A reference in it leads nowhere; an error only when it is reached.
    Dangling(Place, &'static str, String),
    /// A construct that no code can be made for; an error only when it is reached.
    Unsupported(Place, &'static str),
}

/// An element with children, or, before the collapsing pass, with text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Struct {
    pub(crate) members: Vec<Member>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) text: Option<TypeRef>,
    /// The type that it extends or restricts.
    pub(crate) base: Option<QName>,
    /// Only types derived from it may stand in a message.
    pub(crate) is_abstract: bool,
}

/// A choice: an enum of the model's `choice!`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Choice {
    /// One variant each; the Rust name of the field is that of the variant.
    pub(crate) elements: Vec<Field>,
    /// One variant each, behind those of the elements.
    pub(crate) sequences: Vec<Group>,
    /// Anything else may stand there too.
    pub(crate) is_open: bool,
}

/// A type and those derived from it: an enum of the model's `derived!`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Derived {
    pub(crate) base: QName,
    /// All that may stand in a message, the base among them unless it is abstract.
    pub(crate) variants: Vec<QName>,
}

/// A use of a choice or repeated sequence: a field that takes several elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) place: Place,
    /// The choice or sequence.
    pub(crate) ty: QName,
    pub(crate) occurs: Occurs,
    /// The elements that belong to it.
    pub(crate) names: Vec<QName>,
    /// What no other member knows belongs to it too.
    pub(crate) is_open: bool,
    /// What the field is called when it can be.
    pub(crate) label: String,
    /// The Rust name, set by the naming pass.
    pub(crate) rust: String,
}

/// Text, with attributes where the schema gives it some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scalar {
    pub(crate) base: TypeRef,
    pub(crate) attributes: Vec<Attribute>,
    /// The `enumeration` facets.
    pub(crate) values: Vec<String>,
    /// The module of constants for the values; empty before naming, and where there are none.
    pub(crate) module: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TypeRef {
    Named(QName),
    Builtin(Builtin),
    /// Carried as it came.
    Raw,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: QName,
    pub(crate) ty: TypeRef,
    pub(crate) required: bool,
    pub(crate) doc: Doc,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Member {
    Field(Field),
    Scope(Scope),
    Group(Group),
    /// A wildcard with its namespace constraint.
    Any(String),
    /// A wildcard with elements behind it, and the Rust name of its field.
    Wildcard(String),
}

/// What becomes a field of a struct.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item<'a> {
    Field(&'a Field),
    Group(&'a Group),
    /// The Rust name of the field for unknown elements with known ones behind them.
    Wildcard(&'a str),
}

/// A child element.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) place: Place,
    pub(crate) name: QName,
    pub(crate) doc: Doc,
    pub(crate) ty: TypeRef,
    pub(crate) occurs: Occurs,
    pub(crate) nillable: bool,
    /// The Rust name, set by the naming pass.
    pub(crate) rust: String,
}

/// Equality is that of the declarations, wherever they stand.
impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.doc, &self.ty, self.occurs, self.nillable)
            == (
                &other.name,
                &other.doc,
                &other.ty,
                other.occurs,
                other.nillable,
            )
    }
}

impl Eq for Field {}

/// A nested group of particles; after the flattening pass only those with a marker are left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    /// What a type made from it is called; empty when it is none of the schema's.
    pub(crate) name: QName,
    pub(crate) kind: ScopeKind,
    pub(crate) occurs: Occurs,
    /// The empty element that opens it, for example `Ver_1`.
    pub(crate) marker: Option<QName>,
    pub(crate) members: Vec<Member>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    /// In this order; `xs:all` is written in this order too.
    Sequence,
    /// One of them.
    Choice,
}

impl Struct {
    /// The fields in document order, through all scopes.
    pub(crate) fn fields(&self) -> Vec<&Field> {
        fn collect<'a>(members: &'a [Member], fields: &mut Vec<&'a Field>) {
            for member in members {
                match member {
                    Member::Field(field) => fields.push(field),
                    Member::Scope(scope) => collect(&scope.members, fields),
                    Member::Group(_) | Member::Any(_) | Member::Wildcard(_) => {}
                }
            }
        }
        let mut fields = Vec::new();
        collect(&self.members, &mut fields);
        fields
    }

    /// What becomes a field, in document order, through all scopes.
    pub(crate) fn items(&self) -> Vec<Item<'_>> {
        fn collect<'a>(members: &'a [Member], items: &mut Vec<Item<'a>>) {
            for member in members {
                match member {
                    Member::Field(field) => items.push(Item::Field(field)),
                    Member::Group(group) => items.push(Item::Group(group)),
                    Member::Wildcard(rust) => items.push(Item::Wildcard(rust)),
                    Member::Scope(scope) => collect(&scope.members, items),
                    Member::Any(_) => {}
                }
            }
        }
        let mut items = Vec::new();
        collect(&self.members, &mut items);
        items
    }

    /// The groups in document order, through all scopes.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &Group> {
        self.items().into_iter().filter_map(|item| match item {
            Item::Group(group) => Some(group),
            _ => None,
        })
    }

    /// Whether nothing can stand inside.
    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.attributes.is_empty() && self.text.is_none()
    }
}

impl Scope {
    /// May be absent as a whole.
    pub(crate) fn is_optional(&self) -> bool {
        self.occurs.min == 0
    }
}

impl Body {
    /// The names of the types that stand inside.
    pub(crate) fn references(&self) -> Vec<&QName> {
        let (fields, groups): (Vec<&Field>, Vec<&Group>) = match self {
            Self::Struct(structure) | Self::Sequence(structure) => {
                (structure.fields(), structure.groups().collect())
            }
            Self::Choice(choice) => (
                choice.elements.iter().collect(),
                choice.sequences.iter().collect(),
            ),
            Self::Derived(derived) => return derived.variants.iter().collect(),
            Self::Scalar(_) | Self::Mixed | Self::Dangling(..) | Self::Unsupported(..) => {
                return Vec::new();
            }
        };
        let fields = fields.into_iter().filter_map(|field| match &field.ty {
            TypeRef::Named(name) => Some(name),
            _ => None,
        });
        fields
            .chain(groups.into_iter().map(|group| &group.ty))
            .collect()
    }

    /// The references of its fields to types, to change them.
    pub(crate) fn fields_mut(&mut self) -> Vec<&mut Field> {
        fn collect<'a>(members: &'a mut [Member], fields: &mut Vec<&'a mut Field>) {
            for member in members {
                match member {
                    Member::Field(field) => fields.push(field),
                    Member::Scope(scope) => collect(&mut scope.members, fields),
                    Member::Group(_) | Member::Any(_) | Member::Wildcard(_) => {}
                }
            }
        }
        let mut fields = Vec::new();
        match self {
            Self::Struct(structure) | Self::Sequence(structure) => {
                collect(&mut structure.members, &mut fields);
            }
            Self::Choice(choice) => fields.extend(&mut choice.elements),
            Self::Scalar(_)
            | Self::Mixed
            | Self::Derived(_)
            | Self::Dangling(..)
            | Self::Unsupported(..) => {}
        }
        fields
    }
}

impl Element {
    /// The name of the root element in a message; `None` when the body holds none.
    pub(crate) fn wire<'a>(&'a self, name: &'a QName) -> Option<&'a QName> {
        match &self.wire {
            Wire::Own => Some(name),
            Wire::Other(name) => Some(name),
            Wire::Nothing => None,
        }
    }
}

impl Ir {
    /// The type behind a reference, when it is a named one.
    pub(crate) fn named(&self, ty: &TypeRef) -> Option<&Type> {
        match ty {
            TypeRef::Named(name) => self.types.get(name),
            _ => None,
        }
    }
}
