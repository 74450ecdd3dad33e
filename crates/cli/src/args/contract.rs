//! The words of `castile contract`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Contract {
    #[command(subcommand)]
    pub(crate) command: ContractCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ContractCommand {
    /// List the services and operations
    List(List),
    /// Show an operation with its request, response and fault
    Show(Show),
    /// Show what stands inside a type or element
    Tree(Tree),
    /// Find operations, types and fields by a word in their names or documentation
    Search(Search),
    /// Compare two releases
    Diff(Diff),
    /// Print a message of an operation that is valid by its schema
    Sample(Sample),
}

/// The contract to read.
#[derive(Debug, Args)]
pub(crate) struct From {
    /// WSDL files, folders that hold them, or the zip archive as it was published
    #[arg(long, visible_alias = "wsdl", value_name = "PATH", required = true, num_args = 1..)]
    pub(crate) contract: Vec<PathBuf>,
    /// An XML Catalog that names local files for addresses and namespaces of imports
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Vec<PathBuf>,
}

/// How to print.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Format {
    /// Print JSON with a schema_version
    #[arg(long, conflicts_with = "markdown")]
    pub(crate) json: bool,
    /// Print Markdown
    #[arg(long)]
    pub(crate) markdown: bool,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) from: From,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The operation; `Inquiry.Ping` names one of several of a name
    #[arg(value_name = "OP")]
    pub(crate) operation: String,
    #[command(flatten)]
    pub(crate) from: From,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Tree {
    /// The type or element, by its name in the schema
    #[arg(value_name = "TYPE")]
    pub(crate) name: String,
    /// How many levels to show
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) depth: usize,
    #[command(flatten)]
    pub(crate) from: From,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Search {
    /// The word, in any case
    #[arg(value_name = "WORD")]
    pub(crate) word: String,
    #[command(flatten)]
    pub(crate) from: From,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Sample {
    /// The operation; `Inquiry.Ping` names one of several of a name
    #[arg(value_name = "OP")]
    pub(crate) operation: String,
    #[command(flatten)]
    pub(crate) from: From,
    /// The response instead of the request
    #[arg(long, conflicts_with = "fault")]
    pub(crate) response: bool,
    /// A fault with what its detail may hold, instead of the request
    #[arg(long)]
    pub(crate) fault: bool,
    /// All that may stand in the message, each once
    #[arg(long, conflicts_with_all = ["least", "random"])]
    pub(crate) full: bool,
    /// Only what must stand in the message
    #[arg(long, conflicts_with = "random")]
    pub(crate) least: bool,
    /// Any of it, with odd texts, to try out what a program takes
    #[arg(long)]
    pub(crate) random: bool,
    /// Decides what is left to chance; the same number gives the same message
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// The message without a SOAP envelope
    #[arg(long)]
    pub(crate) body: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The older release: a WSDL file, a folder or a zip archive
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The newer release
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    /// An XML Catalog that names local files for addresses and namespaces of imports
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Vec<PathBuf>,
    /// Only what concerns these operations, the ones in use
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) ops: Vec<String>,
    /// When to exit with 1
    #[arg(long, value_name = "WHEN", default_value = "never")]
    pub(crate) fail_on: FailOn,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Never
    Never,
    /// If a change breaks callers of the operations in use
    Breaking,
    /// If anything is different for the operations in use
    Any,
}
