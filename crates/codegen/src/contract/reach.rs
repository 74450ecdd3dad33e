//! Which operations reach a type, and in which direction.

use std::collections::{BTreeMap, BTreeSet};

use super::Contract;
use super::model::{ContractOperation, ContractService, TypeContent, TypeName};
use crate::qname::QName;

/// What uses a component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Uses {
    /// Operations that send it, as `Service.Operation`.
    pub(super) requests: BTreeSet<String>,
    /// Operations that answer with it, faults included.
    pub(super) responses: BTreeSet<String>,
}

impl Uses {
    /// The operations of both directions.
    pub(super) fn operations(&self) -> BTreeSet<String> {
        self.requests.union(&self.responses).cloned().collect()
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.requests.extend(other.requests.iter().cloned());
        self.responses.extend(other.responses.iter().cloned());
    }
}

/// `Service.Operation`.
pub(super) fn label(service: &ContractService, operation: &ContractOperation) -> String {
    format!("{}.{}", service.short_name, operation.name)
}

/// The uses of all types and elements that the operations reach; a type and an element of one name share an entry.
pub(super) fn uses(
    contract: &Contract,
    is_in_use: impl Fn(&ContractService, &ContractOperation) -> bool,
) -> BTreeMap<&QName, Uses> {
    let mut uses: BTreeMap<&QName, Uses> = BTreeMap::new();
    for service in &contract.services {
        for operation in &service.operations {
            if !is_in_use(service, operation) {
                continue;
            }
            let label = label(service, operation);
            for name in reached(contract, operation.request.iter()) {
                let entry = uses.entry(name).or_default();
                entry.requests.insert(label.clone());
            }
            let answers = operation.response.iter().chain(&operation.faults);
            for name in reached(contract, answers) {
                let entry = uses.entry(name).or_default();
                entry.responses.insert(label.clone());
            }
        }
    }
    uses
}

/// The elements, and all types that they lead to.
fn reached<'a>(
    contract: &'a Contract,
    elements: impl Iterator<Item = &'a QName>,
) -> BTreeSet<&'a QName> {
    let mut reached = BTreeSet::new();
    let mut open = Vec::new();
    for name in elements {
        reached.insert(name);
        if let Some(element) = contract.elements.get(name) {
            open.push(&element.ty);
        }
    }
    while let Some(ty) = open.pop() {
        let TypeName::Named(name) = ty else { continue };
        let Some(ty) = contract.types.get(name) else {
            continue;
        };
        if !reached.insert(name) {
            continue;
        }
        if let TypeContent::Fields(fields) = &ty.content {
            open.extend(fields.iter().map(|field| &field.ty));
        }
    }
    reached
}
