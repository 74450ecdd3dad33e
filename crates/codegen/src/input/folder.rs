//! Finds the files in a folder and in the folders inside it.

use std::path::{Path, PathBuf};

use super::is;
use crate::error::{Error, Place};
use crate::limits;

/// How many files and folders may still be looked at.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(limits::FOLDER_ENTRIES)
    }
}

/// The contracts, schemas and archives in a folder, by path.
///
/// Links to files are followed, links to folders are not, so that the way has an end.
///
/// # Errors
///
/// A folder that cannot be read, or more files than the budget allows.
pub(super) fn files(folder: &Path, budget: &mut Budget) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        let unreadable = |source| Error::Unreadable {
            path: here.clone(),
            source,
        };
        for entry in std::fs::read_dir(&here).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            budget.0 = budget.0.checked_sub(1).ok_or_else(|| Error::Limit {
                place: Place {
                    file: folder.display().to_string().into(),
                    line: 1,
                },
                what: "files and folders",
                limit: limits::FOLDER_ENTRIES,
            })?;
            let path = entry.path();
            if entry.file_type().map_err(unreadable)?.is_dir() {
                open.push(path);
            } else if ["wsdl", "xsd", "xml", "zip"]
                .iter()
                .any(|end| is(&path, end))
                && path.is_file()
            {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
