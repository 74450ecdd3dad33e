//! `castile contract search`: operations, types and fields by a word.

use castile_codegen::{Contract, Doc, TypeContent};
use serde::Serialize;

use super::told::{SCHEMA_VERSION, words};
use crate::args::Search;
use crate::output::many;
use crate::problem::{Exit, Problem};

#[derive(Debug, Serialize)]
struct Found {
    schema_version: u32,
    hits: Vec<Hit>,
}

#[derive(Debug, Serialize)]
struct Hit {
    kind: &'static str,
    name: String,
    about: String,
}

pub(super) fn run(arguments: &Search) -> Result<Exit, Problem> {
    let contract = super::read(&arguments.from.contract, &arguments.from.catalog)?;
    let found = Found {
        schema_version: SCHEMA_VERSION,
        hits: search(&contract, &arguments.word),
    };
    super::print(arguments.format, &found, |style| {
        let hits = found.hits.iter();
        let rows: Vec<Vec<String>> = hits
            .map(|hit| vec![hit.kind.to_owned(), hit.name.clone(), hit.about.clone()])
            .collect();
        let mut text = style.paragraph(&many(rows.len(), "hit"));
        if !rows.is_empty() {
            text.push_str(&style.table(&["Kind", "Name", "About"], &rows));
        }
        text
    })?;
    Ok(if found.hits.is_empty() {
        Exit::Findings
    } else {
        Exit::Done
    })
}

/// All that has the word in its name or documentation: operations, then elements, types and fields, then attributes.
fn search(contract: &Contract, word: &str) -> Vec<Hit> {
    let word = word.to_lowercase();
    let mut hits = Vec::new();
    let mut look = |kind, name: String, own: &str, doc: &Doc| {
        let about = words(doc);
        if own.to_lowercase().contains(&word) || about.to_lowercase().contains(&word) {
            hits.push(Hit { kind, name, about });
        }
    };
    for service in &contract.services {
        for operation in &service.operations {
            let name = format!("{}.{}", service.short_name, operation.name);
            look("operation", name, &operation.name, &operation.doc);
        }
    }
    for (name, element) in &contract.elements {
        look(
            "element",
            name.local().to_owned(),
            name.local(),
            &element.doc,
        );
    }
    for (name, ty) in &contract.types {
        let owner = name.local().trim_end_matches('/');
        look("type", owner.to_owned(), owner, &ty.doc);
        if let TypeContent::Fields(fields) = &ty.content {
            for field in fields {
                let own = field.name.local();
                look("field", format!("{owner}/{own}"), own, &field.doc);
            }
        }
        for attribute in &ty.attributes {
            let own = attribute.name.local();
            look("attribute", format!("{owner}/@{own}"), own, &attribute.doc);
        }
    }
    hits
}
