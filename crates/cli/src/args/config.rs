//! The words of `castile config`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Read a configuration and every secret it refers to; tell which profiles can work
    Check(CheckConfig),
    /// Print the JSON Schema (draft 2020-12) of castile.toml, for editors
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct CheckConfig {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "castile.toml")]
    pub(crate) config: PathBuf,
    /// Look up the names of services and operations in this contract: WSDL files, folders or the zip archive
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) contract: Vec<PathBuf>,
    /// Print JSON with a schema_version
    #[arg(long)]
    pub(crate) json: bool,
}
