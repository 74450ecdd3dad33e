//! The words of the command line.

mod call;
mod config;
mod contract;
mod doctor;
mod envelope;
mod journal;
mod keys;
mod migrate;
mod states;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::problem::{Exit, Problem};
pub(crate) use call::{Call, OneProfile, Ping};
pub(crate) use config::{CheckConfig, Config, ConfigCommand};
pub(crate) use contract::{
    Contract, ContractCommand, Diff, FailOn, Format, List, Sample, Search, Show, Tree,
};
pub(crate) use doctor::Doctor;
pub(crate) use envelope::{Prove, Strip};
pub(crate) use journal::{Found, Journal, JournalCommand, JournalPlace, Resolve};
pub(crate) use keys::{
    Check, Keys, KeysCommand, New, Public, PublicForm, Rotate, RotateAction, Together, WhichKey,
};
pub(crate) use migrate::{Migrate, MigrateCommand, Report, Scan};
pub(crate) use states::{Status, Switch, To};

const AFTER_HELP: &str = "\
Exit codes: 0 done, 1 findings, 2 usage or configuration, 3 token refused, 4 network, \
5 gateway or fault, 6 outcome unknown, 130 stopped with nothing open.
With --json an error is the last line on standard error, as JSON with a schema_version.
Unofficial: not affiliated with Jack Henry & Associates. No telemetry.";

/// Moves SOAP integrations from WS-Security headers to OAuth 2.0 bearer tokens.
#[derive(Debug, Parser)]
#[command(name = "castile", version, after_help = AFTER_HELP, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Cut the header-level wsse:Security out of SOAP envelopes, and nothing else
    Strip(Strip),
    /// Show that an envelope is another one minus its security header, and nothing else
    Prove(Prove),
    /// Generate a typed Rust client crate from WSDL
    Generate(Generate),
    /// Look into a contract, or compare two releases of it
    Contract(Contract),
    /// Tell whether a configuration can work, without asking anybody
    Config(Config),
    /// Fetch an access token and show its facts, never the token itself
    Token(Token),
    /// Make, publish, check and rotate the keys that prove a client
    Keys(Keys),
    /// Call one operation of a contract under a profile
    Call(Box<Call>),
    /// Ping each service under each profile
    Ping(Ping),
    /// Find out why no token comes, or why the gateway refuses
    Doctor(Doctor),
    /// Show how far each profile is: state, last token and call, key age, dates, days that are left
    Status(Status),
    /// Change the state of a profile in castile.toml; a running proxy follows
    Switch(Switch),
    /// List the writes that may have happened although no answer says so, and note how they ended
    Journal(Journal),
    /// Find what has to change in programs, and report how far each profile is
    Migrate(Migrate),
    /// Serve a local endpoint that strips, adds the bearer token, forwards and streams back
    Proxy(Proxy),
    /// Run a false identity provider and gateway on loopback to develop against
    Sandbox(Sandbox),
    /// Tell more about an error code
    Explain(Explain),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    Text,
    /// For scripts, with a schema_version
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Derive {
    /// YaSerialize and YaDeserialize
    Yaserde,
}

#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// WSDL files, folders that hold them, or the zip archive as it was published
    #[arg(long, value_name = "PATH", required = true, num_args = 1..)]
    pub(crate) wsdl: Vec<PathBuf>,
    /// Only these operations, and the types they reach
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) ops: Vec<String>,
    /// Only these services, and the types they reach
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) services: Vec<String>,
    /// An XML Catalog that names local files for addresses and namespaces of imports
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Vec<PathBuf>,
    /// Write nothing if there is anything to remark, such as an operation left out
    #[arg(long)]
    pub(crate) strict: bool,
    /// The folder of the crate
    #[arg(long, value_name = "DIR", default_value = "client")]
    pub(crate) out: PathBuf,
    /// The package name of the crate
    #[arg(long, value_name = "NAME", default_value = "soap-client", value_parser = package_name)]
    pub(crate) crate_name: String,
    /// Take castile-model from this folder instead of the registry
    #[arg(long, value_name = "DIR")]
    pub(crate) model_path: Option<PathBuf>,
    /// Let messages implement the traits of another library, too, for programs that speak it
    #[arg(long, value_name = "LIBRARY")]
    pub(crate) derive: Option<Derive>,
    /// Write nothing; exit 1 and list the files that differ
    #[arg(long)]
    pub(crate) check: bool,
    /// Print JSON with a schema_version
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Profile {
    /// The profile of the configuration to use
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: String,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "castile.toml")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("whose").required(true).args(["profile", "token_endpoint"]))]
pub(crate) struct Token {
    /// The profile of the configuration to use
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "castile.toml")]
    pub(crate) config: PathBuf,
    /// Without a profile: the token endpoint
    #[arg(long, value_name = "URL", requires_all = ["client_id", "key"])]
    pub(crate) token_endpoint: Option<String>,
    /// Without a profile: the client id
    #[arg(long, value_name = "ID", conflicts_with = "profile")]
    pub(crate) client_id: Option<String>,
    /// Without a profile: the private key, PEM
    #[arg(long, value_name = "FILE", conflicts_with = "profile")]
    pub(crate) key: Option<PathBuf>,
    /// Without a profile: the signature algorithm; by the key if not given
    #[arg(long, value_name = "ALG", conflicts_with = "profile")]
    pub(crate) alg: Option<Algorithm>,
    /// Without a profile: the key id; the RFC 7638 thumbprint if not given
    #[arg(long, value_name = "KID", conflicts_with = "profile")]
    pub(crate) kid: Option<String>,
    /// Without a profile: the scope to ask for
    #[arg(long, value_name = "SCOPE", conflicts_with = "profile")]
    pub(crate) scope: Option<String>,
    /// Without a profile: the audience of the assertion; the token endpoint if not given
    #[arg(long, value_name = "AUD", conflicts_with = "profile")]
    pub(crate) aud: Option<String>,
    /// Print JSON with a schema_version
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the access token itself too: it is a credential
    #[arg(long)]
    pub(crate) reveal: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Algorithm {
    /// ECDSA with P-256 and SHA-256
    #[value(name = "ES256")]
    Es256,
    /// RSASSA-PSS with SHA-256
    #[value(name = "PS256")]
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256
    #[value(name = "RS256")]
    Rs256,
}

