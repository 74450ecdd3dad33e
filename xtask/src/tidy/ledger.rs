//! Each promise in the ledger has a test that exists, runs and is not ignored.

use serde::Deserialize;

use super::{Finding, find, line_of};
use crate::workspace::{Package, SourceFile};

pub(super) const LEDGER: &str = "docs/ledger.toml";

/// What `docs/ledger.toml` holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ledger {
    /// The points that must each have a promise, by name of the issue.
    #[serde(default)]
    points: std::collections::BTreeMap<String, Vec<String>>,
    #[serde(default, rename = "promise")]
    pub(super) promises: Vec<Promise>,
}

/// One promise, with what proves it and what shows it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Promise {
    /// Unique, kebab-case.
    id: String,
    /// The issue that asks for it.
    issue: u32,
    /// Which of the issue's `points`.
    point: String,
    /// What a user may rely on, in one sentence.
    pub(super) promise: String,
    /// `path::test_name` for Rust, `path::text of a line` for anything else.
    pub(super) test: String,
    /// What to type to see it.
    pub(super) command: String,
    /// The first cell of the row in README's table; without it there is no row.
    pub(super) row: Option<String>,
}

impl Ledger {
    /// Reads the ledger, or says where it is no ledger.
    pub(super) fn read(files: &[SourceFile]) -> Result<Self, Finding> {
        let Some(file) = find(files, LEDGER) else {
            return Err(Finding::new(
                LEDGER,
                1,
                "no ledger",
                "write down what is promised",
            ));
        };
        toml::from_str(&file.text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = file.text[..start].lines().count().max(1);
            Finding::new(
                LEDGER,
                line,
                error.message().to_owned(),
                "correct the entry",
            )
        })
    }
}

pub(super) fn check(packages: &[Package], files: &[SourceFile]) -> Vec<Finding> {
    let ledger = match Ledger::read(files) {
        Ok(ledger) => ledger,
        Err(finding) => return vec![finding],
    };
    let text = find(files, LEDGER).map_or("", |file| file.text.as_str());
    let mut findings = Vec::new();
    let mut ids = Vec::new();
    for promise in &ledger.promises {
        let line = line_of(text, &format!("\"{}\"", promise.id));
        let mut found = |what: String, remedy: &str| {
            findings.push(Finding::new(LEDGER, line, what, remedy));
        };
        if ids.contains(&&promise.id) {
            found(
                format!("two promises are called `{}`", promise.id),
                "rename one",
            );
        }
        ids.push(&promise.id);
        if promise.promise.trim().is_empty() {
            found(
                format!("`{}` promises nothing", promise.id),
                "say what holds",
            );
        }
        let known = ledger.points.get(&promise.issue.to_string());
        if !known.is_some_and(|points| points.contains(&promise.point)) {
            found(
                format!("issue {} has no point \"{}\"", promise.issue, promise.point),
                "name a point that stands in [points]",
            );
        }
        if let Err(what) = shows(&promise.command, packages, files) {
            found(
                format!("`{}`: {what}", promise.id),
                "give a command that a reader can type",
            );
        }
        if let Err(what) = proves(&promise.test, files) {
            found(
                format!("`{}`: {what}", promise.id),
                "write the test, or take the promise back",
            );
        }
    }
    for (issue, points) in &ledger.points {
        for point in points {
            let promised =
                |promise: &Promise| promise.issue.to_string() == *issue && promise.point == *point;
            if !ledger.promises.iter().any(promised) {
                findings.push(Finding::new(
                    LEDGER,
                    line_of(text, &format!("\"{point}\"")),
                    format!("no promise covers point \"{point}\" of issue {issue}"),
                    "add one with its test",
                ));
            }
        }
    }
    findings
}

/// Why `command` shows nothing, if it does not: each program's words are checked as far as a reader would trip.
fn shows(command: &str, packages: &[Package], files: &[SourceFile]) -> Result<(), String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let has = |path: String| find(files, &path).is_some();
    let known = match words[..] {
        ["cargo", "xtask", name, ..] => has(format!("xtask/src/{name}.rs")),
        ["cargo", "deny", "check", ..] => has("deny.toml".to_owned()),
        ["castile", name, ..] => has(format!("crates/cli/src/command/{name}.rs")),
        [
            "cargo",
            verb @ ("test" | "bench"),
            "-p",
            name,
            ref rest @ ..,
        ] => packages
            .iter()
            .filter(|package| package.name == name)
            .filter_map(|package| package.manifest.strip_suffix("Cargo.toml"))
            .any(|folder| match (verb, rest) {
                ("bench", _) => files
                    .iter()
                    .any(|file| file.path.starts_with(&format!("{folder}benches/"))),
                (_, ["--test", target, ..]) => {
                    has(format!("{folder}tests/{target}.rs"))
                        || has(format!("{folder}tests/{target}/main.rs"))
                }
                _ => true,
            }),
        ["cargo", "run", "-p", name, ..] => packages
            .iter()
            .filter(|package| package.name == name)
            .filter_map(|package| package.manifest.strip_suffix("Cargo.toml"))
            .any(|folder| folder.starts_with("examples/") && has(format!("{folder}src/main.rs"))),
        [script] => has(script.to_owned()),
        _ => false,
    };
    if known {
        Ok(())
    } else {
        Err(format!("`{command}` is no command of this checkout"))
    }
}

