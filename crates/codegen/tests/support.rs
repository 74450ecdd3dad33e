//! What the tests share: a workspace for generated crates, and the contracts of others.

// Each test file uses its part.
#![allow(dead_code)]
// A test that cannot set the scene should stop.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use castile_codegen::{Error, Generator, ModelDependency};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// The folder of the real contracts; `None`, and a line in the list of what did not run, when it is absent.
pub(crate) fn contracts(test: &str) -> Option<PathBuf> {
    shared(test, "wsdl/jxchange/R2024.1.03")
}

/// A folder of what others own; `None`, and a line in the list of what did not run, when it is absent.
pub(crate) fn shared(test: &str, folder: &str) -> Option<PathBuf> {
    let shared =
        std::env::var_os("CASTILE_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let folder = shared.join(folder);
    if folder.is_dir() {
        return Some(folder);
    }
    let reason = "the published contracts are not at hand; CASTILE_SHARED names their folder";
    eprintln!("NOT RUN {test}: {reason}");
    if let Some(list) = std::env::var_os("CASTILE_NOT_RUN") {
        let mut file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(list)
            .unwrap();
        writeln!(file, "{test}\t{reason}").unwrap();
    }
    None
}

/// A workspace of generated crates in a folder that goes when the test ends.
pub(crate) struct Crates {
    folder: tempfile::TempDir,
    name: &'static str,
}

impl Crates {
    pub(crate) fn new(name: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\nexclude = [\"target\"]\n";
        fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        // The versions that this workspace has already.
        fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
        Self { folder, name }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn add(&self, name: &str, generator: Generator) {
        self.try_add(name, generator).unwrap();
    }

    pub(crate) fn try_add(&self, name: &str, generator: Generator) -> Result<(), Error> {
        let model = ModelDependency::Path(root().join("crates/model"));
        let output = generator
            .crate_name(name)
            .model_dependency(model)
            .generate()?;
        output.write_to(self.path().join(name))
    }

    /// Type-checks all crates with all features; a warning fails.
    pub(crate) fn check(&self) {
        // Kept between runs: the model is compiled once.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(self.name);
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([
            "check",
            "--workspace",
            "--all-features",
            "--offline",
            "--quiet",
        ]);
        cargo
            .current_dir(self.path())
            .env("CARGO_TARGET_DIR", target)
            .env("RUSTFLAGS", "-Dwarnings");
        let output = cargo.output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Builds all crates with all features, where a warning fails, and runs one of them.
    pub(crate) fn run(&self, name: &str) {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(self.name);
        let binary = target.join("debug").join(name);
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([
            "build",
            "--workspace",
            "--all-features",
            "--offline",
            "--quiet",
        ]);
        cargo
            .current_dir(self.path())
            .env("CARGO_TARGET_DIR", &target)
            .env("RUSTFLAGS", "-Dwarnings");
        for mut command in [cargo, Command::new(binary)] {
            let output = command.output().unwrap();
            let (out, errors) = (&output.stdout, &output.stderr);
            assert!(
                output.status.success(),
                "{}\n{}",
                String::from_utf8_lossy(out),
                String::from_utf8_lossy(errors)
            );
        }
    }

    /// Asks rustfmt whether it would change anything.
    pub(crate) fn format(&self) {
        let mut rustfmt = Command::new("rustfmt");
        rustfmt
            .args(["--edition", "2024", "--check", "--color=never"])
            .current_dir(self.path());
        for entry in fs::read_dir(self.path()).unwrap() {
            let root = entry.unwrap().path().join("src/lib.rs");
            if root.is_file() {
                rustfmt.arg(root);
            }
        }
        let output = rustfmt.output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
}
