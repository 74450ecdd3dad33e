//! `castile migrate`: what has to change, and how far the move is.

mod report;
mod scan;

pub(super) use report::today;

use crate::args::{Migrate, MigrateCommand};
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &Migrate) -> Result<Exit, Problem> {
    match &arguments.command {
        MigrateCommand::Scan(arguments) => scan::run(arguments),
        MigrateCommand::Report(arguments) => report::run(arguments),
    }
}

/// An error of the scanner or of a report.
fn problem(error: &castile_migrate::Error) -> Problem {
    use castile_migrate::Error;

    let problem = Problem::new(error.code(), error);
    match error {
        Error::Unreadable { path, .. } | Error::Walk { path, .. } => problem.at(path.display()),
        _ => problem,
    }
}
