//! What a generation came to, in words or as JSON.

use castile_codegen::{Counts, Difference, Output};
use serde::Serialize;

use crate::args::Generate;
use crate::output::many;
use crate::problem::Problem;

#[derive(Debug, Serialize)]
struct Report<'a> {
    schema_version: u32,
    out: String,
    /// The version of the contract.
    version: Option<&'a str>,
    /// The SHA-256 of the input.
    sha256: &'a str,
    files: usize,
    made: Size,
    /// What the whole contract would have come to; null when all of it was made, or not all can be.
    whole: Option<Size>,
    notes: Vec<Note<'a>>,
    /// With `--check`, the files that differ.
    differences: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Size {
    services: usize,
    operations: usize,
    definitions: usize,
    structs: usize,
    fields: usize,
    values: usize,
    lines: usize,
}

#[derive(Debug, Serialize)]
struct Note<'a> {
    code: &'a str,
    file: &'a str,
    line: u32,
    message: &'a str,
}

impl Size {
    fn of(counts: Counts) -> Self {
        Self {
            services: counts.services,
            operations: counts.operations,
            definitions: counts.reached,
            structs: counts.structs,
            fields: counts.fields,
            values: counts.values,
            lines: counts.lines,
        }
    }
}

/// All of it, for scripts.
pub(super) fn json(
    arguments: &Generate,
    output: &Output,
    differences: &[Difference],
) -> Result<String, Problem> {
    let notes = output.diagnostics.iter().map(|note| Note {
        code: note.code,
        file: &note.place.file,
        line: note.place.line,
        message: &note.message,
    });
    let report = Report {
        schema_version: 1,
        out: arguments.out.display().to_string(),
        version: output.version.as_deref(),
        sha256: &output.digest,
        files: output.files.len(),
        made: Size::of(output.counts),
        whole: output.whole.map(Size::of),
        notes: notes.collect(),
        differences: differences.iter().map(ToString::to_string).collect(),
    };
    serde_json::to_string_pretty(&report).map_err(|error| Problem::new("file-unwritable", &error))
}

/// One line on what was made, and one on what a selection saved.
pub(super) fn words(arguments: &Generate, output: &Output) -> String {
    let counts = output.counts;
    let mut words = format!(
        "{}: {}, {}, {} with {}, {}, {} in {}",
        arguments.out.display(),
        many(counts.operations, "operation"),
        many(counts.services, "service"),
        many(counts.structs, "struct"),
        many(counts.fields, "field"),
        many(counts.values, "value type"),
        many(counts.lines, "line"),
        many(output.files.len(), "file"),
    );
    if let Some(whole) = output.whole {
        let part = |whole: usize, made: usize, thing: &str| {
            format!("{} of {}", whole.saturating_sub(made), many(whole, thing))
        };
        let parts = [
            part(whole.operations, counts.operations, "operation"),
            part(whole.definitions, counts.reached, "definition"),
            part(whole.structs, counts.structs, "struct"),
            part(whole.lines, counts.lines, "line"),
        ];
        words.push_str(&format!("\nleft out: {}", parts.join(", ")));
    }
    words
}
