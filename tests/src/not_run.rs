//! Says that a test did not run, so that no test is silently passed over.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

/// Writes down that `test` did not run, for the list that `cargo xtask test` ends with.
///
/// The file is the one that the environment variable `CASTILE_NOT_RUN` names.
///
/// # Panics
/// When that file cannot be written: the test would pass and nobody would know that it did not run.
pub fn not_run(test: &str, reason: &str) {
    eprintln!("NOT RUN {test}: {reason}");
    if let Some(list) = std::env::var_os("CASTILE_NOT_RUN") {
        let list = Path::new(&list);
        append(list, test, reason).unwrap_or_else(|error| panic!("{}: {error}", list.display()));
    }
}

fn append(list: &Path, test: &str, reason: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(list)?;
    // One write of one line: tests append from several processes at a time.
    file.write_all(format!("{test}\t{reason}\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_test_that_did_not_run_is_a_line() {
        let list = std::env::temp_dir().join(format!("castile-not-run-{}", std::process::id()));
        append(&list, "first", "no node").unwrap();
        append(&list, "second", "no java").unwrap();
        let text = std::fs::read_to_string(&list).unwrap();
        std::fs::remove_file(&list).unwrap();
        assert_eq!(text, "first\tno node\nsecond\tno java\n");
        assert!(append(&list.join("in/no/folder"), "third", "").is_err());
    }
}
