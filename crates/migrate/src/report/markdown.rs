//! Writes a page as Markdown.

use super::page::{Block, Cell, Page};

/// The page as Markdown, in which text from the configuration is text and nothing else.
pub fn markdown(page: &Page) -> String {
    let blocks: String = page.blocks.iter().map(block).collect();
    format!("# {}\n{blocks}", escape(&page.title))
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(text) => format!("\n## {}\n", escape(text)),
        Block::Text(text) => format!("\n{}\n", escape(text)),
        Block::Steps(steps) => {
            let lines = steps.iter().enumerate();
            let lines = lines.map(|(at, step)| format!("{}. {}\n", at + 1, escape(step)));
            format!("\n{}", lines.collect::<String>())
        }
        Block::Table(head, rows) => {
            let head: Vec<String> = head.iter().map(|name| escape(name)).collect();
            let rule = vec!["---"; head.len()].join(" | ");
            let rows = rows.iter().map(|row| {
                let cells: Vec<String> = row.iter().map(cell).collect();
                format!("| {} |\n", cells.join(" | "))
            });
            let rows: String = rows.collect();
            format!("\n| {} |\n| {rule} |\n{rows}", head.join(" | "))
        }
    }
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => escape(text),
        Cell::Link { text, page } => format!("[{}]({page}.md)", escape(text)),
    }
}

/// CommonMark takes a backslash before punctuation, and `&lt;` for `<`; a line stays one line.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\n' | '\r' => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
