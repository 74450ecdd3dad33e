//! Reads WSDL and XML Schema, writes typed Rust clients.
//!
//! [`Generator`] makes a crate of types from WSDL files; [`Contract`] tells what is in them. Both read local files
//! only: an include or import that is not there is an error, never a request to the network.
//!
//! The way of a contract: `load` finds the files, `wsdl` and `schema` read them as written, `lower` resolves the
//! references into the `ir`, each `pass` rewrites it in one respect, `render` writes it down.

mod builder;
mod contract;
mod diagnostic;
mod doc;
mod error;
mod generator;
mod input;
pub mod instance;
mod ir;
mod limits;
mod load;
mod lower;
mod names;
#[cfg(test)]
mod oracle;
mod output;
mod pass;
mod qname;
mod reading;
mod render;
mod schema;
mod verbatim;
mod wsdl;
mod xml;

pub use builder::{Builder, Built};
pub use contract::{
    Change, ChangeKind, Contract, ContractAttribute, ContractDiff, ContractElement, ContractField,
    ContractOperation, ContractService, ContractType, Named, TypeContent, TypeName,
};
pub use diagnostic::Diagnostic;
pub use doc::{Deprecation, Doc};
pub use error::{ArchiveFault, Error, Place};
pub use generator::Generator;
pub use output::{Counts, Difference, Output};
pub use qname::QName;
pub use reading::Progress;
pub use render::ModelDependency;
