//! `castile explain`: what a code means.

use crate::args::Explain;
use crate::explain;
use crate::output;
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &Explain) -> Result<Exit, Problem> {
    let Some(code) = &arguments.code else {
        for entry in explain::all() {
            output::line(format_args!("{:<32} {}", entry.code, entry.means))?;
        }
        return Ok(Exit::Done);
    };
    // As it was printed is as good.
    let bare = code
        .strip_prefix("error[")
        .or(code.strip_prefix("warning["));
    let bare = bare
        .and_then(|code| code.split_once(']'))
        .map(|(code, _)| code);
    let code = bare.unwrap_or(code);
    let entry = explain::entry(code).ok_or_else(|| {
        Problem::said(
            "usage-unknown-code",
            format!("`{code}` is not a code of this version"),
        )
        .at("the command line")
    })?;
    output::line(entry)?;
    Ok(Exit::Done)
}
