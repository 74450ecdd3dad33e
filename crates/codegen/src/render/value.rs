//! Values: one alias for each type that is text with attributes.

use super::text::{Source, literal};
use super::{builtin_type, comment};
use crate::ir::{Builtin, Scalar, Type, TypeRef};
use crate::names::{Taken, constant_name};

/// Adds the alias of a value type, and a module of constants if the contract lists its values.
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
    let values = ty.known_values();
    if !values.is_empty() {
        source.blank();
        push_values(source, ty, &scalar.module, &values);
    }
}

/// Adds a constant for each value; they are texts, so that a value nobody listed is no error.
fn push_values(source: &mut Source, ty: &Type, module: &str, values: &[&str]) {
    source.line(&format!(
        "/// Values that the contract lists for [`{}`].",
        ty.rust
    ));
    source.line(&format!("pub mod {module} {{"));
    let mut taken = Taken::default();
    for value in values {
        let name = taken.take(&[constant_name(value)]);
        comment::push_paragraphs(source, 4, "///", &[format!("{}.", comment::code(value))]);
        source.pair(
            4,
            &format!("pub const {name}: &str ="),
            &format!("{};", literal(value)),
        );
    }
    source.line("}");
}
