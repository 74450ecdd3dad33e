//! Puts source text together, laid out as rustfmt would.

use std::cmp::Ordering;

/// The line width of rustfmt.
pub(super) const WIDTH: usize = 100;

/// Source text that grows line by line.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) text: String,
}

impl Source {
    /// Adds a line.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Adds an empty line.
    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Adds `head tail`, broken between the two when the line would be too long.
    pub(super) fn pair(&mut self, indent: usize, head: &str, tail: &str) {
        let space = " ".repeat(indent);
        if indent + head.len() + 1 + tail.len() <= WIDTH {
            self.line(&format!("{space}{head} {tail}"));
        } else {
            self.line(&format!("{space}{head}"));
            self.line(&format!("{space}    {tail}"));
        }
    }

    /// Adds `use path::{names};`; nothing for no names.
    pub(super) fn import(&mut self, visibility: &str, path: &str, names: &[String]) {
        let mut names = names.to_vec();
        names.sort_by(|a, b| order(a, b));
        names.dedup();
        let [first, ..] = names.as_slice() else {
            return;
        };
        if names.len() == 1 {
            self.line(&format!("{visibility}use {path}::{first};"));
            return;
        }
        // The limits are rustfmt's: a list counts some punctuation behind it.
        let list = names.join(", ");
        let one_line = format!("{visibility}use {path}::{{{list}}};");
        if one_line.len() + 2 <= WIDTH {
            self.line(&one_line);
            return;
        }
        self.line(&format!("{visibility}use {path}::{{"));
        let limit = if list.len() + 5 <= WIDTH {
            WIDTH
        } else {
            WIDTH - 1
        };
        let mut line = String::from("   ");
        for name in &names {
            if line.len() + 1 + name.len() + 1 > limit {
                self.line(&line);
                line = String::from("   ");
            }
            line.push(' ');
            line.push_str(name);
            line.push(',');
        }
        self.line(&line);
        self.line("};");
    }
}

/// A Rust string literal; everything but plain ASCII is escaped.
pub(super) fn literal(value: &str) -> String {
    let mut literal = String::with_capacity(value.len() + 2);
    literal.push('"');
    for character in value.chars() {
        match character {
            '\'' => literal.push('\''),
            other => literal.extend(other.escape_default()),
        }
    }
    literal.push('"');
    literal
}

/// The order of rustfmt's style edition 2024: small names last, numbers by their value.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let is_large = |name: &str| !name.starts_with(|first: char| first.is_ascii_lowercase());
    (is_large(b).cmp(&is_large(a))).then_with(|| versioned(a, b))
}

/// Compares digits by value and underscores before all else.
fn versioned(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        match (a, b) {
            ([], []) => return Ordering::Equal,
            ([], _) => return Ordering::Less,
            (_, []) => return Ordering::Greater,
            ([x, ..], [y, ..]) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (x, y) = (digits(a), digits(b));
                let value = |digits: &[u8]| {
                    digits
                        .iter()
                        .copied()
                        .skip_while(|d| *d == b'0')
                        .collect::<Vec<_>>()
                };
                let (left, right) = (value(x), value(y));
                let found = left.len().cmp(&right.len()).then(left.cmp(&right));
                // More leading zeros come first.
                let found = found.then(y.len().cmp(&x.len()));
                if found.is_ne() {
                    return found;
                }
                (a, b) = (&a[x.len()..], &b[y.len()..]);
            }
            ([x, rest_a @ ..], [y, rest_b @ ..]) => {
                let weight = |byte: u8| if byte == b'_' { 0 } else { byte };
                match weight(*x).cmp(&weight(*y)) {
                    Ordering::Equal => (a, b) = (rest_a, rest_b),
                    found => return found,
                }
            }
        }
    }
}

fn digits(text: &[u8]) -> &[u8] {
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_plain_ascii_and_closed() {
        assert_eq!(literal("a'b"), "\"a'b\"");
        assert_eq!(literal("\"#]\n\\\u{202e}"), "\"\\\"#]\\n\\\\\\u{202e}\"");
    }

    #[test]
    fn names_sort_as_rustfmt_sorts_them() {
        let mut names = [
            "LOC", "Acct10", "Acct2", "ACHComp", "acct_b", "acct2", "Zed",
        ];
        names.sort_by(|a, b| order(a, b));
        assert_eq!(
            names,
            [
                "ACHComp", "Acct2", "Acct10", "LOC", "Zed", "acct_b", "acct2"
            ]
        );
    }
}
