//! Colours, and only where a person looks.

use std::io::IsTerminal;

/// Bad news.
pub(crate) fn red(text: &str) -> String {
    paint(text, "31")
}

/// Good news.
pub(crate) fn green(text: &str) -> String {
    paint(text, "32")
}

/// What one looks for first.
pub(crate) fn bold(text: &str) -> String {
    paint(text, "1")
}

fn paint(text: &str, code: &str) -> String {
    // https://no-color.org: present and not empty means no colour.
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let seen = std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
    if seen && !refused {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}
