//! The rewriter on messages as jXchange shows and gets them, where these are at hand.
//!
//! What is expected comes from another parser: the input without the node ranges that roxmltree gives.

use std::collections::BTreeMap;
use std::path::Path;

use castile::envelope::{Content, Part, PasswordKind, Policy, cut, open};
use castile_tests::{NO_SHARED, not_run, shared};
use roxmltree::{Document, Node};

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const TPG: &str = "http://jackhenry.com/jxchange/TPG/2008";

/// All messages by file name, or a note that the test did not run.
fn messages(test: &str) -> Option<BTreeMap<String, String>> {
    let Some(shared) = shared() else {
        not_run(test, NO_SHARED);
        return None;
    };
    let folder = shared.join("messages");
    let mut found = BTreeMap::new();
    for folder in [folder.join("seen_but_schema_invalid"), folder] {
        read_into(&folder, &mut found);
    }
    Some(found)
}

fn read_into(folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of messages") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "xml") {
            let name = path.file_name().expect("a file").to_string_lossy();
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            found.insert(name.into_owned(), text);
        }
    }
}

/// The first two characters, by which the messages are known.
fn number(name: &str) -> &str {
    &name[..2]
}

/// The element of that name, which its parent holds once.
fn child<'a, 'i>(node: Node<'a, 'i>, ns: &str, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|node| node.has_tag_name((ns, name)))
}

/// `Envelope/Header/wsse:Security`.
fn header_security<'a, 'i>(document: &'a Document<'i>) -> Option<Node<'a, 'i>> {
    let header = child(document.root_element(), SOAP, "Header")?;
    child(header, WSSE, "Security")
}

#[test]
fn each_request_with_header_level_wsse_comes_out_byte_exact() {
    let Some(messages) =
        messages("messages::each_request_with_header_level_wsse_comes_out_byte_exact")
    else {
        return;
    };
    let mut cut_ones = Vec::new();
    for (name, old) in &messages {
        let document = Document::parse(old).expect("well-formed");
        let Some(security) = header_security(&document) else {
            continue;
        };
        cut_ones.push(number(name));
        let range = security.range();
        let expected = [&old[..range.start], &old[range.end..]].concat();

        let cuts = cut(old.as_bytes(), &Policy::default()).expect("a sound envelope");
        let new = cuts.to_vec(old.as_bytes());
        assert_eq!(String::from_utf8_lossy(&new), expected, "{name}");
        assert_eq!(cuts.ranges(), [range], "{name}");

        let new = Document::parse(&expected).expect("still well-formed");
        let header = child(new.root_element(), SOAP, "Header").expect("Header stays");
        assert_eq!(
            header.children().filter(Node::is_element).count(),
            0,
            "{name}"
        );
        let body = |document: &Document<'_>| {
            let body = child(document.root_element(), SOAP, "Body").expect("a Body");
            document.input_text()[body.range()].to_owned()
        };
        assert_eq!(body(&document), body(&new), "{name}");
    }
    assert_eq!(
        cut_ones,
        ["01", "04", "16", "19", "20", "22", "23", "40", "43"]
    );
}

#[test]
fn security_in_the_body_stays() {
    let Some(messages) = messages("messages::security_in_the_body_stays") else {
        return;
    };
    let (name, old) = messages
        .iter()
        .find(|(name, _)| number(name) == "22")
        .expect("message 22");
    let cuts = cut(old.as_bytes(), &Policy::default()).expect("a sound envelope");
    let new = String::from_utf8(cuts.to_vec(old.as_bytes())).expect("UTF-8");
    let document = Document::parse(old).expect("well-formed");
    let kept: Vec<Node<'_, '_>> = document
        .descendants()
        .filter(|node| node.has_tag_name((WSSE, "Security")))
        .filter(|node| {
            node.parent()
                .is_some_and(|p| p.has_tag_name((TPG, "AuthenUsrCred")))
        })
        .collect();
    assert_eq!(kept.len(), 1, "{name}");
    assert!(new.contains(&old[kept[0].range()]));
    assert_eq!(old.matches("<wsse:Security").count(), 2);
    assert_eq!(new.matches("<wsse:Security").count(), 1);
    assert!(new.contains("<saml:NameID>PLACEHOLDER-END-USER</saml:NameID>"));
    assert!(!new.contains("PLACEHOLDER-PASSWORD"));
}

#[test]
fn messages_without_header_level_wsse_come_out_as_they_are() {
    let Some(messages) =
        messages("messages::messages_without_header_level_wsse_come_out_as_they_are")
    else {
        return;
    };
    let mut untouched = 0;
    for (name, text) in &messages {
        let document = Document::parse(text).expect("well-formed");
        if header_security(&document).is_some() || number(name) == "21" {
            continue;
        }
        let cuts = cut(text.as_bytes(), &Policy::default()).expect("a sound envelope");
        assert!(cuts.is_empty(), "{name}");
        assert_eq!(cuts.to_vec(text.as_bytes()), text.as_bytes(), "{name}");
        untouched += 1;
    }
    assert_eq!(untouched, messages.len() - 10);
    assert!(untouched >= 19, "{untouched} messages");
}

