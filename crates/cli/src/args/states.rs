//! The words of `castile status` and `castile switch`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "castile.toml")]
    pub(crate) config: PathBuf,
    /// These profiles only
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Vec<String>,
    /// Print JSON with a schema_version
    #[arg(long)]
    pub(crate) json: bool,
    /// Print CSV (RFC 4180)
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
    /// The date that days are counted from; today (UTC) if not given
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) today: Option<Date>,
}

#[derive(Debug, Args)]
pub(crate) struct Switch {
    /// The profile
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: String,
    /// The state it shall be in
    #[arg(long, value_name = "STATE")]
    pub(crate) to: To,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "castile.toml")]
    pub(crate) config: PathBuf,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum To {
    /// User name and password in the message
    Legacy,
    /// The old model answers, some reads are repeated under OAuth to compare
    Shadow,
    /// A bearer token
    Oauth,
}
