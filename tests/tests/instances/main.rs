//! Messages drawn from contracts go through generated code and come out the same, and valid.

mod canonical;
mod contracts;
mod corpus;
mod driver;
mod judge;
mod names;
mod sample;
mod seen;
mod test_bank;
mod yaserde;
