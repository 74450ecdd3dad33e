//! Draws messages that a contract allows: samples for people, answers for tests, probes for generated code.
//!
//! ```no_run
//! use castile_codegen::instance::{Amount, Instances, Plan, Random};
//!
//! let contract = Instances::read(["contracts/TPG_Inquiry.wsdl"])?;
//! let request = contract.request("AcctInq", &Plan::new(Amount::Typical), &mut Random::seeded(1))?;
//! # Ok::<(), castile_codegen::Error>(())
//! ```
//!
//! An instance is one element, as it stands in a SOAP body or in the detail of a fault. It is valid by the
//! schemas of the service that it is drawn for, version markers included. What those schemas only name, the
//! security standards that are carried as they come, stands in it as a minimal example of its kind; wrappers of
//! rpc style are drawn as WSDL 1.1 describes them.

mod attribute;
mod callable;
mod check;
mod compose;
mod content;
mod draw;
mod height;
mod message;
mod pattern;
mod plan;
mod random;
mod schemas;
mod simple;
mod tree;
mod undeclared;
mod value;

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::error::Error;
use crate::input::Input;
use crate::ir::Operation;
use crate::load;
use crate::lower::lower;
use crate::qname::QName;
use draw::Draw;
use height::Heights;
use schemas::Schemas;

pub use callable::Callable;
pub use check::{Violation, ViolationKind};
pub use compose::{ComposeError, Values};
pub use message::Message;
pub use plan::{Amount, Plan};
pub use random::Random;

/// The namespace of `xsi:nil` and `xsi:type`.
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// A contract to draw instances from.
///
/// Operations are named `AcctInq` or, where several services have one of a name, `Inquiry.Ping`.
#[derive(Debug)]
pub struct Instances {
    contracts: Vec<Contract>,
}

/// The services of one WSDL file, with its own schemas: two files may define one name differently.
#[derive(Debug)]
struct Contract {
    services: Vec<Service>,
    schemas: Schemas,
    heights: Heights,
}

#[derive(Debug)]
struct Service {
    name: String,
    address: String,
    operations: Vec<Operation>,
}

impl Instances {
    /// Reads WSDL files, folders of them or zip archives, with the schemas beside them.
    ///
    /// A contract that is there twice with all its files counts once.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of reading: the files must be whole and every reference must lead somewhere.
    pub fn read(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Result<Self, Error> {
        Self::read_with(paths, std::iter::empty::<PathBuf>())
    }

    /// The same with XML Catalogs, as [`Generator::catalog`](crate::Generator::catalog) takes them.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); a catalogue that cannot be read.
    pub fn read_with(
        paths: impl IntoIterator<Item = impl Into<PathBuf>>,
        catalogs: impl IntoIterator<Item = impl Into<PathBuf>>,
    ) -> Result<Self, Error> {
        let paths: Vec<PathBuf> = paths.into_iter().map(Into::into).collect();
        let catalogs: Vec<PathBuf> = catalogs.into_iter().map(Into::into).collect();
        let catalog = load::Catalog::read(&catalogs)?;
        let input = Input::open(&paths)?;
        let mut known = BTreeSet::new();
        let mut contracts = Vec::new();
        for file in input.contracts() {
            let mut document = load::load_with_trees(&input, &catalog, file)?;
            let name = file.file_name().map(ToOwned::to_owned);
            if !known.insert((name, document.digests.clone())) {
                continue;
            }
            let trees = std::mem::take(&mut document.trees);
            let parts = lower(&document)?;
            let mut schemas = Schemas::new(trees)?;
            for part in &parts {
                schemas.declare(&part.undeclared)?;
            }
            let services = parts
                .into_iter()
                .flat_map(|part| part.services)
                .map(|service| Service {
                    name: service.short().to_owned(),
                    address: service.address,
                    operations: service.operations,
                })
                .collect();
            let heights = Heights::of(&schemas)?;
            contracts.push(Contract {
                services,
                schemas,
                heights,
            });
        }
        Ok(Self { contracts })
    }

    /// The operations as `Inquiry.AcctInq`, in order.
    #[must_use]
    pub fn operations(&self) -> Vec<String> {
        let mut names = BTreeSet::new();
        for contract in &self.contracts {
            for service in &contract.services {
                let operations = service.operations.iter();
                names.extend(operations.map(|operation| full(service, operation)));
            }
        }
        names.into_iter().collect()
    }

    /// The operations with what a caller must know of each, in the order of the contract.
    #[must_use]
    pub fn callables(&self) -> Vec<Callable> {
        let services = self
            .contracts
            .iter()
            .flat_map(|contract| &contract.services);
        let callables = services.flat_map(|service| {
            let operations = service.operations.iter();
            operations.map(|operation| Callable::of(&service.name, &service.address, operation))
        });
        callables.collect()
    }

    /// The operation of a name.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownOperation`], [`Error::AmbiguousOperation`].
    pub fn callable(&self, operation: &str) -> Result<Callable, Error> {
        let found = self.find(operation)?;
        Ok(Callable::of(
            &found.service.name,
            &found.service.address,
            found.operation,
        ))
    }

    /// What the contract does not allow in a request of an operation; nothing when it is valid.
    ///
    /// # Errors
    ///
    /// No such operation, one whose request is not one element, or a contract that cannot be followed.
    pub fn check_request(
        &self,
        operation: &str,
        message: &Message,
    ) -> Result<Vec<Violation>, Error> {
        let found = self.find(operation)?;
        found.check(found.operation.input.as_ref(), message)
    }

    /// What the contract does not allow in a response of an operation; nothing when it is valid.
    ///
    /// # Errors
    ///
    /// Those of [`check_request`](Self::check_request).
    pub fn check_response(
        &self,
        operation: &str,
        message: &Message,
    ) -> Result<Vec<Violation>, Error> {
        let found = self.find(operation)?;
        found.check(found.operation.output.as_ref(), message)
    }

    /// A request of an operation.
    ///
    /// # Errors
    ///
    /// No such operation; or one whose request is not one element, or of which no finite instance exists.
    pub fn request(
        &self,
        operation: &str,
        plan: &Plan,
        random: &mut Random,
    ) -> Result<String, Error> {
        let Found {
            contract,
            operation,
            ..
        } = self.find(operation)?;
        contract.message(operation, operation.input.as_ref(), plan, random)
    }

    /// A response of an operation.
    ///
    /// # Errors
    ///
    /// Those of [`request`](Self::request).
    pub fn response(
        &self,
        operation: &str,
        plan: &Plan,
        random: &mut Random,
    ) -> Result<String, Error> {
        let Found {
            contract,
            operation,
            ..
        } = self.find(operation)?;
        contract.message(operation, operation.output.as_ref(), plan, random)
    }

    /// What the detail of a fault of an operation holds: one of the elements that it declares.
    ///
    /// # Errors
    ///
    /// Those of [`request`](Self::request); an operation that declares no fault is one of them.
    pub fn fault(
        &self,
        operation: &str,
        plan: &Plan,
        random: &mut Random,
    ) -> Result<String, Error> {
        let Found {
            contract,
            operation,
            ..
        } = self.find(operation)?;
        let fault = if plan.is_random() {
            random.pick(&operation.faults)
        } else {
            operation.faults.first()
        };
        match fault {
            Some(fault) => contract.element(operation, fault, plan, random),
            None => Err(Error::Unsupported {
                place: operation.place.clone(),
                construct: "an instance of a fault where none is declared".to_owned(),
            }),
        }
    }

    fn find(&self, name: &str) -> Result<Found<'_>, Error> {
        let mut found = Vec::new();
        for contract in &self.contracts {
            for service in &contract.services {
                let meant = service
                    .operations
                    .iter()
                    .filter(|operation| operation.name == name || full(service, operation) == name);
                found.extend(meant.map(|operation| Found {
                    contract,
                    service,
                    operation,
                }));
            }
        }
        match found.as_slice() {
            [found] => Ok(*found),
            [] => Err(Error::UnknownOperation {
                name: name.to_owned(),
                similar: self.similar(name),
            }),
            several => Err(Error::AmbiguousOperation {
                name: name.to_owned(),
                names: several.iter().map(Found::full_name).collect(),
            }),
        }
    }

