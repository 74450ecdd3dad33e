//! Contracts from folders and archives: the same wherever they lie, and within bounds.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::{Contract, Generator, Output, limits};

/// The layout of the published archive, with a service that nobody knows yet beside the others.
const PUBLISHED: &str = "TPG_R2026.0.00_XSD/R2026.0.00TPGPub/Validation";
const XMLDSIG: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE schema SYSTEM \"w3-XMLSchema.dtd\" [\n\
    <!ATTLIST schema xmlns:ds CDATA #FIXED \"http://www.w3.org/2000/09/xmldsig#\">\n\
    <!ENTITY dsig 'http://www.w3.org/2000/09/xmldsig#'>\n<!ENTITY % p ''>\n]>\n\
    <schema xmlns=\"http://www.w3.org/2001/XMLSchema\" targetNamespace=\"&dsig;\"/>\n";

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/sample")
}

/// The files of the sample with their names, and those that the published archive has beside them.
fn files() -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(sample())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files.push(("w3-xmldsig-core-schema.xsd".into(), XMLDSIG.into()));
    files.push(("w3-XMLSchema.dtd".into(), b"<!ELEMENT schema ANY>".to_vec()));
    files.push(("TPG_JHAEnterpriseMaster.xsd".into(), Vec::new()));
    files
}

/// The sample's Transaction service under a name that no release has had so far.
fn invented() -> Vec<(String, Vec<u8>)> {
    let text = |name: &str| fs::read_to_string(sample().join(name)).unwrap();
    let wsdl = text("TPG_Transaction.wsdl")
        .replace("TransactionService", "WireService")
        .replace("TPG_Transaction", "TPG_Wire");
    vec![
        ("TPG_Wire.wsdl".into(), wsdl.into_bytes()),
        (
            "TPG_WireMaster.xsd".into(),
            text("TPG_TransactionMaster.xsd").into_bytes(),
        ),
    ]
}

fn zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn below(folder: &str, files: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    let name = |name: String| format!("{folder}/{name}");
    files
        .into_iter()
        .map(|(file, bytes)| (name(file), bytes))
        .collect()
}

