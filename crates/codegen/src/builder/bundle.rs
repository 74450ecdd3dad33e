//! Makes one file of the files of a crate, its modules inside each other.

use std::collections::BTreeMap;

/// The text for `include!`: nothing in it depends on where it is included.
pub(super) fn bundle(files: &[(String, String)]) -> String {
    let files: BTreeMap<&str, &str> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let root = files.get("src/lib.rs").copied().unwrap_or_default();
    let mut text = String::new();
    for line in root.lines() {
        // An included file may have no inner attribute, and there are no features.
        let is_inner = line.starts_with("//!") || line.starts_with("#![");
        if !is_inner && !line.starts_with("#[cfg(feature = ") {
            push(&files, "src", line, 0, &mut text);
        }
    }
    text
}

/// Adds a line, or the module that it declares.
fn push(files: &BTreeMap<&str, &str>, folder: &str, line: &str, depth: usize, text: &mut String) {
    let name = line
        .trim_start_matches("pub ")
        .strip_prefix("mod ")
        .and_then(|rest| rest.strip_suffix(';'));
    if let Some(name) = name
        && let Some(module) = files.get(format!("{folder}/{name}.rs").as_str())
    {
        text.push_str(&format!("{} {{\n", line.trim_end_matches(';')));
        for line in module.lines() {
            push(files, &format!("{folder}/{name}"), line, depth + 1, text);
        }
        text.push_str("}\n");
        return;
    }
    // Paths start at the root of the crate that is no crate any more.
    let from_root = ["use crate::", "pub use crate::"]
        .into_iter()
        .find_map(|start| Some((start, line.strip_prefix(start)?)));
    match from_root {
        Some((start, rest)) => {
            text.push_str(start.trim_end_matches("crate::"));
            text.push_str(&"super::".repeat(depth));
            text.push_str(rest);
        }
        None => text.push_str(line),
    }
    text.push('\n');
}