#[test]
fn a_body_without_envelope_is_refused_as_such() {
    let Some(messages) = messages("messages::a_body_without_envelope_is_refused_as_such") else {
        return;
    };
    let (_, bare) = messages
        .iter()
        .find(|(name, _)| number(name) == "21")
        .expect("message 21");
    let refusal = cut(bare.as_bytes(), &Policy::default()).expect_err("bare");
    assert_eq!(refusal.code(), "envelope-bare-body");
    assert_eq!(Some(refusal.offset()), bare.find("<TellerTrnAdd"));
    assert_eq!(
        open(bare.as_bytes()).expect_err("bare").code(),
        "envelope-bare-body"
    );
}

#[test]
fn the_report_tells_what_was_in_the_header() {
    let Some(messages) = messages("messages::the_report_tells_what_was_in_the_header") else {
        return;
    };
    for (name, old) in &messages {
        let Ok(cuts) = cut(old.as_bytes(), &Policy::default()) else {
            assert_eq!(number(name), "21");
            continue;
        };
        let report = cuts.report();
        let codes: Vec<&str> = report
            .findings
            .iter()
            .map(|finding| finding.code())
            .collect();
        for block in &report.removed {
            assert_eq!(block.must_understand, number(name) == "23", "{name}");
            if number(name) == "43" {
                assert!(block.contents.binary_security_token);
                assert_eq!(codes, ["bearer-in-header"]);
            } else {
                assert_eq!(
                    block.contents.username_token,
                    Some(PasswordKind::Text),
                    "{name}"
                );
                assert!(codes.is_empty(), "{name}");
            }
        }
        assert!(!format!("{report:?}").contains("PLACEHOLDER"), "{name}");
    }
}

#[test]
fn what_another_parser_finds_in_body_is_what_open_finds() {
    let Some(messages) = messages("messages::what_another_parser_finds_in_body_is_what_open_finds")
    else {
        return;
    };
    let (mut payloads, mut faults) = (0, Vec::new());
    for (name, text) in &messages {
        if number(name) == "21" {
            continue;
        }
        let document = Document::parse(text).expect("well-formed");
        let body = child(document.root_element(), SOAP, "Body").expect("a Body");
        let inside = body.children().find(Node::is_element).expect("an element");
        match open(text.as_bytes()).expect("a sound envelope").content {
            Content::Payload(payload) => {
                assert_part(name, text, &payload, inside);
                payloads += 1;
            }
            Content::Fault(fault) => {
                let code = fault.code.expect("a code");
                let reason = inside
                    .children()
                    .find(|node| node.has_tag_name("faultstring"));
                assert_eq!(
                    reason.and_then(|node| node.text()),
                    Some(&*fault.reason),
                    "{name}"
                );
                let detail = inside.children().find(|node| node.has_tag_name("detail"));
                let records = detail
                    .iter()
                    .flat_map(Node::children)
                    .filter(Node::is_element);
                for (part, node) in fault.detail.iter().zip(records.clone()) {
                    assert_part(name, text, part, node);
                }
                assert_eq!(fault.detail.len(), records.count(), "{name}");
                faults.push((number(name), code.local, code.namespace, fault.detail.len()));
            }
            Content::Empty => panic!("{name}: nothing in Body"),
        }
    }
    assert_eq!(payloads + faults.len(), messages.len() - 1);
    let fault = |number, local: &str, ns: &str, details| {
        (number, local.to_owned(), Some(ns.to_owned()), details)
    };
    let expected = [
        fault("30", "Client", SOAP, 1),
        fault("31", "Client", SOAP, 1),
        fault("32", "Client", SOAP, 1),
        fault("33", "FailedAuthentication", WSSE, 0),
    ];
    assert_eq!(faults, expected);
}

/// Same bytes, and the namespaces that the node has from its parent.
fn assert_part(name: &str, text: &str, part: &Part, node: Node<'_, '_>) {
    assert_eq!(text[part.range.clone()], text[node.range()], "{name}");
    let inherited = node.parent_element().expect("inside Body");
    let expected: BTreeMap<_, _> = inherited
        .namespaces()
        .map(|ns| (ns.name().unwrap_or_default(), ns.uri()))
        .filter(|(prefix, _)| *prefix != "xml")
        .collect();
    let found: BTreeMap<_, _> = part
        .namespaces
        .iter()
        .map(|(prefix, uri)| (prefix.as_str(), uri.as_str()))
        .collect();
    assert_eq!(found, expected, "{name}");
}

#[test]
fn types_in_place_of_elements_are_refused_with_their_place() {
    let Some(messages) =
        messages("messages::types_in_place_of_elements_are_refused_with_their_place")
    else {
        return;
    };
    let (_, text) = messages
        .iter()
        .find(|(name, _)| number(name) == "43")
        .expect("message 43");
    let Content::Payload(part) = open(text.as_bytes()).expect("an envelope").content else {
        panic!("no payload");
    };
    let scope = part
        .namespaces
        .iter()
        .map(|(p, n)| (p.clone(), n.clone()))
        .collect();
    let payload = &text.as_bytes()[part.range.clone()];
    let error = castile::model::decode::<castile_jx::transaction::XferAdd>(payload, &scope);
    let error = error.expect_err("type names are no elements");
    assert_eq!(error.code(), "model-other-shape");
    let castile::model::DecodeError::OtherShape {
        path,
        offset,
        missing,
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!((&*path, missing), ("/XferAdd", "MsgRqHdr"));
    assert!(text[part.range.start + offset..].starts_with("<tpg:XferAddRq_MType>"));
}
