//! A contract as data: which services it has, and which operations they offer.

use std::path::PathBuf;

use crate::error::Error;
use crate::ir::Ir;
use crate::qname::QName;
use crate::reading;

/// The services of one or more WSDL files, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contract {
    /// The services.
    pub services: Vec<ContractService>,
    /// The `version` of the schemas, when they have one.
    pub version: Option<String>,
}

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
    /// The element that the request body holds; `None` when it is not one element.
    pub request: Option<QName>,
    /// The element that the response body holds; `None` when it is not one element.
    pub response: Option<QName>,
    /// The elements that a fault detail may hold.
    pub faults: Vec<QName>,
}

impl Contract {
    /// Reads WSDL files, folders of them or zip archives, with the schemas beside them.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of reading: the files must be whole and every reference must lead somewhere.
    pub fn read(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Result<Self, Error> {
        let paths: Vec<PathBuf> = paths.into_iter().map(Into::into).collect();
        let mut contract = Self {
            services: Vec::new(),
            version: None,
        };
        contract.add(reading::read(&paths, &mut |_| {})?.ir);
        Ok(contract)
    }

    fn add(&mut self, ir: Ir) {
        for service in ir.services {
            let short_name = service.short().to_owned();
            let operations = service
                .operations
                .into_iter()
                .map(|operation| ContractOperation {
                    name: operation.name,
                    action: operation.action,
                    request: operation.input,
                    response: operation.output,
                    faults: operation.faults,
                });
            let operations = operations.collect();
            let (name, address) = (service.name, service.address);
            self.services.push(ContractService {
                name,
                short_name,
                address,
                operations,
            });
        }
        self.version = self.version.take().max(ir.version);
    }
}
