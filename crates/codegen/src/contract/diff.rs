//! What is different between two releases of a contract, and what of it breaks callers.

mod types;

use std::collections::BTreeSet;
use std::fmt;

use super::Contract;
use super::model::{ContractOperation, ContractService};
use super::reach::{self, Uses, label};
use crate::error::Error;
use crate::qname::QName;

/// The differences between two releases.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContractDiff {
    /// The version of the older release.
    pub old: Option<String>,
    /// The version of the newer release.
    pub new: Option<String>,
    /// The differences, by kind and subject.
    pub changes: Vec<Change>,
}

impl ContractDiff {
    /// Whether anything breaks callers of the operations in use.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.changes.iter().any(|change| change.breaking)
    }
}

/// One difference.
///
/// It is breaking when a caller built for the older release can fail against the newer one, on the wire: a request
/// that was valid may be refused, or an answer may lack, repeat or retype what the caller reads. What merely changes
/// generated code is for the compiler to tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Change {
    /// What kind of difference.
    pub kind: ChangeKind,
    /// An operation, `Inquiry.AcctInq`; a type, `AcctInqRq_MType`; or a part of a type, `AcctInqRq_MType/InAcctId`.
    pub subject: String,
    /// What was and what is.
    pub detail: String,
    /// Whether it breaks callers of the operations in use.
    pub breaking: bool,
    /// The operations in use that it concerns, as `Service.Operation`.
    pub operations: Vec<String>,
}

/// The kinds of difference, those of operations first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
#[allow(missing_docs)] // Each says what it is; the words are those of `Display`.
pub enum ChangeKind {
    OperationRemoved,
    OperationAdded,
    OperationAction,
    OperationMessage,
    ServiceAddress,
    TypeRemoved,
    TypeAdded,
    TypeContent,
    FieldRemoved,
    FieldAdded,
    FieldType,
    FieldOccurrence,
    FieldNillable,
    FieldOrder,
    AttributeRemoved,
    AttributeAdded,
    AttributeChanged,
    Values,
    Deprecated,
    Documentation,
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OperationRemoved => "operation-removed",
            Self::OperationAdded => "operation-added",
            Self::OperationAction => "operation-action",
            Self::OperationMessage => "operation-message",
            Self::ServiceAddress => "service-address",
            Self::TypeRemoved => "type-removed",
            Self::TypeAdded => "type-added",
            Self::TypeContent => "type-content",
            Self::FieldRemoved => "field-removed",
            Self::FieldAdded => "field-added",
            Self::FieldType => "field-type",
            Self::FieldOccurrence => "field-occurrence",
            Self::FieldNillable => "field-nillable",
            Self::FieldOrder => "field-order",
            Self::AttributeRemoved => "attribute-removed",
            Self::AttributeAdded => "attribute-added",
            Self::AttributeChanged => "attribute-changed",
            Self::Values => "values",
            Self::Deprecated => "deprecated",
            Self::Documentation => "documentation",
        })
    }
}

/// Compares two releases, for callers of the operations named; of all, without names.
pub(super) fn diff(
    old: &Contract,
    new: &Contract,
    operations: &[String],
) -> Result<ContractDiff, Error> {
    for name in operations {
        if old.operations(name).is_err() {
            new.operations(name).map_err(|_| {
                let services = old.services.iter().chain(&new.services);
                let names = services.flat_map(|service| &service.operations);
                Error::unknown_operation(name, names.map(|operation| operation.name.as_str()))
            })?;
        }
    }
    let is_in_use = |service: &ContractService, operation: &ContractOperation| {
        operations.is_empty()
            || operations
                .iter()
                .any(|name| operation.is_meant(name, service))
    };
    let mut changes = Vec::new();
    services(old, new, &is_in_use, &mut changes);
    let mut uses = reach::uses(old, is_in_use);
    for (name, more) in reach::uses(new, is_in_use) {
        uses.entry(name).or_default().add(&more);
    }
    let none = Uses::default();
    let uses_of = |name: &QName| uses.get(name).unwrap_or(&none);
    types::compare(old, new, uses_of, &mut changes);
    changes.sort();
    Ok(ContractDiff {
        old: old.version.clone(),
        new: new.version.clone(),
        changes,
    })
}

