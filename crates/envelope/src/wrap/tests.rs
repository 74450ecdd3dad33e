//! Envelopes as written, and values that cannot be.

use super::*;
use crate::{Content, PasswordKind, Policy, cut, open};

#[test]
fn the_empty_header_stands_before_body() {
    let out = wrap("<Ping>\u{e9}</Ping>".as_bytes(), &Wrap::default()).unwrap();
    let expected = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
        <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">\
        <soap:Header></soap:Header><soap:Body><Ping>\u{e9}</Ping></soap:Body></soap:Envelope>";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn what_wrap_adds_cut_removes() {
    let token = UsernameToken {
        username: "u<&>\"'\r\u{20ac}",
        password: "p]]>&amp;",
        created: Some("2026-01-01T00:00:00Z"),
        must_understand: true,
    };
    let legacy = Wrap {
        security: Some(token),
        ..Wrap::default()
    };
    let old = wrap(b"<Ping/>", &legacy).unwrap();
    assert_eq!(old.len(), old.capacity(), "allocated to size");
    let text = std::str::from_utf8(&old).unwrap();
    assert!(
        text.contains(">u&lt;&amp;&gt;\"'&#13;\u{20ac}</wsse:Username>"),
        "{text}"
    );
    assert!(
        text.contains("#PasswordText\">p]]&gt;&amp;amp;</wsse:Password>"),
        "{text}"
    );
    assert!(
        text.contains("<wsu:Created>2026-01-01T00:00:00Z</wsu:Created>"),
        "{text}"
    );

    let cuts = cut(&old, &Policy::default()).unwrap();
    assert_eq!(
        cuts.to_vec(&old),
        wrap(b"<Ping/>", &Wrap::default()).unwrap()
    );
    assert!(cuts.removed()[0].must_understand);
    assert_eq!(
        cuts.removed()[0].contents.username_token,
        Some(PasswordKind::Text)
    );
    let Content::Payload(payload) = open(&old).unwrap().content else {
        panic!("no payload")
    };
    assert_eq!(&old[payload.range], b"<Ping/>");
}

#[test]
fn what_xml_cannot_carry_is_refused_and_never_printed() {
    let token = UsernameToken {
        username: "user",
        password: "sesame\0",
        created: None,
        must_understand: false,
    };
    let legacy = Wrap {
        security: Some(token),
        ..Wrap::default()
    };
    let refusal = wrap(b"<a/>", &legacy).unwrap_err();
    let expected = Refusal::Unwritable {
        field: "password",
        offset: 6,
    };
    assert_eq!(refusal, expected);
    for shown in [
        format!("{legacy:?}"),
        refusal.to_string(),
        format!("{refusal:?}"),
    ] {
        assert!(
            !shown.contains("sesame") && !shown.contains("user\""),
            "{shown}"
        );
    }
    let declaration = Err(Refusal::PayloadDeclaration { offset: 0 });
    assert_eq!(
        wrap(b"<?xml version='1.0'?><a/>", &Wrap::default()),
        declaration
    );
    assert_eq!(wrap(b"\xef\xbb\xbf<a/>", &Wrap::default()), declaration);
    assert_eq!(
        wrap(b"a", &Wrap::default()),
        Err(Refusal::NotXml { offset: 0 })
    );
}

#[test]
fn version_header_blocks_and_an_empty_body_are_as_asked() {
    let asked = Wrap {
        soap: SoapVersion::V12,
        headers: b"<a/><b/>",
        ..Wrap::default()
    };
    let envelope = wrap(b"", &asked).unwrap();
    assert_eq!(envelope.len(), envelope.capacity(), "allocated to size");
    let text = std::str::from_utf8(&envelope).unwrap();
    assert!(
        text.contains("\"http://www.w3.org/2003/05/soap-envelope\""),
        "{text}"
    );
    assert!(
        text.ends_with(
            "<soap:Header><a/><b/></soap:Header><soap:Body></soap:Body></soap:Envelope>"
        )
    );
    assert_eq!(
        crate::open(&envelope).unwrap().content,
        crate::Content::Empty
    );
    assert!(!format!("{asked:?}").contains("<a/>"));
}