    fn similar(&self, name: &str) -> Vec<String> {
        let wanted = name.to_lowercase();
        let resembles = |full: &String| {
            let short = full.rsplit('.').next().unwrap_or_default().to_lowercase();
            short == wanted || (wanted.len() > 2 && short.contains(&wanted))
        };
        let mut similar: Vec<String> = self.operations().into_iter().filter(resembles).collect();
        similar.truncate(5);
        similar
    }
}

fn full(service: &Service, operation: &Operation) -> String {
    format!("{}.{}", service.name, operation.name)
}

/// An operation with what it stands in.
#[derive(Debug, Clone, Copy)]
struct Found<'i> {
    contract: &'i Contract,
    service: &'i Service,
    operation: &'i Operation,
}

impl Found<'_> {
    fn full_name(&self) -> String {
        full(self.service, self.operation)
    }

    fn check(&self, element: Option<&QName>, message: &Message) -> Result<Vec<Violation>, Error> {
        match element {
            Some(element) => check::check(&self.contract.schemas, element, message),
            None => Err(self.operation.without_content()),
        }
    }
}

impl Contract {
    fn message(
        &self,
        operation: &Operation,
        element: Option<&QName>,
        plan: &Plan,
        random: &mut Random,
    ) -> Result<String, Error> {
        match element {
            Some(element) => self.element(operation, element, plan, random),
            None => Err(operation.without_content()),
        }
    }

    fn element(
        &self,
        operation: &Operation,
        name: &QName,
        plan: &Plan,
        random: &mut Random,
    ) -> Result<String, Error> {
        let mut draw = Draw::new(&self.schemas, &self.heights, plan, random);
        let tree = draw.root(name, &operation.place)?;
        let prefixed = plan.is_random() && random.chance(25);
        Ok(tree.to_xml(prefixed, plan.indent))
    }
}

impl Operation {
    /// The error of a message that is not one element.
    fn without_content(&self) -> Error {
        let none = || (self.place.clone(), "a message without content".to_owned());
        let (place, construct) = self.unsupported.clone().unwrap_or_else(none);
        Error::Unsupported { place, construct }
    }
}

#[cfg(test)]
mod tests;
