//! Keeps in a file what was seen of a profile at run time: calls, tokens, and what its shadow showed.
//!
//! The file holds names of operations, element paths, counts, codes and times; no token, no message, no value of one.
//! Several processes may keep one file: each adds to it what it saw.

mod error;
#[cfg(feature = "tokio")]
mod recorder;
mod seen;

pub use error::EvidenceError;
#[cfg(feature = "tokio")]
pub use recorder::Evidence;
pub use seen::{LastCall, Moment, Seen, Shadowed, Tally};
