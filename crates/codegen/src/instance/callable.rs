//! What a caller, or who plays the service, must know of an operation beside its messages.

use crate::ir;
use crate::qname::QName;
use crate::wsdl::SoapVersion;

/// An operation of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Callable {
    /// The service, as people say it: `Inquiry`.
    pub service: String,
    /// The operation: `AcctInq`.
    pub name: String,
    /// The `SOAPAction`; may be empty.
    pub action: String,
    /// The address that the contract gives for the service; may be empty.
    pub address: String,
    /// Whether the binding is one of SOAP 1.2.
    pub soap_1_2: bool,
    /// Whether the service sends nothing back.
    pub one_way: bool,
    /// The element that the request's body holds; `None` when it is not one element.
    pub request: Option<QName>,
    /// The element that the response's body holds; `None` when it is not one element.
    pub response: Option<QName>,
    /// The elements that the detail of a fault may hold.
    pub faults: Vec<QName>,
}

impl Callable {
    /// An operation of SOAP 1.1 that no contract at hand tells of.
    #[must_use]
    pub fn new(service: &str, name: &str, action: &str) -> Self {
        Self {
            service: service.to_owned(),
            name: name.to_owned(),
            action: action.to_owned(),
            address: String::new(),
            soap_1_2: false,
            one_way: false,
            request: None,
            response: None,
            faults: Vec::new(),
        }
    }

    pub(super) fn of(service: &str, address: &str, operation: &ir::Operation) -> Self {
        Self {
            service: service.to_owned(),
            name: operation.name.clone(),
            action: operation.action.clone(),
            address: address.to_owned(),
            soap_1_2: operation.soap == SoapVersion::V1_2,
            one_way: operation.one_way,
            request: operation.input.clone(),
            response: operation.output.clone(),
            faults: operation.faults.clone(),
        }
    }

    /// The name that no other operation of the contract has: `Inquiry.AcctInq`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.service, self.name)
    }
}
