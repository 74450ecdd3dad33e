//! Writes results to standard output, where a reader that has gone is no error and a full disk is one.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _};

use crate::problem::Problem;

/// Writes a line, without its colours unless a terminal reads it.
pub(crate) fn line(text: impl Display) -> Result<(), Problem> {
    let mut out = anstream::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Problem::new("file-unwritable", &error).at("standard output"))
        }
        _ => Ok(()),
    }
}

/// A count with its thing: `1 file`, `2 files`.
pub(crate) fn many(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// Tells on standard error what of a profile works but should not stay as it is.
pub(crate) fn warn(profile: &castile_http::Profile) {
    for warning in &profile.warnings {
        let text = visible(&warning.to_string());
        anstream::eprintln!("warning[{}]: {text}", warning.code());
    }
}

/// Text from outside, with what a terminal would obey or turn around written out: ESC becomes `\u{1b}`.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push(c),
            // Marks that change the direction of text (Unicode standard annex 9).
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                shown.extend(c.escape_unicode());
            }
            c if c.is_control() => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn nothing_from_outside_commands_the_terminal() {
        assert_eq!(
            visible("\u{1b}[2J\u{9b}31m\r\u{202e}x"),
            "\\u{1b}[2J\\u{9b}31m\\u{d}\\u{202e}x"
        );
        let plain = "Gro\u{308}\u{df}e \"a\\b\" 'c'\nd";
        assert_eq!(visible(plain), plain);
    }
}