#[derive(Debug, Args)]
pub(crate) struct Proxy {
    /// The configuration; read anew when it changes, and on SIGHUP
    #[arg(long, value_name = "FILE", default_value = "castile.toml")]
    pub(crate) config: PathBuf,
    /// A profile to serve and the address to serve it at, loopback only; several times for several banks
    #[arg(
        long,
        value_name = "NAME[=ADDRESS:PORT]",
        required = true,
        value_parser = served
    )]
    pub(crate) profile: Vec<(String, Option<SocketAddr>)>,
    /// The address for a profile that is given without one
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8080",
        value_parser = socket_address
    )]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, Args)]
#[command(after_help = "\
A script, such as:
  version = 1
  token_endpoint = [\"unavailable\"]
  gateway = [\"bad_gateway_html\"]
  [operation]
  CustInq = [\"unauthorized\", \"pass\", { slow_ms = 1500 }]
  XferAdd = [{ cut_at = 200 }, { hdr_fault = 900123 }, \"mtom\"]
Each list is used up in order, one step a request; an operation's own come before the gateway's.
Steps: pass, unauthorized (401), forbidden (403), access_denied (a fault), bad_gateway_html (502),
unavailable (503), cut_before and cut_after (it was carried out), html (200), mtom,
slow_ms (milliseconds), cut_at (bytes of the answer), hdr_fault (an error code).")]
pub(crate) struct Sandbox {
    /// The folder for a new client key, a password and a ready castile.toml; all are replaced
    #[arg(long, value_name = "DIR", default_value = "sandbox")]
    pub(crate) out: PathBuf,
    /// Keep this contract in place of the sample's: judge requests by it, draw answers from it
    #[arg(long, visible_alias = "wsdl", value_name = "PATH")]
    pub(crate) contract: Vec<PathBuf>,
    /// Decides the answers that are drawn; the same number gives the same answers
    #[arg(long, value_name = "N", default_value_t = 1, requires = "contract")]
    pub(crate) seed: u64,
    /// Let the next requests go wrong as this TOML file says; its shape stands below
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
    /// Print the addresses as JSON with a schema_version
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The code between the brackets of `error[CODE]`; all codes if not given
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
}

/// What Cargo takes for the name of a package, in ASCII.
fn package_name(text: &str) -> Result<String, &'static str> {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let goes_on = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if begins && text.chars().all(goes_on) {
        Ok(text.to_owned())
    } else {
        Err("a package's name begins with a letter and has letters, digits, `-` and `_`")
    }
}

/// Names are not looked up: `localhost` may be two addresses.
fn socket_address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse()
        .map_err(|_| "write an IP address and a port, such as 127.0.0.1:8080")
}

/// Whether this run is asked for JSON, told by its words: they may be too wrong to be read.
pub(crate) fn wants_json() -> bool {
    std::env::args_os()
        .skip(1)
        .take_while(|word| word != "--")
        .any(|word| word == "--json")
}

/// Shows help and version, or says what is wrong with the command line.
pub(crate) fn refuse(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind;

    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A closed pipe is not worth a second error.
            let _ = error.print();
            Exit::Done.into()
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            Exit::Usage.into()
        }
        _ => {
            let text = error.render().to_string();
            let fact = text.split("\n\n").next().unwrap_or_default();
            let fact = fact.strip_prefix("error: ").unwrap_or(fact);
            let words: Vec<_> = fact.split_whitespace().map(without_value).collect();
            let mut problem = Problem::said("usage-arguments", words.join(" "));
            if let Some(meant) = meant(error) {
                problem = problem.remedy(format!("did you mean `{meant}`?"));
            }
            problem.at("the command line").told()
        }
    }
}

/// A word of an error about words, which may be `path=value` with a customer's value.
fn without_value(word: &str) -> &str {
    match word.find('=') {
        Some(at) if word.starts_with('\'') => &word[..=at],
        _ => word,
    }
}

/// The word that is nearest to one that is none.
fn meant(error: &clap::Error) -> Option<&str> {
    use clap::error::{ContextKind, ContextValue};

    let kinds = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    kinds.iter().find_map(|kind| match error.get(*kind)? {
        ContextValue::String(word) => Some(word.as_str()),
        ContextValue::Strings(words) => words.first().map(String::as_str),
        _ => None,
    })
}

/// A profile, and its address behind the last `=` if that is one.
fn served(text: &str) -> Result<(String, Option<SocketAddr>), String> {
    match text.rsplit_once('=') {
        None => Ok((text.to_owned(), None)),
        Some((name, address)) => socket_address(address)
            .map(|address| (name.to_owned(), Some(address)))
            .map_err(|error| error.to_string()),
    }
}
