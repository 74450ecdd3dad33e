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
