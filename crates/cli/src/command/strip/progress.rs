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
