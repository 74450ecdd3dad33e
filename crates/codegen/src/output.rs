//! The generated files: written, or compared with those that are there.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::render::MARK;

/// A generated crate in memory.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Output {
    /// Path inside the crate, with `/`, and content; by path.
    pub files: Vec<(String, String)>,
    /// What the user should know.
    pub diagnostics: Vec<Diagnostic>,
    /// What was read and made.
    pub counts: Counts,
    /// What the whole contract would have come to, where operations or services were selected; `None` also when the
    /// rest holds a construct that no code can be made for.
    pub whole: Option<Counts>,
    /// The `version` of the schemas, when they have one.
    pub version: Option<String>,
    /// The SHA-256 of the input, in hexadecimal; neither names nor folders count.
    pub digest: String,
}

/// What a contract came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Types in the schemas, each name once.
    pub definitions: usize,
    /// Those of them that the operations reach.
    pub reached: usize,
    /// Services rendered.
    pub services: usize,
    /// Operations rendered.
    pub operations: usize,
    /// Structs rendered, messages included.
    pub structs: usize,
    /// Fields of all structs.
    pub fields: usize,
    /// Value aliases rendered.
    pub values: usize,
    /// Lines of all files, documentation included.
    pub lines: usize,
}

/// A file that is not as it would be generated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Difference {
    /// Not there.
    Missing(String),
    /// There with other content.
    Edited {
        /// Path inside the crate.
        path: String,
        /// The first line that differs, counted from 1.
        line: usize,
    },
    /// There, carries the generated mark, and would not be generated.
    Stale(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "{path}: missing"),
            Self::Edited { path, line } => {
                write!(f, "{path}:{line}: differs from what is generated")
            }
            Self::Stale(path) => write!(f, "{path}: no longer generated"),
        }
    }
}

impl Output {
    /// Writes the files into a folder, and removes generated files there that are no longer generated.
    ///
    /// Files that carry no generated mark are neither overwritten nor removed; a hand-written file in the way
    /// stops it before the first byte is written.
    ///
    /// # Errors
    ///
    /// [`Error::NoFolder`], [`Error::HandWritten`], [`Error::Unwritable`], or [`Error::OutputUnreadable`] where a file
    /// is in the way that cannot be looked at.
    pub fn write_to(&self, folder: impl AsRef<Path>) -> Result<(), Error> {
        let folder = folder.as_ref();
        if folder.exists() && !folder.is_dir() {
            return Err(Error::NoFolder {
                path: folder.to_owned(),
            });
        }
        for (path, _) in &self.files {
            let path = folder.join(path);
            if read(&path)?.is_some_and(|text| !is_generated(&text)) {
                return Err(Error::HandWritten { path });
            }
        }
        for stale in self.stale(folder)? {
            let path = folder.join(stale);
            fs::remove_file(&path).map_err(|source| Error::Unwritable {
                path: path.clone(),
                source,
            })?;
            // A folder that is empty now goes too; one that is not stays, which is what the error says.
            if let Some(parent) = path.parent() {
                let _ = fs::remove_dir(parent);
            }
        }
        for (path, text) in &self.files {
            let path = folder.join(path);
            if read(&path)?.is_some_and(|known| known == *text) {
                continue;
            }
            let written = path
                .parent()
                .map_or(Ok(()), fs::create_dir_all)
                .and_then(|()| fs::write(&path, text));
            written.map_err(|source| Error::Unwritable { path, source })?;
        }
        Ok(())
    }

    /// Compares the files with those in a folder; nothing is written.
    ///
    /// # Errors
    ///
    /// [`Error::NoFolder`] or [`Error::OutputUnreadable`].
    pub fn check(&self, folder: impl AsRef<Path>) -> Result<Vec<Difference>, Error> {
        let folder = folder.as_ref();
        if folder.exists() && !folder.is_dir() {
            return Err(Error::NoFolder {
                path: folder.to_owned(),
            });
        }
        let mut differences: Vec<Difference> = self
            .stale(folder)?
            .into_iter()
            .map(Difference::Stale)
            .collect();
        for (path, text) in &self.files {
            match read(&folder.join(path))? {
                None => differences.push(Difference::Missing(path.clone())),
                Some(known) if known != *text => {
                    let same = known
                        .lines()
                        .zip(text.lines())
                        .take_while(|(a, b)| a == b)
                        .count();
                    differences.push(Difference::Edited {
                        path: path.clone(),
                        line: same + 1,
                    });
                }
                Some(_) => {}
            }
        }
        differences.sort();
        Ok(differences)
    }

    /// Generated files below `src` that are not among ours.
    fn stale(&self, folder: &Path) -> Result<Vec<String>, Error> {
        let mut stale = Vec::new();
        let mut open = vec![folder.join("src")];
        while let Some(here) = open.pop() {
            let unreadable = |source| Error::OutputUnreadable {
                path: here.clone(),
                source,
            };
            let entries = match fs::read_dir(&here) {
                Err(error)
                    if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
                {
                    continue;
                }
                entries => entries.map_err(unreadable)?,
            };
            for entry in entries {
                let entry = entry.map_err(unreadable)?;
                // Links are not followed: what they lead to is not ours.
                let kind = entry.file_type().map_err(unreadable)?;
                if kind.is_dir() {
                    open.push(entry.path());
                } else if kind.is_file()
                    && let Some(path) = inside(folder, &entry.path())
                    && !self.files.iter().any(|(ours, _)| *ours == path)
                    && path.ends_with(".rs")
                    && read(&entry.path())?.is_some_and(|text| is_generated(&text))
                {
                    stale.push(path);
                }
            }
        }
        stale.sort();
        Ok(stale)
    }
}

/// The path inside the folder, with `/` between its parts.
fn inside(folder: &Path, path: &Path) -> Option<String> {
    let parts = path.strip_prefix(folder).ok()?.components();
    let parts: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

fn is_generated(text: &str) -> bool {
    text.lines().next().is_some_and(|line| line.contains(MARK))
}

/// The text of a file; `None` when there is none.
fn read(path: &PathBuf) -> Result<Option<String>, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(source) => Err(Error::OutputUnreadable {
            path: path.clone(),
            source,
        }),
    }
}
