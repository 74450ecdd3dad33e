//! `castile contract`: what a contract holds, and how two releases of it differ.

mod diff;
mod list;
mod sample;
mod search;
mod show;
mod table;
mod told;
mod tree;

use std::path::PathBuf;

use castile_codegen::{Contract, Diagnostic};
use serde::Serialize;

use super::progress::Progress;
use crate::args::{ContractCommand, Format};
use crate::output::{self, visible};
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &crate::args::Contract) -> Result<Exit, Problem> {
    match &arguments.command {
        ContractCommand::List(arguments) => list::run(arguments),
        ContractCommand::Show(arguments) => show::run(arguments),
        ContractCommand::Tree(arguments) => tree::run(arguments),
        ContractCommand::Search(arguments) => search::run(arguments),
        ContractCommand::Diff(arguments) => diff::run(arguments),
        ContractCommand::Sample(arguments) => sample::run(arguments),
    }
}

/// Reads the contract that the command line names, and says what is worth a note.
pub(super) fn read(paths: &[PathBuf], catalogs: &[PathBuf]) -> Result<Contract, Problem> {
    let mut progress = Progress::default();
    let contract = Contract::read_with(paths, catalogs, |step| progress.step(&step));
    progress.clear();
    let contract = contract.map_err(Problem::contract)?;
    notes(&contract.diagnostics);
    Ok(contract)
}

/// Shows remarks on standard error.
pub(super) fn notes(diagnostics: &[Diagnostic]) {
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    for diagnostic in diagnostics {
        let said = visible(&diagnostic.to_string());
        anstream::eprintln!("{yellow}note[{}]{yellow:#}: {said}", diagnostic.code);
    }
}

/// Prints a result in the form that was asked for.
fn print(
    format: Format,
    json: &impl Serialize,
    text: impl FnOnce(table::Style) -> String,
) -> Result<(), Problem> {
    if format.json {
        let json = serde_json::to_string_pretty(json);
        return output::line(json.map_err(|error| Problem::new("file-unwritable", &error))?);
    }
    let style = if format.markdown {
        table::Style::Markdown
    } else {
        table::Style::Text
    };
    output::line(text(style).trim_end_matches('\n'))
}
