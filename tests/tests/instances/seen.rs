//! Messages as jXchange shows and gets them, where these are at hand: each goes through the generated code.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use castile::envelope::{Content, open};
use castile_codegen::Contract;
use castile_tests::shared;

use super::canonical::difference;
use super::contracts::{driver, release};
use super::driver::{Direction, Outcome, Probe};
use super::judge::{Case, judge};

/// The schema-invalid ones: how many warnings reading gives, or the refusal.
const INVALID: &[(&str, Result<usize, &str>)] = &[
    // An attribute more than the contract gives an element is kept, and nothing to warn of.
    ("10", Ok(0)),
    ("40", Ok(2)),
    ("41", Ok(3)),
    ("43", Err("model-other-shape: /XferAdd: ")),
];

/// Which messages of which operations an element is; one of them where several services share it.
fn operations(release: &Path) -> BTreeMap<String, (String, Direction)> {
    let mut found = BTreeMap::new();
    for service in Contract::read([release]).expect("the contracts").services {
        for operation in service.operations {
            let name = format!("{}.{}", service.short_name, operation.name);
            for (element, direction) in [
                (operation.request, Direction::Request),
                (operation.response, Direction::Response),
                (operation.faults.into_iter().next(), Direction::Fault),
            ] {
                let element = element.expect("an element").local().to_owned();
                found.entry(element).or_insert((name.clone(), direction));
            }
        }
    }
    found
}

/// The payload of a message, in the body or in the detail of a fault.
fn payload(text: &str) -> Option<(String, Vec<(String, String)>)> {
    let Ok(opened) = open(text.as_bytes()) else {
        // The one without envelope.
        return Some((text.to_owned(), Vec::new()));
    };
    let part = match opened.content {
        Content::Payload(part) => part,
        Content::Fault(fault) => fault.detail.into_iter().next()?,
        Content::Empty => return None,
    };
    let scope = part.namespaces.iter();
    let scope = scope.map(|(prefix, uri)| (prefix.to_owned(), uri.to_owned()));
    Some((text[part.range.clone()].to_owned(), scope.collect()))
}

#[test]
fn every_message_seen_is_read_and_written_or_refused_with_its_place() {
    let test = "instances::every_message_seen_is_read_and_written_or_refused_with_its_place";
    let Some((python, release)) = release(test) else {
        return;
    };
    let folder = shared().expect("the release is there").join("messages");
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in [folder.join("seen_but_schema_invalid"), folder] {
        let entries = std::fs::read_dir(folder).expect("a folder");
        files.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "xml"));
    files.sort_by_key(|file| file.file_name().map(ToOwned::to_owned));

    let operations = operations(&release);
    let mut names = Vec::new();
    let mut probes = Vec::new();
    for file in &files {
        let name = file.file_name().expect("a name").to_string_lossy()[..2].to_owned();
        let text = std::fs::read_to_string(file).expect("UTF-8");
        let Some((message, scope)) = payload(&text) else {
            assert_eq!(name, "33", "the fault without detail");
            continue;
        };
        let element = message.trim_start().trim_start_matches('<');
        let element = element
            .split(|c: char| c.is_whitespace() || c == '>')
            .next();
        let element = element
            .and_then(|name| name.rsplit(':').next())
            .expect("a name");
        let (operation, direction) = operations.get(element).expect(element).clone();
        names.push(name);
        probes.push(Probe {
            operation,
            direction,
            message,
            scope,
        });
    }
    assert_eq!(probes.len(), 29);
    let outcomes = driver(&release).run("seen", &probes);
    let mut cases = Vec::new();
    for ((name, probe), Outcome { written, warnings }) in names.iter().zip(&probes).zip(&outcomes) {
        let invalid = INVALID.iter().find(|(number, _)| number == name);
        match (invalid.map(|(_, expected)| expected), written) {
            (Some(Err(place)), Err(refused)) => {
                assert!(refused.contains(place), "{name}: {refused}")
            }
            (Some(Ok(expected)), Ok(_)) => assert_eq!(warnings, expected, "{name}"),
            (None, Ok(written)) => {
                assert_eq!(*warnings, 0, "{name}");
                let whole = whole(probe);
                assert_eq!(difference(&whole, written), None, "{name}");
                let service = probe.operation.split('.').next().expect("a service");
                cases.push(Case {
                    schema: release.join(format!("TPG_{service}Master.xsd")),
                    label: name.clone(),
                    document: written,
                });
            }
            (expected, found) => panic!("{name}: {expected:?}, {found:?}"),
        }
    }
    let verdict = judge(&python, "seen", &cases);
    assert!(verdict.invalid.is_empty(), "{:?}", verdict.invalid);
    assert_eq!(verdict.judged, 25);
}

/// The message with the namespaces that it inherits, as a document of its own.
fn whole(probe: &Probe) -> String {
    let message = probe.message.trim_start_matches('\u{feff}').trim_start();
    let message = match message.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").expect("its end").1.trim_start(),
        None => message,
    };
    let end = message.find(|c: char| c.is_whitespace() || c == '>' || c == '/');
    let (start, rest) = message.split_at(end.expect("a start tag"));
    let tag = &rest[..rest.find('>').expect("its end")];
    let mut declarations = String::new();
    for (prefix, uri) in &probe.scope {
        let name = if prefix.is_empty() {
            "xmlns".to_owned()
        } else {
            format!("xmlns:{prefix}")
        };
        if !tag.contains(&format!("{name}=")) {
            declarations.push_str(&format!(" {name}=\"{uri}\""));
        }
    }
    format!("{start}{declarations}{rest}")
}
