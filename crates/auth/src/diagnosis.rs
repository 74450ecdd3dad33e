//! Finds out by itself why an authorization server answers `invalid_client`, which the server never says.
//!
//! Every fault of an assertion gets the same answer, and addresses whose requests keep failing are blocked; so what
//! can be known without asking is looked at here: the assertion, the published keys, the server's clock and metadata.

mod advertised;
mod cause;
mod judge;
mod read;

pub use advertised::{Advertised, server_time};
pub use cause::{Cause, Certainty, Finding};
pub use judge::{Expected, judge};
pub use read::{NotAnAssertion, ReadAssertion};
