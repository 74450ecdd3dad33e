//! The root of the crate: what is in it, and a module for each service.

use super::text::{Source, literal};
use super::{Context, MARK, comment, module};

/// Renders `lib.rs`.
pub(super) fn render(context: &Context<'_>) -> String {
    let version = context.ir.version.as_deref().unwrap_or_default();
    let mut source = Source::default();
    // A version is text from outside, and a comment ends with its line.
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let said = if !version.is_empty() && version.len() < 40 && version.chars().all(plain) {
        format!("Contract version {version}, input SHA-256")
    } else {
        "The input has SHA-256".to_owned()
    };
    source.line(&format!("// {MARK}; do not edit. {said}"));
    source.line(&format!("// {}.", context.digest));
    source.blank();
    let mut title = "Typed requests, responses and faults of a SOAP contract".to_owned();
    if !version.is_empty() {
        title.push_str(&format!(", version {}", comment::code(version)));
    }
    let paragraphs = [
        format!("{title}."),
        "One module and one feature for each service; no feature is on by default.".to_owned(),
    ];
    comment::push_paragraphs(&mut source, 0, "//!", &paragraphs);
    source.line("//!");
    source.line("//! | Feature | Service | Operations |");
    source.line("//! |---|---|---|");
    for service in &context.ir.services {
        let (feature, name) = (&service.module, comment::code(&service.name));
        source.line(&format!(
            "//! | `{feature}` | {name} | {} |",
            service.operations.len()
        ));
    }
    source.blank();
    source.line("// Fields that the contract has deprecated are still read and written.");
    source.line("#![allow(deprecated)]");
    source.line("// Acronyms keep the spelling of the contract.");
    source.line("#![allow(clippy::upper_case_acronyms)]");
    source.blank();
    source.line(
        "/// The version of the contract, as its schemas give it; empty when they give none.",
    );
    source.pair(
        0,
        "pub const CONTRACT_VERSION: &str =",
        &format!("{};", literal(version)),
    );
    if module::has_shared(context) {
        source.blank();
        source.line("pub mod shared;");
    }
    for service in &context.ir.services {
        source.blank();
        source.line(&format!("#[cfg(feature = \"{}\")]", service.module));
        source.line(&format!("pub mod {};", service.module));
    }
    source.text
}
