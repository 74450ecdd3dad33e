//! What is to be generated: services, operations and types, references resolved.
//!
//! Each pass rewrites this in place; the renderer only reads it.

mod builtin;

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
}

#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) place: Place,
    /// As in the contract, for example `InquiryService`.
    pub(crate) name: String,
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
    /// A construct that no code can be made for; an error only when it is reached.
    Unsupported(Place, &'static str),
}

/// An element with children, or, before the collapsing pass, with text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Struct {
    pub(crate) members: Vec<Member>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) text: Option<TypeRef>,
}

/// Text, with attributes where the schema gives it some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scalar {
    pub(crate) base: TypeRef,
    pub(crate) attributes: Vec<Attribute>,
    /// The `enumeration` facets.
    pub(crate) values: Vec<String>,
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
    /// A wildcard with its namespace constraint.
    Any(String),
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
    pub(crate) kind: ScopeKind,
    /// May be absent as a whole.
    pub(crate) optional: bool,
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
                    Member::Any(_) => {}
                }
            }
        }
        let mut fields = Vec::new();
        collect(&self.members, &mut fields);
        fields
    }

    /// Whether nothing can stand inside.
    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.attributes.is_empty() && self.text.is_none()
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
