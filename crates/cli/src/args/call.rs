//! The words of `castile call` and `castile ping`.

use std::path::PathBuf;

use clap::Args;

/// Which profile.
#[derive(Debug, Args)]
pub(crate) struct OneProfile {
    /// The profile of the configuration; needed unless there is one only
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "castile.toml")]
    pub(crate) config: PathBuf,
}

/// How to print what came back.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct TableFormat {
    /// Print JSON with a schema_version
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print comma-separated values
    #[arg(long)]
    pub(crate) csv: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Call {
    /// The operation; `Inquiry.Ping` names one of several of a name
    #[arg(value_name = "OPERATION")]
    pub(crate) operation: String,
    /// WSDL files, folders that hold them, or the zip archive as it was published
    #[arg(long, visible_alias = "wsdl", value_name = "PATH", required = true)]
    pub(crate) contract: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) profile: OneProfile,
    /// A value: `InAcctId/AcctId=1`, `Rec[2]/Name=b` for the second of a name, `Amt/@JHANull=true` for an attribute
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// A message to start from: the element of the request, or an envelope around it, whose header is left out; `-` for
    /// standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) body: Option<PathBuf>,
    /// Call an operation that changes something, or may
    #[arg(long)]
    pub(crate) write: bool,
    /// For a change in PROD: the name of the profile once more
    #[arg(long, value_name = "PROFILE")]
    pub(crate) confirm: Option<String>,
    /// Print the message and send nothing; values are hidden, credentials always
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print the values too: they are customer data
    #[arg(long, requires = "dry_run")]
    pub(crate) show_values: bool,
    #[command(flatten)]
    pub(crate) format: TableFormat,
    /// Print the answer as it came
    #[arg(long, conflicts_with_all = ["json", "csv"])]
    pub(crate) xml: bool,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("whom").required(true).args(["profile", "all"]))]
pub(crate) struct Ping {
    /// Profiles of the configuration
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Vec<String>,
    /// All profiles
    #[arg(long)]
    pub(crate) all: bool,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "castile.toml")]
    pub(crate) config: PathBuf,
    /// Ping each service of this contract; without one, the address of each profile
    #[arg(long, visible_alias = "wsdl", value_name = "PATH")]
    pub(crate) contract: Vec<PathBuf>,
    /// So many at a time
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) at_once: u16,
    #[command(flatten)]
    pub(crate) format: TableFormat,
}
