//! Structs: their fields, how they are read and how they are written.

use super::text::{Source, literal};
use super::{Context, comment};
use crate::doc::Doc;
use crate::ir::{Field, Group, Item, Member, Scope, Struct};
use crate::pass::flatten::marker_number;

/// Adds a struct and the list of its elements.
pub(super) fn push(
    source: &mut Source,
    context: &Context<'_>,
    (rust, schema_name): (&str, &str),
    doc: &Doc,
    fallback: &str,
    structure: &Struct,
) {
    let more: Vec<String> = comment::attributes(&structure.attributes)
        .into_iter()
        .collect();
    comment::push(source, 0, doc, fallback, &more);
    comment::push_alias(source, schema_name, rust);
    comment::push_deprecated(source, 0, doc);
    source.line("#[derive(Debug, Clone, Default, PartialEq)]");
    source.line(&format!("pub struct {rust} {{"));
    push_items(source, context, structure);
    source
        .line("    /// Attributes, and elements that this version of the contract does not know.");
    source.line("    pub ext: Ext,");
    source.line("}");
    source.blank();
    push_elements(source, context, rust, structure);
}

/// Adds the fields.
pub(super) fn push_items(source: &mut Source, context: &Context<'_>, structure: &Struct) {
    for item in structure.items() {
        match item {
            Item::Field(field) => {
                push_field_doc(source, context, field);
                let head = format!("pub {}:", field.rust);
                source.pair(4, &head, &format!("{},", context.field_type(field)));
            }
            Item::Group(group) => {
                super::group::push_doc(source, group);
                let head = format!("pub {}:", group.rust);
                source.pair(4, &head, &format!("{},", context.group_type(group)));
            }
            Item::Wildcard(rust) => {
                source.line("    /// Elements that the contract leaves open.");
                source.line(&format!("    pub {rust}: Vec<Raw>,"));
            }
        }
    }
}

/// Adds the documentation of an element.
pub(super) fn push_field_doc(source: &mut Source, context: &Context<'_>, field: &Field) {
    let of_type = context
        .ir
        .named(&field.ty)
        .and_then(|ty| comment::summary(&ty.doc));
    let fallback =
        of_type.unwrap_or_else(|| format!("Element {}.", comment::code(field.name.local())));
    let more = match field.occurs.max {
        Some(max) if max > 1 => vec![format!("At most {max}.")],
        _ => Vec::new(),
    };
    comment::push(source, 4, &field.doc, &fallback, &more);
    comment::push_deprecated(source, 4, &field.doc);
}

/// The list by which the struct is read and written.
fn push_elements(source: &mut Source, context: &Context<'_>, rust: &str, structure: &Struct) {
    let mut list = List {
        context,
        structure,
        lines: Vec::new(),
    };
    list.members(&structure.members, false);
    if list.lines.is_empty() {
        source.line(&format!("elements! {{ {rust}: }}"));
        return;
    }
    source.line(&format!("elements! {{ {rust}:"));
    for line in list.lines {
        source.line(&format!("    {line}"));
    }
    source.line("}");
}

struct List<'a> {
    context: &'a Context<'a>,
    structure: &'a Struct,
    lines: Vec<String>,
}

impl List<'_> {
    /// Adds members; `followed` when elements stand behind them outside their scope.
    fn members(&mut self, members: &[Member], followed: bool) {
        for (index, member) in members.iter().enumerate() {
            let has_next = followed || members[index + 1..].iter().any(holds_elements);
            match member {
                Member::Any(_) => {}
                Member::Field(field) => self.field(field),
                Member::Group(group) => self.lines.push(group_line(group)),
                Member::Wildcard(rust) => self.lines.push(format!("open 0 => {rust},")),
                Member::Scope(scope) => self.scope(scope, has_next),
            }
        }
    }

    fn field(&mut self, field: &Field) {
        let (min, max) = (field.occurs.min, field.occurs.max);
        // A single element is bounded by its Rust type.
        if max != Some(1) && (min > 0 || max.is_some()) {
            let max = max.unwrap_or_default();
            self.lines.push(format!("[occurs {min}, {max}]"));
        }
        let name = literal(&self.context.wire_name(&field.name));
        let line = format!("{name} => {},", field.rust);
        let namesakes = self.structure.fields();
        let namesakes = namesakes.iter().filter(|other| other.name == field.name);
        if namesakes.count() > 1 {
            self.lines
                .extend(["[twin]".to_owned(), line, "[end_twin]".to_owned()]);
        } else {
            self.lines.push(line);
        }
    }

    fn scope(&mut self, scope: &Scope, has_next: bool) {
        let marker = scope.marker.as_ref();
        let number = marker.and_then(|marker| marker_number(marker.local()));
        match number {
            Some(number) if scope.is_optional() => {
                self.lines.push(format!("[version {number}]"));
                self.members(&scope.members, has_next);
                if has_next {
                    self.lines.push("[end_version]".to_owned());
                }
            }
            Some(number) => {
                self.lines.push(format!("[marker {number}]"));
                self.members(&scope.members, has_next);
            }
            None => self.members(&scope.members, has_next),
        }
    }
}

/// The line for a field of groups.
fn group_line(group: &Group) -> String {
    let word = if group.is_open { "open" } else { "group" };
    format!("{word} {} => {},", group.occurs.min.min(1), group.rust)
}

fn holds_elements(member: &Member) -> bool {
    !matches!(member, Member::Any(_))
}
