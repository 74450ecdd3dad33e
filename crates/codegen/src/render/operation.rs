//! Operations: what a request asks for, of whom, and what a repeat would do.

use super::Context;
use super::text::{Source, literal};
use crate::ir::{Operation, Service};

/// Adds the `Operation` implementation of a request.
pub(super) fn push(
    source: &mut Source,
    context: &Context<'_>,
    service: &Service,
    operation: &Operation,
) {
    let rust = |name: Option<&crate::qname::QName>| {
        let element = name.and_then(|name| context.ir.elements.get(name));
        element
            .map_or("NoFault", |element| element.rust.as_str())
            .to_owned()
    };
    source.line(&format!("impl Operation for {} {{", operation.rust));
    let values = [
        ("NAME", &*operation.name),
        ("ACTION", &*operation.action),
        ("SERVICE", service.short()),
    ];
    for (constant, value) in values {
        let value = format!("{};", literal(value));
        source.pair(4, &format!("const {constant}: &'static str ="), &value);
    }
    source.line(&format!(
        "    const EFFECT: Effect = Effect::{};",
        effect(&operation.name)
    ));
    source.pair(
        4,
        "type Response =",
        &format!("{};", rust(operation.output.as_ref())),
    );
    source.pair(
        4,
        "type Fault =",
        &format!("{};", rust(operation.faults.first())),
    );
    source.line("}");
}

/// What the name says of the effect: jXchange ends the names of its operations by what they do.
///
/// What is not known to read counts as unknown, and is treated as a write.
fn effect(name: &str) -> &'static str {
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if name == "Ping" || ends(&["Inq", "Srch", "Validate"]) {
        "Read"
    } else if ends(&["Add", "Mod"]) {
        "Write"
    } else {
        "Unknown"
    }
}

#[cfg(test)]
mod tests {
    use super::effect;

    #[test]
    fn only_names_that_say_so_read() {
        let cases = [
            ("Ping", "Read"),
            ("AcctInq", "Read"),
            ("AcctHistSrch", "Read"),
            ("XferAddValidate", "Read"),
            ("XferAdd", "Write"),
            ("CustMod", "Write"),
            ("StopChkCan", "Unknown"),
            ("AcctIdGen", "Unknown"),
            ("PingAll", "Unknown"),
        ];
        for (name, expected) in cases {
            assert_eq!(effect(name), expected, "{name}");
        }
    }
}
