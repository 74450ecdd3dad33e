//! What `castile prove --json` showed.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::error::Error;

const SCHEMA_VERSION: u32 = 1;

/// What a comparison of old and new messages showed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// Whether every pair is the old message minus its security header, and nothing else.
    pub holds: bool,
    /// How many pairs were compared.
    pub pairs: usize,
    /// How many of them do not hold.
    pub failed: usize,
    /// How many security headers were removed.
    pub removed: usize,
}

#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

#[derive(Deserialize)]
struct Told {
    holds: bool,
    files: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    holds: bool,
    #[serde(default)]
    removed: Vec<IgnoredAny>,
}

impl Proof {
    /// Reads what was printed.
    ///
    /// # Errors
    /// [`Error::ProofSyntax`] or [`Error::ProofVersion`].
    pub fn parse(json: &str) -> Result<Self, Error> {
        let syntax = |error: serde_json::Error| Error::ProofSyntax {
            line: error.line(),
            column: error.column(),
        };
        let version: Version = serde_json::from_str(json).map_err(syntax)?;
        if version.schema_version != SCHEMA_VERSION {
            return Err(Error::ProofVersion {
                found: version.schema_version,
                expected: SCHEMA_VERSION,
            });
        }
        let told: Told = serde_json::from_str(json).map_err(syntax)?;
        let failed = told.files.iter().filter(|pair| !pair.holds).count();
        Ok(Self {
            // A proof over nothing proves nothing.
            holds: told.holds && failed == 0 && !told.files.is_empty(),
            pairs: told.files.len(),
            failed,
            removed: told.files.iter().map(|pair| pair.removed.len()).sum(),
        })
    }
}
