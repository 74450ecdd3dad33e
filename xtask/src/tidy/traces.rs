//! Nothing checked in names one person's machine or package registry.

use super::Finding;
use crate::workspace::SourceFile;

/// Where home and work directories lie; written in two parts so that this file is clean.
const MACHINE_PATHS: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Use", "rs/"),
    concat!("/wo", "rk/"),
    concat!("C:\\Use", "rs\\"),
];

pub(super) fn check(files: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            if let Some(path) = machine_path(line) {
                findings.push(Finding::new(
                    &file.path,
                    index + 1,
                    format!("`{path}` is a path of one machine"),
                    "write it relative to the checkout, or take it from the environment",
                ));
            }
            if names_a_registry(&file.path, line) {
                findings.push(Finding::new(
                    &file.path,
                    index + 1,
                    "names a package registry other than the public one",
                    "leave the registry to the settings of the user; lock files name the public one",
                ));
            }
        }
    }
    findings
}

/// The machine path that the line holds, if it stands where a path starts.
fn machine_path(line: &str) -> Option<&'static str> {
    MACHINE_PATHS.iter().copied().find(|path| {
        line.match_indices(path).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            !before.is_some_and(|c| {
                c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '}' | '/' | '$')
            }) || line[..at].ends_with("file://")
        })
    })
}

fn names_a_registry(path: &str, line: &str) -> bool {
    let line = line.trim();
    match path.rsplit('/').next().unwrap_or(path) {
        "Cargo.lock" => {
            line.starts_with("source = ")
                && !line.contains("\"registry+https://github.com/rust-lang/crates.io-index\"")
        }
        "package-lock.json" => {
            line.starts_with("\"resolved\":") && !line.contains("\"https://registry.npmjs.org/")
        }
        "requirements.txt" => [
            "--index-url",
            "--extra-index-url",
            "--find-links",
            "-i ",
            "-f ",
        ]
        .iter()
        .any(|option| line.starts_with(option)),
        ".npmrc" | "pip.conf" => true,
        "config.toml" if path.ends_with(".cargo/config.toml") => ["[source", "[registr"]
            .iter()
            .any(|table| line.starts_with(table)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    #[test]
    fn a_path_of_one_machine_is_found_with_its_line() {
        for path in MACHINE_PATHS {
            let found = check(&[file("README.md", &format!("ok\nsee `{path}me`\n"))]);
            assert_eq!(found.len(), 1, "{path}");
            assert_eq!(found[0].line, 2);
        }
    }

    #[test]
    fn a_part_of_a_longer_name_is_no_machine_path() {
        for text in [
            "docs/work/flow",
            "https://example.com/home/page",
            "$HOME/home/x",
        ] {
            assert_eq!(check(&[file("README.md", text)]), [], "{text}");
        }
    }

    #[test]
    fn a_foreign_registry_is_found() {
        let bad = [
            (
                "Cargo.lock",
                "source = \"registry+https://mirror.invalid/index\"\n",
            ),
            (
                "tests/peers/oidc/package-lock.json",
                "  \"resolved\": \"https://mirror.invalid/a.tgz\",\n",
            ),
            (
                "tests/peers/python/requirements.txt",
                "--index-url https://mirror.invalid\n",
            ),
            (".cargo/config.toml", "[source.crates-io]\n"),
            ("tests/.npmrc", "registry=https://mirror.invalid\n"),
        ];
        for (path, text) in bad {
            assert_eq!(check(&[file(path, text)]).len(), 1, "{path}");
        }
        let good = [
            (
                "Cargo.lock",
                "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n",
            ),
            (
                "package-lock.json",
                "\"resolved\": \"https://registry.npmjs.org/a/-/a-1.tgz\",\n",
            ),
            ("requirements.txt", "zeep==4.3.1\n"),
            (".cargo/config.toml", "[alias]\n"),
        ];
        for (path, text) in good {
            assert_eq!(check(&[file(path, text)]), [], "{path}");
        }
    }
}
