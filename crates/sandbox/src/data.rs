//! The invented customers and accounts that the gateway answers from.
//!
//! [`Data::default`] holds:
//!
//! | Customer | Name | Accounts |
//! |---|---|---|
//! | `SBX0001` | Ida Lathersby | `0000000010017` checking (45 postings), `0000000010025` savings, read-only, `0000000010033` loan |
//! | `SBX0002` | Otto Suds | `0000000020018` checking, 25.00 available |
//! | `SBX0003` | Wren & Sons Chandlery | 23 checking accounts from `0000000030001` on |
//! | `SBX0004` | Søren Blåsen | none |
//!
//! Account types are `D` for deposits and `L` for loans.
//! Account ids are texts with their leading zeros; `10017` names no account.
//! [`Data::generated`] makes as much more as a test wants, the same for the same seed.

mod generated;
mod invented;

/// A customer.
#[derive(Clone, PartialEq, Eq)]
pub struct Customer {
    /// `CustId`.
    pub id: String,
    /// `ComName`, the whole name.
    pub common_name: String,
    /// `FirstName`, empty for a business.
    pub first_name: String,
    /// `LastName`, empty for a business.
    pub last_name: String,
    /// `CustType`: `Ind` or `Bus`.
    pub kind: String,
    /// `PhoneNum`.
    pub phone: String,
    /// `EmailAddr`.
    pub email: String,
    /// `StreetAddr1`.
    pub street: String,
    /// `City`.
    pub city: String,
    /// `StateCode`.
    pub state: String,
    /// `PostalCode`.
    pub postal_code: String,
    /// `MaskVal` of `TaxId`, whose text stays empty.
    pub tax_id_mask: String,
}

/// An account.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// `AcctId`, with leading zeros.
    pub id: String,
    /// `AcctType`: `D` or `L`.
    pub kind: String,
    /// `CustId` of its owner.
    pub customer: String,
    /// `ProdCode`.
    pub product_code: String,
    /// `ProdDesc`.
    pub product: String,
    /// Current balance in cents; a loan's is what is owed.
    pub balance: i64,
    /// Cents of the balance that are not available.
    pub held: i64,
    /// `Rstr` of its records, if any.
    pub restriction: Option<String>,
    /// What was posted, the newest last.
    pub postings: Vec<Posting>,
}

/// One line of an account's history.
#[derive(Clone, PartialEq, Eq)]
pub struct Posting {
    /// `PostDt`, as `YYYY-MM-DD`.
    pub date: String,
    /// Cents, negative for a debit.
    pub amount: i64,
    /// `TrnCodeDesc`.
    pub description: String,
    /// `ChkNum`, for a cheque.
    pub check: Option<u32>,
    /// `XferKey`, for a transfer.
    pub transfer: Option<String>,
}

/// All that the gateway knows.
#[derive(Clone, PartialEq, Eq)]
pub struct Data {
    /// The customers.
    pub customers: Vec<Customer>,
    /// The accounts of all customers.
    pub accounts: Vec<Account>,
}

impl Default for Data {
    fn default() -> Self {
        invented::data()
    }
}

impl Data {
    /// `customers` customers with `accounts` accounts each, of `postings` postings each, drawn from
    /// `seed`.
    pub fn generated(seed: u64, customers: u32, accounts: u32, postings: u32) -> Self {
        generated::data(seed, customers, accounts, postings)
    }
}

/// Shows how much there is, and no value: a test may have brought data of its own.
macro_rules! debug_without_values {
    ($($type:ident),*) => {$(
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    )*};
}

debug_without_values!(Customer, Account, Posting, Data);
