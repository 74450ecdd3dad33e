//! A table of a configuration with its defaults: typed values, each with its place.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;
use url::Url;

use super::keys::{Keys, each};
use super::values::secret;
use super::{ConfigError, Elsewhere, Place, SecretRef};
use crate::Origin;

/// The key of a service's address.
pub(super) const ENDPOINT: &str = "url";

/// One configuration file: its name for places, its text, where its lines begin.
pub(super) struct Source {
    file: Arc<Path>,
    pub(super) text: String,
    lines: Vec<usize>,
}

impl Source {
    pub(super) fn new(file: &Path, text: String) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0)
            .chain(newlines.map(|(at, _)| at + 1))
            .collect();
        Self {
            file: file.into(),
            text,
            lines,
        }
    }

    pub(super) fn place(&self, span: Range<usize>) -> Place {
        let line = self.lines.partition_point(|start| *start <= span.start);
        let start = self.lines[line - 1];
        let before = self.text.get(start..span.start).unwrap_or_default();
        Place {
            file: self.file.clone(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX),
        }
    }

    pub(super) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }
}

/// A table as it stands in one file.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) source: &'a Source,
    pub(super) table: &'a DeTable<'a>,
}

impl<'a> Part<'a> {
    pub(super) fn find(self, key: &str) -> Option<Found<'a>> {
        self.table.iter().find_map(|(name, value)| {
            (name.get_ref().as_ref() == key).then(|| Found {
                source: self.source,
                key: key.to_owned(),
                key_span: name.span(),
                span: value.span(),
                value: value.get_ref(),
            })
        })
    }

    /// Refuses every key that is not `known`.
    pub(super) fn only(self, path: &str, known: Keys) -> Result<(), ConfigError> {
        let stranger = self
            .table
            .keys()
            .find(|name| each(known).all(|key| key.name != name.get_ref().as_ref()));
        match stranger {
            None => Ok(()),
            Some(name) => {
                let known: Vec<_> = each(known).map(|key| key.name).collect();
                Err(ConfigError::UnknownKey {
                    place: self.source.place(name.span()),
                    table: path.to_owned(),
                    key: shorten(name.get_ref()),
                    nearest: nearest(name.get_ref(), &known).map(str::to_owned),
                    known,
                })
            }
        }
    }

    /// The tables in this one by name, in the order of the file, so that of two faults the first is told.
    pub(super) fn inner(self) -> Vec<Found<'a>> {
        let mut inner: Vec<_> = self
            .table
            .iter()
            .map(|(name, value)| Found {
                source: self.source,
                key: name.get_ref().to_string(),
                key_span: name.span(),
                span: value.span(),
                value: value.get_ref(),
            })
            .collect();
        inner.sort_by_key(|found| found.key_span.start);
        inner
    }
}

/// A table together with the tables it falls back on, nearest first.
pub(super) struct Table<'a> {
    pub(super) path: String,
    pub(super) place: Place,
    pub(super) parts: Vec<Part<'a>>,
}

impl<'a> Table<'a> {
    pub(super) fn find(&self, key: &str) -> Option<Found<'a>> {
        self.parts.iter().find_map(|part| part.find(key))
    }

    pub(super) fn need(
        &self,
        key: &'static str,
        reason: &'static str,
    ) -> Result<Found<'a>, ConfigError> {
        self.find(key).ok_or_else(|| ConfigError::MissingKey {
            place: self.place.clone(),
            table: self.path.clone(),
            key,
            reason,
        })
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<String>, ConfigError> {
        self.find(key).map(|found| found.text()).transpose()
    }

    /// A file, relative to the one that names it.
    pub(super) fn path(&self, key: &str) -> Result<Option<PathBuf>, ConfigError> {
        self.find(key).map(|found| found.path()).transpose()
    }

    pub(super) fn secret(&self, key: &str) -> Result<Option<SecretRef>, ConfigError> {
        self.find(key).map(|found| secret(&found)).transpose()
    }

    pub(super) fn duration(&self, key: &str, default: Duration) -> Result<Duration, ConfigError> {
        self.find(key).map_or(Ok(default), |found| found.duration())
    }

    pub(super) fn switch(&self, key: &str) -> Result<bool, ConfigError> {
        self.find(key).map_or(Ok(false), |found| found.switch())
    }
}

