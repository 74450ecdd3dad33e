//! Lists what a journal says, and says how an open entry ended.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::pen::{beside, cut, private};
use super::record::{Bad, LONGEST, Line, Record};
use super::{EntryId, JournalError, Outcome};

/// An attempt to send an operation, with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its name in the journal.
    pub id: EntryId,
    /// When it was about to be sent, in milliseconds since 1970.
    pub at: u64,
    /// The profile's name.
    pub profile: Option<String>,
    /// The service, if it was known.
    pub service: Option<String>,
    /// The operation, if it was known.
    pub operation: Option<String>,
    /// `jXLogTrackingId` of the message: what Jack Henry finds it by.
    pub tracking_id: Option<String>,
    /// Which attempt of its call it was, from 1.
    pub attempt: u32,
    /// What came of it; none where nothing was noted.
    pub outcome: Option<Outcome>,
    /// Why nothing better came of it: a code that `castile explain` knows.
    pub code: Option<String>,
    /// Whether somebody looked it up.
    pub is_resolved: bool,
    /// Where it stands now.
    pub standing: Standing,
}

/// Whether somebody must look an entry up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It is known how it ended.
    Settled,
    /// The process that writes the journal is waiting for its answer.
    UnderWay,
    /// It may have happened: look it up.
    Unresolved,
}

/// A place of the journal that cannot be read; an entry may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// Which line, from 1.
    pub line: u64,
}

/// What a journal says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Journal {
    /// All entries that the file still has, in their order.
    pub entries: Vec<Entry>,
    /// The places that cannot be read, but for a torn last line.
    pub damage: Vec<Damage>,
}

impl Journal {
    /// The entries that somebody must look up.
    pub fn unresolved(&self) -> impl Iterator<Item = &Entry> {
        let mut entries = self.entries.iter();
        std::iter::from_fn(move || entries.find(|entry| entry.standing == Standing::Unresolved))
    }
}

/// Reads the journal at `path`, whether a process writes it or not. A file that is not there says nothing.
///
/// # Errors
/// [`JournalError::Unreadable`], [`JournalError::Version`].
pub fn read(path: impl AsRef<Path>) -> Result<Journal, JournalError> {
    let path = path.as_ref();
    let mut said = Said::default();
    // Asked before reading: who ends in between has noted what it knew.
    let live = is_written(path).map_err(|error| unreadable(path, error))?;
    let resolved = lines(&resolutions(path))?;
    said.read(path)?;
    said.resolve(resolved);
    let last_run = said.last_run;
    let entries = said.entries.into_values().map(|mut entry| {
        entry.standing = match entry.outcome {
            Some(Outcome::Done | Outcome::NotDone) => Standing::Settled,
            None if live && entry.id.run == last_run => Standing::UnderWay,
            None | Some(Outcome::Open) => Standing::Unresolved,
        };
        entry
    });
    Ok(Journal {
        entries: entries.collect(),
        damage: said.damage,
    })
}

/// Notes that the open entry `id` was looked up; also while another process writes the journal.
///
/// # Errors
/// [`JournalError::NoEntry`] unless it is unresolved, [`JournalError::UnderWay`]; what the system says.
pub fn resolve(
    path: impl AsRef<Path>,
    id: EntryId,
    is_done: bool,
    now: SystemTime,
) -> Result<(), JournalError> {
    let path = path.as_ref();
    let journal = read(path)?;
    let entry = journal.entries.iter().find(|entry| entry.id == id);
    let at = path.to_owned();
    match entry.map(|entry| entry.standing) {
        Some(Standing::Unresolved) => {}
        Some(Standing::UnderWay) => return Err(JournalError::UnderWay { path: at, id }),
        Some(Standing::Settled) | None => return Err(JournalError::NoEntry { path: at, id }),
    }
    let record = Record::Resolved {
        id: id.to_string(),
        outcome: if is_done {
            Outcome::Done
        } else {
            Outcome::NotDone
        },
    };
    let line = Line::new(milliseconds(now), record).encode();
    let written = (|| {
        let mut file = private().read(true).append(true).open(resolutions(path))?;
        // Short: whoever holds it writes a line, or takes all lines up.
        file.lock()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n');
        let whole = whole.map_or(0, |at| at as u64 + 1);
        if whole != bytes.len() as u64 {
            cut(&resolutions(path), whole)?;
        }
        file.write_all(line.as_bytes())?;
        file.sync_data()
    })();
    written.map_err(|source| unwritable(path, source))
}

/// What the lines of a journal have said.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) entries: BTreeMap<EntryId, Entry>,
    pub(super) last_run: u64,
    pub(super) damage: Vec<Damage>,
    /// How many bytes of the file hold whole lines.
    pub(super) whole: u64,
}

