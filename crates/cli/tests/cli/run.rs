//! Runs the binary, and reads an error as it is shown.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The binary in a folder, with nothing in its environment that changes what it prints.
pub(crate) fn castile(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castile"));
    command.args(words).current_dir(folder);
    for name in ["CLICOLOR", "CLICOLOR_FORCE", "NO_COLOR", "RUST_LOG"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            exit: output.status.code().expect("not ended by a signal"),
            out: output.stdout,
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).expect("UTF-8")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.out).expect("one JSON document")
    }

    /// An error as `--json` has it: one line of JSON, the last one.
    pub(crate) fn error(&self) -> serde_json::Value {
        let line = self.err.lines().last().expect("a line");
        let mut told: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(told["schema_version"], 1);
        assert_eq!(told["error"]["exit"], self.exit, "{self:?}");
        told["error"].take()
    }

    /// An error with this code on one screen, with its place, its remedy and who must act; nothing else was printed.
    pub(crate) fn refused(&self, exit: i32, code: &str) -> Shown<'_> {
        assert_eq!(self.exit, exit, "{self:?}");
        assert!(self.out.is_empty(), "{self:?}");
        let shown = Shown(&self.err);
        let first = self.err.lines().next().unwrap_or_default();
        assert!(first.starts_with(&format!("error[{code}]: ")), "{self:?}");
        for name in ["at", "do", "who"] {
            assert!(!shown.line(name).is_empty(), "{self:?}");
        }
        assert!(self.err.lines().count() <= 24, "{self:?}");
        assert!(!self.err.contains('\u{1b}'), "{self:?}");
        shown
    }
}

/// An error as it stands on the screen.
#[derive(Debug)]
pub(crate) struct Shown<'e>(&'e str);

impl Shown<'_> {
    /// What stands behind `name:`.
    pub(crate) fn line(&self, name: &str) -> &str {
        let mark = format!("  {name}:");
        let found = self.0.lines().find_map(|line| line.strip_prefix(&mark));
        found
            .unwrap_or_else(|| panic!("no `{name}:` in {}", self.0))
            .trim()
    }
}

pub(crate) fn run(folder: &Path, words: &[&str]) -> Ran {
    Ran::of(castile(folder, words).output().expect("it starts"))
}

/// The same with something on standard input.
pub(crate) fn feed(folder: &Path, words: &[&str], input: &[u8]) -> Ran {
    let mut child = castile(folder, words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    // From a thread: neither side may wait for the other with a full pipe.
    let feeder = std::thread::spawn(move || stdin.write_all(&input));
    let ran = Ran::of(child.wait_with_output().expect("it ends"));
    let fed = feeder.join().expect("no panic");
    fed.expect("it reads all of its input");
    ran
}

/// A file that its owner alone can read, as a key must be.
pub(crate) fn write_private(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file in the folder");
    chmod(path, 0o600);
}

pub(crate) fn chmod(path: &Path, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(path, mode).expect("it is ours");
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
}
