//! Who may import whom: the drawing in ARCHITECTURE.md as a table.

use super::{Finding, find, line_of};
use crate::workspace::{Package, SourceFile};

/// The packages of ours that a package may import, for building and at run time.
/// `None`: all of them.
const ARROWS: &[(&str, Option<&[&str]>)] = &[
    ("castile-envelope", Some(&[])),
    ("castile-auth", Some(&[])),
    ("castile-model", Some(&[])),
    ("castile-codegen", Some(&[])),
    ("castile-migrate", Some(&[])),
    ("castile-http", Some(&["castile-envelope", "castile-auth"])),
    (
        "castile",
        Some(&[
            "castile-envelope",
            "castile-auth",
            "castile-model",
            "castile-http",
        ]),
    ),
    ("castile-jx", Some(&["castile-model"])),
    ("castile-proxy", Some(&["castile-http"])),
    (
        "castile-sandbox",
        Some(&["castile-codegen", "castile-envelope"]),
    ),
    (
        "castile-cli",
        Some(&[
            "castile",
            "castile-auth",
            "castile-codegen",
            "castile-envelope",
            "castile-http",
            "castile-migrate",
            "castile-model",
            "castile-proxy",
            "castile-sandbox",
        ]),
    ),
    ("xtask", Some(&["castile-codegen"])),
    ("castile-bff", Some(&["castile", "castile-sandbox"])),
    ("castile-demo", None),
    ("castile-tests", None),
];

/// The base row takes clock, network and tasks as arguments.
const BASE_ROW: &[&str] = &["castile-envelope", "castile-auth", "castile-model"];
const NOT_IN_BASE_ROW: &[&str] = &[
    "tokio",
    "reqwest",
    "hyper",
    "hyper-util",
    "socket2",
    "mio",
    "ureq",
];

/// Nothing builds on these, not even for its tests.
const ENDS: &[&str] = &["castile-demo", "castile-tests", "xtask"];

const TABLE: &str = "xtask/src/tidy/arrows.rs";

pub(super) fn check(packages: &[Package], files: &[SourceFile]) -> Vec<Finding> {
    let ours: Vec<&str> = packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut findings = Vec::new();
    for package in packages {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
            findings.push(Finding::new(
                &package.manifest,
                1,
                format!("`{}` stands in no arrow of the architecture", package.name),
                format!("add it to {TABLE} and to ARCHITECTURE.md, or remove the package"),
            ));
            continue;
        };
        for dependency in &package.dependencies {
            let to = dependency.name.as_str();
            let wrong = if ours.contains(&to) {
                // Tests may look wider than the code, but never at an end; xtask links one crate in all.
                let free = dependency.dev && package.name != "xtask" && !ENDS.contains(&to);
                !free && allowed.is_some_and(|allowed| !allowed.contains(&to))
            } else {
                !dependency.dev
                    && BASE_ROW.contains(&package.name.as_str())
                    && NOT_IN_BASE_ROW.contains(&to)
            };
            if wrong {
                let line = find(files, &package.manifest)
                    .map_or(1, |manifest| line_of(&manifest.text, to));
                findings.push(Finding::new(
                    &package.manifest,
                    line,
                    format!("`{}` may not import `{to}`", package.name),
                    "take what you need as an argument, or move the code to a package that may",
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;
    use crate::workspace::Dependency;

    fn package(name: &str, dependencies: &[(&str, bool)]) -> Package {
        Package {
            name: name.to_owned(),
            manifest: format!("crates/{name}/Cargo.toml"),
            dependencies: dependencies
                .iter()
                .map(|&(name, dev)| Dependency {
                    name: name.to_owned(),
                    dev,
                })
                .collect(),
        }
    }

    #[test]
    fn an_arrow_against_the_drawing_is_found_with_its_line() {
        let packages = [
            package("castile-model", &[("castile-auth", false)]),
            package("castile-auth", &[]),
        ];
        let manifest = file(
            "crates/castile-model/Cargo.toml",
            "[dependencies]\ncastile-auth.workspace = true\n",
        );
        let findings = check(&packages, &[manifest]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 2);
    }

    #[test]
    fn tests_may_look_wider_but_not_at_an_end() {
        let wide = [
            package("castile-http", &[("castile-sandbox", true)]),
            package("castile-sandbox", &[]),
        ];
        assert_eq!(check(&wide, &[]), []);
        let end = [
            package("castile-http", &[("castile-tests", true)]),
            package("castile-tests", &[]),
        ];
        assert_eq!(check(&end, &[]).len(), 1);
        let xtask = [
            package("xtask", &[("castile", true)]),
            package("castile", &[]),
        ];
        assert_eq!(check(&xtask, &[]).len(), 1);
    }

    #[test]
    fn the_base_row_opens_no_socket() {
        assert_eq!(
            check(&[package("castile-auth", &[("tokio", false)])], &[]).len(),
            1
        );
        assert_eq!(
            check(&[package("castile-auth", &[("tokio", true)])], &[]),
            []
        );
        assert_eq!(
            check(&[package("castile-http", &[("tokio", false)])], &[]),
            []
        );
    }

    #[test]
    fn a_package_outside_the_drawing_is_found() {
        assert_eq!(check(&[package("castile-utils", &[])], &[]).len(), 1);
    }
}
