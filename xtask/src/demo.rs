//! Spawns the demo, so that broken generated code never blocks its own regeneration.

use crate::{Outcome, Stop, workspace::Workspace};

/// Runs the package `castile-demo` with the arguments given.
pub(crate) fn run(workspace: &Workspace, words: &[&str]) -> Result<Outcome, Stop> {
    let status = workspace
        .cargo()
        .args(["run", "--quiet", "--package", "castile-demo", "--"])
        .args(words)
        .status()?;
    Ok(if status.success() {
        Outcome::Done
    } else {
        Outcome::Findings
    })
}