/// A folder with one file.
fn one(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn generate(path: &Path) -> Output {
    Generator::new().wsdl(path).generate().unwrap()
}

fn refusal(path: &Path) -> Error {
    Generator::new().wsdl(path).generate().unwrap_err()
}

#[test]
fn the_published_archive_gives_what_its_files_give() {
    let expected = generate(&sample());
    let (_folder, path) = one("TPG_R2026.0.00_XSD.zip", &zip(&below(PUBLISHED, files())));
    let found = generate(&path);
    assert_eq!(found.files, expected.files);
    assert_eq!(found.diagnostics, []);
    // Flat, under another name and without the extension.
    let (_folder, path) = one("contracts.download", &zip(&files()));
    assert_eq!(generate(&path).files, expected.files);
}

#[test]
fn an_archive_in_an_archive_and_a_service_nobody_knows_are_read() {
    let mut outer = below("docs", vec![("Contract Changes.pdf".into(), vec![0; 9])]);
    outer.push(("known.zip".into(), zip(&below(PUBLISHED, files()))));
    outer.push((
        "new/wire.ZIP".into(),
        zip(&below("R2026.0.00JHAPub", invented())),
    ));
    let (folder, path) = one("all.zip", &zip(&outer));
    // The schema that both import stands in one of them only.
    let contract = Contract::read([&path]).unwrap();
    let names: Vec<&str> = contract
        .services
        .iter()
        .map(|service| service.short_name.as_str())
        .collect();
    assert_eq!(names, ["Customer", "Inquiry", "Transaction", "Wire"]);
    let archived = generate(&path);
    assert!(
        archived
            .files
            .iter()
            .any(|(path, _)| path == "src/wire/xfer_add.rs")
    );

    // The same as folders in folders, under any name; the archive beside them counts once.
    let unpacked = folder.path().join("Some folder/deep");
    for (name, bytes) in below("a/b", files())
        .into_iter()
        .chain(below("c", invented()))
    {
        let path = unpacked.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    assert_eq!(
        generate(&folder.path().join("Some folder")).files,
        archived.files
    );
    assert_eq!(generate(folder.path()).files, archived.files);
}

#[test]
fn names_with_backslashes_are_folders_too() {
    let files = files().into_iter();
    let files: Vec<_> = files
        .map(|(name, bytes)| (format!("R2026\\Validation\\{name}"), bytes))
        .collect();
    let (_folder, path) = one("windows.zip", &zip(&files));
    assert_eq!(generate(&path).files, generate(&sample()).files);
}

#[test]
fn a_place_in_an_archive_is_named_with_the_way_to_it() {
    let mut files = files();
    for (name, bytes) in &mut files {
        if name == "TPG_Inquiry.wsdl" {
            let text = String::from_utf8(bytes.clone()).unwrap();
            *bytes = text.replace("tns:AcctSrch\"", "tns:Nowhere\"").into_bytes();
        }
    }
    let outer = vec![("in.zip".to_owned(), zip(&below(PUBLISHED, files)))];
    let (_folder, path) = one("a.zip", &zip(&outer));
    let error = refusal(&path);
    assert_eq!(error.code(), "wsdl-dangling-reference");
    let place = error.place().unwrap();
    let file = path.join("in.zip").join(PUBLISHED).join("TPG_Inquiry.wsdl");
    assert_eq!((&*place.file, place.line), (file.to_str().unwrap(), 24));
}

#[test]
fn what_would_lead_out_of_an_archive_is_refused() {
    for name in [
        "../a.wsdl",
        "in/../../a.wsdl",
        "/a.wsdl",
        "\\a.wsdl",
        "..\\a.wsdl",
        "C:/a.wsdl",
        "C:a.wsdl",
    ] {
        let (_folder, path) = one("a.zip", &zip(&[(name.to_owned(), b"<a/>".to_vec())]));
        let error = refusal(&path);
        assert_eq!(error.code(), "archive-entry", "{name}: {error}");
        assert!(error.to_string().contains("leads out"), "{name}: {error}");
        assert!(error.to_string().contains("a.wsdl"), "{name}: {error}");
    }
    // A schema on the disk beside the archive is none of its business.
    let wsdl = files()
        .into_iter()
        .filter(|(name, _)| name.ends_with(".wsdl"));
    let wsdl = wsdl.map(|(name, bytes)| {
        let text = String::from_utf8(bytes).unwrap();
        let text = text.replace("\"TPG_", "\"../TPG_");
        (name, text.into_bytes())
    });
    let (folder, path) = one("a.zip", &zip(&wsdl.collect::<Vec<_>>()));
    for (name, bytes) in files() {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    assert_eq!(refusal(&path).code(), "schema-missing-file");
}

#[test]
fn links_doubles_and_encrypted_entries_are_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    writer.add_symlink("a.wsdl", "/etc/hosts", options).unwrap();
    let (_folder, path) = one("a.zip", &writer.finish().unwrap().into_inner());
    assert!(refusal(&path).to_string().contains("is a link"));

    let twice = [("in/a.wsdl", "<a/>"), ("in\\a.wsdl", "<b/>")];
    let twice = twice.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
    let (_folder, path) = one("a.zip", &zip(&twice));
    assert!(refusal(&path).to_string().contains("one name"));
    // Two entries of the very same name: the writer refuses, so it is made by hand.
    let twice = [("a.wsdl", "<a/>"), ("b.wsdl", "<b/>")];
    let twice = twice.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
    let bytes = replaced(zip(&twice), b"b.wsdl", b"a.wsdl");
    let (_folder, path) = one("a.zip", &bytes);
    assert!(refusal(&path).to_string().contains("one name"));

    // The flag of an encrypted entry stands in both of its headers (APPNOTE.TXT, 4.4.4).
    let mut bytes = zip(&[("a.wsdl".to_owned(), b"<a/>".to_vec())]);
    for (mark, flags) in [(*b"PK\x03\x04", 6), (*b"PK\x01\x02", 8)] {
        let at = bytes.windows(4).position(|four| four == mark).unwrap();
        bytes[at + flags] |= 1;
    }
    let (_folder, path) = one("a.zip", &bytes);
    let error = refusal(&path);
    assert!(error.to_string().contains("is encrypted"), "{error}");
    assert!(error.remedy().contains("unpack"), "{error}");
}

fn replaced(bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes;
    for at in 0..bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
    }
    bytes
}

#[test]
fn bombs_are_bounded() {
    // One byte that comes to a thousand.
    let flat = vec![b' '; 8 << 20];
    let (_folder, path) = one("a.zip", &zip(&[("x/a.wsdl".to_owned(), flat)]));
    let error = refusal(&path);
    assert_eq!(error.code(), "archive-limit");
    assert!(
        error.to_string().contains("a.zip/x/a.wsdl: more than 200"),
        "{error}"
    );

    let mut nested = zip(&files());
    for _ in 0..limits::ARCHIVE_NESTING {
        nested = zip(&[("in.zip".to_owned(), nested)]);
    }
    let (_folder, path) = one("a.zip", &nested);
    let error = refusal(&path);
    assert_eq!(error.code(), "archive-limit");
    assert!(
        error.to_string().contains("more than 4 archives"),
        "{error}"
    );

    let many = (0..=limits::ARCHIVE_ENTRIES).map(|at| (format!("{at}.txt"), Vec::new()));
    let (_folder, path) = one("a.zip", &zip(&many.collect::<Vec<_>>()));
    let error = refusal(&path);
    assert_eq!(error.code(), "archive-limit");
    assert!(error.to_string().contains("entries"), "{error}");
}

#[test]
fn all_archives_together_have_one_budget() {
    let bytes = zip(&[
        ("a.wsdl".to_owned(), vec![b'a'; 600]),
        ("b.wsdl".to_owned(), vec![b'b'; 600]),
    ]);
    let (_folder, path) = one("a.zip", &bytes);
    let mut budget = archive::Budget::of(1_300, 4);
    assert_eq!(archive::unpack(&path, &mut budget).unwrap().len(), 2);
    let error = archive::unpack(&path, &mut budget).unwrap_err();
    assert!(error.to_string().contains("a.wsdl: more than"), "{error}");
    assert_eq!(error.code(), "archive-limit");
    let error = archive::unpack(&path, &mut archive::Budget::of(1_300, 1)).unwrap_err();
    assert_eq!(error.code(), "archive-limit");
}

#[test]
fn a_damaged_archive_is_refused_or_read_but_never_panics() {
    let good = zip(&below("a", invented()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let mut refused = 0;
    for at in (0..good.len()).step_by(101) {
        let mut damaged = good.clone();
        damaged[at] ^= 0x5a;
        for bytes in [&good[..at], &damaged] {
            fs::write(&path, bytes).unwrap();
            if let Err(error) = Input::open(std::slice::from_ref(&path)) {
                assert!(!error.code().is_empty() && !error.remedy().is_empty());
                refused += 1;
            }
        }
    }
    assert!(refused > good.len() / 101, "{refused}");
    fs::write(&path, &good[..good.len() / 2]).unwrap();
    assert_eq!(refusal(&path).code(), "archive-damaged");
}

#[test]
fn two_releases_in_one_folder_are_told_apart_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (at, version) in [("old", "2024.1.03"), ("new", "2026.0.00")] {
        fs::create_dir_all(folder.path().join(at).join("xsd")).unwrap();
        for (name, bytes) in files() {
            let text = String::from_utf8(bytes)
                .unwrap()
                .replace("2024.1.03", version);
            let at = folder.path().join(at);
            let at = if name.ends_with(".xsd") {
                at.join("xsd")
            } else {
                at
            };
            fs::write(at.join(name), text).unwrap();
        }
    }
    // Each contract takes the schemas of its own release; that a service is there twice is refused.
    let error = refusal(folder.path());
    assert_eq!(error.code(), "wsdl-name-clash");
    let line = error.place().unwrap().line;
    let [old, new] = ["old", "new"].map(|at| folder.path().join(at).join("TPG_Customer.wsdl"));
    let told = format!(
        "{}:{line}: service `CustomerService` of version 2024.1.03 stands at {}:{line}, too, of version 2026.0.00",
        old.display(),
        new.display(),
    );
    assert_eq!(error.to_string(), told);
    assert!(error.remedy().contains("castile contract diff OLD NEW"));
    let old = generate(&folder.path().join("old"));
    assert_eq!(old.files, generate(&sample()).files);

    // One contract between two releases: which of them it means nobody can know.
    let wsdl = fs::read(sample().join("TPG_Inquiry.wsdl")).unwrap();
    for at in ["old", "new"] {
        for entry in fs::read_dir(folder.path().join(at)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::remove_file(path).unwrap();
            }
        }
    }
    fs::write(folder.path().join("TPG_Inquiry.wsdl"), wsdl).unwrap();
    let error = refusal(folder.path());
    assert_eq!(error.code(), "schema-ambiguous-file");
    assert!(error.place().unwrap().file.ends_with("TPG_Inquiry.wsdl"));
}

#[test]
fn versions_that_differ_between_the_files_are_told() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files() {
        let mut text = String::from_utf8(bytes).unwrap();
        if name == "TPG_InquiryMaster.xsd" {
            text = text.replace("version=\"2024.1.03\"", "version=\"2023.1.00\"");
        }
        fs::write(folder.path().join(name), text).unwrap();
    }
    let output = generate(folder.path());
    let [remark] = output.diagnostics.as_slice() else {
        panic!("{:?}", output.diagnostics)
    };
    assert_eq!(remark.code, "versions-differ");
    assert!(remark.place.file.ends_with("TPG_InquiryMaster.xsd"));
    let message = &remark.message;
    assert!(
        message.contains("2023.1.00") && message.contains("2024.1.03"),
        "{message}"
    );
}

