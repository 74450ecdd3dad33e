//! A contract as data: its services and operations, their elements and types, each with its documentation.

mod build;
mod diff;
mod model;
mod reach;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::qname::QName;
use crate::reading::{self, Progress};

pub use diff::{Change, ChangeKind, ContractDiff};
pub use model::{
    ContractAttribute, ContractElement, ContractField, ContractOperation, ContractService,
    ContractType, TypeContent, TypeName,
};

/// The services of one or more WSDL files, in the order of their names, with the types they share.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contract {
    /// The services.
    pub services: Vec<ContractService>,
    /// The `version` of the schemas, when they have one; the newest when they have several.
    pub version: Option<String>,
    /// The global elements: requests, responses, faults and what refers to others.
    pub elements: BTreeMap<QName, ContractElement>,
    /// The types by name. An anonymous type is named after the elements around it, with slashes.
    pub types: BTreeMap<QName, ContractType>,
    /// What the user should know.
    pub diagnostics: Vec<Diagnostic>,
}

impl Contract {
    /// Reads WSDL files, folders of them or zip archives, with the schemas beside them.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of reading: the files must be whole and every reference must lead somewhere.
    pub fn read(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Result<Self, Error> {
        Self::read_with(paths, std::iter::empty::<PathBuf>(), |_| {})
    }

    /// The same with XML Catalogs, as [`Generator::catalog`](crate::Generator::catalog) takes them, telling before each
    /// WSDL file how far it has come.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); a catalogue that cannot be read.
    pub fn read_with(
        paths: impl IntoIterator<Item = impl Into<PathBuf>>,
        catalogs: impl IntoIterator<Item = impl Into<PathBuf>>,
        mut progress: impl FnMut(Progress<'_>),
    ) -> Result<Self, Error> {
        let paths: Vec<PathBuf> = paths.into_iter().map(Into::into).collect();
        let catalogs: Vec<PathBuf> = catalogs.into_iter().map(Into::into).collect();
        build::contract(reading::read(&paths, &catalogs, &mut progress)?)
    }

    /// The operations of a name, `AcctInq` or `Inquiry.Ping`, each with its service.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownOperation`], with names that come close.
    pub fn operations(
        &self,
        name: &str,
    ) -> Result<Vec<(&ContractService, &ContractOperation)>, Error> {
        let all = self.services.iter().flat_map(|service| {
            let operations = service.operations.iter();
            operations.map(move |operation| (service, operation))
        });
        let found: Vec<_> = all
            .clone()
            .filter(|(service, operation)| operation.is_meant(name, service))
            .collect();
        if found.is_empty() {
            let names = all.map(|(_, operation)| operation.name.as_str());
            return Err(Error::unknown_operation(name, names));
        }
        Ok(found)
    }

    /// The types and elements of a local name.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownType`], with names that come close.
    pub fn named(&self, local: &str) -> Result<Vec<Named<'_>>, Error> {
        let types = self.types.values().filter(|ty| ty.name.local() == local);
        let elements = self
            .elements
            .values()
            .filter(|element| element.name.local() == local);
        let mut found: Vec<_> = elements.map(Named::Element).collect();
        found.extend(types.map(Named::Type));
        if found.is_empty() {
            let types = self.types.keys().chain(self.elements.keys());
            return Err(Error::unknown_type(local, types.map(QName::local)));
        }
        Ok(found)
    }

    /// What is different in another release, seen by callers of the operations named; of all, without names.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownOperation`]: an operation that neither release has.
    pub fn diff(&self, newer: &Self, operations: &[String]) -> Result<ContractDiff, Error> {
        diff::diff(self, newer, operations)
    }
}

/// A component of a contract that has the name looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Named<'a> {
    /// A global element.
    Element(&'a ContractElement),
    /// A type.
    Type(&'a ContractType),
}
