//! Why a write could not be noted, or a journal not be read.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::EntryId;

/// Why a write could not be noted, or a journal not be read. Where it stops a request, nothing of it was sent.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Another process writes this journal.
    #[error("another process writes the journal {}", path.display())]
    Locked {
        /// The journal.
        path: PathBuf,
    },
    /// The file cannot be written or flushed.
    #[error("cannot write the journal {}", path.display())]
    Unwritable {
        /// The journal.
        path: PathBuf,
        /// Why.
        #[source]
        source: Arc<io::Error>,
    },
    /// The file cannot be read.
    #[error("cannot read the journal {}", path.display())]
    Unreadable {
        /// The journal.
        path: PathBuf,
        /// Why.
        #[source]
        source: Arc<io::Error>,
    },
    /// A flush failed: what is on the disk is not known, and the journal takes nothing more.
    #[error("the journal {} failed to reach the disk before, and takes no more writes", path.display())]
    Broken {
        /// The journal.
        path: PathBuf,
    },
    /// A line before the last is damaged: an entry may be missing.
    #[error("line {line} of the journal {} is damaged", path.display())]
    Damaged {
        /// The journal.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
    },
    /// The journal was written by a later version of this library.
    #[error("the journal {} is of version {found}, and this program knows version 1", path.display())]
    Version {
        /// The journal.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// There is no such entry, or it is not open.
    #[error("the journal {} has no open entry {id}", path.display())]
    NoEntry {
        /// The journal.
        path: PathBuf,
        /// The entry asked for.
        id: EntryId,
    },
    /// The operation may be under way in the process that writes the journal.
    #[error("entry {id} is under way in the process that writes the journal {}", path.display())]
    UnderWay {
        /// The journal.
        path: PathBuf,
        /// The entry asked for.
        id: EntryId,
    },
}

impl JournalError {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "journal-locked",
            Self::Unwritable { .. } => "journal-unwritable",
            Self::Unreadable { .. } => "journal-unreadable",
            Self::Broken { .. } => "journal-broken",
            Self::Damaged { .. } => "journal-damaged",
            Self::Version { .. } => "journal-version",
            Self::NoEntry { .. } => "journal-no-entry",
            Self::UnderWay { .. } => "journal-under-way",
        }
    }
}
