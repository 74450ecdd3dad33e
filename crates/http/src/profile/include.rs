//! Finds the files that `include` names.

use std::path::PathBuf;

use super::ConfigError;
use super::table::Found;

/// The files of one pattern, sorted, so that every machine reads them in one order.
///
/// A pattern that matches nothing is an error: a typing error would drop banks silently.
pub(super) fn files(pattern: &Found<'_>) -> Result<Vec<PathBuf>, ConfigError> {
    let refuse = |problem| ConfigError::Include {
        place: pattern.place(),
        problem,
    };
    // The folder is taken literally: only the pattern itself may hold wildcards.
    let folder = pattern.source.folder().to_str().map(glob::Pattern::escape);
    let folder = folder.ok_or_else(|| refuse("stands in a folder whose name is not Unicode"))?;
    let text = pattern.text()?;
    let whole = if folder.is_empty() || std::path::Path::new(&text).is_absolute() {
        text
    } else {
        format!("{folder}/{text}")
    };
    let matches = glob::glob(&whole).map_err(|_| refuse("is malformed"))?;
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
        return Err(refuse("matches no file"));
    }
    files.sort();
    Ok(files)
}
