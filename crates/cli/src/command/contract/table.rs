//! Tables and headings, for a terminal or as Markdown.

use crate::output::visible;

/// How a result is written for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Text,
    Markdown,
}

/// Characters of a cell on a terminal; more are for `--markdown` and `--json`.
const CELL: usize = 90;

impl Style {
    pub(super) fn heading(self, level: usize, text: &str) -> String {
        match self {
            Self::Text => {
                let bold = anstyle::Style::new().bold();
                format!("{bold}{}{bold:#}\n", line(text))
            }
            Self::Markdown => format!("{} {}\n\n", "#".repeat(level), escaped(text)),
        }
    }

    /// What stands before a part; Markdown has a blank line behind each already.
    pub(super) fn blank(self) -> &'static str {
        match self {
            Self::Text => "\n",
            Self::Markdown => "",
        }
    }

    pub(super) fn paragraph(self, text: &str) -> String {
        match self {
            Self::Text => format!("{}\n", line(text)),
            Self::Markdown => format!("{}\n\n", escaped(text)),
        }
    }

    /// A name or value, to stand out from the words around it.
    pub(super) fn code(self, text: &str) -> String {
        match self {
            Self::Text => line(text),
            Self::Markdown => format!("`{}`", line(text).replace('`', "'")),
        }
    }

    /// Rows under their heads; columns that are empty all the way down are left out.
    pub(super) fn table(self, heads: &[&str], rows: &[Vec<String>]) -> String {
        let cell = |row: &Vec<String>, at: usize| row.get(at).map_or("", String::as_str).to_owned();
        let columns: Vec<usize> = (0..heads.len())
            .filter(|at| rows.iter().any(|row| !cell(row, *at).is_empty()))
            .collect();
        match self {
            Self::Text => {
                let shown = |text: String| cut(&line(&text));
                let width = |at: &usize| {
                    let cells = rows.iter().map(|row| shown(cell(row, *at)).chars().count());
                    cells.max().unwrap_or_default()
                };
                let widths: Vec<usize> = columns.iter().map(width).collect();
                let mut text = String::new();
                for row in rows {
                    let mut written = String::from(" ");
                    for (at, width) in columns.iter().zip(&widths) {
                        written.push_str(&format!(" {:width$} ", shown(cell(row, *at))));
                    }
                    text.push_str(written.trim_end());
                    text.push('\n');
                }
                text
            }
            Self::Markdown => {
                let join = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
                let heads = columns.iter().map(|at| heads[*at].to_owned());
                let mut text = join(heads.collect());
                text.push_str(&format!("|{}\n", "---|".repeat(columns.len())));
                for row in rows {
                    let cells = columns.iter().map(|at| escaped(&cell(row, *at)));
                    text.push_str(&join(cells.collect()));
                }
                text.push('\n');
                text
            }
        }
    }
}

/// Text from a contract on one line.
pub(super) fn line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    visible(&words.join(" "))
}

fn cut(text: &str) -> String {
    if text.chars().count() <= CELL {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(CELL - 1).collect();
    cut.push('…');
    cut
}

/// Text in which Markdown and HTML find nothing to act upon.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in line(text).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_aligned_and_markdown_takes_nothing_for_mark_up() {
        let rows = [
            vec!["a".to_owned(), String::new(), "1|2 <b>".to_owned()],
            vec!["long".to_owned(), String::new(), "x\u{1b}[2J".to_owned()],
        ];
        let heads = ["Name", "Empty", "Text"];
        let text = Style::Text.table(&heads, &rows);
        assert_eq!(text, "  a     1|2 <b>\n  long  x\\u{1b}[2J\n");
        let markdown = Style::Markdown.table(&heads, &rows[..1]);
        assert_eq!(
            markdown,
            "| Name | Text |\n|---|---|\n| a | 1\\|2 \\<b\\> |\n\n"
        );
        assert_eq!(cut(&"x".repeat(200)).chars().count(), CELL);
    }
}
