//! Finds the foreign programs and the vendor's files that tests need.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Why a test without [`node`] did not run.
pub const NO_NODE: &str =
    "no Node.js, or tests/peers/oidc not fetched; `cargo xtask test` fetches it";
/// Why a test without [`python`] did not run.
pub const NO_PYTHON: &str = "tests/peers/python/.venv not fetched; `cargo xtask test` fetches it";
/// Why a test without [`java`] did not run.
pub const NO_JAVA: &str = "no JDK 11 or later; Debian: apt-get install default-jdk-headless";
/// Why a test without [`chromedriver`] did not run.
pub const NO_CHROMIUM: &str = "no Chromium; Debian: apt-get install chromium chromium-driver";
/// Why a test without [`shared`] did not run.
pub const NO_SHARED: &str =
    "the vendor's contracts and messages are not at hand; set CASTILE_SHARED";

/// The root of the workspace.
pub fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// Node.js, if the packages that the peers need are fetched too.
pub fn node() -> Option<PathBuf> {
    let fetched = root().join("tests/peers/oidc/node_modules").is_dir();
    works("node", "--version").filter(|_| fetched)
}

/// The Python interpreter with the packages that the peers need.
pub fn python() -> Option<PathBuf> {
    let venv = root().join("tests/peers/python/.venv");
    let python = if cfg!(windows) {
        venv.join("Scripts").join("python.exe")
    } else {
        venv.join("bin").join("python")
    };
    // Its stamp says that the packages are there as locked.
    (python.exists() && venv.join(".castile-lock").exists()).then_some(python)
}

/// Java that runs a program from its source file (JEP 330).
pub fn java() -> Option<PathBuf> {
    works("java", "--version")
}

/// The program that drives Chromium, if the browser is there too.
pub fn chromedriver() -> Option<PathBuf> {
    works("chromium", "--version").and(works("chromedriver", "--version"))
}

/// The folder with the vendor's contracts and messages, which are not ours to publish.
pub fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("CASTILE_SHARED")
        .map_or_else(|| root().join("..").join("shared"), PathBuf::from);
    folder.is_dir().then_some(folder)
}

fn works(program: &str, proof: &str) -> Option<PathBuf> {
    let output = Command::new(program).arg(proof).output().ok()?;
    output.status.success().then(|| PathBuf::from(program))
}