/// A value that stands somewhere.
pub(super) struct Found<'a> {
    pub(super) source: &'a Source,
    pub(super) key: String,
    pub(super) key_span: Range<usize>,
    pub(super) span: Range<usize>,
    pub(super) value: &'a DeValue<'a>,
}

impl<'a> Found<'a> {
    pub(super) fn place(&self) -> Place {
        self.source.place(self.span.clone())
    }

    pub(super) fn key_place(&self) -> Place {
        self.source.place(self.key_span.clone())
    }

    pub(super) fn wrong(&self, expected: &'static str) -> ConfigError {
        ConfigError::WrongType {
            place: self.place(),
            key: self.key.clone(),
            expected,
            found: self.value.type_str(),
        }
    }

    pub(super) fn bad(&self, expected: &'static str) -> ConfigError {
        ConfigError::BadValue {
            place: self.place(),
            key: self.key.clone(),
            expected,
        }
    }

    pub(super) fn str(&self) -> Result<&'a str, ConfigError> {
        self.value.as_str().ok_or_else(|| self.wrong("a string"))
    }

    pub(super) fn switch(&self) -> Result<bool, ConfigError> {
        match self.value {
            DeValue::Boolean(value) => Ok(*value),
            _ => Err(self.wrong("true or false")),
        }
    }

    /// A string that says something. Space around it would be sent, compared and never seen: `"PROD "` is not PROD.
    pub(super) fn text(&self) -> Result<String, ConfigError> {
        let text = self.str()?;
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            return Err(self.bad("a string that is not empty and has no control characters"));
        }
        if text.trim() != text {
            return Err(self.bad("a string without space around it"));
        }
        Ok(text.to_owned())
    }

    /// A file or folder, relative to the file that names it.
    pub(super) fn path(&self) -> Result<PathBuf, ConfigError> {
        let text = self.str()?;
        // `"C:\new.pem"` is TOML, with a line end in it.
        if text.chars().any(char::is_control) {
            return Err(self.bad(
                "a path without control characters: in '…' a backslash is no escape, as in 'C:\\keys\\new.pem'",
            ));
        }
        Ok(self.source.folder().join(self.text()?))
    }

    /// An identifier whose leading zeros count.
    pub(super) fn id(&self) -> Result<String, ConfigError> {
        match self.value {
            DeValue::Integer(_) | DeValue::Float(_) => Err(ConfigError::NumberForId {
                place: self.place(),
                key: self.key.clone(),
            }),
            _ => self.text(),
        }
    }

    pub(super) fn table(&self) -> Result<Part<'a>, ConfigError> {
        let table = self.value.as_table().ok_or_else(|| self.wrong("a table"))?;
        Ok(Part {
            source: self.source,
            table,
        })
    }

    pub(super) fn strings(&self, expected: &'static str) -> Result<Vec<Found<'a>>, ConfigError> {
        let array = self.value.as_array().ok_or_else(|| self.wrong(expected))?;
        array
            .iter()
            .map(|item| {
                let item = Found {
                    source: self.source,
                    key: self.key.clone(),
                    key_span: self.key_span.clone(),
                    span: item.span(),
                    value: item.get_ref(),
                };
                item.str().map_err(|_| item.wrong(expected))?;
                Ok(item)
            })
            .collect()
    }

    /// An absolute URL with nothing secret inside.
    fn plain_url(&self) -> Result<Url, ConfigError> {
        let url = Url::parse(self.str()?).map_err(|_| self.bad("an absolute URL"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ConfigError::InlineSecret {
                place: self.place(),
                key: self.key.clone(),
            });
        }
        if url.fragment().is_some() {
            return Err(self.bad("a URL without a fragment"));
        }
        Ok(url)
    }

    /// The address of an HTTP proxy. Plain http may be: what goes through it is encrypted to the peer behind.
    pub(super) fn proxy_url(&self) -> Result<Url, ConfigError> {
        let url = self.plain_url()?;
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none();
        if matches!(url.scheme(), "http" | "https") && url.has_host() && is_bare {
            Ok(url)
        } else {
            Err(self.bad("http://HOST:PORT or https://HOST:PORT"))
        }
    }

    /// An absolute URL that may carry a secret: https, or http on loopback; nothing secret inside.
    pub(super) fn url(&self) -> Result<Url, ConfigError> {
        let url = self.plain_url()?;
        match Origin::of_url(&url) {
            Some(origin) if origin.is_confidential() => Ok(url),
            _ => {
                let (place, key) = (self.place(), self.key.clone());
                Err(match Elsewhere::of(&url) {
                    Some(what) if key == ENDPOINT => ConfigError::Elsewhere { place, key, what },
                    _ => ConfigError::InsecureUrl { place, key },
                })
            }
        }
    }

    /// A day without a time.
    pub(super) fn date(&self) -> Result<Date, ConfigError> {
        const EXPECTED: &str = "a date without quotes, such as 2026-11-21";
        match self.value {
            DeValue::Datetime(Datetime {
                date: Some(date),
                time: None,
                offset: None,
            }) => {
                let parts = (
                    i16::try_from(date.year),
                    i8::try_from(date.month),
                    i8::try_from(date.day),
                );
                let (Ok(year), Ok(month), Ok(day)) = parts else {
                    return Err(self.bad(EXPECTED));
                };
                Date::new(year, month, day).map_err(|_| self.bad(EXPECTED))
            }
            _ => Err(self.wrong(EXPECTED)),
        }
    }

    /// Whole bytes, or a string with a unit: `"500KiB"`, `"64MiB"`. From 1 KiB to 1 GiB.
    pub(super) fn size(&self) -> Result<usize, ConfigError> {
        const EXPECTED: &str =
            "bytes, or a string such as \"500KiB\" or \"64MiB\" (1 KiB to 1 GiB)";
        let bytes = match self.value {
            DeValue::Integer(number) => number.as_str().parse::<usize>().ok(),
            DeValue::String(text) => {
                let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
                let unit = match &text[digits.len()..] {
                    "KiB" => Some(1 << 10),
                    "MiB" => Some(1 << 20),
                    "GiB" => Some(1 << 30),
                    _ => None,
                };
                let number = digits.parse::<usize>().ok();
                number
                    .zip(unit)
                    .and_then(|(number, unit)| number.checked_mul(unit))
            }
            _ => return Err(self.wrong(EXPECTED)),
        };
        match bytes {
            Some(bytes @ 0x400..=0x4000_0000) => Ok(bytes),
            _ => Err(self.bad(EXPECTED)),
        }
    }

    /// Whole seconds, or a string with a unit: `"500ms"`, `"30s"`, `"2m"`. From 1 ms to one day.
    pub(super) fn duration(&self) -> Result<Duration, ConfigError> {
        const EXPECTED: &str =
            "seconds, or a string such as \"500ms\", \"30s\" or \"2m\" (1 ms to 24 h)";
        let milliseconds = match self.value {
            DeValue::Integer(number) => number
                .as_str()
                .parse::<u64>()
                .ok()
                .and_then(|seconds| seconds.checked_mul(1000)),
            DeValue::String(text) => {
                let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
                let unit = match &text[digits.len()..] {
                    "ms" => Some(1),
                    "s" => Some(1000),
                    "m" => Some(60_000),
                    "h" => Some(3_600_000),
                    _ => None,
                };
                digits
                    .parse::<u64>()
                    .ok()
                    .zip(unit)
                    .and_then(|(number, unit)| number.checked_mul(unit))
            }
            _ => return Err(self.wrong(EXPECTED)),
        };
        match milliseconds {
            Some(milliseconds @ 1..=86_400_000) => Ok(Duration::from_millis(milliseconds)),
            _ => Err(self.bad(EXPECTED)),
        }
    }
}

/// The known key at an edit distance of at most a third of its length.
fn nearest(key: &str, known: &[&'static str]) -> Option<&'static str> {
    if key.len() > 64 {
        return None;
    }
    known
        .iter()
        .map(|candidate| (distance(key, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a_byte) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b_byte) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(a_byte != b_byte);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// A key as a message shows it: a secret pasted as a key would be long.
fn shorten(key: &str) -> String {
    const SHOWN: usize = 40;
    if key.chars().count() <= SHOWN {
        return key.to_owned();
    }
    let mut short: String = key.chars().take(8).collect();
    short.push('…');
    short
}
