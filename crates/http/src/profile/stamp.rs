//! Tells whether the files of a configuration have changed, without reading them.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Config;

/// Names, lengths and times of change of the files that a configuration was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(Vec<(PathBuf, Option<(u64, SystemTime)>)>);

impl Config {
    /// How the files are now: `file` and those that match what it includes.
    ///
    /// A file that was replaced by one of the same length within the clock of the file system looks the same.
    pub fn stamp(&self, file: impl AsRef<Path>) -> Stamp {
        let look = |path: PathBuf| {
            let seen = std::fs::metadata(&path).ok();
            let seen = seen.and_then(|seen| Some((seen.len(), seen.modified().ok()?)));
            (path, seen)
        };
        Stamp(self.files(file).into_iter().map(look).collect())
    }

    /// `file` and those that match what it includes.
    pub fn files(&self, file: impl AsRef<Path>) -> Vec<PathBuf> {
        let matching = |pattern: &String| glob::glob(pattern).ok();
        let patterns = self.patterns.iter().filter_map(matching);
        let included = patterns.flatten().flatten();
        std::iter::once(file.as_ref().to_owned())
            .chain(included)
            .collect()
    }
}
