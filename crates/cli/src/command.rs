//! One file a command, and the runtime that those with a network share.

mod call;
mod config;
mod contract;
mod doctor;
mod explain;
mod files;
mod generate;
mod journal;
mod keys;
mod migrate;
mod ping;
mod progress;
mod prove;
mod proxy;
mod sandbox;
mod status;
mod strip;
mod switch;
mod table;
mod token;
mod way;

use tracing_subscriber::EnvFilter;

use crate::args::{Arguments, Command};
use crate::problem::{Exit, Problem};

/// Does what the command line says.
pub(crate) fn run(arguments: Arguments) -> Result<Exit, Problem> {
    match arguments.command {
        Command::Strip(arguments) => strip::run(&arguments),
        Command::Prove(arguments) => prove::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Contract(arguments) => contract::run(&arguments),
        Command::Config(arguments) => config::run(&arguments),
        Command::Token(arguments) => token::run(&arguments),
        Command::Keys(arguments) => keys::run(&arguments),
        Command::Call(arguments) => call::run(&arguments),
        Command::Ping(arguments) => ping::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Journal(arguments) => journal::run(&arguments),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Status(arguments) => status::run(&arguments),
        Command::Switch(arguments) => switch::run(&arguments),
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

/// Ctrl-C, and on Unix SIGTERM too; heard from the moment this is made.
struct Interrupts {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
    #[cfg(windows)]
    pressed: tokio::signal::windows::CtrlC,
}

impl Interrupts {
    fn listen() -> Result<Self, Problem> {
        Self::new().map_err(|error| Problem::new("cli-runtime", &error))
    }

    #[cfg(unix)]
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            signals: [
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
            ],
        })
    }

    #[cfg(windows)]
    fn new() -> std::io::Result<Self> {
        let pressed = tokio::signal::windows::ctrl_c()?;
        Ok(Self { pressed })
    }

    /// Completes when one of them comes.
    async fn next(&mut self) {
        #[cfg(unix)]
        {
            let [interrupt, terminate] = &mut self.signals;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        #[cfg(windows)]
        self.pressed.recv().await;
    }
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