type IsInUse<'a> = &'a dyn Fn(&ContractService, &ContractOperation) -> bool;

/// Compares services and operations.
fn services(old: &Contract, new: &Contract, is_in_use: IsInUse<'_>, changes: &mut Vec<Change>) {
    let find = |contract: &'_ Contract, name: &str| {
        let mut services = contract.services.iter();
        services.position(|service| service.name == name)
    };
    for service in &old.services {
        let newer = find(new, &service.name).map(|at| &new.services[at]);
        if let Some(newer) = newer
            && newer.address != service.address
        {
            changes.push(Change {
                kind: ChangeKind::ServiceAddress,
                subject: service.short_name.clone(),
                detail: format!("`{}` becomes `{}`", service.address, newer.address),
                breaking: false,
                operations: in_use(service, is_in_use),
            });
        }
        for operation in &service.operations {
            let same = |other: &&ContractOperation| other.name == operation.name;
            let newer = newer.and_then(|newer| newer.operations.iter().find(same));
            let in_use = is_in_use(service, operation);
            let mut push = |kind, detail: String| {
                changes.push(Change {
                    kind,
                    subject: label(service, operation),
                    detail,
                    breaking: in_use,
                    operations: in_use
                        .then(|| label(service, operation))
                        .into_iter()
                        .collect(),
                });
            };
            match newer {
                None => push(ChangeKind::OperationRemoved, String::new()),
                Some(newer) => operation_changes(operation, newer, &mut push),
            }
            if let Some(newer) = newer {
                let mut doc = types::doc(&operation.doc, &newer.doc);
                for change in &mut doc {
                    change.subject = label(service, operation);
                    change.operations = in_use
                        .then(|| label(service, operation))
                        .into_iter()
                        .collect();
                }
                changes.append(&mut doc);
            }
        }
    }
    for service in &new.services {
        let older = find(old, &service.name).map(|at| &old.services[at]);
        let known: BTreeSet<&str> = older
            .iter()
            .flat_map(|older| &older.operations)
            .map(|operation| operation.name.as_str())
            .collect();
        for operation in &service.operations {
            if !known.contains(operation.name.as_str()) {
                let in_use = is_in_use(service, operation);
                changes.push(Change {
                    kind: ChangeKind::OperationAdded,
                    subject: label(service, operation),
                    detail: operation.doc.text.first().cloned().unwrap_or_default(),
                    breaking: false,
                    operations: in_use
                        .then(|| label(service, operation))
                        .into_iter()
                        .collect(),
                });
            }
        }
    }
}

fn operation_changes(
    old: &ContractOperation,
    new: &ContractOperation,
    push: &mut dyn FnMut(ChangeKind, String),
) {
    if old.action != new.action {
        let detail = format!("`{}` becomes `{}`", old.action, new.action);
        push(ChangeKind::OperationAction, detail);
    }
    let local = |names: &[QName]| {
        let names: Vec<&str> = names.iter().map(QName::local).collect();
        if names.is_empty() {
            "nothing".to_owned()
        } else {
            names.join(", ")
        }
    };
    let one = |name: &Option<QName>| name.iter().cloned().collect::<Vec<_>>();
    for (what, old, new) in [
        ("request", one(&old.request), one(&new.request)),
        ("response", one(&old.response), one(&new.response)),
        ("fault", old.faults.clone(), new.faults.clone()),
    ] {
        if old != new {
            let detail = format!("{what}: {} becomes {}", local(&old), local(&new));
            push(ChangeKind::OperationMessage, detail);
        }
    }
}

fn in_use(service: &ContractService, is_in_use: IsInUse<'_>) -> Vec<String> {
    let operations = service.operations.iter();
    operations
        .filter(|operation| is_in_use(service, operation))
        .map(|operation| label(service, operation))
        .collect()
}

#[cfg(test)]
mod tests;
