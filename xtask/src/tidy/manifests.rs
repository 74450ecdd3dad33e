//! Versions stand in the root manifest only, and every package inherits the lints.

use toml::{Table, Value};

use super::{Finding, find, line_of};
use crate::workspace::{Package, SourceFile};

const SECTIONS: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

pub(super) fn check(packages: &[Package], files: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages {
        let Some(manifest) = find(files, &package.manifest) else {
            continue;
        };
        match manifest.text.parse::<Table>() {
            Ok(table) => findings.extend(check_one(manifest, &table)),
            Err(error) => findings.push(Finding::new(
                &manifest.path,
                1,
                format!("no TOML: {}", error.message()),
                "correct the manifest",
            )),
        }
    }
    findings
}

fn check_one(manifest: &SourceFile, table: &Table) -> Vec<Finding> {
    let mut findings = Vec::new();
    if table.get("lints").and_then(|lints| lints.get("workspace")) != Some(&Value::Boolean(true)) {
        findings.push(Finding::new(
            &manifest.path,
            1,
            "the lints of the workspace are not inherited",
            "add `[lints]` with `workspace = true`",
        ));
    }
    let targets = table
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(|targets| targets.values())
        .filter_map(Value::as_table);
    for scope in std::iter::once(table).chain(targets) {
        for section in SECTIONS {
            let Some(dependencies) = scope.get(*section).and_then(Value::as_table) else {
                continue;
            };
            for (name, dependency) in dependencies {
                if dependency.get("workspace") != Some(&Value::Boolean(true)) {
                    findings.push(Finding::new(
                        &manifest.path,
                        line_of(&manifest.text, name),
                        format!("`{name}` has a version of its own"),
                        "put the version into [workspace.dependencies] and write `workspace = true` here",
                    ));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    fn findings(text: &str) -> Vec<Finding> {
        let package = Package {
            name: "castile".to_owned(),
            manifest: "crates/castile/Cargo.toml".to_owned(),
            dependencies: Vec::new(),
        };
        check(&[package], &[file("crates/castile/Cargo.toml", text)])
    }

    #[test]
    fn an_inheriting_manifest_is_clean() {
        let text = "[lints]\nworkspace = true\n[dependencies]\nbytes.workspace = true\n";
        assert_eq!(findings(text), []);
    }

    #[test]
    fn a_version_of_its_own_is_found_in_every_section() {
        for section in [
            "dependencies",
            "dev-dependencies",
            "target.'cfg(unix)'.dependencies",
        ] {
            let text = format!("[lints]\nworkspace = true\n[{section}]\nbytes = \"1\"\n");
            let found = findings(&text);
            assert_eq!(found.len(), 1, "{section}");
            assert_eq!(found[0].line, 4);
        }
    }

    #[test]
    fn lints_that_are_not_inherited_are_found() {
        assert_eq!(findings("[dependencies]\n").len(), 1);
        assert_eq!(findings("[lints]\nworkspace = false\n").len(), 1);
    }
}
