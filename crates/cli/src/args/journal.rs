//! The words of `castile journal`.

use std::path::PathBuf;

use castile_http::journal::EntryId;
use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Journal {
    #[command(subcommand)]
    pub(crate) command: Option<JournalCommand>,
    #[command(flatten)]
    pub(crate) place: JournalPlace,
    /// All entries that the file still has, not only those that somebody must look up
    #[arg(long)]
    pub(crate) all: bool,
    /// Print JSON with a schema_version
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct JournalPlace {
    /// The configuration that names the journals
    #[arg(long, value_name = "FILE", default_value = "castile.toml")]
    pub(crate) config: PathBuf,
    /// A journal, whatever is configured
    #[arg(long, value_name = "PATH", conflicts_with = "config")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Note how a write ended that was looked up, also while its process runs
    Resolve(Resolve),
}

#[derive(Debug, Args)]
pub(crate) struct Resolve {
    /// The entry, as `castile journal` names it
    #[arg(value_name = "ID")]
    pub(crate) id: EntryId,
    /// What the look-up showed
    #[arg(long = "as", value_name = "HOW")]
    pub(crate) found: Found,
    #[command(flatten)]
    pub(crate) place: JournalPlace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Found {
    /// It was carried out
    Done,
    /// It was not, and will not be
    NotDone,
}
