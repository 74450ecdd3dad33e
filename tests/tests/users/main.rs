//! End users sign in: at the certified provider, at the sandbox, in a real browser.

mod backend;
mod provider;
mod sandbox;
