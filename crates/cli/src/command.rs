//! One file a command, and the runtime that those with a network share.

mod explain;
mod generate;
mod proxy;
mod sandbox;
mod strip;
mod token;

use tracing_subscriber::EnvFilter;

use crate::args::{Arguments, Command};
use crate::problem::{Exit, Problem};

/// Does what the command line says.
pub(crate) fn run(arguments: Arguments) -> Result<Exit, Problem> {
    match arguments.command {
        Command::Strip(arguments) => strip::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Token(arguments) => token::run(&arguments),
        Command::Proxy(arguments) => proxy::run(&arguments),
        Command::Sandbox(arguments) => sandbox::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Problem> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Problem::new("cli-runtime", &error))
}

/// Completes at Ctrl-C, and on Unix at SIGTERM too.
async fn interrupted() -> Result<(), Problem> {
    let failed = |error: std::io::Error| Problem::new("cli-runtime", &error);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed.map_err(failed),
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map_err(failed)
}

/// Log lines for long-running commands; `RUST_LOG` chooses which, `info` by default.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // Only a second call can fail.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}
