//! The main job end to end on loopback, with nothing to configure.

mod peers;
mod script;
mod story;

use std::process::ExitCode;

use clap::Parser;

/// An old SOAP request is rewritten and answered under a bearer token; typed calls are made.
///
/// Identity provider and gateway are started on loopback and answer from invented data.
/// Exit code 1 and a reason if anything is not as it should be.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask demo", bin_name = "cargo xtask demo")]
struct Arguments {
    /// Print JSON with a schema_version
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            anstream::eprintln!("the demo cannot start its threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut story = story::Story::new(arguments.json);
    let end = runtime.block_on(script::play(&mut story));
    story.close(end.as_ref().err());
    match end {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
