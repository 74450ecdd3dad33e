//! Bounds on the input: far above any contract, far below what hurts.

/// Bytes of one file.
pub(crate) const FILE_BYTES: usize = 64 << 20;
/// Elements of one file.
pub(crate) const ELEMENTS: usize = 2_000_000;
/// Elements inside each other.
pub(crate) const DEPTH: usize = 200;
/// Files of one run.
pub(crate) const FILES: usize = 1_000;
/// Bytes that the entities of one file may expand to, all uses together.
pub(crate) const ENTITY_BYTES: usize = 64 << 10;
/// Groups, extensions or simple types that lead to each other.
pub(crate) const CHAIN: usize = 64;
/// Child elements and attributes of all types together, groups put in place.
pub(crate) const MEMBERS: usize = 500_000;
