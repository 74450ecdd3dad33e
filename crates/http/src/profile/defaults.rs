//! Reads `[defaults]`, what no profile takes up included.

use super::effects::{self, Set};
use super::table::Part;
use super::{ConfigError, keys};

/// `[defaults]`, and the tables in it that belong to one model only.
pub(super) struct Defaults<'a> {
    pub(super) flat: Option<Part<'a>>,
    pub(super) legacy: Option<Part<'a>>,
    pub(super) oauth: Option<Part<'a>>,
    /// `[effects]`, which stands beside it.
    pub(super) effects: Set,
}

impl<'a> Defaults<'a> {
    pub(super) fn read(top: Part<'a>) -> Result<Self, ConfigError> {
        let flat = top
            .find("defaults")
            .map(|found| found.table())
            .transpose()?;
        if let Some(part) = flat {
            keys::check(part, keys::DEFAULTS, "defaults")?;
        }
        let inner = |key| {
            let found = flat.and_then(|part| part.find(key));
            found.map(|found| found.table()).transpose()
        };
        let (legacy, oauth) = (inner("legacy")?, inner("oauth")?);
        let effects = top.find("effects").map(|found| effects::read(&found));
        Ok(Self {
            flat,
            legacy,
            oauth,
            effects: effects.transpose()?.unwrap_or_default(),
        })
    }
}
