//! Rows as people read them, and as spreadsheets do.

use std::fmt;

use crate::output::visible;

/// Columns side by side.
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with its heads; what a terminal would obey is written out.
    pub(super) fn of<'r, const N: usize>(
        heads: [&str; N],
        rows: impl IntoIterator<Item = [&'r str; N]>,
    ) -> Self {
        let shown = |row: [&str; N]| row.map(|cell| visible(&cell.replace('\n', "\\n"))).to_vec();
        let mut all = vec![shown(heads)];
        all.extend(rows.into_iter().map(shown));
        Self { rows: all }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bold = anstyle::Style::new().bold();
        let columns = self.rows.first().map_or(0, Vec::len);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (number, row) in self.rows.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
                // The last column needs no filling.
                let width = if at + 1 == columns { 0 } else { *width + 2 };
                match number {
                    0 => write!(
                        f,
                        "{bold}{cell}{bold:#}{:1$}",
                        "",
                        width.saturating_sub(cell.chars().count())
                    )?,
                    _ => write!(f, "{cell:width$}")?,
                }
            }
        }
        Ok(())
    }
}

/// Comma-separated values with a line of heads (RFC 4180).
pub(super) fn csv<'r, const N: usize>(
    heads: [&str; N],
    rows: impl IntoIterator<Item = [&'r str; N]>,
) -> String {
    let line = |row: [&str; N]| row.map(quoted).join(",");
    let mut lines = vec![line(heads)];
    lines.extend(rows.into_iter().map(line));
    lines.join("\r\n")
}

fn quoted(cell: &str) -> String {
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_under_their_heads_and_csv_is_quoted() {
        let rows = [["a", "1\u{1b}"], ["long/path", "x, \"y\""]];
        let table = anstream::adapter::strip_str(&Table::of(["path", "value"], rows).to_string())
            .to_string();
        assert_eq!(
            table,
            "path       value\na          1\\u{1b}\nlong/path  x, \"y\""
        );
        let text = csv(["path", "value"], rows);
        assert_eq!(
            text,
            "path,value\r\na,1\u{1b}\r\nlong/path,\"x, \"\"y\"\"\""
        );
    }
}
