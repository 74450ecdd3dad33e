//! What the end-to-end tests share: where foreign programs are, how to say that one is missing, a real identity
//! provider, an institution to call, a proxy to it, false servers and requests to call them with.

mod browser;
mod caller;
mod institution;
mod message;
mod not_run;
mod peers;
mod provider;
mod proxied;
mod relay;
pub mod request;
mod scripted;
mod webdriver;

pub use browser::Browser;
pub use caller::{ConnectedClient, TypedClient};
pub use institution::Institution;
pub use message::{PASSWORD, USER, old_message};
pub use not_run::not_run;
pub use peers::{
    NO_CHROMIUM, NO_JAVA, NO_NODE, NO_PYTHON, NO_SHARED, chromedriver, java, node, python, root,
    shared,
};
pub use provider::{Client, Keys, Provider, Refusal, Stats};
pub use proxied::Proxied;
pub use relay::{Fault, Relay};
pub use scripted::{Arrival, Reply, Scripted};
pub use webdriver::Chromium;
