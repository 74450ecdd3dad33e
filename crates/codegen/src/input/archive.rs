//! Unpacks zip archives into memory, within bounds.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use memchr::memmem;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::is;
use crate::error::{ArchiveFault, Error};
use crate::limits;

/// What the archives of a run may still come to, all together.
#[derive(Debug)]
pub(super) struct Budget {
    bytes: u64,
    entries: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            bytes: limits::ARCHIVE_BYTES,
            entries: limits::ARCHIVE_ENTRIES,
        }
    }
}

#[cfg(test)]
impl Budget {
    pub(super) fn of(bytes: u64, entries: usize) -> Self {
        Self { bytes, entries }
    }
}

/// Whether a file begins as a zip archive does, whatever its name.
pub(super) fn is_archive(path: &Path) -> bool {
    let mut start = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *b"PK\x03\x04"
}

/// The contracts and schemas of an archive and of the archives inside it, by their paths inside.
///
/// # Errors
///
/// A damaged archive; an entry that would lead out of it, is encrypted or compressed in a way that is not
/// known; more bytes, entries or archives inside each other than the limits allow.
pub(super) fn unpack(path: &Path, budget: &mut Budget) -> Result<Vec<(PathBuf, Vec<u8>)>, Error> {
    let unreadable = |source| Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let most = limits::FILE_BYTES as u64;
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > most {
        return Err(over(path, "bytes in an archive", most));
    }
    let mut unpacker = Unpacker {
        budget,
        files: Vec::new(),
    };
    unpacker.archive(path, Path::new(""), bytes, 1)?;
    Ok(unpacker.files)
}

struct Unpacker<'a> {
    budget: &'a mut Budget,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Unpacker<'_> {
    /// Unpacks one archive; `path` names it in errors, `inside` is its place in the outermost one.
    fn archive(
        &mut self,
        path: &Path,
        inside: &Path,
        bytes: Vec<u8>,
        depth: usize,
    ) -> Result<(), Error> {
        if depth > limits::ARCHIVE_NESTING {
            return Err(over(
                path,
                "archives inside each other",
                limits::ARCHIVE_NESTING as u64,
            ));
        }
        // Before the reader keeps a record of each: these begin the headers of its directory (APPNOTE 4.3.12).
        let headers = memmem::find_iter(&bytes, b"PK\x01\x02");
        if headers.take(self.budget.entries + 1).count() > self.budget.entries {
            return Err(too_many(path));
        }
        let mut archive =
            ZipArchive::new(Cursor::new(bytes)).map_err(|source| damaged(path, source))?;
        if archive.has_duplicate_names() {
            return Err(refused(path, ArchiveFault::Duplicate));
        }
        let mut seen = std::collections::BTreeSet::new();
        for index in 0..archive.len() {
            let left = self.budget.entries.checked_sub(1);
            self.budget.entries = left.ok_or_else(|| too_many(path))?;
            // Raw: what is not wanted is neither unpacked nor refused for how it is compressed.
            let entry = archive
                .by_index_raw(index)
                .map_err(|source| damaged(path, source))?;
            let name = entry.name().map_err(|source| damaged(path, source))?;
            let relative = relative(&name)
                .ok_or_else(|| refused(&path.join(visible(&name)), ArchiveFault::Path))?;
            let whole = path.join(&relative);
            let is_wanted = ["wsdl", "xsd", "xml", "zip"]
                .iter()
                .any(|end| is(&relative, end));
            if entry.is_dir() || name.ends_with(['/', '\\']) || !is_wanted {
                continue;
            }
            if entry.is_symlink() {
                return Err(refused(&whole, ArchiveFault::Link));
            }
            if entry.encrypted() {
                return Err(refused(&whole, ArchiveFault::Encrypted));
            }
            // Names that differ in the direction of a slash only.
            if !seen.insert(relative.clone()) {
                return Err(refused(&whole, ArchiveFault::Duplicate));
            }
            let inside = inside.join(&relative);
            drop(entry);
            let entry = archive
                .by_index(index)
                .map_err(|source| damaged(&whole, source))?;
            let bytes = self.bytes(&whole, entry)?;
            if is(&relative, "zip") {
                self.archive(&whole, &inside, bytes, depth + 1)?;
            } else {
                self.files.push((inside, bytes));
            }
        }
        Ok(())
    }

    /// The bytes of an entry, as many as may come whatever its header says.
    fn bytes<R: Read + ?Sized>(
        &mut self,
        path: &Path,
        entry: ZipFile<'_, R>,
    ) -> Result<Vec<u8>, Error> {
        let by_ratio = entry
            .compressed_size()
            .saturating_mul(limits::ARCHIVE_RATIO)
            .max(limits::ARCHIVE_FREE_BYTES);
        let most = by_ratio
            .min(limits::FILE_BYTES as u64)
            .min(self.budget.bytes);
        let mut bytes = Vec::new();
        entry
            .take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|source| damaged(path, ZipError::Io(source)))?;
        let length = bytes.len() as u64;
        if length <= most {
            self.budget.bytes -= length;
            return Ok(bytes);
        }
        Err(if most == self.budget.bytes {
            over(path, "bytes in all archives", limits::ARCHIVE_BYTES)
        } else if most == by_ratio {
            over(
                path,
                "bytes unpacked for each byte in the archive",
                limits::ARCHIVE_RATIO,
            )
        } else {
            over(path, "bytes in a file", limits::FILE_BYTES as u64)
        })
    }
}

/// The path of an entry, with either slash between its parts as archives made on Windows have it; `None` when it
/// leads out of the archive.
fn relative(name: &str) -> Option<PathBuf> {
    if name.starts_with(['/', '\\']) || name.contains([':', '\0']) {
        return None;
    }
    let mut path = PathBuf::new();
    for part in name.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => return None,
            part => path.push(part),
        }
    }
    (!path.as_os_str().is_empty()).then_some(path)
}

/// A name as a relative path with nothing in it that would be taken for a way.
fn visible(name: &str) -> String {
    name.trim_start_matches(['/', '\\']).to_owned()
}

fn damaged(path: &Path, source: ZipError) -> Error {
    if matches!(source, ZipError::CompressionMethodNotSupported(_)) {
        return refused(path, ArchiveFault::Method);
    }
    Error::ArchiveDamaged {
        path: path.to_owned(),
        source: Box::new(source),
    }
}

fn refused(path: &Path, fault: ArchiveFault) -> Error {
    Error::ArchiveEntry {
        path: path.to_owned(),
        fault,
    }
}

fn too_many(path: &Path) -> Error {
    over(
        path,
        "entries in all archives",
        limits::ARCHIVE_ENTRIES as u64,
    )
}

fn over(path: &Path, what: &'static str, limit: u64) -> Error {
    Error::ArchiveLimit {
        path: path.to_owned(),
        what,
        limit,
    }
}
