//! Generates `crates/jx` from the sample contract, or checks that it is as generated.

use castile_codegen::{Generator, ModelDependency};

use crate::workspace::Workspace;
use crate::{Outcome, Stop, options, terminal};

const HELP: &str = "\
Generate crates/jx from wsdl/sample.

Usage: cargo xtask codegen [--check]

Options:
  --check     Write nothing; say which files differ from what would be generated
  -h, --help  Print this

Exit codes: 0 done or the same, 1 files differ, 2 usage or a contract that cannot be read.
";

/// Writes the crate, or with `--check` compares it.
pub(crate) fn run(workspace: &Workspace, words: &[&str]) -> Result<Outcome, Stop> {
    let flags = match options(words, &["--check"], HELP) {
        Ok(flags) => flags,
        Err(outcome) => return Ok(outcome),
    };
    let output = Generator::new()
        .wsdl(workspace.root.join("wsdl/sample"))
        .crate_name("castile-jx")
        .model_dependency(ModelDependency::Workspace)
        .generate()
        .map_err(|error| format!("{error}\n    do: {}", error.remedy()))?;
    for diagnostic in &output.diagnostics {
        eprintln!("note: {diagnostic}");
    }
    let folder = workspace.root.join("crates/jx");
    if !flags.contains(&"--check") {
        output.write_to(&folder)?;
        let counts = output.counts;
        println!(
            "{} {} operations, {} structs, {} values in {} files",
            terminal::green("codegen:"),
            counts.operations,
            counts.structs,
            counts.values,
            output.files.len()
        );
        return Ok(Outcome::Done);
    }
    let differences = output.check(&folder)?;
    for difference in &differences {
        println!(
            "crates/jx/{difference}\n    do: run `cargo xtask codegen`; change the generator, not its output"
        );
    }
    if differences.is_empty() {
        println!(
            "{} {} files",
            terminal::green("codegen:"),
            output.files.len()
        );
        return Ok(Outcome::Done);
    }
    Ok(Outcome::Findings)
}
