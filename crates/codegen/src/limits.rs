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
/// Particles inside each other, through groups and anonymous types.
pub(crate) const NESTING: usize = 200;
/// Child elements and attributes of all types together, groups put in place.
pub(crate) const MEMBERS: usize = 500_000;
/// Files and folders that a run looks at.
pub(crate) const FOLDER_ENTRIES: usize = 100_000;
/// Bytes that all archives of a run may come to.
pub(crate) const ARCHIVE_BYTES: u64 = 256 << 20;
/// Entries of all archives of a run.
pub(crate) const ARCHIVE_ENTRIES: usize = 20_000;
/// Archives inside each other.
pub(crate) const ARCHIVE_NESTING: usize = 4;
/// Bytes that one byte of an archive may come to; schemas come to about thirty.
pub(crate) const ARCHIVE_RATIO: u64 = 200;
/// Bytes of an entry that the ratio does not count for.
pub(crate) const ARCHIVE_FREE_BYTES: u64 = 1 << 20;
