//! Puts what was rewritten where it belongs, whole or not at all.

use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use crate::problem::Problem;

/// Writes to a path that the user named: a link stays a link; a pipe or a device cannot be replaced.
pub(super) fn to_named<'a>(
    path: &Path,
    mut pieces: impl Iterator<Item = &'a [u8]>,
) -> Result<(), Problem> {
    let unwritable = |error| Problem::new("file-unwritable", &error).at(path.display());
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if target.metadata().is_ok_and(|there| !there.is_file()) {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .open(&target)
            .map_err(unwritable)?;
        return pieces
            .try_for_each(|piece| file.write_all(piece))
            .map_err(unwritable);
    }
    replace(&target, &target, pieces).map_err(unwritable)
}

/// Writes to a path below a folder of ours; what is a link there is replaced, or refused where it leads elsewhere.
pub(super) fn below<'a>(
    folder: &Path,
    relative: &Path,
    like: &Path,
    pieces: impl Iterator<Item = &'a [u8]>,
) -> Result<(), Problem> {
    let target = folder.join(relative);
    let unwritable = |error| Problem::new("file-unwritable", &error).at(target.display());
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    let mut parent = folder.to_owned();
    for component in relative.parent().into_iter().flat_map(Path::components) {
        parent.push(component);
        match std::fs::symlink_metadata(&parent) {
            Ok(there) if there.is_symlink() => {
                let fact = "a link, which may lead out of the folder";
                return Err(Problem::said("file-unwritable", fact).at(parent.display()));
            }
            Ok(_) => {}
            Err(_) => std::fs::create_dir(&parent).map_err(unwritable)?,
        }
    }
    replace(&target, like, pieces).map_err(unwritable)
}

/// Writes beside the target first, so that a failure leaves what was there. Permissions are those of `like`.
fn replace<'a>(
    target: &Path,
    like: &Path,
    mut pieces: impl Iterator<Item = &'a [u8]>,
) -> std::io::Result<()> {
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    pieces.try_for_each(|piece| file.write_all(piece))?;
    if let Ok(there) = like.metadata() {
        file.as_file().set_permissions(there.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}

/// Writes to standard output.
pub(super) fn to_output<'a>(mut pieces: impl Iterator<Item = &'a [u8]>) -> Result<(), Problem> {
    let mut out = std::io::stdout().lock();
    pieces
        .try_for_each(|piece| out.write_all(piece))
        .and_then(|()| out.flush())
        .map_err(|error| Problem::new("file-unwritable", &error).at("standard output"))
}

/// Whether what is written to `folder` would lie in `other`; neither need exist.
pub(super) fn lies_in(folder: &Path, other: &Path) -> bool {
    real(folder).starts_with(real(other))
}

/// The path without links and dots, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut real = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::ParentDir => drop(real.pop()),
            component => real.push(component),
        }
        if let Ok(there) = real.canonicalize() {
            real = there;
        }
    }
    real
}
