//! One line of a journal.

use serde::{Deserialize, Serialize};

use super::{EntryId, Note, Outcome};

/// The version of the lines.
const VERSION: u32 = 1;

/// No line of ours is longer; what is, is damage.
pub(super) const LONGEST: usize = 4096;

/// How a line ends, but for its eight digits.
const CRC: &str = ",\"crc\":\"";

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Record {
    Opened {
        run: u64,
    },
    Sending {
        id: String,
        profile: Option<String>,
        service: Option<String>,
        operation: Option<String>,
        tracking_id: Option<String>,
        attempt: u32,
    },
    Outcome {
        id: String,
        outcome: Outcome,
        code: Option<String>,
    },
    Resolved {
        id: String,
        outcome: Outcome,
    },
}

impl Record {
    pub(super) fn sending(id: EntryId, note: &Note) -> Self {
        Self::Sending {
            id: id.to_string(),
            profile: note.profile.as_deref().map(bounded),
            service: note.service.as_deref().map(bounded),
            operation: note.operation.as_deref().map(bounded),
            tracking_id: note.tracking_id.as_deref().map(bounded),
            attempt: note.attempt,
        }
    }

    pub(super) fn outcome(id: EntryId, outcome: Outcome, code: Option<&str>) -> Self {
        Self::Outcome {
            id: id.to_string(),
            outcome,
            code: code.map(str::to_owned),
        }
    }
}

/// A line: when it was written, and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    v: u32,
    pub(super) at: u64,
    #[serde(flatten)]
    pub(super) record: Record,
}

/// Why bytes are no line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Bad {
    Version(u32),
    Damaged,
}

impl Line {
    pub(super) fn new(at: u64, record: Record) -> Self {
        Self {
            v: VERSION,
            at,
            record,
        }
    }

    /// The line with its checksum and its end.
    pub(super) fn encode(&self) -> String {
        // Strings and numbers always are JSON.
        let mut line = serde_json::to_string(self).unwrap_or_default();
        line.pop();
        let crc = crc32fast::hash(line.as_bytes());
        line.push_str(CRC);
        line.push_str(&format!("{crc:08x}\"}}\n"));
        line
    }

    /// Reads a line without its end.
    pub(super) fn decode(line: &[u8]) -> Result<Self, Bad> {
        #[derive(Deserialize)]
        struct Version {
            v: u32,
        }
        let text = std::str::from_utf8(line).map_err(|_| Bad::Damaged)?;
        let (said, crc) = text.rsplit_once(CRC).ok_or(Bad::Damaged)?;
        let crc = crc.strip_suffix("\"}").ok_or(Bad::Damaged)?;
        if crc != format!("{:08x}", crc32fast::hash(said.as_bytes())) {
            return Err(Bad::Damaged);
        }
        let json = format!("{said}}}");
        match serde_json::from_str::<Version>(&json) {
            Ok(Version { v: VERSION }) => {}
            Ok(Version { v }) => return Err(Bad::Version(v)),
            Err(_) => return Err(Bad::Damaged),
        }
        serde_json::from_str(&json).map_err(|_| Bad::Damaged)
    }
}

/// Names are short; nothing makes a line too long to be read again.
fn bounded(text: &str) -> String {
    text.chars().take(128).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_back_and_a_changed_one_does_not() {
        let note = Note {
            profile: Some("first \"bank\"".into()),
            operation: Some("XferAdd".to_owned()),
            attempt: 2,
            ..Note::default()
        };
        let line = Line::new(17, Record::sending(EntryId::new(3, 1), &note));
        let text = line.encode();
        assert_eq!(text.lines().count(), 1);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["v"], 1);
        assert_eq!(value["kind"], "sending");
        assert_eq!(value["id"], "3.1");
        let bytes = text.trim_end().as_bytes();
        assert_eq!(Line::decode(bytes).unwrap(), line);
        for at in 0..bytes.len() {
            let mut changed = bytes.to_vec();
            changed[at] ^= 1;
            assert_eq!(Line::decode(&changed), Err(Bad::Damaged), "byte {at}");
            assert_eq!(Line::decode(&bytes[..at]), Err(Bad::Damaged));
        }
    }

    #[test]
    fn a_later_version_is_told_apart_from_damage() {
        let later = Line {
            v: 2,
            ..Line::new(0, Record::Opened { run: 1 })
        };
        let text = later.encode();
        assert_eq!(
            Line::decode(text.trim_end().as_bytes()),
            Err(Bad::Version(2))
        );
    }
}
