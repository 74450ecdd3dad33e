//! Messages of many shapes, each with its header added, and then cut again.

use super::*;
use crate::{Policy, cut_typed};

const TOKEN: UsernameToken<'_> = UsernameToken {
    username: "user-\u{e9}<&",
    password: "pass-canary",
    created: None,
    must_understand: false,
};

fn added(message: &[u8], content_type: Option<&str>, token: &UsernameToken<'_>) -> Vec<u8> {
    let document = Document::of(content_type).unwrap();
    match document.security(message, token).unwrap() {
        Security::Missing(insertion) => {
            let out = insertion.apply(message);
            assert_eq!(out.len(), message.len() + insertion.growth());
            assert!(!format!("{insertion:?}").contains("canary"));
            out
        }
        other => panic!("{other:?}"),
    }
}

fn envelope(inner: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>{inner}</s:Envelope>\n"
    )
}

#[test]
fn what_is_added_is_cut_again_and_the_rest_is_as_it_was() {
    for (inner, restored) in [
        ("<s:Header></s:Header><s:Body/>", None),
        (
            "<s:Header>\n <a xmlns='x'><Security/></a></s:Header> <s:Body>\u{e9}</s:Body>",
            None,
        ),
        (
            "<s:Header /><s:Body/>",
            Some("<s:Header ></s:Header><s:Body/>"),
        ),
        (
            "<s:Header a='1'/><s:Body/>",
            Some("<s:Header a='1'></s:Header><s:Body/>"),
        ),
        (
            " <s:Body><x/></s:Body>",
            Some(
                " <soap:Header xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"></soap:Header><s:Body><x/></s:Body>",
            ),
        ),
    ] {
        for must_understand in [false, true] {
            let token = UsernameToken {
                must_understand,
                ..TOKEN
            };
            let message = envelope(inner);
            let with = added(message.as_bytes(), Some("text/xml; charset=utf-8"), &token);
            let text = std::str::from_utf8(&with).unwrap();
            assert!(
                text.contains("<wsse:Username>user-&#xE9;&lt;&amp;</wsse:Username>"),
                "{text}"
            );
            assert_eq!(text.contains("soap:mustUnderstand=\"1\""), must_understand);
            let edits = cut_typed(&with, None, &Policy::default()).unwrap();
            assert_eq!(edits.removed().len(), 1);
            let again = edits.to_vec(&with);
            let expected = restored.map_or(message.clone(), envelope);
            assert_eq!(String::from_utf8(again).unwrap(), expected);
        }
    }
}

#[test]
fn a_header_of_the_callers_own_is_left_alone() {
    for uri in [
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
        "http://schemas.xmlsoap.org/ws/2003/06/secext",
    ] {
        for inner in [
            format!(
                "<s:Header><b/><w:Security xmlns:w='{uri}' s:actor='x'><c/></w:Security></s:Header><s:Body/>"
            ),
            format!(
                "<s:Header><w:Security xmlns:w='{uri}'/><w:Security xmlns:w='{uri}'/></s:Header><s:Body/>"
            ),
        ] {
            let message = envelope(&inner);
            let document = Document::of(None).unwrap();
            let security = document.security(message.as_bytes(), &TOKEN).unwrap();
            assert!(matches!(security, Security::Own), "{security:?}");
        }
    }
}

#[test]
fn a_beginning_is_undecided_until_body_begins() {
    let message = envelope("<s:Header><a/></s:Header><s:Body><x/></s:Body>");
    let body = message.find("<s:Body>").unwrap() + "<s:Body>".len();
    let document = Document::of(None).unwrap();
    for end in 0..message.len() {
        let security = document
            .security(&message.as_bytes()[..end], &TOKEN)
            .unwrap();
        assert_eq!(matches!(security, Security::Undecided), end < body, "{end}");
    }
}

#[test]
fn a_multipart_message_keeps_its_parts_and_its_length_is_true() {
    let root = envelope("<s:Body><x/></s:Body>");
    let message = format!(
        "--b\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{root}\r\n--b\r\n\r\nan attachment\r\n--b--\r\n",
        root.len()
    );
    let content_type = "multipart/related; boundary=b; type=\"text/xml\"";
    let with = added(message.as_bytes(), Some(content_type), &TOKEN);
    let text = String::from_utf8(with).unwrap();
    let (head, rest) = text.split_once("\r\n\r\n").unwrap();
    let (envelope, attachment) = rest.split_once("\r\n--b\r\n").unwrap();
    assert!(
        head.ends_with(&format!("Content-Length: {}", envelope.len())),
        "{text}"
    );
    assert_eq!(attachment, "\r\nan attachment\r\n--b--\r\n");
}

#[test]
fn what_cannot_carry_it_is_refused_before_anything_is_written() {
    let document = Document::of(None).unwrap();
    let wide: Vec<u8> = envelope("<s:Body/>")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let refused = |message: &[u8], token| document.security(message, token).unwrap_err();
    assert!(matches!(refused(&wide, &TOKEN), Refusal::Utf16 { .. }));
    assert!(matches!(
        refused(b"{\"a\":1}   ", &TOKEN),
        Refusal::NotXml { .. }
    ));
    let control = UsernameToken {
        password: "a\u{1}",
        ..TOKEN
    };
    let message = envelope("<s:Body/>");
    assert!(matches!(
        refused(message.as_bytes(), &control),
        Refusal::Unwritable { .. }
    ));
}

#[test]
fn a_single_byte_encoding_gets_ascii() {
    let message = b"<?xml version='1.0' encoding='iso-8859-1'?><Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Header/><Body>\xe9</Body></Envelope>";
    let with = added(message, None, &TOKEN);
    assert_eq!(with.iter().filter(|byte| !byte.is_ascii()).count(), 1);
}
