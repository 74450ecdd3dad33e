//! The command line of Castile: words in, work done by the libraries, one exit code out.

mod args;
mod command;
mod explain;
mod output;
mod problem;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = match args::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return args::refuse(&error),
    };
    match command::run(arguments) {
        Ok(exit) => exit.into(),
        Err(problem) => problem.told(),
    }
}
