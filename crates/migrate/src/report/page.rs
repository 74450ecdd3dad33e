//! A page before it is Markdown or HTML.

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// What stands on it, in order.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading of the second level.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// Numbered steps.
    Steps(Vec<String>),
    /// A table: its head, then its rows.
    Table(Vec<String>, Vec<Vec<Cell>>),
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A link to another page of the report, by the page's name without its ending.
    Link {
        /// What is shown.
        text: String,
        /// The page.
        page: String,
    },
}

impl Block {
    /// A table of names and values.
    pub(crate) fn facts(rows: &[(&str, String)]) -> Self {
        let row = |(name, value): &(&str, String)| {
            vec![Cell::Text((*name).to_owned()), Cell::Text(value.clone())]
        };
        let head = vec!["What".to_owned(), "Value".to_owned()];
        Self::Table(head, rows.iter().map(row).collect())
    }
}
