//! The default data, written by hand where a test names it.

use super::{Account, Customer, Data, Posting};

pub(super) fn data() -> Data {
    let customers = vec![
        person("SBX0001", "Ida", "Lathersby", "5550100001"),
        person("SBX0002", "Otto", "Suds", "5550100002"),
        Customer {
            common_name: "Wren & Sons Chandlery".to_owned(),
            first_name: String::new(),
            last_name: String::new(),
            kind: "Bus".to_owned(),
            ..person("SBX0003", "Wren", "Sons", "5550100003")
        },
        person("SBX0004", "Søren", "Blåsen", "5550100004"),
    ];
    let mut accounts = vec![
        Account {
            postings: (0..45).map(posting).collect(),
            ..checking("0000000010017", "SBX0001", 250_000)
        },
        Account {
            product_code: "2".to_owned(),
            product: "Sandbox Savings".to_owned(),
            restriction: Some("ReadOnly".to_owned()),
            ..checking("0000000010025", "SBX0001", 1_200_050)
        },
        Account {
            kind: "L".to_owned(),
            product_code: "3".to_owned(),
            product: "Sandbox Loan".to_owned(),
            held: 0,
            ..checking("0000000010033", "SBX0001", 987_654)
        },
        Account {
            held: 0,
            ..checking("0000000020018", "SBX0002", 2_500)
        },
    ];
    accounts.extend((1..=23).map(|number| {
        let id = format!("00000000300{number:02}");
        checking(&id, "SBX0003", i64::from(number) * 10_000)
    }));
    Data {
        customers,
        accounts,
    }
}

fn person(id: &str, first: &str, last: &str, phone: &str) -> Customer {
    let number = &id[id.len() - 4..];
    Customer {
        id: id.to_owned(),
        common_name: format!("{first} {last}"),
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        kind: "Ind".to_owned(),
        phone: phone.to_owned(),
        email: format!("customer{number}@sandbox.invalid"),
        street: format!("{number} Lather Lane"),
        city: "Soapstone".to_owned(),
        state: "MO".to_owned(),
        postal_code: "00000".to_owned(),
        tax_id_mask: format!("*****{number}"),
    }
}

fn checking(id: &str, customer: &str, balance: i64) -> Account {
    Account {
        id: id.to_owned(),
        kind: "D".to_owned(),
        customer: customer.to_owned(),
        product_code: "1".to_owned(),
        product: "Sandbox Checking".to_owned(),
        balance,
        held: 10_000.min(balance / 2),
        restriction: None,
        postings: Vec::new(),
    }
}

/// The postings of January and February 2026, each of another amount, so that rows tell apart.
fn posting(number: u32) -> Posting {
    let (month, day) = (1 + number / 28, 1 + number % 28);
    let cents = i64::from(1_000 + 37 * number);
    let cheque = number % 9 == 4;
    Posting {
        date: format!("2026-{month:02}-{day:02}"),
        amount: if number.is_multiple_of(3) {
            cents
        } else {
            -cents
        },
        description: if cheque { "Cheque" } else { "Card payment" }.to_owned(),
        check: cheque.then_some(1_000 + number),
        transfer: None,
    }
}
