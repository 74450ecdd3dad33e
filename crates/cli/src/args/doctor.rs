//! The words of `castile doctor`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["profile", "assertion"]))]
pub(crate) struct Doctor {
    /// The profile of the configuration to examine
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "castile.toml")]
    pub(crate) config: PathBuf,
    /// Judge these assertions instead of one of our own, in the order in which they were sent; - for standard input
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["gateway", "search"])]
    pub(crate) assertion: Vec<PathBuf>,
    /// Without a profile: the URL that the assertion was posted to
    #[arg(long, value_name = "URL", conflicts_with = "profile")]
    pub(crate) token_endpoint: Option<String>,
    /// Without a profile: the client id
    #[arg(long, value_name = "ID", conflicts_with = "profile")]
    pub(crate) client_id: Option<String>,
    /// Without a profile: the registered JWKS URL
    #[arg(long, value_name = "URL", conflicts_with = "profile")]
    pub(crate) jwks_url: Option<String>,
    /// Ask nobody
    #[arg(long)]
    pub(crate) offline: bool,
    /// Go on to the gateway: address, TLS, Ping
    #[arg(long, conflicts_with = "offline")]
    pub(crate) gateway: bool,
    /// After Ping, send the search in this file: an envelope whose operation ends in Inq or Srch
    #[arg(long, value_name = "FILE", requires_all = ["gateway", "action"])]
    pub(crate) search: Option<PathBuf>,
    /// The SOAPAction of the search
    #[arg(long, value_name = "ACTION", requires = "search")]
    pub(crate) action: Option<String>,
    /// Print JSON with a schema_version
    #[arg(long)]
    pub(crate) json: bool,
}
