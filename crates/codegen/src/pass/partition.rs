//! Gives everything its module: what one operation uses stands with it, what several services use is shared.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::ir::{Body, Ir};
use crate::pass::select;
use crate::qname::QName;

/// Where a definition stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Home {
    /// Always compiled.
    Shared,
    /// With the service of this module name.
    Service(String),
    /// In the file of one operation: service module, operation module.
    Operation(String, String),
}

/// The homes of all that is rendered.
#[derive(Debug, Default)]
pub(crate) struct Partition {
    /// Types that fields refer to; the root types of messages are rendered with the messages.
    pub(crate) types: BTreeMap<QName, Home>,
    /// Responses and faults; a request always stands with its operation.
    pub(crate) messages: BTreeMap<QName, Home>,
}

/// Finds the homes.
///
/// # Errors
///
/// None that selecting the operations would not have found before.
pub(crate) fn partition(ir: &Ir) -> Result<Partition, Error> {
    type Users = BTreeMap<QName, BTreeSet<(String, String)>>;
    let (mut types, mut messages): (Users, Users) = Default::default();
    for service in &ir.services {
        for operation in &service.operations {
            let user = (service.module.clone(), operation.module.clone());
            for name in operation.answers() {
                messages
                    .entry(name.clone())
                    .or_default()
                    .insert(user.clone());
            }
            for name in operation.messages() {
                for reached in select::reached(ir, name)? {
                    types.entry(reached).or_default().insert(user.clone());
                }
            }
        }
    }
    let home = |users: &BTreeSet<(String, String)>, alone: bool| {
        let services: BTreeSet<_> = users.iter().map(|(service, _)| service).collect();
        match (services.len(), users.first()) {
            (1, Some((service, operation))) if users.len() == 1 && !alone => {
                Home::Operation(service.clone(), operation.clone())
            }
            (1, Some((service, _))) => Home::Service(service.clone()),
            _ => Home::Shared,
        }
    };
    // Values are short and many: they stand together, not with one operation.
    let is_value =
        |name: &QName| matches!(ir.types.get(name).map(|ty| &ty.body), Some(Body::Scalar(_)));
    Ok(Partition {
        types: types
            .iter()
            .map(|(name, users)| (name.clone(), home(users, is_value(name))))
            .collect(),
        messages: messages
            .iter()
            .map(|(name, users)| (name.clone(), home(users, false)))
            .collect(),
    })
}
