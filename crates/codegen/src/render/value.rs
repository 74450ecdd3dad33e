//! Values: one alias for each type that is text with attributes.

use super::text::Source;
use super::{builtin_type, comment};
use crate::ir::{Builtin, Scalar, Type, TypeRef};

/// Adds the alias of a value type.
pub(super) fn push(source: &mut Source, schema_name: &str, ty: &Type, scalar: &Scalar) {
    let more = comment::values(&scalar.values)
        .into_iter()
        .chain(comment::attributes(&scalar.attributes));
    let fallback = format!(
        "A value of type {}.",
        comment::code(schema_name.trim_end_matches('/'))
    );
    comment::push(source, 0, &ty.doc, &fallback, &more.collect::<Vec<_>>());
    comment::push_alias(source, schema_name, &ty.rust);
    comment::push_deprecated(source, 0, &ty.doc);
    let base = match scalar.base {
        TypeRef::Builtin(builtin) => builtin,
        // The collapsing pass left built-in types only.
        _ => Builtin::Text,
    };
    source.line(&format!("pub type {} = {};", ty.rust, builtin_type(base)));
}
