//! Opens and cuts files that their owner alone can read.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

/// A file that its owner alone can read and write; on Windows the access list of its folder decides.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Cuts a file to `length` bytes; a file that was opened to append cannot be cut on Windows.
pub(super) fn cut(path: &Path, length: u64) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.set_len(length)
}

/// The path with a word behind its name.
pub(super) fn beside(path: &Path, word: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(word);
    name.into()
}
