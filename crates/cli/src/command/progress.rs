//! Shows on a terminal how far many files have come.

use std::io::{IsTerminal as _, Write as _};

use crate::output::visible;

/// A line on standard error that is written over and over; none if nobody watches.
pub(super) struct Progress {
    total: usize,
    done: usize,
    watched: bool,
}

/// Characters of a name that fit on the line.
const NAME: usize = 50;

impl Default for Progress {
    /// How many there are is told with the first.
    fn default() -> Self {
        Self::of(0)
    }
}

impl Progress {
    pub(super) fn of(total: usize) -> Self {
        Self {
            total,
            done: 0,
            watched: total > 1 && std::io::stderr().is_terminal(),
        }
    }

    /// Says which file is next.
    pub(super) fn next(&mut self, name: &str) {
        self.done += 1;
        if self.watched {
            let name: String = visible(name).chars().take(NAME).collect();
            self.write(&format!("\r\x1b[K{}/{} {name}", self.done, self.total));
        }
    }

    /// Says which contract is read next.
    pub(super) fn step(&mut self, step: &castile_codegen::Progress<'_>) {
        if self.total != step.total {
            *self = Self::of(step.total);
        }
        let name = step.file.file_name().unwrap_or_default();
        self.next(&name.to_string_lossy());
    }

    /// Takes the line away, before something is to stay on the screen.
    pub(super) fn clear(&self) {
        if self.watched {
            self.write("\r\x1b[K");
        }
    }

    fn write(&self, text: &str) {
        let mut err = std::io::stderr().lock();
        // A terminal that is gone is no reason to stop.
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }
}
