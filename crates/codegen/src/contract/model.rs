//! The parts of a contract.

use std::fmt;

use crate::doc::Doc;
use crate::error::Place;
use crate::qname::QName;

/// One service with the operations of its SOAP port.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContractService {
    /// The name in the contract, for example `InquiryService`.
    pub name: String,
    /// The name without `Service`, as `Operation::SERVICE` of generated code has it: `Inquiry`.
    pub short_name: String,
    /// The address that the contract gives; empty when it gives none.
    pub address: String,
    /// What the contract says about it.
    pub doc: Doc,
    /// The operations in the order of the contract.
    pub operations: Vec<ContractOperation>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContractOperation {
    /// The name in the port type.
    pub name: String,
    /// The `SOAPAction`; may be empty.
    pub action: String,
    /// What the contract says about it.
    pub doc: Doc,
    /// The element that the request body holds; `None` when it is not one element.
    pub request: Option<QName>,
    /// The element that the response body holds; `None` when it is not one element.
    pub response: Option<QName>,
    /// The elements that a fault detail may hold.
    pub faults: Vec<QName>,
}

impl ContractOperation {
    /// Whether a name, `AcctInq` or `Inquiry.Ping`, means this operation of this service.
    pub(super) fn is_meant(&self, name: &str, service: &ContractService) -> bool {
        match name.split_once('.') {
            Some((wanted, name)) => wanted == service.short_name && name == self.name,
            None => name == self.name,
        }
    }
}

/// A global element.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContractElement {
    /// The name.
    pub name: QName,
    /// Where it is declared.
    pub place: Place,
    /// What the contract says about it.
    pub doc: Doc,
    /// Its type.
    pub ty: TypeName,
    /// Whether `xsi:nil` may stand on it.
    pub nillable: bool,
}

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContractType {
    /// The name; with slashes when it is anonymous.
    pub name: QName,
    /// Where it is defined.
    pub place: Place,
    /// What the contract says about it.
    pub doc: Doc,
    /// What stands inside.
    pub content: TypeContent,
    /// The attributes, in order.
    pub attributes: Vec<ContractAttribute>,
}

/// What stands inside an element of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TypeContent {
    /// Child elements, in order, through all groups; version markers are left out.
    Fields(Vec<ContractField>),
    /// Text.
    Text {
        /// What kind of text.
        base: TypeName,
        /// The values of the `enumeration` facets; empty when any will do.
        values: Vec<String>,
    },
    /// A construct that no code can be made for.
    Unsupported(String),
}

/// A child element.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContractField {
    /// The name.
    pub name: QName,
    /// Where it is declared.
    pub place: Place,
    /// What the contract says about it here.
    pub doc: Doc,
    /// Its type.
    pub ty: TypeName,
    /// How often it must occur; 0 in a group that may be absent.
    pub min: u32,
    /// How often it may occur; `None` means unbounded.
    pub max: Option<u32>,
    /// Whether `xsi:nil` may stand on it.
    pub nillable: bool,
}

impl ContractField {
    /// How often it occurs, as people write it: `1`, `0..1`, `1..*`.
    #[must_use]
    pub fn occurrence(&self) -> String {
        match (self.min, self.max) {
            (min, Some(max)) if min == max => min.to_string(),
            (min, Some(max)) => format!("{min}..{max}"),
            (min, None) => format!("{min}..*"),
        }
    }
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContractAttribute {
    /// The name.
    pub name: QName,
    /// Its type.
    pub ty: TypeName,
    /// Whether it must be there.
    pub required: bool,
    /// What the contract says about it.
    pub doc: Doc,
}

/// The type of an element or attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TypeName {
    /// A type of the contract.
    Named(QName),
    /// A built-in kind of text, by its XML Schema name: `string`, `decimal`, `date` and so on.
    Text(&'static str),
    /// Anything; carried as it came.
    Anything,
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Named(name) => name.local(),
            Self::Text(kind) => kind,
            Self::Anything => "anything",
        })
    }
}
