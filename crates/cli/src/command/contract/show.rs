//! `castile contract show`: an operation with its messages.

use castile_codegen::{Contract, QName, TypeContent, TypeName};
use serde::Serialize;

use super::table::Style;
use super::told::{Documentation, Operation, Part, SCHEMA_VERSION, content, words};
use crate::args::Show;
use crate::problem::{Exit, Problem};

#[derive(Debug, Serialize)]
struct Shown<'a> {
    schema_version: u32,
    operations: Vec<Detail<'a>>,
}

#[derive(Debug, Serialize)]
struct Detail<'a> {
    service: &'a str,
    address: &'a str,
    #[serde(flatten)]
    operation: Operation<'a>,
    messages: Vec<Message<'a>>,
}

#[derive(Debug, Serialize)]
struct Message<'a> {
    role: &'static str,
    #[serde(flatten)]
    part: Part<'a>,
}

pub(super) fn run(arguments: &Show) -> Result<Exit, Problem> {
    let contract = super::read(&arguments.from.contract, &arguments.from.catalog)?;
    let found = contract
        .operations(&arguments.operation)
        .map_err(Problem::contract)?;
    let details = found.iter().map(|(service, operation)| {
        let one = |role, name: &'_ QName| (role, name.clone());
        let roles = operation.request.iter().map(|name| one("request", name));
        let roles = roles.chain(operation.response.iter().map(|name| one("response", name)));
        let roles = roles.chain(operation.faults.iter().map(|name| one("fault", name)));
        let messages = roles.filter_map(|(role, name)| {
            let (name, _) = contract.elements.get_key_value(&name)?;
            let part = message(&contract, name);
            Some(Message { role, part })
        });
        Detail {
            service: &service.short_name,
            address: &service.address,
            operation: Operation::of(operation),
            messages: messages.collect(),
        }
    });
    let shown = Shown {
        schema_version: SCHEMA_VERSION,
        operations: details.collect(),
    };
    super::print(arguments.format, &shown, |style| {
        let mut text = String::new();
        for ((service, operation), detail) in found.iter().zip(&shown.operations) {
            let name = format!("{}.{}", service.short_name, operation.name);
            text.push_str(&style.heading(2, &name));
            let about = words(&operation.doc);
            if !about.is_empty() {
                text.push_str(&style.paragraph(&about));
            }
            let facts = [
                ("SOAPAction", &operation.action),
                ("Address", &service.address),
            ];
            let facts: Vec<Vec<String>> = facts
                .into_iter()
                .map(|(what, value)| vec![what.to_owned(), value.clone()])
                .collect();
            text.push_str(&style.table(&["", "Value"], &facts));
            for message in &detail.messages {
                text.push_str(style.blank());
                text.push_str(&message_text(style, message));
            }
        }
        text
    })?;
    Ok(Exit::Done)
}

fn message_text(style: Style, message: &Message<'_>) -> String {
    let part = &message.part;
    let mut text = style.heading(3, &format!("{}: {}", message.role, part.name));
    let about = part.documentation.as_ref().map(Documentation::words);
    text.extend(about.map(|about| style.paragraph(&about)));
    let rows: Vec<Vec<String>> = part
        .children
        .iter()
        .map(|child| {
            let about = child.documentation.as_ref().map(Documentation::words);
            vec![
                child.name.to_owned(),
                child.occurrence(),
                child.kind(),
                about.unwrap_or_default(),
            ]
        })
        .collect();
    if rows.is_empty() {
        text.push_str(&style.paragraph("Nothing stands inside."));
    } else {
        text.push_str(&style.table(&["Element", "Occurs", "Type", "About"], &rows));
    }
    text
}

/// A message element with the fields right inside it.
pub(super) fn message<'a>(contract: &'a Contract, name: &'a QName) -> Part<'a> {
    static NOTHING: TypeName = TypeName::Anything;
    let Some(element) = contract.elements.get(name) else {
        // That the elements of messages exist was seen when the contract was read.
        return Part {
            name: name.local(),
            namespace: name.namespace(),
            ty: NOTHING.to_string(),
            min: None,
            max: None,
            nillable: false,
            text: None,
            values: Vec::new(),
            documentation: None,
            attributes: Vec::new(),
            children: Vec::new(),
        };
    };
    let mut part = Part::new(contract, name, &element.ty, &element.doc);
    part.nillable = element.nillable;
    if let Some(TypeContent::Fields(fields)) = content(contract, &element.ty) {
        let fields = fields.iter();
        part.children = fields
            .map(|field| Part::of_field(contract, field))
            .collect();
    }
    part
}
