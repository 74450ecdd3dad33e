//! Each feature of a schema, by the code that comes out of it.
//!
//! `CASTILE_BLESS=1 cargo test -p castile-codegen --test feature` writes the expected files anew.

// A test that cannot set the scene should stop.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use castile_codegen::Generator;

fn features() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/feature");
    let mut folders: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    assert!(folders.len() >= 8);
    folders
}

/// Everything a generation says, in one text: the sources, the remarks, or the refusal.
fn outcome(folder: &Path) -> String {
    let mut text = String::new();
    match Generator::new()
        .wsdl(folder)
        .crate_name("feature")
        .generate()
    {
        Ok(output) => {
            for diagnostic in &output.diagnostics {
                text.push_str(&format!("// remark[{}] {diagnostic}\n", diagnostic.code));
            }
            for (path, source) in output
                .files
                .iter()
                .filter(|(path, _)| path.ends_with(".rs"))
            {
                text.push_str(&format!("// ==== {path}\n{source}"));
            }
        }
        Err(error) => {
            let (code, remedy) = (error.code(), error.remedy());
            text.push_str(&format!("// error[{code}] {error}\n// do: {remedy}\n"));
        }
    }
    text.replace(&format!("{}/", folder.display()), "")
}

#[test]
fn each_feature_gives_the_expected_code() {
    for folder in features() {
        let (path, found) = (folder.join("expected.rs"), outcome(&folder));
        if std::env::var_os("CASTILE_BLESS").is_some() {
            fs::write(&path, &found).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap();
        for (line, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
            assert_eq!(found, expected, "{}:{}", path.display(), line + 1);
        }
        assert_eq!(
            found.lines().count(),
            expected.lines().count(),
            "{}",
            path.display()
        );
    }
}

#[test]
fn the_code_of_each_feature_compiles_without_a_warning() {
    let workspace = support::Crates::new("feature");
    for folder in features() {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        if name != "conflict" {
            workspace.add(&name, Generator::new().wsdl(&folder));
        }
    }
    workspace.check();
}

#[test]
fn the_code_is_as_rustfmt_leaves_it() {
    let workspace = support::Crates::new("format");
    for folder in features() {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        if name != "conflict" {
            workspace.add(&name, Generator::new().wsdl(&folder));
        }
    }
    workspace.format();
}
