//! What can be wrong with a contract, with the place and the remedy.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;

/// A line of an input file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file as the caller named it, or as an include of such a file led to it.
    pub file: Arc<str>,
    /// The line, counted from 1.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Why no code, or no contract, came out.
///
/// Every variant names the file and, where one line is to blame, the line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read.
    #[error("{}: cannot be read", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// An address on the network was named; nothing is ever fetched.
    #[error("{url}: contracts are read from the disk only")]
    Remote {
        /// The address.
        url: String,
    },
    /// A folder holds no `.wsdl` file, or no input was named.
    #[error("{}: no .wsdl file here", path.display())]
    NoContract {
        /// The folder.
        path: PathBuf,
    },
    /// A file is not well-formed XML.
    #[error("{place}: not well-formed XML")]
    NotXml {
        /// Where reading stopped.
        place: Place,
        /// What the XML reader said.
        source: Box<quick_xml::Error>,
    },
    /// A file ends before its elements do, or holds none at all.
    #[error("{place}: the document is not complete")]
    Truncated {
        /// The last line.
        place: Place,
    },
    /// A file is not in the encoding that it claims, UTF-8 where it claims none, or that encoding is unknown.
    #[error("{place}: the file cannot be read as `{encoding}`, its encoding")]
    Encoding {
        /// The first line that is not.
        place: Place,
        /// The encoding.
        encoding: String,
    },
    /// The root element is not the one expected.
    #[error("{place}: expected {expected}, found element `{found}`")]
    WrongRoot {
        /// The root element.
        place: Place,
        /// What was looked for.
        expected: &'static str,
        /// The local name found.
        found: String,
    },
    /// An attribute that the specification requires is absent, or its value has no meaning.
    #[error("{place}: element `{element}` has no usable attribute `{attribute}`")]
    Incomplete {
        /// The element.
        place: Place,
        /// Its local name.
        element: String,
        /// The attribute.
        attribute: &'static str,
    },
    /// A name is used that nothing defines.
    #[error("{place}: {kind} `{name}` is not defined anywhere")]
    Dangling {
        /// Where it is used.
        place: Place,
        /// What the name should name: `type`, `element`, `message` and so on.
        kind: &'static str,
        /// The name, with its namespace when it has one.
        name: String,
    },
    /// A binding and its port type disagree about the messages of an operation.
    #[error(
        "{place}: of binding and port type only one gives the operation `{operation}` an {message}"
    )]
    Mismatch {
        /// The operation of the binding, or its message.
        place: Place,
        /// The operation.
        operation: String,
        /// `input` or `output`.
        message: &'static str,
    },
    /// There is no operation that code can be made for.
    #[error("{place}: no operation to call: {reason}")]
    NoOperation {
        /// What stands in the way.
        place: Place,
        /// Why.
        reason: String,
    },
    /// A remark, where remarks are errors.
    #[error("{0}")]
    Remark(Box<Diagnostic>),
    /// An included or imported file is not there.
    #[error("{place}: the schema file `{location}` is not beside the contract")]
    MissingFile {
        /// The include or import.
        place: Place,
        /// Its location as written.
        location: String,
    },
    /// An included or imported file may be one of several that are equally near and differ.
    #[error("{place}: `{location}` may be {}", list(files))]
    Ambiguous {
        /// The include or import.
        place: Place,
        /// Its location as written.
        location: String,
        /// The files of that name.
        files: Vec<PathBuf>,
    },
    /// An archive cannot be unpacked.
    #[error("{}: the archive cannot be unpacked", path.display())]
    ArchiveDamaged {
        /// The archive, or the entry with its path inside the archive.
        path: PathBuf,
        /// What the zip reader said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An entry of an archive is refused for what it is.
    #[error("{}: {fault}", path.display())]
    ArchiveEntry {
        /// The entry with its path inside the archive.
        path: PathBuf,
        /// What is wrong with it.
        fault: ArchiveFault,
    },
    /// An archive comes to more than any contract; unpacking stopped.
    #[error("{}: more than {limit} {what}", path.display())]
    ArchiveLimit {
        /// The archive, or the entry with its path inside the archive.
        path: PathBuf,
        /// What was counted.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// A construct that the generator does not render yet; nothing is dropped in silence.
    #[error("{place}: {construct} is not supported")]
    Unsupported {
        /// Where it stands.
        place: Place,
        /// The construct.
        construct: String,
    },
    /// Two files define one name differently, and neither definition contains the other.
    #[error("{place}: `{name}` is defined differently at {other}")]
    Clash {
        /// One definition.
        place: Place,
        /// The other.
        other: Place,
        /// The name.
        name: String,
    },
    /// Two files hold one service, as those of two releases do: which of them is meant nobody can know.
    #[error(
        "{place}: service `{name}`{} stands at {other}, too{}{}",
        of_version(version),
        if other_version.is_some() { "," } else { "" },
        of_version(other_version)
    )]
    ServiceTwice {
        /// One of them.
        place: Place,
        /// The `version` of its schemas.
        version: Option<String>,
        /// The other.
        other: Place,
        /// The `version` of the other's schemas.
        other_version: Option<String>,
        /// The name of the service.
        name: String,
    },
    /// The input is larger or deeper than any contract; reading stopped.
    #[error("{place}: more than {limit} {what}")]
    Limit {
        /// Where the limit was passed.
        place: Place,
        /// What was counted.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// A selected operation is not in the contract.
    #[error("no operation `{name}` in the contract")]
    UnknownOperation {
        /// The name asked for.
        name: String,
        /// Names that are there and resemble it.
        similar: Vec<String>,
    },
    /// The name of several operations where one is wanted.
    #[error("`{name}` is an operation of several services")]
    AmbiguousOperation {
        /// The name asked for.
        name: String,
        /// Their names, each with its service.
        names: Vec<String>,
    },
    /// A selected service is not in the contract.
    #[error("no service `{name}` in the contract")]
    UnknownService {
        /// The name asked for.
        name: String,
        /// Names that are there and resemble it.
        similar: Vec<String>,
    },
    /// A type or element that was asked for is not in the contract.
    #[error("no type or element `{name}` in the contract")]
    UnknownType {
        /// The name asked for.
        name: String,
        /// Names that are there and resemble it.
        similar: Vec<String>,
    },
    /// A file of the output folder was not written by the generator.
    #[error("{}: exists and does not carry the generated mark", path.display())]
    HandWritten {
        /// The file.
        path: PathBuf,
    },
    /// A file stands where the output folder is wanted.
    #[error("{}: is a file, and a folder is wanted", path.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
    },
    /// What stands in the output folder could not be read, so nothing was written over it.
    #[error("{}: cannot be read, so it is not written over", path.display())]
    OutputUnreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The output could not be written.
    #[error("{}: cannot be written", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Why an entry of an archive is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveFault {
    /// Its name is absolute, has a drive, or climbs with `..`.
    #[error("the name of the entry leads out of the archive")]
    Path,
    /// It is a symbolic link.
    #[error("the entry is a link")]
    Link,
    /// Two entries have one name.
    #[error("two entries of the archive have one name")]
    Duplicate,
    /// It is encrypted.
    #[error("the entry is encrypted")]
    Encrypted,
    /// It is compressed by another method than deflate.
    #[error("the entry is compressed by another method than deflate")]
    Method,
}

