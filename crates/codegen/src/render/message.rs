//! Messages: the root structs of requests, responses and faults.

use super::text::{Source, literal};
use super::{Context, comment, structure};
use crate::doc::Doc;
use crate::ir::{TypeRef, Wire};
use crate::pass::select::{self, Root};
use crate::qname::QName;

/// Adds the struct of a message element with its `Struct` and `Message` implementations.
pub(super) fn push(
    source: &mut Source,
    context: &Context<'_>,
    name: &QName,
    rust: &str,
    role: &str,
) {
    let Some(element) = context.ir.elements.get(name) else {
        return;
    };
    let Ok(root) = select::root(context.ir, name) else {
        return;
    };
    let ty = context.ir.named(&element.ty);
    let doc = match ty {
        Some(ty) if element.doc.is_empty() => &ty.doc,
        _ => &element.doc,
    };
    let doc: &Doc = doc;
    let fallback = match element.wire(name) {
        Some(wire) => format!("{role}: element {}.", comment::code(wire.local())),
        None => format!("{role}: a body without element."),
    };
    match root {
        Root::Struct(root) => {
            let schema_name = match &element.ty {
                TypeRef::Named(name) if element.wire == Wire::Own => name.local(),
                _ => "",
            };
            structure::push(source, context, (rust, schema_name), doc, &fallback, root);
        }
        Root::Value(ty) => push_value(source, context, rust, doc, &fallback, ty),
    }
    source.blank();
    source.line(&format!("impl Message for {rust} {{"));
    let constant = |source: &mut Source, constant: &str, value: &str| {
        source.pair(
            4,
            &format!("const {constant}: &'static str ="),
            &format!("{};", literal(value)),
        );
    };
    let (namespace, local) = element
        .wire(name)
        .map_or(("", ""), |wire| (wire.namespace(), wire.local()));
    constant(source, "NAMESPACE", namespace);
    constant(source, "ELEMENT", local);
    if namespace != context.namespace && !root.is_empty() {
        constant(source, "NAMES", context.namespace);
    }
    if let Root::Value(ty) = root {
        push_value_root(source, ty);
    }
    source.line("}");
    if context.yaserde {
        source.blank();
        source.line(&format!("castile_model::yaserde_message!({rust});"));
    }
}

/// Adds the struct of a message that holds a simple value, or what is kept as it comes.
fn push_value(
    source: &mut Source,
    context: &Context<'_>,
    rust: &str,
    doc: &Doc,
    fallback: &str,
    ty: &TypeRef,
) {
    comment::push(source, 0, doc, fallback, &[]);
    comment::push_deprecated(source, 0, doc);
    source.line("#[derive(Debug, Clone, Default, PartialEq)]");
    source.line(&format!("pub struct {rust} {{"));
    source.line(match ty {
        TypeRef::Raw => "    /// The element, start tag and all.",
        _ => "    /// What the element holds.",
    });
    source.line(&format!("    pub value: {},", context.single(ty)));
    source.line("    /// Empty: attributes stand with the value.");
    source.line("    pub ext: Ext,");
    source.line("}");
    source.blank();
    source.line(&format!("elements! {{ {rust}: }}"));
}

/// Adds what reads and writes the value as the root element.
fn push_value_root(source: &mut Source, ty: &TypeRef) {
    source.blank();
    source.line("    fn read_root(&mut self, r: &mut Reader<'_>) {");
    source.line("        self.value.fill(r);");
    source.line("    }");
    source.blank();
    source.line("    fn write_root(&self, w: &mut Writer) {");
    match ty {
        TypeRef::Raw => source.line("        self.value.write_as(Self::ELEMENT, w);"),
        _ => source.line("        w.value(Self::ELEMENT, &self.value);"),
    }
    source.line("    }");
}
