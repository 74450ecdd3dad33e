//! Cuts the WS-Security header out of a SOAP envelope and touches not one other byte.

mod cut;
mod error;

pub use cut::{Cuts, Policy};
pub use error::Refusal;
