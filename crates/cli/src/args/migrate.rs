//! The words of `castile migrate`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(subcommand)]
    pub(crate) command: MigrateCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MigrateCommand {
    /// Find what has to change in source and configuration; nothing of a file's text is printed
    Scan(Scan),
    /// Write a page for each profile and one over all of them, in Markdown and HTML
    Report(Report),
}

#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// Files, and folders whose files are scanned except those that a .gitignore leaves out
    #[arg(value_name = "PATH", required_unless_present = "rules")]
    pub(crate) paths: Vec<PathBuf>,
    /// Print JSON with a schema_version
    #[arg(long)]
    pub(crate) json: bool,
    /// Print SARIF 2.1.0
    #[arg(long, conflicts_with = "json")]
    pub(crate) sarif: bool,
    /// Findings that are known: they are counted, not told
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write all findings of this scan as a baseline; they then do not count for the exit code
    #[arg(long, value_name = "FILE")]
    pub(crate) write_baseline: Option<PathBuf>,
    /// List the rules and stop
    #[arg(long, conflicts_with_all = ["sarif", "baseline", "write_baseline", "paths"])]
    pub(crate) rules: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "castile.toml")]
    pub(crate) config: PathBuf,
    /// What `castile prove --json` printed, for the profile whose messages it compared
    #[arg(long, value_name = "PROFILE=FILE", value_parser = proof)]
    pub(crate) proof: Vec<(String, PathBuf)>,
    /// The folder for the pages; pages of the same name are replaced
    #[arg(long, value_name = "DIR", default_value = "migration")]
    pub(crate) out: PathBuf,
    /// The date that days are counted from; today (UTC) if not given
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) today: Option<Date>,
}

fn proof(text: &str) -> Result<(String, PathBuf), &'static str> {
    let (profile, file) = text
        .split_once('=')
        .ok_or("write the profile's name, `=` and the file")?;
    Ok((profile.to_owned(), PathBuf::from(file)))
}
