//! The passes: each rewrites the IR in one respect.

pub(crate) mod apart;
pub(crate) mod collapse;
pub(crate) mod cycle;
pub(crate) mod derive;
pub(crate) mod flatten;
pub(crate) mod group;
pub(crate) mod merge;
pub(crate) mod name;
pub(crate) mod partition;
pub(crate) mod select;
pub(crate) mod services;
