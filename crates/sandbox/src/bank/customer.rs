//! Answers the operations of the Customer service.

use super::page::{page, write_header};
use super::{Bank, inquiry, write_account_id, write_name, write_tax_id};
use crate::Cause;
use crate::data::Customer;
use crate::gateway::{Call, Fault, Record};
use crate::xml::{Element, Writer};

/// The customer of that id, or the documented fault 400028.
pub(crate) fn customer<'b>(
    call: &Call<'_>,
    bank: &'b Bank,
    id: &str,
) -> Result<&'b Customer, Fault> {
    bank.customer(id).ok_or_else(|| {
        let record = Record {
            code: "400028",
            category: "Error",
            text: "Customer not found",
            element: "CustId",
            value: id.to_owned(),
        };
        call.fault(Cause::NotFound { element: "CustId" }, record)
    })
}

/// Whether the customer has the names that `PersonName` asks for, each by its `SrchType`.
pub(crate) fn is_called(customer: &Customer, asked: &Element) -> bool {
    [
        ("ComName", &customer.common_name),
        ("FirstName", &customer.first_name),
        ("LastName", &customer.last_name),
    ]
    .into_iter()
    .all(|(element, name)| {
        let Some(wanted) = asked.value(&[element]) else {
            return true;
        };
        let how = asked
            .child(element)
            .and_then(|element| element.attribute("", "SrchType"))
            .unwrap_or_default();
        let (name, wanted) = (name.to_lowercase(), wanted.to_lowercase());
        match how {
            "StartsWith" => name.starts_with(&wanted),
            "EndsWith" => name.ends_with(&wanted),
            "Contains" => name.contains(&wanted),
            "ContainsAll" => wanted.split_whitespace().all(|word| name.contains(word)),
            _ => name == wanted,
        }
    })
}

/// Customers by `PersonName`, `PhoneNum`, `AccountId`, `CustType` and `EmailAddr`; without any of
/// them, all. `TaxId` finds nobody: the data has masks of tax ids only.
pub(crate) fn cust_srch(call: &mut Call<'_>) -> Result<(), Fault> {
    let request = call.request;
    call.does_not_judge(None, &["SrchAddr", "SrchCity", "State", "PostalCode"]);
    let name = request.child("PersonName");
    let owner_of = request.value(&["AccountId", "AcctId"]);
    let found: Vec<Customer> = call
        .bank
        .data
        .customers
        .iter()
        .filter(|_| request.value(&["TaxId"]).is_none())
        .filter(|customer| name.is_none_or(|name| is_called(customer, name)))
        .filter(|customer| {
            [
                ("PhoneNum", &customer.phone),
                ("CustType", &customer.kind),
                ("EmailAddr", &customer.email),
            ]
            .into_iter()
            .all(|(element, value)| request.value(&[element]).is_none_or(|asked| asked == value))
        })
        .filter(|customer| {
            owner_of.is_none_or(|id| {
                let account = call.bank.account(id, None);
                account.is_some_and(|account| account.customer == customer.id)
            })
        })
        .cloned()
        .collect();
    let page = page(call, found.len())?;
    write_header(call, &page);
    call.out.within("CustSrchRecArray", |x| {
        for customer in &found[page.rows] {
            x.within("CustSrchRec", |x| {
                x.leaf("CustId", &customer.id);
                write_name(x, customer);
                x.leaf("PhoneNum", &customer.phone);
                write_tax_id(x, customer);
                x.leaf("CustType", &customer.kind);
                x.marks(1, 2);
                write_address(x, customer);
                x.marks(3, 3);
                x.leaf("EmailAddr", &customer.email);
            });
        }
    });
    Ok(())
}

/// One customer, by `CustId` or by an account; its `x_` parts only where the request names them.
pub(crate) fn cust_inq(call: &mut Call<'_>) -> Result<(), Fault> {
    let request = call.request;
    let (customer, account) = match request.value(&["CustId"]) {
        Some(id) => (customer(call, call.bank, id)?.clone(), None),
        None => {
            let Some(id) = request.value(&["AccountId", "AcctId"]) else {
                return Err(call.missing("CustId"));
            };
            let kind = request.value(&["AccountId", "AcctType"]);
            let account = inquiry::account(call, call.bank, (id, kind), "AcctId")?.clone();
            let customer = customer(call, call.bank, &account.customer)?.clone();
            (customer, Some(account))
        }
    };
    let intent = request.value(&["ActIntent"]);
    let key = call.bank.key(&customer.id);
    let (tax, business) = (call.asks_for("x_TaxDetail"), call.asks_for("x_BusDetail"));
    call.write_header();
    let x = &mut *call.out;
    x.within("CustRec", |x| {
        x.within("CustDetail", |x| {
            write_name(x, &customer);
            write_address(x, &customer);
            x.leaf("CustType", &customer.kind);
            x.within("EmailArray", |x| {
                x.within("EmailInfo", |x| x.leaf("EmailAddr", &customer.email));
            });
            x.within("PhoneArray", |x| {
                x.within("PhoneInfo", |x| x.leaf("PhoneNum", &customer.phone));
            });
        });
        x.leaf("CustId", &customer.id);
        if let Some(account) = &account {
            write_account_id(x, "AccountId", account);
        }
    });
    if tax {
        x.within("x_TaxDetail", |x| {
            x.marks(1, 1);
            x.leaf("FedWithDesc", "No withholding");
        });
    }
    if business {
        x.within("x_BusDetail", |x| {
            x.leaf("OffDesc", "Sandbox Officer");
            x.leaf("BrDesc", "Soapstone Branch");
        });
    }
    if let Some(intent) = intent {
        x.marks(1, 2);
        x.leaf("ActIntent", intent);
        if matches!(intent, "Upd" | "Dlt") {
            x.leaf("ActIntentKey", &key);
        }
    }
    Ok(())
}

fn write_address(x: &mut Writer, customer: &Customer) {
    x.within("Addr", |x| {
        x.leaf("StreetAddr1", &customer.street);
        x.leaf("City", &customer.city);
        x.leaf("StateCode", &customer.state);
        x.leaf("PostalCode", &customer.postal_code);
    });
}
