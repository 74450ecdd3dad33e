//! The words of `castile keys`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Algorithm, socket_address};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Keys {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a private key for its owner alone; never over another file
    New(New),
    /// Print the public half of a key
    Public(Public),
    /// Print the JWKS document to publish, never with a private member
    Jwks(Jwks),
    /// Look at a key and at what its JWKS URL shows
    Check(Check),
    /// Take the next step of a rotation, or say where it stands
    Rotate(Rotate),
    /// Serve the JWKS document over plain HTTP
    Serve(Serve),
}

/// Which key: by its file, or by the profile that uses it.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("whose").required(true).args(["key", "profile"]))]
pub(crate) struct WhichKey {
    /// The private key, PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// The profile of the configuration whose key it is
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "castile.toml")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The file of the key
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// What it will sign with: PS256 and RS256 make an RSA key of 2048 bits, ES256 one on P-256
    #[arg(long, value_name = "ALG", default_value = "PS256")]
    pub(crate) alg: Algorithm,
}

#[derive(Debug, Args)]
pub(crate) struct Public {
    #[command(flatten)]
    pub(crate) which: WhichKey,
    /// In which form
    #[arg(long, value_name = "FORM", default_value = "pem")]
    pub(crate) format: PublicForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PublicForm {
    /// SubjectPublicKeyInfo in PEM
    Pem,
    /// JWK
    Jwk,
}

/// Keys that are published together, each with what its rotation publishes.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(true).args(["key", "profile"]))]
pub(crate) struct Together {
    /// The private keys, PEM
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) key: Vec<PathBuf>,
    /// The profiles whose keys they are, under the kid that they name
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub(crate) profile: Vec<String>,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "castile.toml")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Jwks {
    #[command(flatten)]
    pub(crate) together: Together,
    /// Write the document here, whole or not at all, instead of printing it
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) which: WhichKey,
    /// The registered JWKS URL; the profile's if not given
    #[arg(long, value_name = "URL")]
    pub(crate) jwks_url: Option<String>,
    /// Ask nobody
    #[arg(long)]
    pub(crate) offline: bool,
    /// Print JSON with a schema_version
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Rotate {
    /// `next` takes the next step, `status` changes nothing
    #[arg(value_name = "ACTION", default_value = "next")]
    pub(crate) action: RotateAction,
    #[command(flatten)]
    pub(crate) which: WhichKey,
    /// With --key: the client whose key it is; once for each
    #[arg(
        long,
        value_name = "ID",
        conflicts_with = "profile",
        requires = "jwks_url"
    )]
    pub(crate) client_id: Vec<String>,
    /// The JWKS URL of clients that have none in the configuration
    #[arg(long, value_name = "URL")]
    pub(crate) jwks_url: Option<String>,
    /// Withdraw the old key now, whatever fails by it
    #[arg(long, conflicts_with_all = ["wait", "action"])]
    pub(crate) compromised: bool,
    /// Go on until the rotation is over, waiting where it must
    #[arg(long)]
    pub(crate) wait: bool,
    /// Print JSON with a schema_version
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RotateAction {
    /// Take the next step
    Next,
    /// Say where it stands
    Status,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) together: Together,
    /// The address to listen on; the document is public
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8081",
        value_parser = socket_address
    )]
    pub(crate) listen: SocketAddr,
}
