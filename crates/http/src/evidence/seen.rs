//! What was seen of a profile, and how two parts of it are added up.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::EvidenceError;
use crate::shadow::Outcome;

/// The form of the file.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// Operations that are told apart.
const OPERATIONS: usize = 256;

/// Element paths, and codes, that are told apart for one operation.
const PATHS: usize = 64;

/// What stands for all operations beyond [`OPERATIONS`].
const OTHERS: &str = "?";

/// A second, written as RFC 3339 has it, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The second of `time`.
    pub fn of(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }

    /// How long ago it was at `now`; nothing if it is yet to come.
    pub fn age(self, now: SystemTime) -> Duration {
        let seconds = Self::of(now).0.saturating_sub(self.0);
        Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Timestamp::from_second(self.0).unwrap_or(Timestamp::MAX);
        write!(f, "{time}")
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time: Timestamp = text.parse().map_err(D::Error::custom)?;
        Ok(Self(time.as_second()))
    }
}

/// What was seen of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Seen {
    /// The form of the file: 1.
    pub schema_version: u32,
    /// The profile.
    pub profile: String,
    /// When a token was fetched last.
    pub last_token: Option<Moment>,
    /// The call that was answered, or failed, last.
    pub last_call: Option<LastCall>,
    /// What the shadow showed; none if nothing was ever repeated.
    pub shadow: Option<Shadowed>,
}

/// A call that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LastCall {
    /// When.
    pub at: Moment,
    /// The state that it was made in.
    pub state: String,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// The code of the error, if there was none.
    pub code: Option<String>,
}

/// What a shadow showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Shadowed {
    /// When the first read was looked at.
    pub first: Moment,
    /// When the last was.
    pub last: Moment,
    /// By the name of the operation.
    pub operations: BTreeMap<String, Tally>,
}

/// What the shadow of one operation showed, in numbers of reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Tally {
    /// Both models gave the same answer.
    pub agreed: u64,
    /// They did not.
    pub differed: u64,
    /// The new model gave none that could be compared.
    pub failed: u64,
    /// Not repeated, for too many were under way.
    pub dropped: u64,
    /// Not repeated, for it was not certain that nothing would change.
    pub not_a_read: u64,
    /// Too long, packed, no SOAP, or a request in parts or in UTF-16.
    pub not_comparable: u64,
    /// Where answers differed, and how often.
    pub paths: BTreeMap<String, u64>,
    /// Whether there are more paths than are told.
    pub more_paths: bool,
    /// Why there was no answer to compare, and how often.
    pub codes: BTreeMap<String, u64>,
}

impl Seen {
    /// Nothing yet.
    pub fn nothing(profile: impl Into<String>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            profile: profile.into(),
            last_token: None,
            last_call: None,
            shadow: None,
        }
    }

    /// What the file at `path` says of `profile`; none if there is no such file.
    ///
    /// # Errors
    /// A file that cannot be read, or that is none of this profile's.
    pub fn read(path: &Path, profile: &str) -> Result<Option<Self>, EvidenceError> {
        let bytes = crate::locked::read(path).map_err(|source| EvidenceError::File {
            path: path.to_owned(),
            source,
        })?;
        bytes
            .map(|bytes| Self::parse(&bytes, path, profile))
            .transpose()
    }

    pub(super) fn parse(bytes: &[u8], path: &Path, profile: &str) -> Result<Self, EvidenceError> {
        #[derive(Deserialize)]
        struct Version {
            schema_version: u32,
        }

        let syntax = |error: serde_json::Error| EvidenceError::Syntax {
            path: path.to_owned(),
            line: error.line(),
            column: error.column(),
        };
        let version: Version = serde_json::from_slice(bytes).map_err(syntax)?;
        if version.schema_version != SCHEMA_VERSION {
            return Err(EvidenceError::Version {
                path: path.to_owned(),
                found: version.schema_version,
                expected: SCHEMA_VERSION,
            });
        }
        let seen: Self = serde_json::from_slice(bytes).map_err(syntax)?;
        if seen.profile != profile {
            return Err(EvidenceError::Profile {
                path: path.to_owned(),
                found: seen.profile,
            });
        }
        Ok(seen)
    }

    /// Adds what was seen elsewhere, or later.
    pub fn add(&mut self, other: Self) {
        self.last_token = self.last_token.max(other.last_token);
        if let Some(call) = other.last_call
            && self
                .last_call
                .as_ref()
                .is_none_or(|ours| ours.at <= call.at)
        {
            self.last_call = Some(call);
        }
        match (&mut self.shadow, other.shadow) {
            (_, None) => {}
            (ours @ None, theirs) => *ours = theirs,
            (Some(ours), Some(theirs)) => ours.add(theirs),
        }
    }

    pub(super) fn note(&mut self, at: Moment, operation: &str, outcome: &Outcome) {
        let mut tally = Tally::default();
        match outcome {
            Outcome::Agreed => tally.agreed = 1,
            Outcome::Differed(found) => {
                tally.differed = 1;
                tally.paths = found.paths.keys().map(|path| (path.clone(), 1)).collect();
                tally.more_paths = found.more;
            }
            Outcome::Failed(code) => {
                tally.failed = 1;
                tally.codes.insert((*code).to_owned(), 1);
            }
            Outcome::NotARead => tally.not_a_read = 1,
            Outcome::NotComparable => tally.not_comparable = 1,
            Outcome::Dropped => tally.dropped = 1,
        }
        let one = Shadowed {
            first: at,
            last: at,
            operations: BTreeMap::from([(operation.to_owned(), tally)]),
        };
        match &mut self.shadow {
            None => self.shadow = Some(one),
            Some(shadow) => shadow.add(one),
        }
    }
}

impl Shadowed {
    fn add(&mut self, other: Self) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        for (name, tally) in other.operations {
            let known = self.operations.contains_key(&name) || self.operations.len() < OPERATIONS;
            let name = if known { name } else { OTHERS.to_owned() };
            self.operations.entry(name).or_default().add(tally);
        }
    }

    /// All operations together.
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        for tally in self.operations.values() {
            total.add(tally.clone());
        }
        total
    }
}

impl Tally {
    fn add(&mut self, other: Self) {
        for (ours, theirs) in [
            (&mut self.agreed, other.agreed),
            (&mut self.differed, other.differed),
            (&mut self.failed, other.failed),
            (&mut self.dropped, other.dropped),
            (&mut self.not_a_read, other.not_a_read),
            (&mut self.not_comparable, other.not_comparable),
        ] {
            *ours = ours.saturating_add(theirs);
        }
        self.more_paths |= other.more_paths;
        for (path, count) in other.paths {
            self.more_paths |= !add(&mut self.paths, path, count);
        }
        for (code, count) in other.codes {
            add(&mut self.codes, code, count);
        }
    }
}

/// Whether there was room for it.
fn add(counts: &mut BTreeMap<String, u64>, name: String, count: u64) -> bool {
    if !counts.contains_key(&name) && counts.len() >= PATHS {
        return false;
    }
    let known = counts.entry(name).or_default();
    *known = known.saturating_add(count);
    true
}
