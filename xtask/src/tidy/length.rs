//! A hand-written file holds one idea: at most 400 lines of code, or a reason in the list.

use toml::{Table, Value};

use super::{Finding, find, hand_written, line_of};
use crate::workspace::SourceFile;

/// Lines of code; blank lines, comments and the tests at the bottom do not count.
const LIMIT: usize = 400;

const LIST: &str = "docs/long-files.toml";

pub(super) fn check(files: &[SourceFile]) -> Vec<Finding> {
    let list = find(files, LIST).map_or("", |file| file.text.as_str());
    let reasons = match list.parse::<Table>() {
        Ok(reasons) => reasons,
        Err(error) => {
            return vec![Finding::new(
                LIST,
                1,
                error.message().to_owned(),
                "correct the list",
            )];
        }
    };
    let mut findings = Vec::new();
    for file in hand_written(files) {
        let lines = code_lines(&file.text);
        let reason = reasons.get(&file.path).and_then(Value::as_str);
        if lines > LIMIT && reason.is_none_or(|reason| reason.trim().is_empty()) {
            findings.push(Finding::new(
                &file.path,
                1,
                format!("{lines} lines of code, more than {LIMIT}"),
                format!("split it by ideas, or give the reason in one line of {LIST}"),
            ));
        }
    }
    for path in reasons.keys() {
        if find(files, path).is_none_or(|file| code_lines(&file.text) <= LIMIT) {
            findings.push(Finding::new(
                LIST,
                line_of(list, path),
                format!("`{path}` is no longer over {LIMIT} lines of code"),
                "delete the line",
            ));
        }
    }
    findings
}

fn code_lines(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let tail = lines
        .windows(2)
        .position(|pair| {
            pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
        })
        .unwrap_or(lines.len());
    lines[..tail]
        .iter()
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    fn long(lines: usize) -> SourceFile {
        file("crates/a/src/b.rs", &"let a = 1;\n".repeat(lines))
    }

    #[test]
    fn a_file_over_the_limit_needs_a_reason() {
        assert_eq!(check(&[long(400)]), []);
        assert_eq!(check(&[long(401)]).len(), 1);
        let reason = file(LIST, "\"crates/a/src/b.rs\" = \"one table\"\n");
        assert_eq!(check(&[long(401), reason]), []);
        let empty = file(LIST, "\"crates/a/src/b.rs\" = \" \"\n");
        assert_eq!(check(&[long(401), empty]).len(), 1);
    }

    #[test]
    fn a_reason_without_need_is_found() {
        let stale = file(LIST, "# why\n\"crates/a/src/b.rs\" = \"one table\"\n");
        let found = check(&[long(1), stale]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, 2);
    }

    #[test]
    fn comments_blanks_and_the_tests_below_do_not_count() {
        let text = "//! A.\n\nfn a() {}\n// why\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        assert_eq!(code_lines(text), 1);
        let used = "#[cfg(test)]\nfn c() {}\nfn a() {}\n";
        assert_eq!(code_lines(used), 3);
    }
}
