//! How an error is shown: `error[CODE]`, `at:`, `do:`, `who:` on one screen, then the exit code.

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use castile_http::profile::SecretRef;
use castile_http::{ConfigError, Profile};
use serde_json::{Value, json};

use crate::args;
use crate::explain::{self, Entry};
use crate::output::visible;

/// What the process says to the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Done, and there is something to look at.
    Findings = 1,
    /// The command line, the configuration or the input is wrong.
    Usage = 2,
    /// The identity provider gave no token.
    TokenRefused = 3,
    /// No way through the network.
    Network = 4,
    /// The gateway refused, or answered with a fault.
    Gateway = 5,
    /// The request may or may not have been carried out.
    OutcomeUnknown = 6,
    /// Somebody stopped it with Ctrl-C, and nothing is open; as shells number it.
    Stopped = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error on its way to the terminal.
#[derive(Debug)]
pub(crate) struct Problem {
    code: &'static str,
    facts: Vec<String>,
    at: Option<Box<str>>,
    /// In place of the table's remedy.
    remedy: Option<Box<str>>,
    /// The `jXLogTrackingId` of the call that failed.
    tracking_id: Option<Box<str>>,
    /// More lines, each with its name.
    notes: Vec<(&'static str, String)>,
    /// In place of the table's exit code.
    exit: Option<Exit>,
}

impl Problem {
    /// A problem with a code that `castile explain` knows, and the error's own words with those of its causes.
    pub(crate) fn new(code: &'static str, error: &dyn Error) -> Self {
        let mut facts = vec![error.to_string()];
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            // Many errors quote their cause; once is enough.
            if facts.iter().all(|fact| !fact.contains(&text)) {
                facts.push(text);
            }
            source = cause.source();
        }
        Self {
            code,
            facts,
            at: None,
            remedy: None,
            tracking_id: None,
            notes: Vec::new(),
            exit: None,
        }
    }

    /// A problem of the command line itself.
    pub(crate) fn said(code: &'static str, fact: impl Into<String>) -> Self {
        Self {
            code,
            facts: vec![fact.into()],
            at: None,
            remedy: None,
            tracking_id: None,
            notes: Vec::new(),
            exit: None,
        }
    }

    /// Adds the place: a file, a line, an offset, a URL without secrets.
    pub(crate) fn at(mut self, place: impl fmt::Display) -> Self {
        let place = place.to_string();
        // Many errors begin with their place; once is enough.
        if let Some(fact) = self.facts.first_mut()
            && let Some(rest) = fact.strip_prefix(&format!("{place}: "))
        {
            *fact = rest.to_owned();
        }
        self.at = Some(place.into());
        self
    }

