//! A journal in a file, for one process at a time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::{fmt, io};

use ::tokio::sync::oneshot;
use castile_auth::ports::{BoxFuture, Clock};

use super::read::unwritable;
use super::writer::{Job, Writer};
use super::{EntryId, JournalError, Note, Outcome, WriteLog};

/// A file that grew to so many bytes is written anew with what is unresolved: 16 MiB, some 50,000 writes.
pub const JOURNAL_LIMIT: u64 = 16 * 1024 * 1024;

/// A [`WriteLog`] in a file: mode 0600, locked against other processes, one flush for all writes that wait for it.
///
/// A thread of its own writes. The file is opened, and its lock taken, at the first write or by
/// [`ready`](Self::ready); dropping the journal waits until what was noted is written, and gives the lock back.
///
/// Outcomes are not flushed: they survive the end of the process, and after a crash of the whole machine an outcome
/// that is lost leaves its entry open.
pub struct JournalFile {
    path: Arc<Path>,
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl JournalFile {
    /// The journal at `path`, whose folder must exist, with times by `clock`.
    ///
    /// # Errors
    /// [`JournalError::Unwritable`] when the system starts no thread.
    pub fn new(path: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Result<Self, JournalError> {
        Self::with_limit(path, clock, JOURNAL_LIMIT)
    }

    /// The same with another size at which it is written anew.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_limit(
        path: impl Into<PathBuf>,
        clock: Arc<dyn Clock>,
        limit: u64,
    ) -> Result<Self, JournalError> {
        let path: Arc<Path> = path.into().into();
        let (jobs, queue) = channel();
        let mut writer = Writer::new(Arc::clone(&path), clock, limit);
        let thread = std::thread::Builder::new()
            .name("castile-journal".to_owned())
            .spawn(move || writer.work(&queue))
            .map_err(|error| unwritable(&path, error))?;
        Ok(Self {
            path,
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// The one journal of this process at `path`; it lasts as long as somebody has it.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn shared(path: &Path, clock: Arc<dyn Clock>) -> Result<Arc<Self>, JournalError> {
        static OPEN: Mutex<BTreeMap<PathBuf, Weak<JournalFile>>> = Mutex::new(BTreeMap::new());
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(journal) = open.get(path).and_then(Weak::upgrade) {
            return Ok(journal);
        }
        let journal = Arc::new(Self::new(path, clock)?);
        open.insert(path.to_owned(), Arc::downgrade(&journal));
        Ok(journal)
    }

    /// Opens the file and takes its lock now, so that the first write need not find out that it cannot.
    ///
    /// # Errors
    /// What [`begin`](WriteLog::begin) would say.
    pub async fn ready(&self) -> Result<(), JournalError> {
        let (reply, answer) = oneshot::channel();
        self.give(Job::Ready { reply });
        answer.await.unwrap_or_else(|_| Err(self.stopped()))
    }

    fn give(&self, job: Job) {
        // Where nobody takes it, its reply says so.
        if let Some(jobs) = &self.jobs {
            let _ = jobs.send(job);
        }
    }

    fn stopped(&self) -> JournalError {
        unwritable(&self.path, io::Error::other("its thread has stopped"))
    }
}

impl WriteLog for JournalFile {
    fn begin(&self, note: Note) -> BoxFuture<'_, Result<EntryId, JournalError>> {
        let (reply, answer) = oneshot::channel();
        self.give(Job::Begin { note, reply });
        Box::pin(async move { answer.await.unwrap_or_else(|_| Err(self.stopped())) })
    }

    fn end(&self, id: EntryId, outcome: Outcome, code: Option<&'static str>) {
        self.give(Job::End { id, outcome, code });
    }
}

impl Drop for JournalFile {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // It panics at nothing; if it did, what it noted is in the file.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for JournalFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JournalFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
