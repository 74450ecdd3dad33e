//! The files of a command line: those it names, and those in the folders it names.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::problem::Problem;

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// Where it is; none for standard input.
    pub(super) path: Option<PathBuf>,
    /// Where it stands below the folder it was found in; its name if it was named itself.
    pub(super) relative: PathBuf,
}

impl Source {
    /// What a word of the command line names.
    pub(super) fn named(word: &Path) -> Self {
        if word == Path::new("-") {
            return Self {
                path: None,
                relative: PathBuf::from("-"),
            };
        }
        Self {
            path: Some(word.to_owned()),
            relative: word.file_name().map(PathBuf::from).unwrap_or_default(),
        }
    }

    /// How it is called in messages.
    pub(super) fn name(&self) -> String {
        match &self.path {
            None => String::from("standard input"),
            Some(path) => path.display().to_string(),
        }
    }

    /// All bytes of it.
    pub(super) fn read(&self) -> Result<Vec<u8>, Problem> {
        self.read_at_most(u64::MAX)
    }

    /// The same up to a number of bytes: a pipe may have no end.
    pub(super) fn read_at_most(&self, limit: u64) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::new();
        let read = match &self.path {
            Some(path) => {
                std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
            }
            None => std::io::stdin().lock().take(limit).read_to_end(&mut bytes),
        };
        match read {
            Ok(_) => Ok(bytes),
            Err(error) => Err(Problem::new("file-unreadable", &error).at(self.name())),
        }
    }
}

/// Makes a folder for what is written, unless it is there.
pub(super) fn folder(path: &Path) -> Result<(), Problem> {
    if path.is_file() {
        let fact = "is a file, and a folder is wanted";
        return Err(Problem::said("output-no-folder", fact).at(path.display()));
    }
    std::fs::create_dir_all(path)
        .map_err(|error| Problem::new("file-unwritable", &error).at(path.display()))
}

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// The regular files, in order of path.
    pub(super) sources: Vec<Source>,
    /// What was passed over or could not be read.
    pub(super) problems: Vec<Problem>,
}

/// Finds the regular files in a folder and the folders in it. Links are not followed, so that nothing outside is touched.
pub(super) fn walk(folder: &Path) -> Walk {
    let mut walk = Walk::default();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let path = folder.join(&below);
        let unreadable = |error| Problem::new("file-unreadable", &error).at(path.display());
        let entries = match std::fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) => {
                walk.problems.push(unreadable(error));
                continue;
            }
        };
        for entry in entries {
            let kind = entry.and_then(|entry| Ok((entry.file_type()?, entry)));
            let (kind, entry) = match kind {
                Ok(entry) => entry,
                Err(error) => {
                    walk.problems.push(unreadable(error));
                    continue;
                }
            };
            let relative = below.join(entry.file_name());
            if kind.is_dir() {
                folders.push(relative);
            } else if kind.is_file() {
                walk.sources.push(Source {
                    path: Some(entry.path()),
                    relative,
                });
            } else {
                let fact = "neither a file nor a folder: it was passed over";
                let problem = Problem::said("file-passed-over", fact);
                walk.problems.push(problem.at(entry.path().display()));
            }
        }
    }
    walk.sources.sort_by(|a, b| a.relative.cmp(&b.relative));
    walk
}
