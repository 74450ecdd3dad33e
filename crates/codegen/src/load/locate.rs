//! Finds the files that a caller or a schema names; never leaves the disk.

use std::path::{Component, Path, PathBuf};

use crate::error::Error;

/// The WSDL files that the paths name, a folder standing for the `.wsdl` files in it, by file name.
///
/// # Errors
///
/// A path that cannot be read, or a folder without contract.
pub(crate) fn contracts(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let unreadable = |source| Error::Unreadable {
            path: path.clone(),
            source,
        };
        let before = files.len();
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            let is_wsdl = file
                .extension()
                .is_some_and(|extension| extension.eq_ignore_ascii_case("wsdl"));
            if is_wsdl && file.is_file() {
                files.push(file);
            }
        }
        if files.len() == before {
            return Err(Error::NoContract { path: path.clone() });
        }
    }
    if files.is_empty() {
        return Err(Error::NoContract {
            path: PathBuf::new(),
        });
    }
    // By file name first: the folder must not decide anything.
    files.sort_by(|a, b| (a.file_name(), a).cmp(&(b.file_name(), b)));
    files.dedup();
    Ok(files)
}

/// The local file for a location: relative to the file that names it, else by its last part beside that
/// file or beside the contract. Locations on the network and absolute ones count by their last part only.
pub(super) fn local(root: &Path, from: &Path, location: &str) -> Option<PathBuf> {
    let location = location.trim();
    let beside = |file: &Path, name: &Path| file.parent().unwrap_or(Path::new("")).join(name);
    let location = location.split(['?', '#']).next().unwrap_or_default();
    let last = location
        .rsplit(['/', '\\'])
        .next()
        .filter(|last| !last.is_empty())?;
    let mut candidates = Vec::new();
    let relative = Path::new(location);
    if !location.contains(':') && relative.is_relative() {
        candidates.push(normal(&beside(from, relative)));
    }
    candidates.push(normal(&beside(from, Path::new(last))));
    candidates.push(normal(&beside(root, Path::new(last))));
    candidates.into_iter().find(|file| file.is_file())
}

/// The path without `.` and inner `..`, so that one file has one name.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(normal.components().next_back(), Some(Component::Normal(_))) =>
            {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_lead_to_local_files_only() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("a.wsdl");
        std::fs::create_dir(folder.path().join("in")).unwrap();
        for name in ["a.wsdl", "b.xsd", "in/c.xsd"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let found = |location| local(&root, &root, location);
        assert_eq!(found("b.xsd"), Some(folder.path().join("b.xsd")));
        assert_eq!(found("./in/../b.xsd"), Some(folder.path().join("b.xsd")));
        assert_eq!(
            found("https://example.com/x/b.xsd?v=1"),
            Some(folder.path().join("b.xsd"))
        );
        assert_eq!(found("/etc/b.xsd"), Some(folder.path().join("b.xsd")));
        assert_eq!(found("in/c.xsd"), Some(folder.path().join("in/c.xsd")));
        assert_eq!(found("c.xsd"), None);
        assert_eq!(found("/etc/passwd"), None);
    }
}
