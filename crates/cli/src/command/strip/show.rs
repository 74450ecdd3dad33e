//! Says what was removed and what was found, in words.

use castile_envelope::{Finding, PasswordKind, Removed, Report, Target};

use crate::output::visible;

/// The report for people.
pub(super) fn report(report: &Report, name: &str) -> String {
    let name = visible(name);
    let mut lines: Vec<String> = report
        .removed
        .iter()
        .map(|block| format!("{name}: removed {}", removed(block)))
        .collect();
    if lines.is_empty() {
        lines.push(format!("{name}: nothing to remove"));
    }
    if let Some(header) = &report.dropped_header {
        lines.push(format!(
            "{name}: dropped bytes {}..{}, the Header with nothing left in it",
            header.start, header.end
        ));
    }
    if let Some(digits) = &report.corrected {
        lines.push(format!(
            "{name}: corrected the root part's Content-Length at byte {}",
            digits.start
        ));
    }
    lines.extend(report.findings.iter().map(|found| finding(*found, &name)));
    lines.push(format!(
        "{name}: {} bytes in, {} bytes out",
        report.input_length, report.output_length
    ));
    lines.join("\n")
}

/// A block, where it stood and what it held.
pub(in crate::command) fn removed(block: &Removed) -> String {
    let contents = &block.contents;
    let held: Vec<&str> = [
        contents.username_token.map(|kind| match kind {
            PasswordKind::None => "a UsernameToken without password",
            PasswordKind::Text => "a UsernameToken with the password as text",
            PasswordKind::Digest => "a UsernameToken with a password digest",
        }),
        contents
            .binary_security_token
            .then_some("a BinarySecurityToken"),
        contents.saml.then_some("a SAML assertion"),
        contents.signature.then_some("a signature"),
        contents.timestamp.then_some("a timestamp"),
        block.must_understand.then_some("mustUnderstand"),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!(
        "bytes {}..{} ({} bytes), wsse:Security for {}, with {}",
        block.range.start,
        block.range.end,
        block.length,
        match block.target {
            Target::UltimateReceiver => "the receiver",
            Target::Next => "the next node",
            Target::Named => "a named actor",
        },
        if held.is_empty() {
            String::from("nothing known")
        } else {
            held.join(", ")
        },
    )
}

/// A finding on one line.
pub(super) fn finding(finding: Finding, name: &str) -> String {
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    format!(
        "{yellow}finding[{}]{yellow:#}: {} (at {}, byte {})",
        finding.code(),
        crate::explain::entry(finding.code())
            .unwrap_or(&crate::explain::UNLISTED)
            .means,
        visible(name),
        finding.offset()
    )
}
