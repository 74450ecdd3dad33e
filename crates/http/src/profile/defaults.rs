//! Reads `[defaults]`, what no profile takes up included.

use super::keys::{LEGACY_KEYS, OAUTH_KEYS, PROFILE_KEYS};
use super::table::{Part, Table};
use super::{ConfigError, token_key, values};

/// `[defaults]`, and the tables in it that belong to one model only.
pub(super) struct Defaults<'a> {
    pub(super) flat: Option<Part<'a>>,
    pub(super) legacy: Option<Part<'a>>,
    pub(super) oauth: Option<Part<'a>>,
}

impl<'a> Defaults<'a> {
    pub(super) fn read(top: Part<'a>) -> Result<Self, ConfigError> {
        let flat = top
            .find("defaults")
            .map(|found| found.table())
            .transpose()?;
        let inner = |key, path, known| {
            let part = flat
                .and_then(|part| part.find(key))
                .map(|found| found.table())
                .transpose()?;
            if let Some(part) = part {
                part.only(path, known)?;
            }
            Ok(part)
        };
        let legacy = inner("legacy", "[defaults.legacy]", LEGACY_KEYS)?;
        let oauth = inner("oauth", "[defaults.oauth]", OAUTH_KEYS)?;
        if let Some(part) = flat {
            // One address for both models is never meant.
            let known: Vec<&'static str> = PROFILE_KEYS
                .iter()
                .chain(OAUTH_KEYS)
                .chain(&["username", "password"])
                .filter(|key| **key != "url")
                .copied()
                .collect();
            part.only("[defaults]", &known)?;
        }
        for part in [flat, legacy, oauth].into_iter().flatten() {
            check(part)?;
        }
        Ok(Self {
            flat,
            legacy,
            oauth,
        })
    }
}

/// Reads every value of a table of defaults, so that what no profile takes up is not wrong unseen.
fn check(part: Part<'_>) -> Result<(), ConfigError> {
    let table = Table {
        path: "[defaults]".to_owned(),
        place: part.source.place(0..0),
        parts: vec![part],
    };
    values::header(&table)?;
    values::limits(&table)?;
    for key in [
        "repeat_writes_on_401",
        "audience_in_array",
        "compat_exp_in_milliseconds",
    ] {
        table.switch(key)?;
    }
    values::assertion_lifetime(&table)?;
    for key in [
        "product",
        "inst_env",
        "institution_id",
        "username",
        "scope",
        "audience",
        "key_id",
        "resource",
        "refusals",
    ] {
        table.text(key)?;
    }
    for found in ["inst_rt_id", "client_id"]
        .iter()
        .filter_map(|key| table.find(key))
    {
        found.id()?;
    }
    if let Some(found) = table.find("overrides") {
        values::ids(&found)?;
    }
    if let Some(found) = table.find("key") {
        token_key::key(&found)?;
    }
    for found in ["key_passphrase", "client_secret", "password"]
        .iter()
        .filter_map(|key| table.find(key))
    {
        values::secret(&found)?;
    }
    for found in ["url", "token_endpoint", "issuer", "jwks_url"]
        .iter()
        .filter_map(|key| table.find(key))
    {
        found.url()?;
    }
    if let Some(found) = table.find("state") {
        values::state(&found)?;
    }
    if let Some(found) = table.find("algorithm") {
        values::algorithm(&found)?;
    }
    if let Some(found) = table.find("assertion_type") {
        values::assertion_type(&found)?;
    }
    if let Some(found) = table.find("client_auth") {
        values::client_auth(&found)?;
    }
    Ok(())
}
