//! What the answers of both models to the same reads showed.

use super::page::{Block, Cell};

/// What the answers of both models to the same reads showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shadow {
    /// When the first was compared.
    pub first: String,
    /// When the last was.
    pub last: String,
    /// By operation.
    pub operations: Vec<ShadowOperation>,
}

/// What was seen of one operation, in numbers of reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShadowOperation {
    /// Its name.
    pub name: String,
    /// The answers were the same.
    pub agreed: u64,
    /// They were not.
    pub differed: u64,
    /// The new model gave none that could be compared.
    pub failed: u64,
    /// Not compared: too long, packed, no SOAP, or a request in parts or in UTF-16.
    pub not_comparable: u64,
    /// Not repeated, for it was not certain that nothing would change.
    pub not_a_read: u64,
    /// Not repeated, for too many were under way.
    pub dropped: u64,
    /// Element paths where answers differed, each with how often. Never values.
    pub paths: Vec<(String, u64)>,
    /// Codes that say why there was no answer, each with how often.
    pub codes: Vec<(String, u64)>,
}

impl Shadow {
    /// How many answers were compared or failed, and how many of them were not the same.
    pub fn totals(&self) -> (u64, u64) {
        let operations = self.operations.iter();
        operations.fold((0, 0), |(all, odd), operation| {
            let other = operation.differed + operation.failed;
            (all + operation.agreed + other, odd + other)
        })
    }
}

impl ShadowOperation {
    /// How many were drawn for comparison, and not compared.
    fn left_out(&self) -> u64 {
        self.not_comparable + self.not_a_read + self.dropped
    }
}

pub(super) fn blocks(shadow: Option<&Shadow>) -> Vec<Block> {
    let Some(shadow) = shadow else {
        let text = "Nothing was seen (state shadow, with a folder for evidence).";
        return vec![Block::Text(text.to_owned())];
    };
    let (all, odd) = shadow.totals();
    let operations = shadow.operations.iter();
    let left_out: u64 = operations.map(ShadowOperation::left_out).sum();
    let summary = format!(
        "{all} reads were answered by both models from {} to {}; {odd} answers were not the same or did not come. \
         {left_out} more were not compared, and prove nothing.",
        shadow.first, shadow.last
    );
    let head = [
        "Operation",
        "Agree",
        "Differ",
        "Failed",
        "Not comparable",
        "No read",
        "Dropped",
        "Where and why",
    ];
    let rows = shadow.operations.iter().map(|operation| {
        let told = operation.paths.iter().chain(&operation.codes);
        let told: Vec<String> = told
            .map(|(what, count)| format!("{what} ({count})"))
            .collect();
        vec![
            Cell::Text(operation.name.clone()),
            Cell::Text(operation.agreed.to_string()),
            Cell::Text(operation.differed.to_string()),
            Cell::Text(operation.failed.to_string()),
            Cell::Text(operation.not_comparable.to_string()),
            Cell::Text(operation.not_a_read.to_string()),
            Cell::Text(operation.dropped.to_string()),
            Cell::Text(told.join("; ")),
        ]
    });
    vec![
        Block::Text(summary),
        Block::Table(head.map(str::to_owned).to_vec(), rows.collect()),
    ]
}
