//! Notes each write before it goes out, so that a crash leaves a list of what may have happened.
//!
//! A journal is a file of lines, one JSON object each: every attempt to send an operation that is no read is noted and
//! flushed to the disk before its first byte leaves, and what came of it is noted after. What a crash, a lost
//! connection or a time limit leaves open stays listed until somebody says how it ended.
//!
//! ```no_run
//! # fn main() -> Result<(), castile_http::JournalError> {
//! for entry in castile_http::journal::read("writes.journal")?.unresolved() {
//!     println!("{} {:?} {:?}", entry.id, entry.operation, entry.tracking_id);
//! }
//! # Ok(()) }
//! ```
//!
//! A line holds times, the names of profile, service and operation, the tracking id, the number of the attempt, the
//! outcome and a code. It holds no value of a message.
//!
//! | Kind | Members beside `v` (1), `at` (milliseconds since 1970) and `crc` |
//! |---|---|
//! | `opened` | `run`: the number of the run of a process that begins here |
//! | `sending` | `id`, `profile`, `service`, `operation`, `tracking_id`, `attempt` |
//! | `outcome` | `id`, `outcome` (`done`, `not-done`, `open`), `code` |
//! | `resolved` | `id`, `outcome` (`done`, `not-done`): somebody looked it up |
//!
//! `crc` is the CRC-32 (ISO-HDLC) of the line before its last comma.
//! The last line may be torn: what it would have said never led to a byte on the wire.
//!
//! Beside the file stand `NAME.lock`, held by the one process that writes, and `NAME.resolved`, which holds lines of
//! the kind `resolved` until the writer takes them up.

mod error;
#[cfg(feature = "tokio")]
mod file;
mod pen;
mod read;
mod record;
#[cfg(feature = "tokio")]
mod writer;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use castile_auth::ports::BoxFuture;
use serde::{Deserialize, Serialize};

pub use error::JournalError;
#[cfg(feature = "tokio")]
pub use file::{JOURNAL_LIMIT, JournalFile};
pub use read::{Damage, Entry, Journal, Standing, read, resolve};

/// Where writes are noted. [`JournalFile`] is one; a database may be another.
pub trait WriteLog: Send + Sync {
    /// Notes an attempt that is about to be sent. Once this is complete, no crash may lose the note.
    ///
    /// # Errors
    /// Then the attempt is not sent.
    fn begin(&self, note: Note) -> BoxFuture<'_, Result<EntryId, JournalError>>;

    /// Notes what came of it; of several the last one counts. Neither blocks nor fails: what is lost here stays open.
    fn end(&self, id: EntryId, outcome: Outcome, code: Option<&'static str>);
}

/// One attempt to send an operation, as a journal notes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Note {
    /// The profile's name.
    pub profile: Option<Arc<str>>,
    /// The service, if it is known.
    pub service: Option<String>,
    /// The operation, if it is known.
    pub operation: Option<String>,
    /// `jXLogTrackingId` of the message.
    pub tracking_id: Option<String>,
    /// Which attempt of the call it is, from 1.
    pub attempt: u32,
}

/// The name of an entry: the run of the process that made it, and a number in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    pub(crate) run: u64,
    pub(crate) number: u64,
}

impl EntryId {
    /// The id of the `number`th attempt in the `run`th run; for a [`WriteLog`] of one's own.
    pub fn new(run: u64, number: u64) -> Self {
        Self { run, number }
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.run, self.number)
    }
}

/// A text that is no [`EntryId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an entry is named by two numbers with a dot between, such as 3.17")]
pub struct NoEntryId;

impl FromStr for EntryId {
    type Err = NoEntryId;

    fn from_str(text: &str) -> Result<Self, NoEntryId> {
        let (run, number) = text.split_once('.').ok_or(NoEntryId)?;
        let digits = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => text.parse().map_err(|_| NoEntryId),
            false => Err(NoEntryId),
        };
        Ok(Self {
            run: digits(run)?,
            number: digits(number)?,
        })
    }
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was carried out.
    Done,
    /// It was not, and will not be.
    NotDone,
    /// Nobody knows yet: look it up.
    Open,
}

impl Outcome {
    /// The word in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NotDone => "not-done",
            Self::Open => "open",
        }
    }
}
