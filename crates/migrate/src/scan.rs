//! The text of one file in, findings out.

use regex::bytes::{Regex, RegexBuilder};

use crate::error::Error;
use crate::finding::Finding;
use crate::language::Language;
use crate::layer::{Layer, layers};
use crate::rule::{Rule, rule};
use crate::rules::{self, Among, Row, Seen};

/// The most findings that are kept of one file; [`Found::cut`] tells that there were more.
pub const FINDINGS_LIMIT: usize = 1000;

/// How many matches of one pattern are looked at in one file, so that no file takes time without end.
const LOOKED_AT: usize = 16 * FINDINGS_LIMIT;

/// How far behind a match its end and what is missing are looked for, and before it what it stands in.
const WINDOW: usize = 64 * 1024;

/// The compiled tables.
#[derive(Debug)]
pub struct Scanner {
    families: Vec<(Language, Vec<Pattern>)>,
}

/// The findings of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// In order of place; a rule is reported once a line.
    pub findings: Vec<Finding>,
    /// Whether there were more than [`FINDINGS_LIMIT`], or more places that might be some than are looked at.
    pub cut: bool,
}

#[derive(Debug)]
struct Pattern {
    rule: &'static Rule,
    construct: &'static str,
    instead: &'static str,
    find: Regex,
    among: Among,
    beside: Option<Regex>,
    without: Option<(Regex, Regex)>,
}

impl Scanner {
    /// Compiles the tables.
    ///
    /// # Errors
    /// [`Error::Pattern`] if a pattern of the tables is wrong; a test sees to it that none is.
    pub fn new() -> Result<Self, Error> {
        let families = Language::ALL.map(|language| family(language).map(|f| (language, f)));
        Ok(Self {
            families: families.into_iter().collect::<Result<_, _>>()?,
        })
    }

    /// Finds what has to change in `text`. Comments do not count.
    pub fn scan(&self, text: &str, language: Language) -> Found {
        let layers = layers(text, language);
        let mut hits = Vec::new();
        let mut cut = false;
        let of_family = |family: &&(Language, Vec<Pattern>)| family.0 == language;
        let patterns = self.families.iter().find(of_family);
        for pattern in patterns.map_or(&[][..], |family| &family.1) {
            cut |= pattern.hits(text, &layers, &mut hits);
        }
        hits.sort_by_key(|hit| hit.0);
        let mut findings: Vec<Finding> = Vec::new();
        let mut place = Place::start();
        for (offset, pattern) in hits {
            let (line, column) = place.advance(text, offset);
            let rule = if pattern.rule.id == "wsse-message" && in_body_credentials(text, offset) {
                rule("wsse-in-body").unwrap_or(pattern.rule)
            } else {
                pattern.rule
            };
            let same_line = findings.iter().rev().take_while(|found| found.line == line);
            if same_line.into_iter().any(|found| found.rule == rule) {
                continue;
            }
            if findings.len() == FINDINGS_LIMIT {
                cut = true;
                break;
            }
            findings.push(Finding {
                rule,
                line,
                column,
                construct: pattern.construct,
                instead: if rule.id == "wsse-in-body" {
                    "Leave it; `castile strip` and `castile proxy` leave it, too."
                } else {
                    pattern.instead
                },
            });
        }
        Found { findings, cut }
    }
}

/// The patterns of a family: those of all families with its own advice, then its own.
fn family(language: Language) -> Result<Vec<Pattern>, Error> {
    let own = rules::own(language);
    let mut patterns = Vec::new();
    for shared in rules::SHARED {
        let advice = own.iter().find(|row| row.rule == shared.rule);
        let instead = advice.map_or(shared.instead, |row| row.instead);
        compile(shared, instead, &mut patterns)?;
    }
    for row in own {
        compile(row, row.instead, &mut patterns)?;
    }
    Ok(patterns)
}

