//! Finds the files that `include` names.

use std::path::PathBuf;

use super::ConfigError;
use super::table::Found;

/// The pattern with the folder it starts in.
///
/// The folder is taken literally: only the pattern itself may hold wildcards.
pub(super) fn whole(pattern: &Found<'_>) -> Result<String, ConfigError> {
    let folder = pattern.source.folder().to_str().map(glob::Pattern::escape);
    let folder =
        folder.ok_or_else(|| refuse(pattern, "stands in a folder whose name is not Unicode"))?;
    let text = pattern.text()?;
    if folder.is_empty() || std::path::Path::new(&text).is_absolute() {
        Ok(text)
    } else {
        Ok(format!("{folder}/{text}"))
    }
}

/// The files of one pattern, sorted, so that every machine reads them in one order.
///
/// A pattern that matches nothing is an error: a typing error would drop banks silently.
pub(super) fn files(pattern: &Found<'_>, whole: &str) -> Result<Vec<PathBuf>, ConfigError> {
    let matches = glob::glob(whole).map_err(|_| refuse(pattern, "is malformed"))?;
    let mut files = Vec::new();
    for found in matches {
        let path = found.map_err(|error| ConfigError::Unreadable {
            path: error.path().to_owned(),
            source: error.into(),
        })?;
        if path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(refuse(pattern, "matches no file"));
    }
    files.sort();
    Ok(files)
}

fn refuse(pattern: &Found<'_>, problem: &'static str) -> ConfigError {
    ConfigError::Include {
        place: pattern.place(),
        problem,
    }
}
