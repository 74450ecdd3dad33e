//! Replaces a file that several processes keep, one after the other.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The largest file that is read.
const LIMIT: u64 = 16 * 1024 * 1024;

/// How often the lock is tried.
const POLL: Duration = Duration::from_millis(5);

/// Puts what `change` makes of the file at `path` in its place, as a whole and with mode 0600; what is the same is not
/// written again.
///
/// Other processes wait for each other by a lock on a second file beside it, `NAME.lock`, which stays.
///
/// # Errors
/// What the system says; [`io::ErrorKind::TimedOut`] when another process keeps the lock for longer than `patience`.
pub(crate) fn replace(
    path: &Path,
    patience: Duration,
    change: impl FnOnce(Option<Vec<u8>>) -> Vec<u8>,
) -> io::Result<()> {
    let lock = private().open(beside(path, "lock"))?;
    wait_for(&lock, patience)?;
    let kept = read(path)?;
    let next = change(kept.clone());
    if kept.as_deref() == Some(&next[..]) {
        return Ok(());
    }
    let new = beside(path, "new");
    let mut file = private().truncate(true).open(&new)?;
    file.write_all(&next)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, path)
}

/// Takes the lock, unless a process that was stopped, or sits on another machine that is gone, keeps it.
fn wait_for(lock: &File, patience: Duration) -> io::Result<()> {
    let mut waited = Duration::ZERO;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if waited >= patience => {
                return Err(io::ErrorKind::TimedOut.into());
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(POLL),
        }
        waited += POLL;
    }
}

/// The whole file; none if there is no such file.
pub(crate) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(Some(bytes))
}

/// A file that its owner alone can read and write.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_is_never_given_back_stops_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("refusals.json");
        let other = private().open(beside(&path, "lock")).unwrap();
        other.lock().unwrap();
        let update = || replace(&path, POLL, |_| b"x".to_vec());
        assert_eq!(update().unwrap_err().kind(), io::ErrorKind::TimedOut);
        drop(other);
        update().unwrap();
    }
}
