//! Drives provider and gateway over real sockets, as a client would.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test fails as the test does"
)]

mod assertion;
mod bearer;
mod client;
mod form;
mod message;
mod operations;
mod profile;
mod schema;
mod script;
mod testing;
mod transfers;
