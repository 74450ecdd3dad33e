//! What a SOAP operation, a value and a fault are, and how they read and write XML.
//!
//! Generated code is thin: per struct one match and one writer. The logic lives here, once.

mod operation;

pub use operation::{Effect, Operation};