fn compile(row: &Row, instead: &'static str, into: &mut Vec<Pattern>) -> Result<(), Error> {
    for Seen {
        construct,
        find,
        among,
        beside,
        without,
    } in row.seen
    {
        let regex = |text: &str| {
            // Bytes, for all that is looked for is ASCII: small automata, quick to make.
            let built = RegexBuilder::new(text).unicode(false).build();
            built.map_err(|source| Error::Pattern {
                construct,
                source: Box::new(source),
            })
        };
        // A test sees to it that every row names a rule.
        let Some(rule) = rule(row.rule) else { continue };
        into.push(Pattern {
            rule,
            construct,
            instead,
            find: regex(find)?,
            among: *among,
            beside: beside.map(regex).transpose()?,
            without: match without {
                Some((until, other)) => Some((regex(until)?, regex(other)?)),
                None => None,
            },
        });
    }
    Ok(())
}

impl Pattern {
    /// Adds the places where the pattern counts; tells whether there were too many.
    fn hits<'p>(&'p self, text: &str, layers: &[Layer], hits: &mut Vec<(usize, &'p Self)>) -> bool {
        let mut count = 0;
        let mut beside = None;
        for found in self.find.captures_iter(text.as_bytes()) {
            let Some(place) = found.name("at").or_else(|| found.get(0)) else {
                continue;
            };
            let layer = layers.get(place.start()).copied().unwrap_or(Layer::Code);
            let counts = match self.among {
                Among::Code => layer == Layer::Code,
                Among::Text => layer == Layer::Text,
                Among::Any => layer != Layer::Comment,
            };
            let end = found.get(0).map_or(place.end(), |whole| whole.end());
            if !counts {
                continue;
            }
            // What stands behind each is looked at, and those of one line become one finding.
            if count == LOOKED_AT {
                return true;
            }
            count += 1;
            if !self.lacks(text, end) {
                continue;
            }
            let stands = *beside.get_or_insert_with(|| match &self.beside {
                Some(other) => other.is_match(text.as_bytes()),
                None => true,
            });
            if !stands {
                return false;
            }
            hits.push((text.floor_char_boundary(place.start()), self));
        }
        false
    }

    /// Whether what must not stand behind the match does not.
    fn lacks(&self, text: &str, end: usize) -> bool {
        let Some((until, other)) = &self.without else {
            return true;
        };
        let window = &text.as_bytes()[end..text.len().min(end + WINDOW)];
        let stop = until
            .find(window)
            .map_or(window.len(), |found| found.start());
        !other.is_match(&window[..stop])
    }
}

/// Whether the nearest AuthenUsrCred or AuthenProdCred before `offset` is open: credentials in the body are payload.
fn in_body_credentials(text: &str, offset: usize) -> bool {
    let before = &text[text.ceil_char_boundary(offset.saturating_sub(WINDOW))..offset];
    ["AuthenUsrCred", "AuthenProdCred"].iter().any(|name| {
        let Some(at) = before.rfind(name) else {
            return false;
        };
        let head = before[..at].trim_end_matches(|c: char| c.is_alphanumeric() || c == ':');
        let is_open_tag = head.ends_with('<');
        let closed_at_once = before[at..]
            .split('>')
            .next()
            .is_some_and(|tag| tag.ends_with('/'));
        is_open_tag && !closed_at_once
    })
}

/// Counts lines and columns forward.
struct Place {
    offset: usize,
    line: usize,
    line_start: usize,
    column_offset: usize,
    column: usize,
}

impl Place {
    fn start() -> Self {
        Self {
            offset: 0,
            line: 1,
            line_start: 0,
            column_offset: 0,
            column: 1,
        }
    }

    /// Line and column of `offset`, which must not be before the last one.
    fn advance(&mut self, text: &str, offset: usize) -> (usize, usize) {
        for (at, _) in text[self.offset..offset].match_indices('\n') {
            self.line += 1;
            self.line_start = self.offset + at + 1;
            self.column_offset = self.line_start;
            self.column = 1;
        }
        self.column += text[self.column_offset..offset].chars().count();
        self.column_offset = offset;
        self.offset = offset;
        (self.line, self.column)
    }
}

#[cfg(test)]
mod tests;
