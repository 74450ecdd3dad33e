//! Writes files that are there whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::KeysError;

/// Writes a file for its owner alone (mode 0600; on Windows an access list with one entry), and never over another.
///
/// # Errors
/// [`KeysError::Exists`]; what the system says.
pub fn write_new(path: &Path, text: &str) -> Result<(), KeysError> {
    write_whole(&Disk::default(), path, text)
}

fn write_whole(disk: &Disk, path: &Path, text: &str) -> Result<(), KeysError> {
    let file = disk.create_new(path)?;
    let written = disk.fill(file, path, text);
    if written.is_err() {
        // Half a key would stand in the way of the next attempt. It is ours: no other file is ever removed.
        let _ = std::fs::remove_file(path);
    }
    written
}

/// Puts a file in the place of another: written beside it, flushed to the disk, renamed.
///
/// # Errors
/// What the system says; then the old file is still there.
pub fn replace(path: &Path, text: &str) -> Result<(), KeysError> {
    Disk::default().replace(path, text)
}

/// The disk; in tests it can fail at every point, as when the machine stops there.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    #[cfg(test)]
    pub(super) points_left: Option<std::sync::Arc<std::sync::atomic::AtomicUsize>>,
}

impl Disk {
    pub(super) fn write_new(&self, path: &Path, text: &str) -> Result<(), KeysError> {
        let file = self.create_new(path)?;
        self.fill(file, path, text)
    }

    fn create_new(&self, path: &Path) -> Result<File, KeysError> {
        let failed = |source| KeysError::Unwritable {
            path: path.to_owned(),
            source,
        };
        self.point().map_err(failed)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        owner_only(&mut options);
        options.open(path).map_err(|source| match source.kind() {
            ErrorKind::AlreadyExists => KeysError::Exists {
                path: path.to_owned(),
            },
            _ => failed(source),
        })
    }

    /// Writes into a file that was just made.
    fn fill(&self, mut file: File, path: &Path, text: &str) -> Result<(), KeysError> {
        let written = (|| {
            restrict(path)?;
            let (first, rest) = text.as_bytes().split_at(text.len() / 2);
            file.write_all(first)?;
            self.point()?;
            file.write_all(rest)?;
            file.sync_all()?;
            flush_folder(path)?;
            self.point()
        })();
        written.map_err(|source| KeysError::Unwritable {
            path: path.to_owned(),
            source,
        })
    }

    pub(super) fn replace(&self, path: &Path, text: &str) -> Result<(), KeysError> {
        let beside = beside(path, ".new");
        let written = (|| {
            self.point()?;
            let mut file = anew(&beside)?;
            let (first, rest) = text.as_bytes().split_at(text.len() / 2);
            file.write_all(first)?;
            self.point()?;
            file.write_all(rest)?;
            file.sync_all()?;
            drop(file);
            self.point()?;
            std::fs::rename(&beside, path)?;
            flush_folder(path)?;
            self.point()
        })();
        written.map_err(|source| KeysError::Unwritable {
            path: path.to_owned(),
            source,
        })
    }

    #[cfg(test)]
    fn point(&self) -> io::Result<()> {
        use std::sync::atomic::Ordering;

        let Some(left) = &self.points_left else {
            return Ok(());
        };
        match left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
            left.checked_sub(1)
        }) {
            Ok(_) => Ok(()),
            Err(_) => Err(io::Error::other("the machine stopped")),
        }
    }

    #[cfg(not(test))]
    #[allow(clippy::unused_self, reason = "in tests it knows when to stop")]
    fn point(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens a file that was not there: what a machine that stopped left is removed, and a link is not followed.
fn anew(path: &Path) -> io::Result<File> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// The same path with something behind its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn owner_only(_: &mut OpenOptions) {}

/// The mode was given when the file was made.
#[cfg(not(windows))]
#[allow(clippy::unnecessary_wraps, reason = "it can fail on Windows")]
fn restrict(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Takes away what the folder's access list gives, and leaves one entry: this user. By the system's own program, for
/// the calls beneath it are `unsafe`. The file is still empty then.
#[cfg(windows)]
fn restrict(path: &Path) -> io::Result<()> {
    let user = std::env::var("USERNAME").map_err(io::Error::other)?;
    let status = std::process::Command::new("icacls")
        .arg(path)
        .args(["/inheritance:r", "/grant:r"])
        .arg(format!("{user}:F"))
        .stdout(std::process::Stdio::null())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(
            "icacls could not restrict the file to its owner",
        ))
    }
}

/// A new name is on the disk once its folder is.
#[cfg(unix)]
fn flush_folder(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()
}

/// Windows has no such call for folders; its file system logs renames itself.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
fn flush_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_cannot_be_written_takes_no_other_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        for points in 0..3 {
            let disk = Disk {
                points_left: Some(std::sync::Arc::new(points.into())),
            };
            write_whole(&disk, &path, "a new key").unwrap_err();
            assert!(!path.exists(), "half a key after {points} points");
        }
        write_new(&path, "the old key").unwrap();
        // As when the process has no file left to open: the system has not looked whether there is one.
        let disk = Disk {
            points_left: Some(std::sync::Arc::new(0.into())),
        };
        write_whole(&disk, &path, "a new key").unwrap_err();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "the old key");
    }

    #[cfg(unix)]
    #[test]
    fn a_replaced_file_is_not_written_through_a_link_that_lies_in_its_way() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("keys"), folder.path().join("other"));
        std::fs::write(&other, "another's").unwrap();
        std::os::unix::fs::symlink(&other, beside(&path, ".new")).unwrap();
        replace(&path, "ours").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "ours");
        assert_eq!(std::fs::read_to_string(&other).unwrap(), "another's");
        assert!(!beside(&path, ".new").exists());
    }
}
