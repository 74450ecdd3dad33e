//! README's table of what works is made from the ledger.

use std::fmt::Write as _;

use super::ledger::Ledger;
use super::{Finding, find, line_of};
use crate::Stop;
use crate::workspace::{SourceFile, Workspace};

const README: &str = "README.md";
const BEGIN: &str = "<!-- ledger: begin, written by `cargo xtask tidy --fix` -->\n";
const END: &str = "<!-- ledger: end -->";

pub(super) fn check(files: &[SourceFile]) -> Vec<Finding> {
    let Ok(ledger) = Ledger::read(files) else {
        // The rule of the ledger has said so.
        return Vec::new();
    };
    let Some(readme) = find(files, README) else {
        return vec![Finding::new(README, 1, "no README", "write it")];
    };
    match parts(&readme.text) {
        None => vec![Finding::new(
            README,
            1,
            "no place for the table of what works",
            format!("add the lines `{}` and `{END}`", BEGIN.trim_end()),
        )],
        Some((_, table, _)) if table != render(&ledger) => vec![Finding::new(
            README,
            line_of(&readme.text, BEGIN.trim_end()),
            "the table of what works is not the ledger's",
            "run `cargo xtask tidy --fix`",
        )],
        Some(_) => Vec::new(),
    }
}

/// Writes the table of the ledger into README.
pub(super) fn fix(workspace: &Workspace) -> Result<(), Stop> {
    let files = workspace.files()?;
    let ledger = Ledger::read(&files).map_err(|finding| finding.to_string())?;
    let readme = find(&files, README).ok_or("no README.md")?;
    let (before, _, after) = parts(&readme.text).ok_or("README.md has no place for the table")?;
    let text = format!("{before}{}{after}", render(&ledger));
    std::fs::write(workspace.root.join(README), text)?;
    Ok(())
}

/// README before the table (with its first mark), the table, README after it.
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let begin = text.find(BEGIN)? + BEGIN.len();
    let end = begin + text[begin..].find(END)?;
    Some((&text[..begin], &text[begin..end], &text[end..]))
}

fn render(ledger: &Ledger) -> String {
    let mut table = String::from("| | What works | See it | Proved by |\n|---|---|---|---|\n");
    for promise in &ledger.promises {
        if let Some(row) = &promise.row {
            let (path, name) = promise.test.split_once("::").unwrap_or((&promise.test, ""));
            let _ = writeln!(
                table,
                "| {row} | {} | `{}` | [`{name}`]({path}) |",
                promise.promise, promise.command
            );
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    fn files(table: &str) -> Vec<SourceFile> {
        let ledger = "[[promise]]\nid = \"cut\"\nissue = 2\npoint = \"5\"\npromise = \"It cuts.\"\n\
                      test = \"a.rs::b\"\ncommand = \"castile strip\"\nrow = \"Cut\"\n";
        vec![
            file(super::super::ledger::LEDGER, ledger),
            file(README, &format!("# Castile\n{BEGIN}{table}{END}\n")),
        ]
    }

    #[test]
    fn the_table_is_the_ledgers_or_found() {
        let table = render(&Ledger::read(&files("")).unwrap());
        assert!(table.ends_with("| Cut | It cuts. | `castile strip` | [`b`](a.rs) |\n"));
        assert_eq!(check(&files(&table)), []);
        let found = check(&files(&table.replace("cuts", "slices")));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, 2);
    }

    #[test]
    fn a_readme_without_a_place_for_it_is_found() {
        let mut files = files("");
        files[1].text = "# Castile\n".to_owned();
        assert_eq!(check(&files).len(), 1);
    }
}
