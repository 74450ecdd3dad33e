//! Draws any amount of data from a seed.

use super::{Account, Customer, Data, Posting};

const FIRST: [&str; 8] = [
    "Ada", "Bram", "Cleo", "Dov", "Esme", "Finn", "Greta", "Hugo",
];
const LAST: [&str; 8] = [
    "Alkali",
    "Bubbleton",
    "Castor",
    "Dipper",
    "Foamwell",
    "Lyeman",
    "Scrubb",
    "Tallow",
];

pub(super) fn data(seed: u64, customers: u32, accounts: u32, postings: u32) -> Data {
    let mut draw = Draw(seed);
    let mut data = Data {
        customers: Vec::new(),
        accounts: Vec::new(),
    };
    for number in 1..=customers {
        let customer = customer(&mut draw, number);
        for account in 1..=accounts {
            let id = format!("{number:07}{account:06}");
            data.accounts
                .push(self::account(&mut draw, id, &customer.id, postings));
        }
        data.customers.push(customer);
    }
    data
}

fn customer(draw: &mut Draw, number: u32) -> Customer {
    let (first, last) = (draw.one_of(&FIRST), draw.one_of(&LAST));
    Customer {
        id: format!("GEN{number:07}"),
        common_name: format!("{first} {last}"),
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        kind: "Ind".to_owned(),
        phone: format!("555{:07}", draw.below(10_000_000)),
        email: format!("generated{number}@sandbox.invalid"),
        street: format!("{number} Generator Street"),
        city: "Soapstone".to_owned(),
        state: "MO".to_owned(),
        postal_code: "00000".to_owned(),
        tax_id_mask: format!("*****{:04}", number % 10_000),
    }
}

fn account(draw: &mut Draw, id: String, customer: &str, postings: u32) -> Account {
    Account {
        id,
        kind: "D".to_owned(),
        customer: customer.to_owned(),
        product_code: "1".to_owned(),
        product: "Generated Checking".to_owned(),
        balance: i64::from(draw.below(10_000_000)),
        held: 0,
        restriction: None,
        postings: (0..postings)
            .map(|number| Posting {
                date: format!(
                    "{:04}-{:02}-{:02}",
                    2000 + number / 336,
                    1 + number / 28 % 12,
                    1 + number % 28
                ),
                amount: i64::from(draw.below(1_000_000)) - 500_000,
                description: "Generated posting".to_owned(),
                check: None,
                transfer: None,
            })
            .collect(),
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): even enough for invented data, and the same everywhere.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    fn below(&mut self, end: u32) -> u32 {
        // The remainder of a division by an u32 fits into one.
        u32::try_from(self.next() % u64::from(end)).unwrap_or_default()
    }

    fn one_of(&mut self, list: &[&'static str; 8]) -> &'static str {
        list[usize::try_from(self.next() % 8).unwrap_or_default()]
    }
}
