//! Messages: the root structs of requests, responses and faults.

use super::text::{Source, literal};
use super::{Context, comment, structure};
use crate::doc::Doc;
use crate::pass::select;
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
    let schema_name = match &element.ty {
        crate::ir::TypeRef::Named(name) => name.local(),
        _ => "",
    };
    let fallback = format!("{role}: element {}.", comment::code(name.local()));
    let doc: &Doc = doc;
    structure::push(source, context, (rust, schema_name), doc, &fallback, root);
    source.blank();
    source.line(&format!("impl Message for {rust} {{"));
    let constant = |source: &mut Source, constant: &str, value: &str| {
        source.pair(
            4,
            &format!("const {constant}: &'static str ="),
            &format!("{};", literal(value)),
        );
    };
    constant(source, "NAMESPACE", name.namespace());
    constant(source, "ELEMENT", name.local());
    source.line("}");
}
