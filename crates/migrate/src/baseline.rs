//! Findings that are known and accepted, by fingerprint.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::Error;
use crate::finding::{FileFindings, Finding};

const SCHEMA_VERSION: u32 = 1;

/// The fingerprint of the `nth` (from 0) finding of its rule and construct in a file.
///
/// It is made of rule, file, construct and that count: lines that move do not change it,
/// and nothing of the file's text goes in, of which a hash could be guessed.
pub fn fingerprint(file: &str, finding: &Finding, nth: usize) -> String {
    let mut hash = Sha256::new();
    for part in [finding.rule.id, file, finding.construct] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.update(nth.to_string().as_bytes());
    let digest = hash.finalize();
    digest[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The fingerprints of a file's findings, in their order.
pub fn fingerprints(file: &FileFindings) -> Vec<String> {
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let numbered = file.findings.iter().map(|finding| {
        let nth = seen
            .entry((finding.rule.id, finding.construct))
            .or_default();
        *nth += 1;
        fingerprint(&file.file, finding, *nth - 1)
    });
    numbered.collect()
}

/// The findings that a scan need not tell again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    known: BTreeSet<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    schema_version: u32,
    fingerprints: BTreeSet<String>,
}

impl Baseline {
    /// All findings of a scan.
    pub fn of(files: &[FileFindings]) -> Self {
        Self {
            known: files.iter().flat_map(fingerprints).collect(),
        }
    }

    /// Reads what [`Baseline::to_json`] wrote.
    ///
    /// # Errors
    /// [`Error::BaselineSyntax`] or [`Error::BaselineVersion`].
    pub fn parse(json: &str) -> Result<Self, Error> {
        let stored: Stored = serde_json::from_str(json).map_err(|error| Error::BaselineSyntax {
            line: error.line(),
            column: error.column(),
        })?;
        if stored.schema_version != SCHEMA_VERSION {
            return Err(Error::BaselineVersion {
                found: stored.schema_version,
                expected: SCHEMA_VERSION,
            });
        }
        Ok(Self {
            known: stored.fingerprints,
        })
    }

    /// The file's content: sorted, one fingerprint a line.
    pub fn to_json(&self) -> String {
        let stored = Stored {
            schema_version: SCHEMA_VERSION,
            fingerprints: self.known.clone(),
        };
        // Numbers and strings always serialise.
        serde_json::to_string_pretty(&stored).unwrap_or_default() + "\n"
    }

    /// How many findings are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Takes the known findings out and tells how many they were.
    pub fn suppress(&self, files: &mut Vec<FileFindings>) -> usize {
        let mut suppressed = 0;
        for file in files.iter_mut() {
            let mut known = fingerprints(file)
                .into_iter()
                .map(|print| self.known.contains(&print));
            file.findings.retain(|_| {
                let is_known = known.next().unwrap_or_default();
                suppressed += usize::from(is_known);
                !is_known
            });
        }
        files.retain(|file| !file.findings.is_empty());
        suppressed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, Scanner};

    fn scan(text: &str) -> Vec<FileFindings> {
        let findings = Scanner::new()
            .unwrap()
            .scan(text, Language::Python)
            .findings;
        let file = "a.py".to_owned();
        vec![FileFindings { file, findings }]
    }

    #[test]
    fn lines_that_move_stay_known_and_a_new_finding_does_not() {
        let old = scan("UsernameToken('a', 'b')\n");
        let baseline = Baseline::parse(&Baseline::of(&old).to_json()).unwrap();
        assert_eq!(baseline.len(), 1);
        let mut moved = scan("import x\n\n\n  UsernameToken('c', 'd')\n");
        assert_eq!(baseline.suppress(&mut moved), 1);
        assert_eq!(moved, []);
        let mut more = scan("UsernameToken(a)\nUsernameToken(b)\n");
        assert_eq!(baseline.suppress(&mut more), 1);
        assert_eq!(more[0].findings.len(), 1);
    }

    #[test]
    fn another_shape_or_version_is_refused() {
        let syntax = Baseline::parse("{\n1").unwrap_err();
        assert_eq!(syntax.code(), "migrate-baseline-syntax");
        let version = Baseline::parse(r#"{"schema_version":2,"fingerprints":[]}"#);
        assert_eq!(version.unwrap_err().code(), "migrate-baseline-version");
    }
}
