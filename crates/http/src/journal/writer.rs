//! The thread that writes a journal: many notes, one flush.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use ::tokio::sync::oneshot;
use castile_auth::ports::Clock;

use super::pen::{beside, cut, private};
use super::read::{Said, lines, milliseconds, resolutions, unwritable};
use super::record::{Line, Record};
use super::{EntryId, JournalError, Note, Outcome};

/// How often a lock is asked for: a program that this process starts holds it, too, from the fork until it runs, and
/// so does a reader for a moment.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(10);

/// No more jobs go into one flush.
const BATCH: usize = 1024;

type Reply<T> = oneshot::Sender<Result<T, JournalError>>;

/// What the thread is asked to do.
pub(super) enum Job {
    Ready {
        reply: Reply<()>,
    },
    Begin {
        note: Note,
        reply: Reply<EntryId>,
    },
    End {
        id: EntryId,
        outcome: Outcome,
        code: Option<&'static str>,
    },
}

pub(super) struct Writer {
    path: Arc<Path>,
    clock: Arc<dyn Clock>,
    limit: u64,
    open: Option<Open>,
    is_broken: bool,
}

/// An open journal.
struct Open {
    path: Arc<Path>,
    file: File,
    /// Held, not read.
    _lock: File,
    run: u64,
    number: u64,
    /// Whole lines only.
    length: u64,
    /// The length at which it is written anew; none if a line is damaged, for damage is kept as it is.
    next_rewrite: Option<u64>,
    /// The lines of each unresolved entry.
    unresolved: BTreeMap<EntryId, String>,
}

impl Writer {
    pub(super) fn new(path: Arc<Path>, clock: Arc<dyn Clock>, limit: u64) -> Self {
        Self {
            path,
            clock,
            limit,
            open: None,
            is_broken: false,
        }
    }

    /// Works until nobody can ask any more.
    pub(super) fn work(&mut self, queue: &Receiver<Job>) {
        while let Ok(first) = queue.recv() {
            let mut batch = vec![first];
            batch.extend(queue.try_iter().take(BATCH - 1));
            self.take(batch);
        }
    }

    fn take(&mut self, batch: Vec<Job>) {
        if let Err(error) = self.opened() {
            tracing::error!(code = error.code(), "the journal takes no writes");
            for job in batch {
                job.fail(&error);
            }
            return;
        }
        let at = milliseconds(self.clock.now());
        let Some(open) = &mut self.open else { return };
        let mut text = String::new();
        let mut begun = Vec::new();
        let mut ready = Vec::new();
        for job in batch {
            match job {
                Job::Ready { reply } => ready.push(reply),
                Job::Begin { note, reply } => {
                    open.number += 1;
                    let id = EntryId::new(open.run, open.number);
                    let line = Line::new(at, Record::sending(id, &note)).encode();
                    text.push_str(&line);
                    begun.push((id, line, reply));
                }
                Job::End { id, outcome, code } => {
                    let line = Line::new(at, Record::outcome(id, outcome, code)).encode();
                    text.push_str(&line);
                    open.settle(id, outcome, &line);
                }
            }
        }
        let written = open.append(&text, !begun.is_empty());
        if let Err((error, fate)) = written {
            tracing::error!(%error, "the journal could not be written");
            self.is_broken = fate == Fate::Unsure;
            let error = unwritable(&self.path, error);
            for (_, _, reply) in begun {
                let _ = reply.send(Err(error.clone()));
            }
            for reply in ready {
                let _ = reply.send(Err(error.clone()));
            }
            return;
        }
        let mut given_up = String::new();
        for (id, line, reply) in begun {
            open.unresolved.insert(id, line);
            if reply.send(Ok(id)).is_err() {
                // Whoever asked is gone, and has sent nothing.
                let code = Some("journal-not-sent");
                let record = Record::outcome(id, Outcome::NotDone, code);
                given_up.push_str(&Line::new(at, record).encode());
                open.unresolved.remove(&id);
            }
        }
        for reply in ready {
            let _ = reply.send(Ok(()));
        }
        // Lost, it leaves an entry open that need not be.
        let _ = open.append(&given_up, false);
        if open.next_rewrite.is_some_and(|limit| open.length >= limit)
            && let Err(error) = open.rewrite(self.limit, at)
        {
            // The old file is still whole, and still open.
            tracing::warn!(%error, "the journal could not be written anew");
            open.next_rewrite = Some(open.length.saturating_mul(2));
        }
    }

    fn opened(&mut self) -> Result<(), JournalError> {
        if self.is_broken {
            let path = self.path.to_path_buf();
            return Err(JournalError::Broken { path });
        }
        if self.open.is_none() {
            let at = milliseconds(self.clock.now());
            self.open = Some(Open::new(Arc::clone(&self.path), self.limit, at)?);
        }
        Ok(())
    }
}

impl Job {
    fn fail(self, error: &JournalError) {
        match self {
            Self::Ready { reply } => drop(reply.send(Err(error.clone()))),
            Self::Begin { reply, .. } => drop(reply.send(Err(error.clone()))),
            Self::End { .. } => {}
        }
    }
}

