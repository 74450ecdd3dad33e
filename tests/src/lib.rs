//! What the end-to-end tests share: where foreign programs are, how to say that one is missing, and a real
//! identity provider.

mod not_run;
mod peers;
mod provider;

pub use not_run::not_run;
pub use peers::{NO_JAVA, NO_NODE, NO_PYTHON, NO_SHARED, java, node, python, root, shared};
pub use provider::{Client, Keys, Provider, Refusal, Stats};
