//! Reads from a file how the next requests go wrong.

use std::ops::Range;
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use super::{ScriptError, Step};

/// The steps that are words.
const WORDS: &[(&str, Step)] = &[
    ("pass", Step::Pass),
    ("unauthorized", Step::Unauthorized),
    ("forbidden", Step::Forbidden),
    ("access_denied", Step::AccessDenied),
    ("bad_gateway_html", Step::BadGatewayHtml),
    ("unavailable", Step::Unavailable),
    ("cut_before", Step::CutBefore),
    ("cut_after", Step::CutAfter),
    ("html", Step::Html),
    ("mtom", Step::Mtom),
];

/// The steps that are tables of one number.
const NUMBERED: &str = "`{ slow_ms = N }`, `{ cut_at = N }` or `{ hdr_fault = N }`";

/// How the next requests go wrong, as a TOML file says it; for programs in any language.
///
/// ```
/// # use castile_sandbox::ScriptFile;
/// let script = ScriptFile::read(r#"
/// version = 1
/// token_endpoint = ["unavailable"]            # the next token requests
/// gateway = ["bad_gateway_html"]              # the next requests of operations that have no steps of their own left
///
/// [operation]
/// CustInq = ["unauthorized", "pass", "mtom"]  # 401, then the true answer, then one as MTOM
/// XferAdd = [{ slow_ms = 1500 }, { cut_at = 200 }, { hdr_fault = 900123 }]
/// "#)?;
/// # Ok::<(), castile_sandbox::ScriptError>(())
/// ```
///
/// Each list is used up in order, one step a request; then comes the true answer. A step is a [`Step`] in lower case:
/// `pass`, `unauthorized`, `forbidden`, `access_denied`, `bad_gateway_html`, `unavailable`, `cut_before`, `cut_after`,
/// `html` or `mtom`; or `{ slow_ms = N }` (milliseconds), `{ cut_at = N }` (bytes of the body), `{ hdr_fault = N }` (an
/// error code).
///
/// Operations are called as the contract calls them, `Inquiry.Ping` where only that service's is meant; without a
/// contract, by the name alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScriptFile {
    pub(crate) token_endpoint: Vec<Step>,
    pub(crate) gateway: Vec<Step>,
    pub(crate) operations: Vec<OfOperation>,
}

/// The steps of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfOperation {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) steps: Vec<Step>,
}

impl ScriptFile {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// What is no TOML, or not of the shape above, with its line. Whether there are such operations is for
    /// [`Running::follow`](crate::Running::follow) to say.
    pub fn read(text: &str) -> Result<Self, ScriptError> {
        let text = Text(text);
        let table = DeTable::parse(text.0).map_err(|error| ScriptError::Syntax {
            line: text.line(error.span().unwrap_or_default()),
            rule: error.message().to_owned(),
        })?;
        let mut script = Self::default();
        let mut is_versioned = false;
        for (key, value) in table.get_ref() {
            let line = text.line(key.span());
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("version", DeValue::Integer(number)) if number.as_str() == "1" => {
                    is_versioned = true;
                }
                ("version", _) => return Err(ScriptError::Version { line }),
                ("token_endpoint", value) => script.token_endpoint = text.steps(line, value)?,
                ("gateway", value) => script.gateway = text.steps(line, value)?,
                ("operation", DeValue::Table(table)) => {
                    for (name, value) in table {
                        let line = text.line(name.span());
                        script.operations.push(OfOperation {
                            steps: text.steps(line, value.get_ref())?,
                            name: name.get_ref().to_string(),
                            line,
                        });
                    }
                }
                ("operation", _) => {
                    let expected = "a table of operations, each with a list of steps";
                    return Err(ScriptError::Value { line, expected });
                }
                (stranger, _) => {
                    let key = shorten(stranger);
                    return Err(ScriptError::UnknownKey { line, key });
                }
            }
        }
        match is_versioned {
            true => Ok(script),
            false => Err(ScriptError::Version { line: 1 }),
        }
    }
}

/// The text of a file, for its lines.
struct Text<'t>(&'t str);

impl Text<'_> {
    fn line(&self, span: Range<usize>) -> usize {
        let before = self.0.get(..span.start).unwrap_or_default();
        before.matches('\n').count() + 1
    }

    fn steps(&self, line: usize, value: &DeValue<'_>) -> Result<Vec<Step>, ScriptError> {
        let DeValue::Array(steps) = value else {
            let expected = "a list of steps";
            return Err(ScriptError::Value { line, expected });
        };
        let steps = steps.iter();
        let steps = steps.map(|step| self.step(self.line(step.span()), step.get_ref()));
        steps.collect()
    }

    fn step(&self, line: usize, value: &DeValue<'_>) -> Result<Step, ScriptError> {
        let unknown = |name: &str| ScriptError::UnknownStep {
            line,
            step: shorten(name),
            known: WORDS.iter().map(|(word, _)| *word).collect(),
        };
        let table = match value {
            DeValue::String(word) => {
                let found = WORDS.iter().find(|(known, _)| known == word);
                return found.map(|(_, step)| *step).ok_or_else(|| unknown(word));
            }
            DeValue::Table(table) if table.len() == 1 => table,
            _ => {
                let expected = NUMBERED;
                return Err(ScriptError::Value { line, expected });
            }
        };
        // There is one.
        let mut pairs = table.iter();
        let (name, value) = pairs.next().map_or(("", None), |(name, value)| {
            (name.get_ref().as_ref(), Some(value.get_ref()))
        });
        let number = match value {
            Some(DeValue::Integer(number)) => Some(number.as_str()),
            _ => None,
        };
        let step = match name {
            "slow_ms" => number
                .and_then(|number| number.parse().ok())
                .map(|ms| Step::Slow(Duration::from_millis(ms))),
            "cut_at" => number
                .and_then(|number| number.parse().ok())
                .map(Step::CutAt),
            "hdr_fault" => number
                .and_then(|number| number.parse().ok())
                .map(Step::HdrFault),
            stranger => return Err(unknown(stranger)),
        };
        let expected = NUMBERED;
        step.ok_or(ScriptError::Value { line, expected })
    }
}

/// What may be a line of quite another file is not repeated at length.
fn shorten(name: &str) -> String {
    name.chars().take(40).collect()
}

#[cfg(test)]
mod tests;
