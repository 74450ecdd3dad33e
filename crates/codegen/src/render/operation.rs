//! Operations: what a request asks for, of whom, and what a repeat would do.

use super::text::{Source, literal};
use super::{Context, comment};
use crate::ir::{Operation, Service};
use crate::names::Taken;
use crate::qname::QName;
use crate::wsdl::SoapVersion;

/// Adds the `Operation` implementation of a request.
pub(super) fn push(
    source: &mut Source,
    context: &Context<'_>,
    service: &Service,
    operation: &Operation,
) {
    let rust = |name: Option<&QName>, none: &str| {
        let element = name.and_then(|name| context.ir.elements.get(name));
        element
            .map_or(none, |element| element.rust.as_str())
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
    if operation.soap == SoapVersion::V1_2 {
        source.line("    const SOAP: Soap = Soap::V1_2;");
    }
    if operation.one_way {
        source.line("    const ONE_WAY: bool = true;");
    }
    let response = rust(operation.output.as_ref(), "EmptyBody");
    source.pair(4, "type Response =", &format!("{response};"));
    let fault = match operation.faults.len() {
        0 | 1 => rust(operation.faults.first(), "NoFault"),
        _ => operation.fault_rust.clone(),
    };
    source.pair(4, "type Fault =", &format!("{fault};"));
    source.line("}");
}

/// Adds the enum of the faults that an operation declares.
pub(super) fn push_faults(source: &mut Source, context: &Context<'_>, operation: &Operation) {
    let mut taken = Taken::reserving(&["Other"]);
    let mut variants = Vec::new();
    for name in &operation.faults {
        if let Some(element) = context.ir.elements.get(name) {
            let variant = taken.take(&[element.rust.clone(), format!("{}Fault", element.rust)]);
            variants.push((variant, &element.rust, name.local()));
        }
    }
    let rust = &operation.fault_rust;
    let fallback = format!(
        "What a fault of {} can tell.",
        comment::code(&operation.name)
    );
    comment::push_paragraphs(source, 0, "///", &[fallback]);
    source.line("#[derive(Debug, Clone, PartialEq)]");
    source.line(&format!("pub enum {rust} {{"));
    for (variant, message, local) in &variants {
        let doc = format!("Element {}.", comment::code(local));
        comment::push_paragraphs(source, 4, "///", &[doc]);
        source.line(&format!("    {variant}(Box<{message}>),"));
    }
    source.line("    /// An element that the contract does not declare.");
    source.line("    Other(Raw),");
    source.line("}");
    source.blank();
    source.line(&format!("impl Detail for {rust} {{"));
    source.line(
        "    fn read_detail(element: &[u8], scope: &Scope) -> Result<Option<Self>, DecodeError> {",
    );
    for (variant, message, _) in &variants {
        let head = "        if let Some(fault) =";
        let tail = format!("{message}::read_detail(element, scope)? {{");
        if head.len() + 1 + tail.len() <= super::text::WIDTH {
            source.line(&format!("{head} {tail}"));
        } else {
            source.line(head);
            source.line(&format!("            {}", tail.trim_end_matches(" {")));
            source.line("        {");
        }
        source.line(&format!(
            "            return Ok(Some(Self::{variant}(Box::new(fault))));"
        ));
        source.line("        }");
    }
    source.line("        Ok(Raw::read_detail(element, scope)?.map(Self::Other))");
    source.line("    }");
    source.blank();
    source.line("    fn is_declared(&self) -> bool {");
    source.line("        !matches!(self, Self::Other(_))");
    source.line("    }");
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
