//! Groups and derived types: the enums and structs that stand for several elements or several types.

use super::text::{Source, literal};
use super::{Context, comment, structure};
use crate::ir::{Choice, Derived, Group, Item, Struct};

/// How many names of a group its documentation lists.
const LISTED: usize = 12;

/// Adds the documentation of a field for groups.
pub(super) fn push_doc(source: &mut Source, group: &Group) {
    let names = listed(group);
    let text = match group.occurs.max {
        Some(1) => format!("One of {names}."),
        Some(max) => format!("At most {max} times, in this order: {names}."),
        None => format!("In the order in which they come: {names}."),
    };
    comment::push_paragraphs(source, 4, "///", &[text]);
}

fn listed(group: &Group) -> String {
    let mut names: Vec<String> = (group.names.iter().take(LISTED))
        .map(|name| comment::code(name.local()))
        .collect();
    if group.names.len() > LISTED || group.is_open {
        names.push("others".to_owned());
    }
    names.join(", ")
}

/// Adds the struct of a sequence that repeats.
pub(super) fn push_sequence(
    source: &mut Source,
    context: &Context<'_>,
    rust: &str,
    structure: &Struct,
) {
    let items = structure.items();
    source.line("/// Elements that follow each other and repeat together.");
    source.line("#[derive(Debug, Clone, Default, PartialEq)]");
    source.line(&format!("pub struct {rust} {{"));
    structure::push_items(source, context, structure);
    source.line("    /// How far reading has come; leave it to `Default`.");
    source.line("    pub at: castile_model::Position,");
    source.line("}");
    source.blank();
    source.line("castile_model::sequence! {");
    source.line(&format!("    {rust}:"));
    for (index, item) in items.iter().enumerate() {
        let (names, field) = match item {
            Item::Field(field) => (vec![&field.name], &field.rust),
            Item::Group(group) => (group.names.iter().collect(), &group.rust),
            Item::Wildcard(_) => continue,
        };
        let names: Vec<String> = (names.into_iter())
            .map(|name| literal(&context.wire_name(name)))
            .collect();
        // A place where elements repeat is odd; whether a group takes more, it knows itself.
        let repeats = match item {
            Item::Field(field) => field.occurs.max != Some(1),
            _ => true,
        };
        let place = index * 2 + usize::from(repeats);
        let names = match item {
            Item::Group(group) => {
                format!("group {} [{}]", group.occurs.min.min(1), names.join(" | "))
            }
            _ => names.concat(),
        };
        source.line(&format!("    {place} {names} => {field},"));
    }
    source.line("}");
}

/// Adds the enum of a choice.
pub(super) fn push_choice(source: &mut Source, context: &Context<'_>, rust: &str, choice: &Choice) {
    source.line("/// One of several elements.");
    source.line("#[derive(Debug, Clone, PartialEq)]");
    source.line(&format!("pub enum {rust} {{"));
    let mut elements = Vec::new();
    for field in &choice.elements {
        structure::push_field_doc(source, context, field);
        let mut ty = context.field_type(field);
        if context.is_struct(&field.ty) && field.occurs.max == Some(1) {
            ty = format!("Box<{ty}>");
        }
        source.line(&format!("    {}({ty}),", field.rust));
        let name = literal(&context.wire_name(&field.name));
        elements.push(format!("{name} => {}", field.rust));
    }
    let mut sequences = Vec::new();
    for group in &choice.sequences {
        let doc = format!("In this order: {}.", listed(group));
        comment::push_paragraphs(source, 4, "///", &[doc]);
        let ty = context.ir.types.get(&group.ty).map_or("", |ty| &ty.rust);
        source.line(&format!("    {}(Box<{ty}>),", group.rust));
        let names: Vec<String> = (group.names.iter())
            .map(|name| literal(&context.wire_name(name)))
            .collect();
        sequences.push(format!("{} => {}", names.join(" | "), group.rust));
    }
    if choice.is_open {
        source.line("    /// Any other element, as it came.");
        source.line("    Other(Raw),");
    }
    source.line("}");
    source.blank();
    source.line("castile_model::choice! {");
    source.line(&format!("    {rust} {{"));
    for list in [elements, sequences] {
        for (index, entry) in list.iter().enumerate() {
            let comma = if index + 1 < list.len() { "," } else { "" };
            source.line(&format!("        {entry}{comma}"));
        }
        source.line("        ;");
    }
    if choice.is_open {
        source.line("        Other");
    }
    source.line("    }");
    source.line("}");
}

/// Adds the enum of a type and those derived from it.
pub(super) fn push_derived(
    source: &mut Source,
    context: &Context<'_>,
    rust: &str,
    derived: &Derived,
) {
    let rust_name = |name| context.ir.types.get(name).map_or("", |ty| &*ty.rust);
    let base = comment::code(derived.base.local());
    let doc = format!("The type {base} or one derived from it; `xsi:type` says which.");
    comment::push_paragraphs(source, 0, "///", &[doc]);
    source.line("#[derive(Debug, Clone, PartialEq)]");
    source.line(&format!("pub enum {rust} {{"));
    for name in &derived.variants {
        let doc = format!("Type {}.", comment::code(name.local()));
        comment::push_paragraphs(source, 4, "///", &[doc]);
        let variant = rust_name(name);
        source.line(&format!("    {variant}(Box<{variant}>),"));
    }
    source.line("    /// A type that the contract does not know, as it came.");
    source.line("    Other(Box<castile_model::Other>),");
    source.line("}");
    source.blank();
    let default = match derived.variants.contains(&derived.base) {
        true => rust_name(&derived.base),
        false => "Other",
    };
    source.line("castile_model::derived! {");
    source.line(&format!("    {rust}: {default} {{"));
    for (index, name) in derived.variants.iter().enumerate() {
        let comma = if index + 1 < derived.variants.len() {
            ","
        } else {
            ""
        };
        let wire = literal(&format!("{{{}}}{}", name.namespace(), name.local()));
        source.line(&format!("        {wire} => {}{comma}", rust_name(name)));
    }
    source.line("    }");
    source.line("}");
}
