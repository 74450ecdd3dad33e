//! The files of a run: those on disk, and those unpacked in memory from archives.

mod archive;
mod folder;
mod locate;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::error::{Error, Place};

/// What the paths of a run hold. Archives are unpacked into memory, never onto the disk.
#[derive(Debug, Default)]
pub(crate) struct Input {
    contracts: Vec<Found>,
    /// What stands in archives, by the path of the archive and the path inside it.
    unpacked: BTreeMap<PathBuf, Vec<u8>>,
    /// The files of folders and archives by their names in lower case.
    by_name: BTreeMap<String, Vec<PathBuf>>,
    folder: folder::Budget,
    archive: archive::Budget,
}

/// A WSDL file. The order is that of the contracts: where the input lies must not decide anything.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    name: OsString,
    /// Below the folder or archive that was named.
    relative: PathBuf,
    path: PathBuf,
}

impl Input {
    /// Opens files, folders with all folders in them, and zip archives with all archives in them.
    ///
    /// # Errors
    ///
    /// A path that cannot be read, an archive that is damaged, hostile or too large, or input without contract.
    pub(crate) fn open(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut input = Self::default();
        for path in paths {
            input.add(path)?;
        }
        if input.contracts.is_empty() {
            return Err(Error::NoContract {
                path: paths.first().cloned().unwrap_or_default(),
            });
        }
        input.contracts.sort();
        input.contracts.dedup();
        Ok(input)
    }

    /// The WSDL files, by file name.
    pub(crate) fn contracts(&self) -> impl ExactSizeIterator<Item = &Path> {
        self.contracts.iter().map(|found| found.path.as_path())
    }

    /// The bytes of a file.
    pub(crate) fn read(&self, path: &Path) -> Result<Cow<'_, [u8]>, Error> {
        if let Some(bytes) = self.unpacked.get(path) {
            return Ok(Cow::Borrowed(bytes));
        }
        let bytes = std::fs::read(path).map_err(|source| Error::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Ok(Cow::Owned(bytes))
    }

    /// The file that a location means: relative to the file that names it, else by its last part beside that
    /// file, beside the contract, or elsewhere in the folder or archive. `None` when there is none.
    ///
    /// Locations on the network and absolute ones count by their last part only; an archive leads nowhere
    /// outside itself.
    ///
    /// # Errors
    ///
    /// [`Error::Ambiguous`]: several files of that name are equally near, and differ.
    pub(crate) fn local(
        &self,
        root: &Path,
        from: &Path,
        place: &Place,
        location: &str,
    ) -> Result<Option<PathBuf>, Error> {
        let Some((candidates, last)) = locate::candidates(root, from, location) else {
            return Ok(None);
        };
        let is_archived = self.unpacked.contains_key(from);
        let found = candidates
            .into_iter()
            .find(|path| self.unpacked.contains_key(path) || (!is_archived && path.is_file()));
        if found.is_some() {
            return Ok(found);
        }
        let known = self.by_name.get(&last.to_lowercase());
        let near = locate::nearest(known.map_or(&[], Vec::as_slice), from, last);
        let [first, others @ ..] = near.as_slice() else {
            return Ok(None);
        };
        let bytes = self.read(first)?;
        for other in others {
            if self.read(other)? != bytes {
                return Err(Error::Ambiguous {
                    place: place.clone(),
                    location: location.to_owned(),
                    files: near.into_iter().map(Path::to_owned).collect(),
                });
            }
        }
        Ok(Some((*first).to_owned()))
    }

    fn add(&mut self, path: &Path) -> Result<(), Error> {
        if let Some(url) = path.to_str().and_then(remote) {
            return Err(Error::Remote { url });
        }
        let before = self.contracts.len();
        if path.is_dir() {
            for file in folder::files(path, &mut self.folder)? {
                let relative = file.strip_prefix(path).unwrap_or(&file).to_owned();
                if is(&file, "zip") {
                    self.add_archive(&file, &relative)?;
                } else {
                    self.note(&file, relative);
                }
            }
        } else if is(path, "zip") || archive::is_archive(path) {
            self.add_archive(path, Path::new(""))?;
        } else {
            let relative = PathBuf::from(path.file_name().unwrap_or_default());
            self.found(path, relative);
        }
        if self.contracts.len() == before {
            return Err(Error::NoContract {
                path: path.to_owned(),
            });
        }
        Ok(())
    }

    fn add_archive(&mut self, path: &Path, relative: &Path) -> Result<(), Error> {
        for (inside, bytes) in archive::unpack(path, &mut self.archive)? {
            let file = path.join(&inside);
            self.note(&file, relative.join(inside));
            self.unpacked.insert(file, bytes);
        }
        Ok(())
    }

    /// Remembers a file of a folder or archive by its name.
    fn note(&mut self, path: &Path, relative: PathBuf) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let known = self.by_name.entry(name.to_lowercase()).or_default();
        known.push(path.to_owned());
        if is(path, "wsdl") {
            self.found(path, relative);
        }
    }

    fn found(&mut self, path: &Path, relative: PathBuf) {
        self.contracts.push(Found {
            name: path.file_name().unwrap_or_default().to_owned(),
            relative,
            path: path.to_owned(),
        });
    }
}

/// An address on the network, without what may be a secret in it: user, password and query.
fn remote(path: &str) -> Option<String> {
    let (scheme, rest) = path.split_once("://")?;
    let is_known = |known: &str| scheme.eq_ignore_ascii_case(known);
    if !["http", "https", "ftp"].into_iter().any(is_known) {
        return None;
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.rsplit('@').next().unwrap_or_default();
    Some(format!("{scheme}://{host}{path}"))
}

/// Whether a file has this extension, in any case.
fn is(path: &Path, extension: &str) -> bool {
    path.extension()
        .is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests;