    /// A remedy that knows more of the case than the table.
    pub(crate) fn remedy(mut self, remedy: impl Into<Box<str>>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Adds the id under which the call was sent, or would have been.
    pub(crate) fn tracked(mut self, id: impl Into<Box<str>>) -> Self {
        self.tracking_id = Some(id.into());
        self
    }

    /// Adds a line of its own.
    pub(crate) fn note(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.notes.push((name, text.into()));
        self
    }

    /// Another exit code than the table's.
    pub(crate) fn exiting(mut self, exit: Exit) -> Self {
        self.exit = Some(exit);
        self
    }

    /// A configuration that cannot be used; `file` is where it was looked for.
    pub(crate) fn config(error: &ConfigError, file: &Path) -> Self {
        let problem = Self::new(error.code(), error);
        match error {
            ConfigError::Unreadable { path, .. }
            | ConfigError::NotUtf8 { path, .. }
            | ConfigError::Writable { path, .. }
            | ConfigError::Roots { path, .. }
            | ConfigError::NoRoots { path }
            | ConfigError::SecretExposed { path, .. }
            | ConfigError::SecretFile { path, .. } => problem.at(path.display()),
            _ => match error.place() {
                Some(place) => problem.at(place),
                None => problem.at(file.display()),
            },
        }
    }

    /// A configuration without a profile: nothing can be done with it.
    pub(crate) fn no_profiles(file: &Path) -> Self {
        Self::said("config-no-profile", "the configuration holds no profile")
            .at(file.display())
            .remedy("write a table [profile.NAME]; `castile sandbox` writes one to try")
    }

    /// A profile through which nothing can be sent; `file` is the configuration.
    pub(crate) fn profile(error: &castile_http::Error, profile: &Profile, file: &Path) -> Self {
        if let castile_http::Error::Config(error) = error {
            return Self::config(error, file);
        }
        let problem = Self::new(error.code(), error);
        let key = profile.client.as_ref().map(|client| &client.key);
        match (error, key) {
            (castile_http::Error::Key(_), Some(SecretRef::File(key))) => problem.at(key.display()),
            _ => problem.at(format_args!("profile {}", profile.name)),
        }
    }

    /// A contract that cannot be read, or code for it that cannot be written.
    pub(crate) fn contract(error: castile_codegen::Error) -> Self {
        use castile_codegen::Error;

        let problem = Self::new(error.code(), &error).remedy(visible(&error.remedy()));
        match &error {
            Error::Unreadable { path, .. }
            | Error::NoContract { path }
            | Error::ArchiveDamaged { path, .. }
            | Error::ArchiveEntry { path, .. }
            | Error::ArchiveLimit { path, .. }
            | Error::HandWritten { path }
            | Error::NoFolder { path }
            | Error::OutputUnreadable { path, .. }
            | Error::Unwritable { path, .. } => problem.at(path.display()),
            Error::Remote { url } => problem.at(url),
            _ => match error.place() {
                Some(place) => problem.at(place),
                None => problem.at("the command line"),
            },
        }
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// What is wrong, in one sentence.
    pub(crate) fn fact(&self) -> String {
        self.facts.join(": ")
    }

    /// The place, if there is one.
    pub(crate) fn place(&self) -> Option<&str> {
        self.at.as_deref()
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        self.exit.unwrap_or(self.entry().exit)
    }

    /// Tells it on standard error, and ends with its exit code.
    ///
    /// With `--json` it is one line of JSON, the last: what is on standard output stays a document of its own.
    pub(crate) fn told(&self) -> ExitCode {
        match args::wants_json() {
            true => anstream::eprintln!("{}", self.json()),
            false => anstream::eprint!("{self}"),
        }
        self.exit().into()
    }

    fn json(&self) -> Value {
        let entry = self.entry();
        let mut error = json!({
            "code": self.code,
            "fact": self.fact(),
            "at": self.at,
            "do": self.remedy.as_deref().unwrap_or(entry.remedy),
            "who": entry.who,
            "exit": self.exit() as u8,
            "outcome_unknown": self.exit() == Exit::OutcomeUnknown,
            "tracking_id": self.tracking_id,
        });
        for (name, text) in &self.notes {
            error[*name] = text.as_str().into();
        }
        json!({ "schema_version": 1, "error": error })
    }

    fn entry(&self) -> &'static Entry {
        explain::entry(self.code).unwrap_or(&explain::UNLISTED)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        let bold = anstyle::Style::new().bold();
        let entry = self.entry();
        writeln!(
            f,
            "{red}error[{}]{red:#}{bold}: {}{bold:#}",
            self.code,
            visible(&self.fact())
        )?;
        if let Some(at) = &self.at {
            writeln!(f, "  {bold}at:{bold:#}  {}", visible(at))?;
        }
        let remedy = self.remedy.as_deref().unwrap_or(entry.remedy);
        writeln!(f, "  {bold}do:{bold:#}  {remedy}")?;
        writeln!(f, "  {bold}who:{bold:#} {}", entry.who)?;
        if let Some(id) = &self.tracking_id {
            writeln!(f, "  {bold}id:{bold:#} jXLogTrackingId {}", visible(id))?;
        }
        for (name, text) in &self.notes {
            writeln!(f, "  {bold}{name}:{bold:#} {}", visible(text))?;
        }
        writeln!(f, "`castile explain {}` tells more.", self.code)
    }
}
