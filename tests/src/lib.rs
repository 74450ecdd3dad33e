//! What the end-to-end tests share: where foreign programs are, how to say that one is missing, a real identity
//! provider, an institution to call, false servers and requests to call it with.

mod caller;
mod institution;
mod message;
mod not_run;
mod peers;
mod provider;
pub mod request;
mod scripted;

pub use caller::TypedClient;
pub use institution::Institution;
pub use message::{PASSWORD, USER, old_message};
pub use not_run::not_run;
pub use peers::{NO_JAVA, NO_NODE, NO_PYTHON, NO_SHARED, java, node, python, root, shared};
pub use provider::{Client, Keys, Provider, Refusal, Stats};
pub use scripted::{Arrival, Reply, Scripted};
