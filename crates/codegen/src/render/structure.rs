//! Structs: their fields, how they are read and how they are written.

use super::text::{Source, literal};
use super::{Context, comment};
use crate::doc::Doc;
use crate::ir::{Field, Member, Struct};
use crate::pass::flatten::marker_number;

/// The width of arguments that rustfmt leaves on one line.
const ARGUMENTS_WIDTH: usize = 60;

/// Adds a struct and its `Struct` implementation.
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
    let fields = structure.fields();
    for field in &fields {
        push_field(source, context, field);
    }
    source
        .line("    /// Attributes, and elements that this version of the contract does not know.");
    source.line("    pub ext: Ext,");
    source.line("}");
    source.blank();
    source.line(&format!("impl Struct for {rust} {{"));
    push_child(source, context, &fields);
    source.blank();
    push_write(source, context, structure);
    source.blank();
    source.line("    fn ext(&self) -> &Ext {");
    source.line("        &self.ext");
    source.line("    }");
    source.blank();
    source.line("    fn ext_mut(&mut self) -> &mut Ext {");
    source.line("        &mut self.ext");
    source.line("    }");
    source.line("}");
}

fn push_field(source: &mut Source, context: &Context<'_>, field: &Field) {
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
    source.pair(
        4,
        &format!("pub {}:", field.rust),
        &format!("{},", context.field_type(field)),
    );
}

/// The match that finds the place for an element.
fn push_child(source: &mut Source, context: &Context<'_>, fields: &[&Field]) {
    if fields.is_empty() {
        source.line("    fn child(&mut self, _: &str) -> Option<Slot<'_>> {");
        source.line("        None");
        source.line("    }");
        return;
    }
    source.line("    fn child(&mut self, name: &str) -> Option<Slot<'_>> {");
    source.line("        Some(match name {");
    let mut seen = Vec::new();
    for field in fields {
        let mut name = context.wire_name(&field.name);
        if seen.contains(&name) {
            // The second place of an element; a third was refused by the flattening pass.
            name.push_str("#2");
        }
        let (pattern, place) = (literal(&name), format!("self.{}.slot()", field.rust));
        let line = format!("            {pattern} => {place},");
        if line.len() <= super::text::WIDTH {
            source.line(&line);
        } else {
            source.line(&format!("            {pattern} => {{"));
            source.line(&format!("                {place}"));
            source.line("            }");
        }
        seen.push(name);
    }
    source.line("            _ => return None,");
    source.line("        })");
    source.line("    }");
}

fn push_write(source: &mut Source, context: &Context<'_>, structure: &Struct) {
    let mut steps = Vec::new();
    push_steps(context, &structure.members, false, &mut steps);
    if steps.is_empty() {
        source.line("    fn write(&self, _: &mut Writer) {}");
        return;
    }
    source.line("    fn write(&self, w: &mut Writer) {");
    for step in steps {
        source.line(&step);
    }
    source.line("    }");
}

/// The calls that write members; `followed` when elements stand behind them outside their scope.
fn push_steps(context: &Context<'_>, members: &[Member], followed: bool, steps: &mut Vec<String>) {
    for (index, member) in members.iter().enumerate() {
        match member {
            Member::Any(_) => {}
            Member::Field(field) => {
                let (name, place) = (
                    literal(&context.wire_name(&field.name)),
                    format!("&self.{}", field.rust),
                );
                let line = format!("        w.put({name}, {place});");
                if name.len() + 2 + place.len() <= ARGUMENTS_WIDTH {
                    steps.push(line);
                } else {
                    let arguments = format!("            {name},\n            {place},");
                    steps.push(format!("        w.put(\n{arguments}\n        );"));
                }
            }
            Member::Scope(scope) => {
                let number = scope
                    .marker
                    .as_ref()
                    .and_then(|marker| marker_number(marker.local()));
                let has_next = followed || members[index + 1..].iter().any(holds_elements);
                if let Some(number) = number {
                    steps.push(format!("        w.version({number});"));
                }
                push_steps(context, &scope.members, has_next, steps);
                if number.is_some() && has_next {
                    steps.push("        w.end_version();".to_owned());
                }
            }
        }
    }
}

fn holds_elements(member: &Member) -> bool {
    !matches!(member, Member::Any(_))
}
