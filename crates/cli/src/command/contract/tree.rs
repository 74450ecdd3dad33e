//! `castile contract tree`: what stands inside a type or element.

use castile_codegen::{Contract, Named, QName, TypeContent, TypeName};
use serde::Serialize;

use super::table::{Style, line};
use super::told::{Documentation, Part, SCHEMA_VERSION, content};
use crate::args::Tree;
use crate::problem::{Exit, Problem};

/// Parts that a tree may have: types in types grow faster than anybody reads.
const PARTS: usize = 50_000;

#[derive(Debug, Serialize)]
struct Grown<'a> {
    schema_version: u32,
    /// Whether parts are left out because there are too many.
    cut: bool,
    trees: Vec<Part<'a>>,
}

pub(super) fn run(arguments: &Tree) -> Result<Exit, Problem> {
    let contract = super::read(&arguments.from.contract, &arguments.from.catalog)?;
    let found = contract.named(&arguments.name).map_err(Problem::contract)?;
    let mut grower = Grower {
        contract: &contract,
        left: PARTS,
        depth: arguments.depth,
    };
    let mut trees = Vec::new();
    for named in found {
        let (mut part, ty) = match named {
            Named::Element(element) => {
                let part = Part::new(&contract, &element.name, &element.ty, &element.doc);
                (part, element.ty.clone())
            }
            Named::Type(ty) => {
                let named = TypeName::Named(ty.name.clone());
                (root(&contract, &ty.name), named)
            }
            _ => continue,
        };
        part.children = grower.children(&ty, &mut Vec::new());
        trees.push(part);
    }
    let grown = Grown {
        schema_version: SCHEMA_VERSION,
        cut: grower.left == 0,
        trees,
    };
    super::print(arguments.format, &grown, |style| {
        let mut text = String::new();
        for tree in &grown.trees {
            push(style, tree, 0, &mut text);
        }
        if grown.cut {
            text.push_str(&style.paragraph("… and more: choose a smaller --depth"));
        }
        text
    })?;
    Ok(Exit::Done)
}

/// A type as a part, documentation and attributes with it.
fn root<'a>(contract: &'a Contract, name: &'a QName) -> Part<'a> {
    let mut part = Part {
        name: name.local(),
        namespace: name.namespace(),
        ty: name.local().to_owned(),
        min: None,
        max: None,
        nillable: false,
        text: None,
        values: Vec::new(),
        documentation: None,
        attributes: Vec::new(),
        children: Vec::new(),
    };
    if let Some(ty) = contract.types.get(name) {
        part.documentation = Documentation::of(&ty.doc);
        if let TypeContent::Text { base, values } = &ty.content {
            part.text = Some(base.to_string());
            part.values = values.iter().map(String::as_str).collect();
        }
        let attributes = ty.attributes.iter();
        part.attributes = attributes
            .map(|attribute| Part::of_attribute(contract, attribute))
            .collect();
    }
    part
}

struct Grower<'a> {
    contract: &'a Contract,
    left: usize,
    depth: usize,
}

impl<'a> Grower<'a> {
    /// The parts inside a type; one that stands in itself is not followed again.
    fn children(&mut self, ty: &TypeName, way: &mut Vec<QName>) -> Vec<Part<'a>> {
        let TypeName::Named(name) = ty else {
            return Vec::new();
        };
        let Some(TypeContent::Fields(fields)) = content(self.contract, ty) else {
            return Vec::new();
        };
        if way.len() >= self.depth || way.contains(name) {
            return Vec::new();
        }
        way.push(name.clone());
        let mut parts = Vec::new();
        for field in fields {
            if self.left == 0 {
                break;
            }
            self.left -= 1;
            let mut part = Part::of_field(self.contract, field);
            part.children = self.children(&field.ty, way);
            parts.push(part);
        }
        way.pop();
        parts
    }
}

fn push(style: Style, part: &Part<'_>, level: usize, text: &mut String) {
    let mut facts = Vec::new();
    if !part.occurrence().is_empty() {
        facts.push(part.occurrence());
    }
    if part.kind() != part.name && !part.kind().is_empty() {
        facts.push(part.kind());
    }
    if part.nillable {
        facts.push("nillable".to_owned());
    }
    for attribute in &part.attributes {
        facts.push(format!("@{}", attribute.name));
    }
    let about = part.documentation.as_ref().map(Documentation::words);
    let indent = "  ".repeat(level);
    let facts = line(&facts.join(", "));
    let name = line(part.name.trim_end_matches('/'));
    let written = match style {
        Style::Text => {
            let bold = anstyle::Style::new().bold();
            format!("{indent}{bold}{name}{bold:#} {facts}")
        }
        Style::Markdown => {
            let about = about.map(|about| style.paragraph(&about));
            let about = about.as_deref().unwrap_or_default().trim_end();
            format!(
                "{indent}- {} {}: {about}",
                style.code(&name),
                style.code(&facts)
            )
        }
    };
    text.push_str(written.trim_end_matches([' ', ':']));
    text.push('\n');
    for child in &part.children {
        push(style, child, level + 1, text);
    }
}