/// What a failed append left.
#[derive(PartialEq, Eq)]
enum Fate {
    /// The file as it was.
    AsBefore,
    /// Nobody knows: after a failed flush the system may have forgotten what was to be written.
    Unsure,
}

impl Open {
    fn new(path: Arc<Path>, limit: u64, at: u64) -> Result<Self, JournalError> {
        let lock = lock(&path)?;
        let failed = |error| unwritable(&path, error);
        let mut said = Said::default();
        said.read(&path)?;
        let file = private().append(true).open(&path).map_err(failed)?;
        // A torn last line never led to a byte on the wire.
        if file.metadata().map_err(failed)?.len() != said.whole {
            cut(&path, said.whole).map_err(failed)?;
        }
        let mut open = Self {
            path: Arc::clone(&path),
            file,
            _lock: lock,
            run: said.last_run + 1,
            number: 0,
            length: said.whole,
            next_rewrite: said.damage.is_empty().then_some(limit),
            unresolved: BTreeMap::new(),
        };
        open.take_up(&mut said)?;
        for entry in said.entries.values() {
            if matches!(entry.outcome, None | Some(Outcome::Open)) {
                open.unresolved.insert(entry.id, again(entry));
            }
        }
        let run = Line::new(at, Record::Opened { run: open.run }).encode();
        let written = open.append(&run, true).map_err(|(error, _)| error);
        written.and_then(|()| flush_folder(&path)).map_err(failed)?;
        Ok(open)
    }

    /// Moves what was looked up meanwhile into the journal itself.
    fn take_up(&mut self, said: &mut Said) -> Result<(), JournalError> {
        let path = Arc::clone(&self.path);
        let failed = |error| unwritable(&path, error);
        let beside = resolutions(&path);
        if !beside.try_exists().map_err(failed)? {
            return Ok(());
        }
        let file = private().append(true).open(&beside).map_err(failed)?;
        file.lock().map_err(failed)?;
        let news = said.resolve(lines(&beside)?);
        let text: String = news.iter().map(Line::encode).collect();
        self.append(&text, true)
            .map_err(|(error, _)| failed(error))?;
        for line in &news {
            if let Record::Resolved { id, .. } = &line.record
                && let Ok(id) = id.parse()
            {
                self.unresolved.remove(&id);
            }
        }
        cut(&beside, 0).map_err(failed)
    }

    fn settle(&mut self, id: EntryId, outcome: Outcome, line: &str) {
        match outcome {
            Outcome::Done | Outcome::NotDone => drop(self.unresolved.remove(&id)),
            Outcome::Open => {
                if let Some(lines) = self.unresolved.get_mut(&id) {
                    lines.push_str(line);
                }
            }
        }
    }

    fn append(&mut self, text: &str, flush: bool) -> Result<(), (io::Error, Fate)> {
        if text.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.file.write_all(text.as_bytes()) {
            let fate = match cut(&self.path, self.length) {
                Ok(()) => Fate::AsBefore,
                Err(_) => Fate::Unsure,
            };
            return Err((error, fate));
        }
        self.length += text.len() as u64;
        if flush {
            let flushed = self.file.sync_data();
            return flushed.map_err(|error| (error, Fate::Unsure));
        }
        Ok(())
    }

    /// Puts a file with nothing but what is unresolved in the journal's place.
    fn rewrite(&mut self, limit: u64, at: u64) -> io::Result<()> {
        let path = Arc::clone(&self.path);
        let mut said = Said::default();
        said.read(&path).map_err(io::Error::other)?;
        if !said.damage.is_empty() {
            self.next_rewrite = None;
            return Ok(());
        }
        self.take_up(&mut said).map_err(io::Error::other)?;
        let new = beside(&path, "new");
        let run = Line::new(at, Record::Opened { run: self.run }).encode();
        let text: String = std::iter::once(&run)
            .chain(self.unresolved.values())
            .map(String::as_str)
            .collect();
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = private().append(true).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        self.file = file;
        self.length = text.len() as u64;
        self.next_rewrite = Some(limit.max(self.length.saturating_mul(2)));
        flush_folder(&path)
    }
}

/// The lines of an entry that an earlier run left open.
fn again(entry: &super::Entry) -> String {
    let note = Note {
        profile: entry.profile.as_deref().map(Into::into),
        service: entry.service.clone(),
        operation: entry.operation.clone(),
        tracking_id: entry.tracking_id.clone(),
        attempt: entry.attempt,
    };
    let mut lines = Line::new(entry.at, Record::sending(entry.id, &note)).encode();
    if let Some(outcome) = entry.outcome {
        let record = Record::outcome(entry.id, outcome, entry.code.as_deref());
        lines.push_str(&Line::new(entry.at, record).encode());
    }
    lines
}

fn lock(path: &Path) -> Result<File, JournalError> {
    let failed = |error| unwritable(path, error);
    let lock = private()
        .write(true)
        .open(beside(path, "lock"))
        .map_err(failed)?;
    for _ in 0..TRIES {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
    Err(JournalError::Locked {
        path: path.to_owned(),
    })
}

/// A new name is on the disk once its folder is.
#[cfg(unix)]
fn flush_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|path| !path.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Windows has no such call for folders; its file system logs renames itself.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
fn flush_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
