//! Writes a page as HTML.

use super::page::{Block, Cell, Page};

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse}th,td{border:1px solid #999;padding:.3rem .6rem;text-align:left;vertical-align:top}";

/// The page as an HTML document of its own: no script, nothing fetched, all text escaped.
pub fn html(page: &Page) -> String {
    let title = escape(&page.title);
    let blocks: String = page.blocks.iter().map(block).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{blocks}</body>\n</html>\n"
    )
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(text) => format!("<h2>{}</h2>\n", escape(text)),
        Block::Text(text) => format!("<p>{}</p>\n", escape(text)),
        Block::Steps(steps) => {
            let items: String = steps
                .iter()
                .map(|step| format!("<li>{}</li>\n", escape(step)))
                .collect();
            format!("<ol>\n{items}</ol>\n")
        }
        Block::Table(head, rows) => {
            let head: String = head
                .iter()
                .map(|name| format!("<th>{}</th>", escape(name)))
                .collect();
            let rows: String = rows
                .iter()
                .map(|row| format!("<tr>{}</tr>\n", row.iter().map(cell).collect::<String>()))
                .collect();
            format!("<table>\n<tr>{head}</tr>\n{rows}</table>\n")
        }
    }
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => format!("<td>{}</td>", escape(text)),
        Cell::Link { text, page } => format!(
            "<td><a href=\"{}.html\">{}</a></td>",
            escape(page),
            escape(text)
        ),
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
