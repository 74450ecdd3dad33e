//! The words of the commands that read envelopes.

use std::path::PathBuf;

use castile_envelope::{Limits, OtherActor, Policy};
use clap::{Args, ValueEnum};

use super::ReportFormat;

#[derive(Debug, Args)]
pub(crate) struct Strip {
    /// Envelopes to read, or folders of them; `-` or nothing for standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Where the one rewritten envelope goes; standard output if not given
    #[arg(short, long, value_name = "OUT", conflicts_with_all = ["out", "in_place", "check"])]
    pub(crate) output: Option<PathBuf>,
    /// The folder for what was rewritten; paths below a FILE that is a folder are kept
    #[arg(long, value_name = "DIR", conflicts_with_all = ["in_place", "check"])]
    pub(crate) out: Option<PathBuf>,
    /// Rewrite each file where it is; a file is replaced at once or not at all
    #[arg(long, conflicts_with = "check")]
    pub(crate) in_place: bool,
    /// Write nothing; exit 1 if anything would go
    #[arg(long)]
    pub(crate) check: bool,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Say what was removed: on standard error if standard output holds the envelope, otherwise there
    #[arg(long, value_name = "FORMAT")]
    pub(crate) report: Option<ReportFormat>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The hash of OLD covers the password in it, and whoever knows the rest could try passwords against it: \
do not hand the evidence on while that password is valid.")]
pub(crate) struct Prove {
    /// The envelope as it was, or a folder of them
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The envelope without its security header, or a folder with the same paths
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Print the evidence as JSON with a schema_version
    #[arg(long)]
    pub(crate) json: bool,
}

/// How envelopes are read, and what may be cut.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// The Content-Type the message was sent with: needed for multipart (MTOM), heeded for its charset
    #[arg(long, value_name = "TEXT")]
    pub(crate) content_type: Option<String>,
    /// Cut although a signature reaches across the cut
    #[arg(long)]
    pub(crate) allow_signed: bool,
    /// Cut all security headers for one target where there are several
    #[arg(long)]
    pub(crate) allow_second_block: bool,
    /// What to do with a security header for another named actor
    #[arg(long, value_name = "WHAT", default_value = "refuse")]
    pub(crate) other_actor: Actor,
    /// A named actor (SOAP 1.2: role) whose security header is cut like one without actor
    #[arg(long, value_name = "URI")]
    pub(crate) actor: Option<String>,
    /// Drop Header as well if nothing but white space is left in it
    #[arg(long)]
    pub(crate) drop_empty_header: bool,
    /// Refuse a message that is not well-formed XML to its end
    #[arg(long)]
    pub(crate) well_formed: bool,
    /// How far into the message its Body must begin, in bytes [default: 65536]
    #[arg(long, value_name = "BYTES")]
    pub(crate) header_limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Actor {
    /// Refuse the envelope
    Refuse,
    /// Leave that header where it is
    Keep,
    /// Cut it like the others
    Cut,
}

impl Reading {
    /// The policy that the flags make.
    pub(crate) fn policy(&self) -> Policy {
        let mut limits = Limits::default();
        if let Some(bytes) = self.header_limit {
            limits.header_bytes = bytes;
        }
        Policy {
            other_actor: match self.other_actor {
                Actor::Refuse => OtherActor::Refuse,
                Actor::Keep => OtherActor::Keep,
                Actor::Cut => OtherActor::Cut,
            },
            allow_second_block: self.allow_second_block,
            allow_signed: self.allow_signed,
            actor: self.actor.clone(),
            drop_empty_header: self.drop_empty_header,
            well_formed: self.well_formed,
            limits,
            ..Policy::default()
        }
    }
}
