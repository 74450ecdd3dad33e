//! `castile contract list`: the services and operations.

use serde::Serialize;

use super::told::{SCHEMA_VERSION, Service, words};
use crate::args::List;
use crate::problem::{Exit, Problem};

#[derive(Debug, Serialize)]
struct Listed<'a> {
    schema_version: u32,
    version: Option<&'a str>,
    services: Vec<Service<'a>>,
}

pub(super) fn run(arguments: &List) -> Result<Exit, Problem> {
    let contract = super::read(&arguments.from.contract, &arguments.from.catalog)?;
    let listed = Listed {
        schema_version: SCHEMA_VERSION,
        version: contract.version.as_deref(),
        services: contract.services.iter().map(Service::of).collect(),
    };
    super::print(arguments.format, &listed, |style| {
        let operations: usize = contract
            .services
            .iter()
            .map(|service| service.operations.len())
            .sum();
        let version = contract.version.as_deref();
        let mut text = style.paragraph(&format!(
            "{}{}, {}",
            version.map_or_else(String::new, |version| format!("Version {version}: ")),
            crate::output::many(contract.services.len(), "service"),
            crate::output::many(operations, "operation"),
        ));
        for service in &contract.services {
            text.push_str(style.blank());
            text.push_str(&style.heading(2, &service.short_name));
            let rows: Vec<Vec<String>> = service
                .operations
                .iter()
                .map(|operation| {
                    // Where the operation itself says nothing its request often does.
                    let request = operation.request.as_ref();
                    let about = match words(&operation.doc) {
                        none if none.is_empty() => request
                            .map(|name| super::show::message(&contract, name))
                            .and_then(|part| part.documentation.map(|doc| doc.words()))
                            .unwrap_or_default(),
                        about => about,
                    };
                    vec![operation.name.clone(), about]
                })
                .collect();
            text.push_str(&style.table(&["Operation", "About"], &rows));
        }
        text
    })?;
    Ok(Exit::Done)
}
