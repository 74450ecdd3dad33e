//! Compares two envelopes byte by byte, and says by hashes what is the same.

use std::fmt;
use std::ops::Range;

use castile_envelope::{Edits, Removed};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// What was compared, and where the first difference is; never what stands there.
#[derive(Debug, Serialize)]
pub(super) struct Evidence {
    pub(super) old_file: Hashed,
    pub(super) new_file: Hashed,
    /// The ranges of the old envelope that must stand in the new one, one behind the other.
    pub(super) kept: Vec<Kept>,
    /// What must not, as it is classified.
    pub(super) removed: Vec<Removed>,
    /// The Header around it, if that had to go with it.
    pub(super) dropped_header: Option<Range<usize>>,
    /// The digits of a length that had to change with it.
    pub(super) corrected: Option<Range<usize>>,
    pub(super) difference: Option<Difference>,
}

/// A file as a whole.
#[derive(Debug, Serialize)]
pub(super) struct Hashed {
    pub(super) length: usize,
    pub(super) sha256: String,
}

/// A range of the old envelope; the hash is that of its bytes.
#[derive(Debug, Serialize)]
pub(super) struct Kept {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) length: usize,
    pub(super) sha256: String,
}

/// Where the new envelope first is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Difference {
    /// In the new envelope.
    new_offset: usize,
    /// What should stand there, in the old one; none behind its end, and for digits that were corrected.
    old_offset: Option<usize>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "first difference at byte {} of the new file",
            self.new_offset
        )?;
        match self.old_offset {
            Some(offset) => write!(f, ", byte {offset} of the old one"),
            None => Ok(()),
        }
    }
}

impl Evidence {
    pub(super) fn of(old: &[u8], new: &[u8], edits: &Edits) -> Self {
        let hashed = |bytes: &[u8]| Hashed {
            length: bytes.len(),
            sha256: sha256(bytes),
        };
        let kept = edits.kept_ranges(old.len());
        Self {
            old_file: hashed(old),
            new_file: hashed(new),
            difference: difference(old, new, edits),
            kept: kept
                .into_iter()
                .map(|range| Kept {
                    start: range.start,
                    end: range.end,
                    length: range.len(),
                    sha256: sha256(&old[range]),
                })
                .collect(),
            removed: edits.removed().to_vec(),
            dropped_header: edits.report().dropped_header,
            corrected: edits
                .correction()
                .map(|correction| correction.range.clone()),
        }
    }
}

fn difference(old: &[u8], new: &[u8], edits: &Edits) -> Option<Difference> {
    let mut at = 0;
    for piece in edits.pieces(old) {
        let there = &new[at.min(new.len())..];
        let same = piece.iter().zip(there).take_while(|(a, b)| a == b).count();
        at += same;
        if same < piece.len() {
            return Some(Difference {
                new_offset: at,
                old_offset: origin(at, old.len(), edits),
            });
        }
    }
    (at < new.len()).then_some(Difference {
        new_offset: at,
        old_offset: None,
    })
}

/// Where in the old envelope the byte stands that should be at `at` in the new one.
fn origin(at: usize, old_length: usize, edits: &Edits) -> Option<usize> {
    let mut next = 0;
    for range in edits.kept_ranges(old_length) {
        let digits = edits
            .correction()
            .filter(|correction| correction.range.end == range.start);
        next += digits.map_or(0, |correction| correction.digits.len());
        if at < next {
            return None;
        }
        if at < next + range.len() {
            return Some(range.start + at - next);
        }
        next += range.len();
    }
    None
}

fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
