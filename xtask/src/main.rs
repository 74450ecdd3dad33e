//! Thin commands for the people who build Castile.

mod codegen;
mod demo;
mod fuzz;
mod terminal;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

const HELP: &str = "\
Commands for the people who build Castile.

Usage: cargo xtask <COMMAND>

Commands:
  codegen         Generate crates/jx from the sample contract
  demo            Do the main job end to end on loopback; arguments go to the demo
  fuzz            Fuzz the rewriter for a while, with other parsers as judges
  test            Fetch what the tests need into the checkout and run all of them
  tidy            Check what the compiler does not: arrows, files, ledger, generated code

Options:
  -h, --help      Print this; after a command, print the help of the command

Exit codes: 0 done, 1 findings or failed tests, 2 usage or a missing part.
";

/// What a command came to, in the terms of the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    Findings,
    Usage,
}

/// An error that keeps a command from running at all.
type Stop = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Ok(Outcome::Usage) => ExitCode::from(2),
        Err(stop) => {
            eprintln!("{} {stop}", terminal::red("error:"));
            ExitCode::from(2)
        }
    }
}

fn run(words: &[&str]) -> Result<Outcome, Stop> {
    let Some((&command, rest)) = words.split_first() else {
        eprint!("{HELP}");
        return Ok(Outcome::Usage);
    };
    match command {
        "codegen" => codegen::run(&Workspace::find()?, rest),
        "demo" => demo::run(&Workspace::find()?, rest),
        "fuzz" => fuzz::run(&Workspace::find()?, rest),
        "test" => test::run(&Workspace::find()?, rest),
        "tidy" => tidy::run(&Workspace::find()?, rest),
        "-h" | "--help" | "help" => {
            print!("{HELP}");
            Ok(Outcome::Done)
        }
        other => {
            eprintln!(
                "{} no command `{other}`; `cargo xtask --help` lists them",
                terminal::red("error:")
            );
            Ok(Outcome::Usage)
        }
    }
}

/// Prints `help` if asked for, or says which word is not an option of the command.
fn options<'w>(words: &[&'w str], known: &[&str], help: &str) -> Result<Vec<&'w str>, Outcome> {
    if words.iter().any(|word| matches!(*word, "-h" | "--help")) {
        print!("{help}");
        return Err(Outcome::Done);
    }
    if let Some(word) = words.iter().find(|word| !known.contains(word)) {
        eprintln!("{} no option `{word}`\n", terminal::red("error:"));
        eprint!("{help}");
        return Err(Outcome::Usage);
    }
    Ok(words.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_done_and_an_unknown_command_is_usage() {
        assert_eq!(run(&["--help"]).unwrap(), Outcome::Done);
        assert_eq!(run(&["tidy", "--help"]).unwrap(), Outcome::Done);
        assert_eq!(run(&[]).unwrap(), Outcome::Usage);
        assert_eq!(run(&["polish"]).unwrap(), Outcome::Usage);
        assert_eq!(run(&["tidy", "--hard"]).unwrap(), Outcome::Usage);
    }
}
