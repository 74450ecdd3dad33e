//! What can be wrong with a configuration, and where it stands.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A position in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file, as it was named by the caller or found through `include`.
    pub file: Arc<Path>,
    /// The line, counted from 1.
    pub line: u32,
    /// The character in the line, counted from 1.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// A configuration that cannot be used.
///
/// No message holds a value of the configuration: a password pasted in the wrong place must not be printed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A configuration file could not be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A configuration file in another encoding than UTF-8, as some editors and shells of Windows write it.
    #[error("{} is not UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// How much of it is.
        #[source]
        source: std::str::Utf8Error,
    },
    /// A configuration file, or one of those it trusts, that others can write.
    #[error("{} can be written by others (mode {mode:03o}): chmod go-w", path.display())]
    Writable {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is not TOML 1.0.
    #[error("{place}: not TOML: {message}")]
    Syntax {
        /// Where the parser stopped.
        place: Place,
        /// What the parser says.
        message: String,
    },
    /// A key stands twice in one table.
    #[error("{place}: this key stands in the table already")]
    DuplicateKey {
        /// The second of the two.
        place: Place,
    },
    /// `version` names a format that this release does not read.
    #[error("{place}: `version` must be {supported}")]
    Version {
        /// Where the value stands.
        place: Place,
        /// The version this release reads.
        supported: i64,
    },
    /// A key that nobody reads, so that a typing error cannot go unseen.
    #[error("{place}: unknown key `{key}` in {table}; {}", hint(nearest.as_deref(), known))]
    UnknownKey {
        /// Where the key stands.
        place: Place,
        /// The table it stands in.
        table: String,
        /// The key.
        key: String,
        /// The known key that it looks like.
        nearest: Option<String>,
        /// The keys that may stand there.
        known: Vec<&'static str>,
    },
    /// A value of another type than the key takes.
    #[error("{place}: `{key}` must be {expected}, found {found}")]
    WrongType {
        /// Where the value stands.
        place: Place,
        /// The key.
        key: String,
        /// What it takes.
        expected: &'static str,
        /// The TOML type that was found.
        found: &'static str,
    },
    /// A routing number written as a TOML number, which loses its leading zeros.
    #[error("{place}: `{key}` must stand in quotes: a number loses its leading zeros")]
    NumberForId {
        /// Where the value stands.
        place: Place,
        /// The key.
        key: String,
    },
    /// A value of the right type that means nothing.
    #[error("{place}: `{key}` must be {expected}")]
    BadValue {
        /// Where the value stands.
        place: Place,
        /// The key.
        key: String,
        /// What it takes.
        expected: &'static str,
    },
    /// A key that must be there.
    #[error("{place}: {table} needs `{key}`: {reason}")]
    MissingKey {
        /// Where the table stands.
        place: Place,
        /// The table.
        table: String,
        /// The key.
        key: &'static str,
        /// What it is for.
        reason: &'static str,
    },
    /// A URL that would carry a secret in the clear.
    #[error("{place}: `{key}` must be an https URL (http is for loopback only)")]
    InsecureUrl {
        /// Where the value stands.
        place: Place,
        /// The key.
        key: String,
    },
    /// A URL that would carry a secret in the clear, to an endpoint that does not move to OAuth.
    #[error("{place}: {what}; and `{key}` would have to be an https URL")]
    Elsewhere {
        /// Where the value stands.
        place: Place,
        /// The key.
        key: String,
        /// What the endpoint is.
        what: super::Elsewhere,
    },
    /// A secret in the file instead of a reference to it.
    #[error(
        "{place}: `{key}` holds a secret: write {{ file = … }}, {{ env = … }} or {{ command = […] }}"
    )]
    InlineSecret {
        /// Where the value stands.
        place: Place,
        /// The key.
        key: String,
    },
    /// A pattern in `include` that is malformed or names no file.
    #[error("{place}: `include` pattern {problem}")]
    Include {
        /// Where the pattern stands.
        place: Place,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Two profiles of one name.
    #[error("{place}: profile `{name}` is already at {first}")]
    DuplicateProfile {
        /// The second of the two.
        place: Place,
        /// The name.
        name: String,
        /// The first of the two.
        first: Place,
    },
    /// Two profiles for one institution, environment and product.
    #[error(
        "{place}: profile `{name}` has the inst_rt_id, inst_env and product of profile `{other}` at {first}"
    )]
    DuplicateIdentity {
        /// The second of the two.
        place: Place,
        /// Its name.
        name: String,
        /// The first of the two.
        first: Place,
        /// Its name.
        other: String,
    },
    /// A token endpoint of another origin than the issuer: its metadata or a typing error would send assertions elsewhere.
    #[error("{place}: `issuer` and `token_endpoint` are of different origins")]
    IssuerOrigin {
        /// Where the issuer stands.
        place: Place,
    },
    /// One key for two authorization servers, of which one could pass our assertion on to the other.
    #[error(
        "{place}: profile `{name}` has the key of profile `{other}` at {first}, but another authorization server"
    )]
    KeyOfTwoServers {
        /// The second of the two.
        place: Place,
        /// Its name.
        name: String,
        /// The first of the two.
        first: Place,
        /// Its name.
        other: String,
    },
    /// No profile of this name.
    #[error("no profile `{name}`; there is {}", names(known))]
    NoProfile {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The profile's state needs a part that this release does not serve, or that is absent.
    #[error("profile `{profile}` is in state `{state}`; this needs state `oauth`")]
    State {
        /// The profile.
        profile: String,
        /// Its state.
        state: super::State,
    },
    /// The profile has not what a state needs.
    #[error("profile `{profile}` cannot be in state `{state}`: it has no {part}")]
    Lacks {
        /// The profile.
        profile: String,
        /// The state.
        state: super::State,
        /// The table or key.
        part: &'static str,
    },
    /// The profile says something of its own of services or operations, by which one stack for all cannot go.
    #[error(
        "profile `{profile}` has settings for services or operations, by which one stack for all of them cannot go"
    )]
    Divided {
        /// The profile.
        profile: String,
    },
    /// A password for the old model that is no text.
    #[error("the password of the old model is not UTF-8")]
    Password,
    /// A key file that others can read.
    #[error("{} can be read by others (mode {mode:03o}): chmod 600", path.display())]
    SecretExposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A secret's file could not be read.
    #[error("cannot read the secret in {}", path.display())]
    SecretFile {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A secret's environment variable is not set, empty or not Unicode.
    #[error("environment variable {name} for a secret is not set")]
    SecretEnv {
        /// The variable.
        name: String,
    },
    /// A secret's command could not be started.
    #[error("cannot start {program} for a secret")]
    SecretCommand {
        /// The program; its arguments are not shown.
        program: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A secret's command failed, took too long or wrote nothing.
    #[error("{program} gave no secret: {outcome}")]
    SecretCommandFailed {
        /// The program; its arguments and output are not shown.
        program: String,
        /// What became of it.
        outcome: String,
    },
    /// A file of trusted authorities that cannot be read.
    #[error("cannot read the certificates in {}", path.display())]
    Roots {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file of trusted authorities that holds no certificate.
    #[error("{} holds no certificate in PEM that can be read", path.display())]
    NoRoots {
        /// The file.
        path: PathBuf,
    },
    /// A client certificate that cannot be used.
    #[error("the client certificate is not PEM with a certificate and its unencrypted private key")]
    ClientCertificate,
    /// The password of a proxy that is no text.
    #[error("the proxy's password is not Unicode text")]
    ProxyPassword,
    /// A private key that is to be read stays in a PKCS#11 token.
    #[error("the private key stays in a PKCS#11 token: it cannot be read")]
    KeyInToken,
    /// A profile's key is in a PKCS#11 token, and this build has no support for those.
    #[error("the key is in a PKCS#11 token, and this program was built without the feature pkcs11")]
    Pkcs11NotBuilt,
    /// A secret longer than any key or password.
    #[error("a secret is longer than {limit} bytes")]
    SecretTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl ConfigError {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "config-unreadable",
            Self::NotUtf8 { .. } => "config-not-utf8",
            Self::Writable { .. } => "config-writable",
            Self::Syntax { .. } => "config-syntax",
            Self::DuplicateKey { .. } => "config-duplicate-key",
            Self::Version { .. } => "config-version",
            Self::UnknownKey { .. } => "config-unknown-key",
            Self::WrongType { .. } => "config-wrong-type",
            Self::NumberForId { .. } => "config-number-for-id",
            Self::BadValue { .. } => "config-bad-value",
            Self::MissingKey { .. } => "config-missing-key",
            Self::InsecureUrl { .. } => "config-insecure-url",
            Self::Elsewhere { what, .. } => what.code(),
            Self::InlineSecret { .. } => "config-inline-secret",
            Self::Include { .. } => "config-include",
            Self::DuplicateProfile { .. } => "config-duplicate-profile",
            Self::DuplicateIdentity { .. } => "config-duplicate-identity",
            Self::IssuerOrigin { .. } => "config-issuer-origin",
            Self::KeyOfTwoServers { .. } => "config-key-of-two-servers",
            Self::NoProfile { .. } => "config-no-profile",
            Self::State { .. } => "config-state",
            Self::Lacks { .. } => "config-lacks",
            Self::Divided { .. } => "config-divided",
            Self::Password => "config-password",
            Self::SecretExposed { .. } => "config-secret-exposed",
            Self::SecretFile { .. } => "config-secret-file",
            Self::SecretEnv { .. } => "config-secret-env",
            Self::SecretCommand { .. } => "config-secret-command",
            Self::SecretCommandFailed { .. } => "config-secret-command-failed",
            Self::Roots { .. } | Self::NoRoots { .. } => "config-roots",
            Self::ClientCertificate => "config-client-certificate",
            Self::ProxyPassword => "config-proxy-password",
            Self::KeyInToken => "config-key-in-token",
            Self::Pkcs11NotBuilt => "config-pkcs11-not-built",
            Self::SecretTooLarge { .. } => "config-secret-too-large",
        }
    }

    /// Where in a configuration file it was seen, if it was there.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Syntax { place, .. }
            | Self::DuplicateKey { place }
            | Self::Version { place, .. }
            | Self::UnknownKey { place, .. }
            | Self::WrongType { place, .. }
            | Self::NumberForId { place, .. }
            | Self::BadValue { place, .. }
            | Self::MissingKey { place, .. }
            | Self::InsecureUrl { place, .. }
            | Self::Elsewhere { place, .. }
            | Self::InlineSecret { place, .. }
            | Self::Include { place, .. }
            | Self::DuplicateProfile { place, .. }
            | Self::DuplicateIdentity { place, .. }
            | Self::IssuerOrigin { place }
            | Self::KeyOfTwoServers { place, .. } => Some(place),
            _ => None,
        }
    }
}

fn hint(nearest: Option<&str>, known: &[&str]) -> String {
    match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("known are {}", known.join(", ")),
    }
}

fn names(known: &[String]) -> String {
    if known.is_empty() {
        "none".to_owned()
    } else {
        known.join(", ")
    }
}
