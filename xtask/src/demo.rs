//! Spawns the demo, so that broken generated code never blocks its own regeneration.

use crate::{Outcome, Stop, workspace::Workspace};

/// Runs the package `castile-demo` with the arguments given.
pub(crate) fn run(workspace: &Workspace, words: &[&str]) -> Result<Outcome, Stop> {
    let (_, target) = workspace.metadata()?;
    let name = format!("castile-demo{}", std::env::consts::EXE_SUFFIX);
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--package", "castile-demo"]);
    // The first build takes minutes: let cargo show how far it is.
    if target.join("debug").join(name).exists() {
        cargo.arg("--quiet");
    }
    let status = cargo.arg("--").args(words).status()?;
    Ok(match status.code() {
        Some(0) => Outcome::Done,
        // So clap says that it does not know an argument.
        Some(2) => Outcome::Usage,
        _ => Outcome::Findings,
    })
}
