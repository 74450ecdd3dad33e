//! What the end-to-end tests share: where foreign programs are, how to say that one is missing, a real identity
//! provider, and an institution to call.

mod institution;
mod message;
mod not_run;
mod peers;
mod provider;

pub use institution::Institution;
pub use message::{PASSWORD, USER, old_message};
pub use not_run::not_run;
pub use peers::{NO_JAVA, NO_NODE, NO_PYTHON, NO_SHARED, java, node, python, root, shared};
pub use provider::{Client, Keys, Provider, Refusal, Stats};