/// Why `test` proves nothing, if it does not.
fn proves(test: &str, files: &[SourceFile]) -> Result<(), String> {
    let (path, name) = test
        .split_once("::")
        .ok_or_else(|| format!("`{test}` is not `path::name`"))?;
    let file = find(files, path).ok_or_else(|| format!("no file `{path}`"))?;
    if !path.ends_with(".rs") {
        let stands = file.text.lines().any(|line| {
            let line = line.trim();
            !line.starts_with('#') && !line.starts_with("//") && line.contains(name)
        });
        return if stands && !name.is_empty() {
            Ok(())
        } else {
            Err(format!("`{path}` has no line with `{name}`"))
        };
    }
    if !is_compiled(path, files) {
        return Err(format!(
            "`{path}` is in no module tree, so its tests never run"
        ));
    }
    match attributes_of(name, &file.text) {
        None => Err(format!("`{path}` has no function `{name}`")),
        Some(attributes) if !attributes.iter().any(|line| is_test(line)) => {
            Err(format!("`{name}` in `{path}` is no test"))
        }
        Some(attributes) if attributes.iter().any(|line| line.starts_with("#[ignore")) => {
            Err(format!("`{name}` in `{path}` is ignored"))
        }
        Some(_) => Ok(()),
    }
}

fn is_test(attribute: &str) -> bool {
    attribute.starts_with("#[test]") || attribute.starts_with("#[tokio::test")
}

/// The attributes straight above `fn name`, each by its first line; comments between them do not count.
fn attributes_of<'t>(name: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let at = lines.iter().position(|line| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        line.strip_prefix("fn ")
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|rest| rest.starts_with('('))
    })?;
    let above = lines[..at]
        .iter()
        .rev()
        .take_while(|line| !line.is_empty() && !line.ends_with(['}', ';', '{']))
        .filter(|line| line.starts_with("#["))
        .copied()
        .collect();
    Some(above)
}

/// Every example is built; its tests run only if the manifest says so.
fn tests_example(manifest: &str, name: &str) -> bool {
    let name = format!("name = \"{name}\"");
    manifest.split("[[example]]").skip(1).any(|entry| {
        let entry = entry.split("\n[").next().unwrap_or(entry);
        let mut lines = entry.lines().map(str::trim);
        entry.lines().any(|line| line.trim() == name) && lines.any(|line| line == "test = true")
    })
}

/// A target of its own, or declared as a module by the file above it.
fn is_compiled(path: &str, files: &[SourceFile]) -> bool {
    let Some((folder, name)) = path.rsplit_once('/') else {
        return false;
    };
    let stem = name.trim_end_matches(".rs");
    let last = folder.rsplit('/').next().unwrap_or(folder);
    let is_target = |folder: &str| folder.ends_with("/tests") && !folder.contains("/src/");
    if is_target(folder)
        || (stem == "main" && is_target(folder.trim_end_matches(&format!("/{last}"))))
    {
        return true;
    }
    if last == "src" && matches!(stem, "lib" | "main") {
        return true;
    }
    if let Some(package) = folder.strip_suffix("/examples") {
        let manifest = find(files, &format!("{package}/Cargo.toml"));
        return manifest.is_some_and(|manifest| tests_example(&manifest.text, stem));
    }
    let parents = [
        format!("{folder}/lib.rs"),
        format!("{folder}/main.rs"),
        format!("{folder}.rs"),
    ];
    let declaration = format!("mod {stem};");
    parents
        .iter()
        .filter_map(|parent| find(files, parent))
        .any(|parent| {
            let declared = parent.text.lines().any(|line| {
                let line = line.trim();
                !line.starts_with("//")
                    && line
                        .strip_suffix(declaration.as_str())
                        .is_some_and(|before| before.is_empty() || before.ends_with(' '))
            });
            declared && is_compiled(&parent.path, files)
        })
}

#[cfg(test)]
mod tests;
