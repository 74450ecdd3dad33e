//! WSDL files that no one here wrote: each gives a crate that compiles, or a refusal that names the construct.
//!
//! `CASTILE_BLESS=1 cargo test -p castile-codegen --test corpus` writes the table of results anew.

// A test that cannot set the scene should stop.
#![allow(clippy::unwrap_used)]

mod damage;
#[path = "../support.rs"]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use castile_codegen::{Generator, Output};

/// One line of the index.
struct Entry {
    path: String,
    is_positive: bool,
    self_contained: String,
}

struct Corpus {
    folder: PathBuf,
    entries: Vec<Entry>,
    catalog: PathBuf,
    /// Holds the catalogue.
    _temporary: tempfile::TempDir,
}

impl Corpus {
    fn at_hand(test: &str) -> Option<Self> {
        let folder = support::shared(test, "wsdl/corpus")?;
        let index = fs::read_to_string(folder.join("INDEX.csv")).unwrap();
        let entries = index.lines().skip(1).map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            assert!(matches!(cells[4], "positive" | "negative"), "{line}");
            Entry {
                path: cells[0].to_owned(),
                is_positive: cells[4] == "positive",
                self_contained: cells[5].to_owned(),
            }
        });
        let entries: Vec<Entry> = entries.collect();
        assert!(entries.len() >= 70, "{}", entries.len());
        let temporary = tempfile::tempdir().unwrap();
        let catalog = temporary.path().join("catalog.xml");
        let addresses = fs::read_to_string(folder.join("_catalog/CATALOG.csv")).unwrap();
        let mut text = "<catalog xmlns='urn:oasis:names:tc:entity:xmlns:xml:catalog'>\n".to_owned();
        for (address, file) in addresses
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(','))
        {
            let file = folder.join(file);
            text.push_str(&format!(
                "<uri name='{address}' uri='{}'/>\n",
                file.display()
            ));
        }
        fs::write(&catalog, text + "</catalog>").unwrap();
        Some(Self {
            folder,
            entries,
            catalog,
            _temporary: temporary,
        })
    }

    fn generator(&self, entry: &Entry) -> Generator {
        let generator = Generator::new().wsdl(self.folder.join(&entry.path));
        match entry.self_contained.as_str() {
            "with_catalog" => generator.catalog(&self.catalog),
            _ => generator,
        }
    }

    /// What came of an entry, in one line.
    fn result(&self, entry: &Entry) -> String {
        let inside = |text: &str| text.replace(&format!("{}/", self.folder.display()), "");
        match self.generator(entry).generate() {
            Ok(output) => generated(&output),
            Err(error) => {
                let place = error.place().map(|place| inside(&place.to_string()));
                let place = place.unwrap_or_default();
                let place = place.rsplit('/').next().unwrap();
                format!(
                    "refused: `{}` at {place}{}",
                    error.code(),
                    construct(&error.to_string())
                )
            }
        }
    }
}

/// What an error says of a construct; names of the contract stay out.
fn construct(message: &str) -> String {
    let message = message.strip_suffix(" is not supported");
    message
        .and_then(|message| message.rsplit_once(": "))
        .map_or_else(String::new, |(_, construct)| format!(", {construct}"))
}

fn generated(output: &Output) -> String {
    let mut result = format!("{} operations", output.counts.operations);
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    for remark in &output.diagnostics {
        let construct = construct(&remark.to_string());
        *codes
            .entry(format!("`{}`{construct}", remark.code))
            .or_default() += 1;
    }
    for (code, count) in codes {
        result.push_str(&format!("; {count} × {code}"));
    }
    result
}

#[test]
fn the_table_of_results_is_true() {
    let Some(corpus) = Corpus::at_hand("corpus::the_table_of_results_is_true") else {
        return;
    };
    let mut table = String::from(
        "# What comes of the corpus\n\n\
         Contracts from the test suites and specifications of others, by their place in the corpus.\n\
         Each gives operations, with remarks on what was decided or left out, or is refused with code, place and construct.\n\
         `CASTILE_BLESS=1 cargo test -p castile-codegen --test corpus` writes this table; the test compares it.\n\n\
         | Contract | Expected | Result |\n|---|---|---|\n",
    );
    for entry in &corpus.entries {
        let expected = match (entry.is_positive, entry.self_contained.as_str()) {
            (false, _) => "broken",
            (true, "yes") => "whole",
            (true, "with_catalog") => "whole with its catalogue",
            (true, _) => "incomplete",
        };
        let result = corpus.result(entry);
        assert!(
            entry.is_positive || result.starts_with("refused"),
            "{}: {result}",
            entry.path
        );
        table.push_str(&format!("| {} | {expected} | {result} |\n", entry.path));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/corpus.md");
    if std::env::var_os("CASTILE_BLESS").is_some() {
        fs::write(&path, &table).unwrap();
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    for (found, known) in table.lines().zip(known.lines()) {
        assert_eq!(found, known);
    }
    assert_eq!(table.lines().count(), known.lines().count());
}

#[test]
fn what_is_generated_compiles_without_a_warning() {
    let Some(corpus) = Corpus::at_hand("corpus::what_is_generated_compiles_without_a_warning")
    else {
        return;
    };
    let workspace = support::Crates::new("corpus");
    let mut generated = 0;
    for (index, entry) in corpus.entries.iter().enumerate() {
        let name = format!("corpus-{index}");
        match workspace.try_add(&name, corpus.generator(entry)) {
            Ok(()) => generated += 1,
            Err(error) => assert!(error.place().is_some(), "{}: {error}", entry.path),
        }
    }
    assert!(generated >= 45, "{generated}");
    workspace.check();
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::write(to, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

#[test]
fn a_damaged_contract_is_refused_or_generated() {
    const SMALL: usize = 60_000;
    let Some(mut corpus) = Corpus::at_hand("corpus::a_damaged_contract_is_refused_or_generated")
    else {
        return;
    };
    let temporary = tempfile::tempdir().unwrap();
    copy(&corpus.folder, temporary.path());
    corpus.folder = temporary.path().to_owned();
    let (mut refused, mut generated) = (0, 0);
    for (index, entry) in corpus.entries.iter().enumerate() {
        let path = corpus.folder.join(&entry.path);
        let whole = fs::read(&path).unwrap();
        let times = if whole.len() < SMALL { 6 } else { 1 };
        for round in 0..times {
            let seed = u64::try_from(index * 100 + round).unwrap();
            eprintln!("{}, seed {seed}", entry.path);
            fs::write(
                &path,
                damage::damage(&whole, &mut damage::Numbers::new(seed)),
            )
            .unwrap();
            match corpus.generator(entry).generate() {
                Ok(output) => {
                    assert!(output.counts.operations > 0);
                    generated += 1;
                }
                Err(error) => {
                    let has_place = error.place().is_some();
                    assert!(has_place && !error.remedy().is_empty(), "{error}");
                    refused += 1;
                }
            }
        }
        fs::write(&path, whole).unwrap();
    }
    assert!(
        refused > 50 && generated > 50,
        "{refused} refused, {generated} generated"
    );
}