#[test]
fn an_address_is_answered_with_what_to_do_and_without_its_secrets() {
    let url = "HTTPS://user:pass@bank.example/Inquiry.svc?wsdl&key=secret";
    let error = refusal(Path::new(url));
    assert_eq!(error.code(), "wsdl-remote");
    let shown = format!("{error} {} {error:?}", error.remedy());
    assert!(shown.contains("bank.example/Inquiry.svc"), "{shown}");
    assert!(
        !shown.contains("pass") && !shown.contains("secret"),
        "{shown}"
    );
}

#[test]
fn locations_lead_to_local_files_only() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("a.wsdl");
    fs::create_dir(folder.path().join("in")).unwrap();
    for name in ["a.wsdl", "b.xsd", "in/c.xsd"] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    let place = Place {
        file: "a.wsdl".into(),
        line: 1,
    };
    let found = |input: &Input, location| input.local(&root, &root, &place, location).unwrap();
    let named = Input::open(std::slice::from_ref(&root)).unwrap();
    let b = Some(folder.path().join("b.xsd"));
    for location in [
        "b.xsd",
        "./in/../b.xsd",
        "https://example.com/x/b.xsd?v=1",
        "/etc/b.xsd",
    ] {
        assert_eq!(found(&named, location), b, "{location}");
    }
    let c = Some(folder.path().join("in/c.xsd"));
    assert_eq!(found(&named, "in/c.xsd"), c);
    for location in ["c.xsd", "/etc/passwd", "..", "in/"] {
        assert_eq!(found(&named, location), None, "{location}");
    }
    // In a folder that was named, any depth counts.
    let all = Input::open(&[folder.path().to_owned()]).unwrap();
    assert_eq!(found(&all, "C.XSD"), c);
}
