//! From files to the merged intermediate form.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::diagnostic::Diagnostic;
use crate::error::{Error, Place};
use crate::input::Input;
use crate::ir::Ir;
use crate::load;
use crate::lower::lower;
use crate::pass::merge;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress<'a> {
    /// Contracts that are read.
    pub done: usize,
    /// Contracts in all.
    pub total: usize,
    /// The contract that is read next.
    pub file: &'a Path,
}

/// A contract as it was read.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) ir: Ir,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The SHA-256 of the SHA-256s of all files, in hexadecimal.
    pub(crate) digest: String,
}

/// Reads all contracts that the paths hold, and merges them.
///
/// A contract that is there twice with all its files, as it is where an archive lies beside what came out of it,
/// counts once.
///
/// # Errors
///
/// Any [`Error`] but those of selecting and writing.
pub(crate) fn read(
    paths: &[PathBuf],
    catalogs: &[PathBuf],
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Reading, Error> {
    let input = Input::open(paths)?;
    let catalog = load::Catalog::read(catalogs)?;
    let mut diagnostics = Vec::new();
    let mut digests: BTreeSet<[u8; 32]> = BTreeSet::new();
    let mut known = BTreeSet::new();
    let mut versions = Versions::default();
    let mut parts = Vec::new();
    let total = input.contracts().len();
    for (done, file) in input.contracts().enumerate() {
        progress(Progress { done, total, file });
        let document = load::load(&input, &catalog, file)?;
        let name = file.file_name().map(ToOwned::to_owned);
        if !known.insert((name, document.digests.clone())) {
            continue;
        }
        document.schemas.iter().for_each(|schema| {
            versions.note(&schema.namespace, schema.version.as_deref(), &schema.place);
        });
        digests.extend(&document.digests);
        parts.extend(lower(&document)?);
    }
    diagnostics.extend(versions.remarks());
    let ir = merge::merge(parts, &mut diagnostics)?;
    let mut digest = Sha256::new();
    digests.iter().for_each(|file| digest.update(file));
    let digest = digest.finalize();
    let digest = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Reading {
        ir,
        diagnostics,
        digest,
    })
}

/// The versions that the schemas of each namespace give, with the first schema of each.
#[derive(Debug, Default)]
struct Versions(BTreeMap<String, BTreeMap<String, Place>>);

impl Versions {
    fn note(&mut self, namespace: &str, version: Option<&str>, place: &Place) {
        if let Some(version) = version {
            let known = self.0.entry(namespace.to_owned()).or_default();
            known
                .entry(version.to_owned())
                .or_insert_with(|| place.clone());
        }
    }

    /// One remark for each version but the newest of a namespace.
    fn remarks(&self) -> Vec<Diagnostic> {
        let mut remarks = Vec::new();
        for versions in self.0.values() {
            let Some((newest, at)) = versions.last_key_value() else {
                continue;
            };
            for (version, place) in versions.iter().rev().skip(1) {
                let message =
                    format!("the schema is of version {version}, that at {at} of version {newest}");
                remarks.push(Diagnostic::new("versions-differ", place, message));
            }
        }
        remarks
    }
}
