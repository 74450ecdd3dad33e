//! Keys in files: made, published, rotated, followed without a restart.
//!
//! Beside a key file `bank.pem` lies, once it was rotated, its state `bank.pem.rotation.json`: which key signs, which
//! are published, what is waited for.
//! It holds public halves only, is written whole or not at all, and is the one truth: no key file is ever renamed,
//! overwritten or removed.
//!
//! ```no_run
//! use std::sync::Arc;
//! use castile_auth::keys::{Affected, Waits};
//! use castile_http::keys::{KeyOptions, Rotator, Store};
//! # async fn example(ports: castile_auth::ports::Ports) -> Result<(), castile_http::keys::KeysError> {
//! let rotator = Rotator::new(Store::of("keys/bank.pem"), KeyOptions::default(), ports.http, ports.clock);
//! let client = Affected {
//!     client_id: String::from("4b1f0c5e"),
//!     jwks_url: String::from("https://vendor.example/jwks.json"),
//! };
//! let state = rotator.step(&[client]).await?;
//! println!("{} signs; publish {}", state.active().file, state.document()?.to_json());
//! # Ok(()) }
//! ```

mod disk;
mod error;
mod fetch;
mod file_keys;
mod publish;
mod rotator;
mod store;

pub use disk::{replace, write_new};
pub use error::KeysError;
pub use fetch::fetch_document;
pub use file_keys::{FileKeys, KeyOptions};
pub use publish::JwksHandler;
pub use rotator::Rotator;
pub use store::{Lock, Store};
