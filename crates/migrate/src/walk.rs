//! Finds the files below some paths and scans them.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Component, Path};

use ignore::WalkBuilder;

use crate::error::Error;
use crate::finding::FileFindings;
use crate::language::Language;
use crate::scan::Scanner;

/// The largest file that is scanned: 32 MiB.
pub const FILE_LIMIT: u64 = 32 * 1024 * 1024;

/// What a scan of files came to.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Walked {
    /// The files with findings, by name.
    pub files: Vec<FileFindings>,
    /// How many files were scanned.
    pub scanned: usize,
    /// What was not.
    pub skipped: Skipped,
    /// Files of which only the first findings are told.
    pub cut: Vec<String>,
    /// What could not be read.
    pub problems: Vec<Error>,
}

/// How many files were not scanned, by the reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// Files of no kind that has rules.
    pub other_kind: usize,
    /// Files that hold binary data.
    pub binary: usize,
    /// Files larger than [`FILE_LIMIT`].
    pub huge: usize,
    /// Links, which are not followed, and what else is no regular file.
    pub links: usize,
}

/// Scans the files below `paths`; files are named from `base` where they stand below it.
///
/// What a `.gitignore` or `.ignore` leaves out is left out, unless it is one of the `paths` itself; so is `.git`.
/// A file that is reached by two of the paths is scanned once.
pub fn walk(scanner: &Scanner, paths: &[impl AsRef<Path>], base: &Path) -> Walked {
    let mut walked = Walked::default();
    let mut files: BTreeMap<String, FileFindings> = BTreeMap::new();
    let mut seen = std::collections::BTreeSet::new();
    for path in paths {
        let path = path.as_ref();
        let entries = WalkBuilder::new(path)
            .hidden(false)
            // What a user's own settings ignore must not change what others find.
            .git_global(false)
            .require_git(false)
            .follow_links(false)
            .filter_entry(|entry| entry.file_name() != ".git")
            .build();
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(source) => {
                    let path = path.to_owned();
                    walked.problems.push(Error::Walk { path, source });
                    continue;
                }
            };
            if let Some(source) = entry.error() {
                walked.problems.push(Error::Walk {
                    path: entry.path().to_owned(),
                    source: source.clone(),
                });
            }
            if entry.file_type().is_none_or(|kind| kind.is_dir()) {
                continue;
            }
            let file = named(entry.path(), base);
            if !seen.insert(file.clone()) {
                continue;
            }
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file())
                // A link that the caller names is meant.
                || entry.depth() == 0 && entry.path().is_file();
            if !is_file {
                walked.skipped.links += 1;
                continue;
            }
            let Some(language) = Language::of(entry.path()) else {
                walked.skipped.other_kind += 1;
                continue;
            };
            let Some(text) = walked.read(entry.path()) else {
                continue;
            };
            walked.scanned += 1;
            let found = scanner.scan(&text, language);
            if found.cut {
                walked.cut.push(file.clone());
            }
            if !found.findings.is_empty() {
                let findings = found.findings;
                files.insert(file.clone(), FileFindings { file, findings });
            }
        }
    }
    walked.files = files.into_values().collect();
    walked.cut.sort();
    walked
}

impl Walked {
    /// The text of a file, or none if it is counted as skipped or told as a problem.
    fn read(&mut self, path: &Path) -> Option<String> {
        let mut bytes = Vec::new();
        let read = std::fs::File::open(path)
            .and_then(|file| file.take(FILE_LIMIT + 1).read_to_end(&mut bytes));
        if let Err(source) = read {
            let path = path.to_owned();
            self.problems.push(Error::Unreadable { path, source });
            return None;
        }
        if bytes.len() as u64 > FILE_LIMIT {
            self.skipped.huge += 1;
            return None;
        }
        let text = text(&bytes);
        if text.is_none() {
            self.skipped.binary += 1;
        }
        text
    }
}

/// The text of bytes: UTF-16 by its byte order mark, else UTF-8 with what is none replaced; none for binary data.
fn text(bytes: &[u8]) -> Option<String> {
    let (encoding, _) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((encoding_rs::UTF_8, 0));
    if encoding == encoding_rs::UTF_8 && bytes.contains(&0) {
        return None;
    }
    Some(encoding.decode_with_bom_removal(bytes).0.into_owned())
}

/// The path from `base`, with `/` between folders and without `.`, so that it is the same wherever it runs.
fn named(path: &Path, base: &Path) -> String {
    let below = path.strip_prefix(base).unwrap_or(path);
    let mut name = String::new();
    for component in below.components() {
        match component {
            Component::CurDir => continue,
            Component::RootDir => {
                name.push('/');
                continue;
            }
            _ => {}
        }
        if !name.is_empty() && !name.ends_with('/') {
            name.push('/');
        }
        name.push_str(&component.as_os_str().to_string_lossy());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    const OLD: &str = "t = UsernameToken(u, p)\n";

    #[test]
    fn what_is_not_scanned_is_counted_and_what_git_ignores_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        write(at, ".gitignore", "build/\n");
        write(at, "src/a.py", OLD);
        write(at, "build/b.py", OLD);
        write(at, ".git/c.py", OLD);
        write(at, "d.py", b"\0UsernameToken");
        write(at, "e.bin", "x");
        let big = std::fs::File::create(at.join("f.py")).unwrap();
        big.set_len(FILE_LIMIT + 1).unwrap();
        let walked = walk(&Scanner::new().unwrap(), &[at, &at.join("src")], at);
        let names: Vec<_> = walked.files.iter().map(|file| file.file.as_str()).collect();
        assert_eq!(names, ["src/a.py"]);
        assert_eq!(walked.scanned, 1);
        let skipped = Skipped {
            other_kind: 2,
            binary: 1,
            huge: 1,
            links: 0,
        };
        assert_eq!(walked.skipped, skipped);
        assert!(walked.problems.is_empty());
        let named = walk(&Scanner::new().unwrap(), &[at.join("build/b.py")], at);
        assert_eq!(named.files[0].file, "build/b.py");
        let none = walk(&Scanner::new().unwrap(), &[at.join("none")], at);
        assert_eq!(none.problems[0].code(), "migrate-walk");
    }

    #[test]
    fn utf16_is_read_by_its_mark() {
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend("<wsse:Security>".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(text(&bytes).unwrap(), "<wsse:Security>");
        assert_eq!(text(b"a\xffb").unwrap(), "a\u{fffd}b");
        assert_eq!(text(b"a\0b"), None);
    }
}
