//! The false bank behind the gateway: what it knows, and what was transferred.

mod amount;
pub(crate) mod change;
pub(crate) mod customer;
pub(crate) mod inquiry;
mod page;
pub(crate) mod transaction;

use std::collections::HashMap;
use std::fmt;

use crate::data::{Account, Customer, Data};
use crate::xml::Writer;

pub(crate) use amount::{Cents, cents};

/// The data, and the transfers on top of it.
pub(crate) struct Bank {
    pub(crate) data: Data,
    transfers: Vec<Transfer>,
    /// How often each customer was changed, by id.
    changes: HashMap<String, u32>,
}

/// A transfer that was processed.
///
/// A caller that sends the same transfer twice finds two.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transfer {
    /// `XferKey` of the answer.
    pub key: String,
    /// `FromAcctId`.
    pub from: String,
    /// `ToAcctId`.
    pub to: String,
    /// `Amt` in cents.
    pub amount: i64,
    /// `jXLogTrackingId` of the request, or the one that the gateway made.
    pub tracking_id: String,
}

impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl Bank {
    pub(crate) fn new(data: Data) -> Self {
        Self {
            data,
            transfers: Vec::new(),
            changes: HashMap::new(),
        }
    }

    pub(crate) fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }

    /// The `ActIntentKey` of a customer: another after each change.
    fn key(&self, customer: &str) -> String {
        let changes = self.changes.get(customer).copied().unwrap_or_default();
        format!("SBX-KEY-{customer}-{changes}")
    }

    fn customer(&self, id: &str) -> Option<&Customer> {
        self.data
            .customers
            .iter()
            .find(|customer| customer.id == id)
    }

    /// The account, by its id with leading zeros, and by its type where one is named.
    fn account(&self, id: &str, kind: Option<&str>) -> Option<&Account> {
        self.data
            .accounts
            .iter()
            .find(|account| account.id == id && kind.is_none_or(|kind| kind == account.kind))
    }
}

fn write_account_id(x: &mut Writer, name: &str, account: &Account) {
    x.within(name, |x| {
        x.leaf("AcctId", &account.id);
        x.leaf("AcctType", &account.kind);
    });
}

fn write_name(x: &mut Writer, customer: &Customer) {
    x.within("PersonName", |x| {
        x.leaf("ComName", &customer.common_name);
        if !customer.last_name.is_empty() {
            x.leaf("FirstName", &customer.first_name);
            x.leaf("LastName", &customer.last_name);
        }
    });
}

fn write_tax_id(x: &mut Writer, customer: &Customer) {
    x.leaf_with("TaxId", &[("MaskVal", &customer.tax_id_mask)], "");
}