impl Said {
    /// Hears every line of a file; a torn last one, and a file that is not there, say nothing.
    pub(super) fn read(&mut self, path: &Path) -> Result<(), JournalError> {
        let mut number = 0;
        each_line(path, |bytes| {
            number += 1;
            self.whole += bytes.len() as u64;
            match Line::decode(bytes.strip_suffix(b"\n").unwrap_or(bytes)) {
                Ok(line) => self.hear(line),
                Err(Bad::Damaged) => self.damage.push(Damage { line: number }),
                Err(Bad::Version(found)) => return Err(found),
            }
            Ok(())
        })
    }

    /// Hears what somebody looked up; returns the lines that are news.
    pub(super) fn resolve(&mut self, lines: Vec<Line>) -> Vec<Line> {
        let is_news = |entry: &Entry| !entry.is_resolved;
        let mut news = lines;
        news.retain(|line| match &line.record {
            Record::Resolved { id, .. } => {
                let id = id.parse::<EntryId>().ok();
                id.and_then(|id| self.entries.get(&id)).is_some_and(is_news)
            }
            _ => false,
        });
        for line in &news {
            self.hear(line.clone());
        }
        news
    }

    fn hear(&mut self, line: Line) {
        match line.record {
            Record::Opened { run } => self.last_run = self.last_run.max(run),
            Record::Sending {
                id,
                profile,
                service,
                operation,
                tracking_id,
                attempt,
            } => {
                let Ok(id) = id.parse::<EntryId>() else {
                    return;
                };
                self.last_run = self.last_run.max(id.run);
                let entry = Entry {
                    id,
                    at: line.at,
                    profile,
                    service,
                    operation,
                    tracking_id,
                    attempt,
                    outcome: None,
                    code: None,
                    is_resolved: false,
                    standing: Standing::Unresolved,
                };
                self.entries.insert(id, entry);
            }
            Record::Outcome { id, outcome, code } => {
                if let Some(entry) = self.entry(&id) {
                    entry.outcome = Some(outcome);
                    entry.code = code;
                }
            }
            Record::Resolved { id, outcome } => {
                if let Some(entry) = self.entry(&id) {
                    entry.outcome = Some(outcome);
                    entry.is_resolved = true;
                }
            }
        }
    }

    fn entry(&mut self, id: &str) -> Option<&mut Entry> {
        self.entries.get_mut(&id.parse().ok()?)
    }
}

/// The lines of a file that can be read.
pub(super) fn lines(path: &Path) -> Result<Vec<Line>, JournalError> {
    let mut lines = Vec::new();
    each_line(path, |bytes| {
        match Line::decode(bytes.strip_suffix(b"\n").unwrap_or(bytes)) {
            Ok(line) => lines.push(line),
            // Nobody's write is forgotten by it: the entry it speaks of stays open.
            Err(Bad::Damaged) => {}
            Err(Bad::Version(found)) => return Err(found),
        }
        Ok(())
    })?;
    Ok(lines)
}

fn each_line(
    path: &Path,
    mut show: impl FnMut(&[u8]) -> Result<(), u32>,
) -> Result<(), JournalError> {
    let failed = |error| unreadable(path, error);
    let mut file = match File::open(path) {
        Ok(file) => BufReader::new(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    let mut line = Vec::new();
    while bounded_line(&mut file, &mut line).map_err(failed)? {
        show(&line).map_err(|found| JournalError::Version {
            path: path.to_owned(),
            found,
        })?;
    }
    Ok(())
}

/// The next line with its end; of one that is too long only a part, which is no line of ours. None of a torn last one.
fn bounded_line(file: &mut BufReader<File>, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    loop {
        let buffer = file.fill_buf()?;
        if buffer.is_empty() {
            return Ok(false);
        }
        let room = LONGEST.saturating_sub(line.len()).min(buffer.len());
        let end = buffer[..room].iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(room, |at| at + 1);
        line.extend_from_slice(&buffer[..taken]);
        file.consume(taken);
        if end.is_some() || line.len() >= LONGEST {
            return Ok(true);
        }
    }
}

/// Whether a process writes this journal now.
fn is_written(path: &Path) -> io::Result<bool> {
    let lock = match File::open(beside(path, "lock")) {
        Ok(lock) => lock,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match lock.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

pub(super) fn resolutions(path: &Path) -> PathBuf {
    beside(path, "resolved")
}

pub(super) fn milliseconds(now: SystemTime) -> u64 {
    let since = now.duration_since(SystemTime::UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn unreadable(path: &Path, source: io::Error) -> JournalError {
    JournalError::Unreadable {
        path: path.to_owned(),
        source: Arc::new(source),
    }
}

pub(super) fn unwritable(path: &Path, source: io::Error) -> JournalError {
    JournalError::Unwritable {
        path: path.to_owned(),
        source: Arc::new(source),
    }
}
