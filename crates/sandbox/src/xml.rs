//! A small tree of what a request says, and a writer whose output is well formed by construction.

mod read;
mod write;

pub(crate) use read::{Element, read};
pub(crate) use write::Writer;