fn of_version(version: &Option<String>) -> String {
    let version = version.as_deref();
    version.map_or_else(String::new, |version| format!(" of version {version}"))
}

fn list(files: &[PathBuf]) -> String {
    let files: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    files.join(" or ")
}

/// Of the names that are there up to three that come close to the one that is not.
fn similar<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted = name.to_ascii_lowercase();
    let mut close = BTreeSet::new();
    for known in known {
        let lower = known.to_ascii_lowercase();
        if lower == wanted {
            return vec![known.to_owned()];
        }
        let common = lower.bytes().zip(wanted.bytes());
        let common = common.take_while(|(a, b)| a == b).count();
        if lower.contains(&wanted) || common >= 4 {
            close.insert((usize::MAX - common, known));
        }
    }
    let names = close.into_iter().map(|(_, name)| name.to_owned());
    names.take(3).collect()
}

impl Error {
    pub(crate) fn unknown_operation<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        Self::UnknownOperation {
            name: name.to_owned(),
            similar: similar(name, known),
        }
    }

    pub(crate) fn unknown_service<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        Self::UnknownService {
            name: name.to_owned(),
            similar: similar(name, known),
        }
    }

    pub(crate) fn unknown_type<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        Self::UnknownType {
            name: name.to_owned(),
            similar: similar(name, known),
        }
    }

    /// A stable code, one for each cause.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "wsdl-unreadable",
            Self::Remote { .. } => "wsdl-remote",
            Self::NoContract { .. } => "wsdl-none-found",
            Self::NotXml { .. } => "wsdl-not-xml",
            Self::Truncated { .. } => "wsdl-truncated",
            Self::Encoding { .. } => "wsdl-encoding",
            Self::WrongRoot { .. } => "wsdl-wrong-root",
            Self::Incomplete { .. } => "wsdl-incomplete",
            Self::Dangling { .. } => "wsdl-dangling-reference",
            Self::Mismatch { .. } => "wsdl-mismatch",
            Self::NoOperation { .. } => "wsdl-no-operation",
            Self::Remark(_) => "wsdl-remark",
            Self::MissingFile { .. } => "schema-missing-file",
            Self::Ambiguous { .. } => "schema-ambiguous-file",
            Self::ArchiveDamaged { .. } => "archive-damaged",
            Self::ArchiveEntry { .. } => "archive-entry",
            Self::ArchiveLimit { .. } => "archive-limit",
            Self::Unsupported { .. } => "wsdl-unsupported",
            Self::Clash { .. } | Self::ServiceTwice { .. } => "wsdl-name-clash",
            Self::Limit { .. } => "wsdl-limit",
            Self::UnknownOperation { .. } => "wsdl-unknown-operation",
            Self::AmbiguousOperation { .. } => "wsdl-ambiguous-operation",
            Self::UnknownService { .. } => "wsdl-unknown-service",
            Self::UnknownType { .. } => "wsdl-unknown-type",
            Self::HandWritten { .. } => "output-hand-written",
            Self::NoFolder { .. } => "output-no-folder",
            Self::OutputUnreadable { .. } => "output-unreadable",
            Self::Unwritable { .. } => "output-unwritable",
        }
    }

    /// The line to blame, when there is one.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::NotXml { place, .. }
            | Self::Truncated { place }
            | Self::Encoding { place, .. }
            | Self::WrongRoot { place, .. }
            | Self::Incomplete { place, .. }
            | Self::Dangling { place, .. }
            | Self::Mismatch { place, .. }
            | Self::NoOperation { place, .. }
            | Self::MissingFile { place, .. }
            | Self::Ambiguous { place, .. }
            | Self::Unsupported { place, .. }
            | Self::Clash { place, .. }
            | Self::ServiceTwice { place, .. }
            | Self::Limit { place, .. } => Some(place),
            Self::Remark(remark) => Some(&remark.place),
            _ => None,
        }
    }

    /// What the user can do about it.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::Unreadable { .. } => "check the path and the rights on it".into(),
            Self::Remote { url } => format!(
                "download it with all schemas it includes, for example `curl -LO {url}`, and name the file"
            ),
            Self::NoContract { .. } => "name a .wsdl file, the folder that holds them, or the zip archive".into(),
            Self::NotXml { .. } | Self::Truncated { .. } => {
                "take the file afresh from where the contract is published".into()
            }
            Self::Encoding { .. } => {
                "convert the file to UTF-8, and let its first line say so".into()
            }
            Self::WrongRoot { expected, .. } => format!("name a file that is {expected}"),
            Self::Incomplete { attribute, .. } => {
                format!("add `{attribute}`, or ask the publisher of the contract to")
            }
            Self::Dangling { kind, name, .. } => {
                format!("define the {kind} `{name}`, or include the schema that does")
            }
            Self::Mismatch { message, .. } => {
                format!("give the operation an `{message}` in both, or in neither")
            }
            Self::NoOperation { .. } => {
                "name the WSDL file that holds the SOAP binding, and the service if there is one"
                    .into()
            }
            Self::Remark(_) => "see to it in the contract, or generate without --strict".into(),
            Self::MissingFile { location, .. } => {
                format!("put `{location}` beside the contract; nothing is fetched from the network")
            }
            Self::Ambiguous { .. } => {
                "name the folder of one release, or leave one of the files out".into()
            }
            Self::ArchiveDamaged { .. } => {
                "take the archive afresh from where it is published, or unpack it and name the folder"
                    .into()
            }
            Self::ArchiveEntry { fault, .. } => match fault {
                ArchiveFault::Encrypted | ArchiveFault::Method => {
                    "unpack the archive yourself and name the folder".into()
                }
                _ => "do not use the archive: no tool that packs contracts makes such an entry".into(),
            },
            Self::ArchiveLimit { .. } => {
                "check where the archive comes from; if you trust it, unpack it and name the folder"
                    .into()
            }
            Self::Unsupported { .. } => "select operations that do without it, with --ops".into(),
            Self::Clash { .. } => "take all files from one release of the contract, or generate two crates".into(),
            Self::ServiceTwice { .. } => {
                "name one of the two files, or the folder of one release; `castile contract diff OLD NEW` tells how two releases differ"
                    .into()
            }
            Self::Limit { .. } => {
                "split the contract; the limit protects against hostile input".into()
            }
            Self::UnknownOperation { similar, .. } if similar.is_empty() => {
                "take the name of an operation of the WSDL: `castile contract list` shows them".into()
            }
            Self::AmbiguousOperation { names, .. } => {
                format!("name the service too: {}", names.join(", "))
            }
            Self::UnknownService { similar, .. } if similar.is_empty() => {
                "take the name of a service of the WSDL: `castile contract list` shows them".into()
            }
            Self::UnknownType { similar, .. } if similar.is_empty() => {
                "take the name from the contract: `castile contract search` finds it".into()
            }
            Self::UnknownOperation { similar, .. }
            | Self::UnknownService { similar, .. }
            | Self::UnknownType { similar, .. } => {
                format!("did you mean {}?", similar.join(", "))
            }
            Self::HandWritten { .. } => {
                "choose another output folder, or move the file away".into()
            }
            Self::NoFolder { .. } => "name a folder, or one that is not there yet".into(),
            Self::OutputUnreadable { .. } | Self::Unwritable { .. } => {
                "check the output folder and the rights on it".into()
            }
        }
    }
}
