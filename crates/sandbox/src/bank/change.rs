//! Changes a customer: what is absent or empty stays, `JHANull` blanks.

use super::customer::customer;
use crate::Cause;
use crate::data::Customer;
use crate::gateway::{Call, Fault, Record};
use crate::xml::Element;

/// Changes names, address and kind of the customer that the `ActIntentKey` was given for.
pub(crate) fn cust_mod(call: &mut Call<'_>) -> Result<(), Fault> {
    let id = call.required(&["CustId"])?;
    customer(call, call.bank, &id)?;
    let key = call.required(&["ActIntentKey"])?;
    if key != call.bank.key(&id) {
        let record = Record {
            code: "900104",
            category: "Error",
            text: "The record was changed since it was read",
            element: "ActIntentKey",
            value: key,
        };
        return Err(call.fault(Cause::ChangedSince, record));
    }
    // To say that it went well would be false of what the bank has no place for.
    let detail = call.request.child("CustDetail");
    for element in ["EmailArray", "PhoneArray"] {
        if detail.is_some_and(|detail| detail.child(element).is_some()) {
            return Err(call.unusable(element, ""));
        }
    }
    let unjudged = ["BirthDt", "EmplName", "CustOrgDt", "Deceased", "AnnIncmAmt"];
    call.does_not_judge(Some("CustDetail"), &unjudged);
    if let Some(detail) = detail {
        let mut customers = call.bank.data.customers.iter_mut();
        if let Some(customer) = customers.find(|customer| customer.id == id) {
            apply(customer, detail);
        }
    }
    *call.bank.changes.entry(id).or_default() += 1;
    call.write_header();
    call.out.leaf("RsStat", "Success");
    Ok(())
}

fn apply(customer: &mut Customer, detail: &Element) {
    let (name, address) = (detail.child("PersonName"), detail.child("Addr"));
    for (parent, element, stored) in [
        (name, "ComName", &mut customer.common_name),
        (name, "FirstName", &mut customer.first_name),
        (name, "LastName", &mut customer.last_name),
        (address, "StreetAddr1", &mut customer.street),
        (address, "City", &mut customer.city),
        (address, "StateCode", &mut customer.state),
        (address, "PostalCode", &mut customer.postal_code),
        (Some(detail), "CustType", &mut customer.kind),
    ] {
        let Some(element) = parent.and_then(|parent| parent.child(element)) else {
            continue;
        };
        let text = element.text.trim();
        if element.attribute("", "JHANull") == Some("true") {
            stored.clear();
        } else if !text.is_empty() {
            text.clone_into(stored);
        }
    }
}
