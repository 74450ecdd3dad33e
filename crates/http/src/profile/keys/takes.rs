//! What a key takes.

use super::super::ConfigError;
use super::super::table::{Found, Part};
use super::super::{effects, shadow, token_key, values};
use super::{Keys, each};

/// What a key takes.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Takes {
    /// The version of the format.
    Version,
    /// File names with wildcards.
    Patterns,
    /// A string that says something.
    Text,
    /// The name of a file.
    Path,
    /// A program and its arguments.
    Words,
    /// An identifier whose leading zeros count.
    Id,
    /// An array of them.
    Ids,
    /// One of these words, and how a message lists them.
    Word(&'static [&'static str], &'static str),
    /// Yes or no.
    Switch,
    /// A time limit.
    Duration,
    /// The lifetime of an assertion.
    Lifetime,
    /// A number of bytes.
    Size,
    /// A share from none to all.
    Rate,
    /// A small number of things.
    Count,
    /// An address that a secret may be sent to.
    Url,
    /// The address of an HTTP proxy.
    ProxyUrl,
    /// A day.
    Date,
    /// Where a secret lies.
    Secret,
    /// The same, or a key in a token.
    PrivateKey,
    /// What operations do, each by its name.
    Effects,
    /// A table with these keys.
    Table(Keys),
    /// Tables with these keys, each under a name of the user's.
    Tables(Keys),
}

impl Takes {
    /// Refuses a value that the key does not take, so that what nothing takes up is not wrong unseen.
    pub(in super::super) fn check(self, found: &Found<'_>, path: &str) -> Result<(), ConfigError> {
        match self {
            // Read before anything else, for they tell what the rest is.
            Self::Version | Self::Patterns => Ok(()),
            Self::Text => found.text().map(drop),
            Self::Path => found.path().map(drop),
            Self::Words => found.strings("an array of strings").map(drop),
            Self::Id => found.id().map(drop),
            Self::Ids => values::ids(found).map(drop),
            Self::Word(words, expected) => {
                let word = found.str()?;
                words
                    .contains(&word)
                    .then_some(())
                    .ok_or_else(|| found.bad(expected))
            }
            Self::Switch => found.switch().map(drop),
            Self::Duration => found.duration().map(drop),
            Self::Lifetime => values::lifetime(found).map(drop),
            Self::Size => found.size().map(drop),
            Self::Rate => shadow::rate(found).map(drop),
            Self::Count => shadow::count(found).map(drop),
            Self::Url => found.url().map(drop),
            Self::ProxyUrl => found.proxy_url().map(drop),
            Self::Date => found.date().map(drop),
            Self::Secret => values::secret(found).map(drop),
            Self::PrivateKey => token_key::key(found).map(drop),
            Self::Effects => effects::read(found).map(drop),
            Self::Table(keys) => check(found.table()?, keys, &inner(path, &found.key)),
            Self::Tables(keys) => {
                let path = inner(path, &found.key);
                found
                    .table()?
                    .inner()
                    .iter()
                    .try_for_each(|found| check(found.table()?, keys, &inner(&path, &found.key)))
            }
        }
    }
}

/// Refuses a table with a key that is not among these, or with a value that one of them does not take.
pub(in super::super) fn check(part: Part<'_>, keys: Keys, path: &str) -> Result<(), ConfigError> {
    part.only(&format!("[{path}]"), keys)?;
    part.inner().iter().try_for_each(|found| {
        let key = each(keys).find(|key| key.name == found.key);
        key.map_or(Ok(()), |key| key.takes.check(found, path))
    })
}

fn inner(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
