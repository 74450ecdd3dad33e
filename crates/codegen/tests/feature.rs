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

/// The examples of a feature: `Order.xml` and `Order.second.xml` are messages of the type `Order`.
fn examples(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut examples: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|e| e == "xml"))
        .collect();
    examples.sort();
    examples
}

/// Without the white space between tags, which the writer does not write.
fn squeezed(xml: &str) -> String {
    let mut squeezed = String::new();
    for piece in xml.trim().split_inclusive('>') {
        let is_blank = piece.trim_start().starts_with('<');
        squeezed.push_str(if is_blank { piece.trim_start() } else { piece });
    }
    squeezed
}

#[test]
fn the_code_of_each_feature_compiles_without_a_warning_and_its_examples_round_trip() {
    let workspace = support::Crates::new("feature");
    let (mut manifest, mut main) = (RUN_MANIFEST.to_owned(), RUN_MAIN.to_owned());
    let mut count = 0;
    for folder in features() {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        workspace.add(&format!("of-{name}"), Generator::new().wsdl(&folder));
        for example in examples(&folder) {
            let file = example.file_name().unwrap().to_str().unwrap();
            let (ty, rest) = file.split_once('.').unwrap();
            let xml = squeezed(&fs::read_to_string(&example).unwrap());
            // What a newer contract sends is warned of, and kept.
            let may_warn = rest.starts_with("unknown");
            main.push_str(&format!(
                "round::<of_{name}::sample::{ty}>(\"{name}/{file}\", {xml:?}, {may_warn}),\n"
            ));
            count += 1;
        }
        if !examples(&folder).is_empty() {
            manifest.push_str(&format!(
                "of-{name} = {{ path = \"../of-{name}\", features = [\"sample\"] }}\n"
            ));
        }
    }
    assert!(count >= 15, "{count}");
    let model = support::root().join("crates/model");
    manifest.push_str(&format!("castile-model = {{ path = {model:?} }}\n"));
    fs::create_dir_all(workspace.path().join("run/src")).unwrap();
    fs::write(workspace.path().join("run/Cargo.toml"), manifest).unwrap();
    fs::write(workspace.path().join("run/src/main.rs"), main + RUN_END).unwrap();
    workspace.run("run");
}

const RUN_MANIFEST: &str =
    "[package]\nname = \"run\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n";

const RUN_END: &str = r#"
    ];
    let failed: Vec<String> = rounds.into_iter().filter_map(Result::err).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}
"#;

const RUN_MAIN: &str = r#"
use castile_model::{Message, Scope, decode, encode};

fn round<T: Message>(file: &str, xml: &str, may_warn: bool) -> Result<(), String> {
    let read = decode::<T>(xml.as_bytes(), &Scope::new()).map_err(|error| format!("{file}: {error}"))?;
    let written = encode(&read.value).map_err(|error| format!("{file}: {error}"))?;
    if written != xml {
        return Err(format!("{file}:\n{written}\n{xml}"));
    }
    match read.warnings() {
        warnings if may_warn || warnings.is_empty() => Ok(()),
        warnings => Err(format!("{file}: {warnings:?}")),
    }
}

fn main() {
    let rounds = [
"#;

#[test]
fn the_code_is_as_rustfmt_leaves_it() {
    let workspace = support::Crates::new("format");
    for folder in features() {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        workspace.add(&name, Generator::new().wsdl(&folder));
    }
    workspace.format();
}
