//! What is refused, with code and offset: the offset is where `⟦` stands in the table.

use castile_envelope::{Limits, Policy, Refusal, cut, open};

use crate::table::{S11, S12, WSSE, body, envelope11, security, security_with};

/// Takes the mark out of a template and says where it stood.
pub(crate) fn marked(template: &str) -> (String, usize) {
    let template = template
        .replace("S11", S11)
        .replace("S12", S12)
        .replace("WSSE", WSSE);
    let offset = template.find('⟦').expect("a mark");
    (template.replace('⟦', ""), offset)
}

fn assert_refused(template: &str, code: &str) {
    let (text, offset) = marked(template);
    let refusal = match cut(text.as_bytes(), &Policy::default()) {
        Ok(cuts) => panic!("not refused: {text}\n{cuts:?}"),
        Err(refusal) => refusal,
    };
    assert_eq!(refusal.code(), code, "{text}");
    assert_eq!(refusal.offset(), offset, "{refusal} in {text}");
}

#[test]
fn what_is_no_envelope_is_refused_where_that_shows() {
    let cases = [
        ("⟦", "envelope-not-xml"),
        ("  ⟦", "envelope-not-xml"),
        ("⟦{\"a\": 1}", "envelope-not-xml"),
        ("⟦plain text <a/>", "envelope-not-xml"),
        (
            "\r\n⟦--uuid:1\r\nContent-Type: application/xop+xml\r\n\r\n<s:Envelope/>",
            "envelope-multipart",
        ),
        ("⟦<html><body/></html>", "envelope-not-soap"),
        (
            "<?xml version='1.0'?><!-- c -->⟦<Envelope/>",
            "envelope-not-soap",
        ),
        (
            "⟦<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope'/>",
            "envelope-not-soap",
        ),
        ("⟦<s:Body xmlns:s='S11'/>", "envelope-not-soap"),
        ("⟦<s:envelope xmlns:s='S11'/>", "envelope-not-soap"),
        (
            "⟦<AcctInq xmlns='http://jackhenry.com/jxchange/TPG/2008'/>",
            "envelope-bare-body",
        ),
        (
            "\u{feff}⟦<j:AcctInq xmlns:j='http://jackhenry.com/jxchange/TPG/2008'>",
            "envelope-bare-body",
        ),
        ("⟦<!DOCTYPE html><html/>", "envelope-dtd"),
        (
            "<?xml version='1.0'?>\n⟦<!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
            "envelope-dtd",
        ),
        ("<s:Envelope xmlns:s='S11'>⟦<!doctype a>", "envelope-dtd"),
        (
            "<?xml version='1.0' encoding='⟦UTF-16'?><a/>",
            "envelope-encoding-contradicted",
        ),
        (
            "<?xml version='1.0' encoding='⟦x-user'?><a/>",
            "envelope-encoding",
        ),
    ];
    for (template, code) in cases {
        assert_refused(template, code);
    }
}

#[test]
fn a_reply_in_utf_16_is_named_as_such() {
    let text = envelope11(&security(""));
    for way in crate::wide::WAYS {
        let refusal = open(&crate::wide::wide(&text, way)).unwrap_err();
        assert_eq!(refusal, Refusal::Utf16 { offset: 0 });
        assert_eq!(refusal.code(), "envelope-utf-16");
    }
}

#[test]
fn after_header_comes_body() {
    let cases = [
        "<s:Envelope xmlns:s='S11'><s:Header/>⟦<s:Header/><s:Body/></s:Envelope>",
        "<s:Envelope xmlns:s='S11'><s:Header/>⟦<a/><s:Body/></s:Envelope>",
        "<s:Envelope xmlns:s='S11'>⟦<a/><s:Header/><s:Body/></s:Envelope>",
        "<s:Envelope xmlns:s='S11'><s:Header/>⟦</s:Envelope>",
        "<s:Envelope xmlns:s='S11'>⟦</s:Envelope>",
        "<s:Envelope xmlns:s='S11'><s:Header/>⟦<Body/></s:Envelope>",
        "<s:Envelope xmlns:s='S11' xmlns:t='S12'><s:Header/>⟦<t:Body/></s:Envelope>",
        "<s:Envelope xmlns:s='S11' xmlns:t='S12'>⟦<t:Header/><s:Body/></s:Envelope>",
        "⟦<s:Envelope xmlns:s='S11'/>",
    ];
    for template in cases {
        assert_refused(template, "envelope-body-expected");
    }
}

/// What is malformed inside of an element, marked where that shows, with words of the refusal.
pub(crate) const FLAWS: &[(&str, &str)] = &[
    ("<a>⟦</b>", "end tag"),
    ("<a b=⟦c/>", "not an attribute"),
    ("<a b ⟦c='d'/>", "not an attribute"),
    ("<a b='c'⟦d='e'/>", "not a tag"),
    ("<a b='⟦<'/>", "`<` in an attribute"),
    ("<a b='c' ⟦b='d'/>", "given twice"),
    (
        "<a xmlns:p='urn:p' xmlns:q='urn:&#112;' p:b='c' ⟦q:b='d'/>",
        "given twice",
    ),
    ("<a xmlns:p='urn:p' ⟦xmlns:p='urn:q'/>", "given twice"),
    ("<⟦p:a/>", "prefix"),
    ("<a ⟦p:b='c'/>", "prefix"),
    ("<a xmlns:p='urn:p'/><⟦p:b/>", "prefix"),
    ("<a xmlns:⟦p=''/>", "namespace declaration"),
    ("<a xmlns:⟦xmlns='urn:p'/>", "namespace declaration"),
    ("<a xmlns:⟦xml='urn:p'/>", "namespace declaration"),
    (
        "<a xmlns:⟦p='http://www.w3.org/XML/1998/namespace'/>",
        "namespace declaration",
    ),
    (
        "<a xmlns:⟦p='http://www.w3.org/2000/xmlns/'/>",
        "namespace declaration",
    ),
    ("<⟦:a/>", "qualified name"),
    ("<⟦a:/>", "qualified name"),
    ("<⟦a:b:c/>", "qualified name"),
    ("<⟦a:1/>", "qualified name"),
    ("<⟦1/>", "qualified name"),
    ("<⟦ a/>", "qualified name"),
    ("<a⟦/ >", "not a tag"),
    ("<a⟦\u{1}/>", "not a tag"),
    ("a ⟦& b", "reference"),
    ("⟦&nbsp;", "reference"),
    ("<a b='⟦&nope;'/>", "reference"),
    ("⟦&#0;", "reference"),
    ("a⟦]]>", "CDATA"),
    ("a⟦\u{0}", "character"),
    ("<a b='⟦\u{b}'/>", "character"),
    ("<!-- ⟦\u{1f} -->", "character"),
    ("<!-- a ⟦-- b -->", "hyphens"),
    ("<!-- a ⟦--->", "hyphens"),
    ("⟦<!ELEMENT a>", "comment nor CDATA"),
    ("⟦<? a?>", "processing instruction"),
    ("⟦<?a:b?>", "processing instruction"),
    ("⟦<?a?b?>", "processing instruction"),
    ("⟦<?xml version='1.0'?>", "XML declaration"),
    ("⟦<?XML a?>", "XML declaration"),
    ("a⟦\u{ffff}", "character"),
];

#[test]
fn malformed_headers_are_refused_at_the_flaw() {
    for (inside, words) in FLAWS {
        for template in [
            format!(
                "<s:Envelope xmlns:s='S11'><s:Header>{inside}</s:Header><s:Body/></s:Envelope>"
            ),
            format!(
                "<s:Envelope xmlns:s='S11'><s:Header><w:Security xmlns:w='WSSE'>{inside}</w:Security></s:Header><s:Body/></s:Envelope>"
            ),
        ] {
            assert_refused(&template, "envelope-malformed");
            let refusal = cut(marked(&template).0.as_bytes(), &Policy::default()).unwrap_err();
            assert!(
                refusal.to_string().contains(words),
                "{refusal} for {inside}"
            );
        }
    }
    for template in [
        "⟦<?xml version='1.1'?><a/>",
        " ⟦<?xml version='1.0'?><a/>",
        "<!-- c -->⟦text<a/>",
        "<!-- c -->⟦<![CDATA[a]]><a/>",
        "⟦</a>",
    ] {
        assert_refused(template, "envelope-malformed");
    }
}

#[test]
fn bytes_that_are_no_utf_8_are_refused_in_header_and_passed_in_body() {
    let text = envelope11("<a>?</a>");
    let at = text.find('?').unwrap();
    let mut bytes = text.into_bytes();
    bytes[at] = 0xe9;
    let refusal = cut(&bytes, &Policy::default()).unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.offset()),
        ("envelope-malformed", at)
    );

    let mut bytes = envelope11(&security("")).into_bytes();
    let end = bytes.len();
    bytes[end - 30] = 0xe9;
    assert_eq!(cut(&bytes, &Policy::default()).unwrap().ranges().len(), 1);
}

#[test]
fn what_is_doubtful_is_refused_and_can_be_allowed() {
    let timestamp = "<u:Timestamp u:Id='T'/>";
    let reference = |uri: &str| {
        format!("<d:Signature><d:SignedInfo>⟦<d:Reference{uri}/></d:SignedInfo></d:Signature>")
    };
    for uri in [
        " URI='#Body'",
        " URI=''",
        "",
        " URI='#xpointer(/)'",
        " URI='cid:a'",
        " URI='T'",
    ] {
        let template = envelope11(&security(&format!("{timestamp}{}", reference(uri))));
        assert_refused(&template, "envelope-signed");
        let (text, offset) = marked(&template);
        let policy = Policy {
            allow_signed: true,
            ..Policy::default()
        };
        let cuts = cut(text.as_bytes(), &policy).unwrap();
        assert_eq!(cuts.ranges().len(), 1);
        assert_eq!(cuts.findings()[0].code(), "signature-broken");
        assert_eq!(cuts.findings()[0].offset(), offset);
    }
    // One that stays and covers what goes, or all.
    for uri in [" URI='#T'", " URI='&#35;T'", " URI=''"] {
        let outside = format!(
            "<h xmlns:d='http://www.w3.org/2000/09/xmldsig#'>{}</h>",
            reference(uri)
        );
        assert_refused(
            &envelope11(&format!("{outside}{}", security(timestamp))),
            "envelope-signed",
        );
        assert_refused(
            &envelope11(&format!("{}{outside}", security(timestamp))),
            "envelope-signed",
        );
        // Where nothing goes, nothing breaks.
        let (alone, _) = marked(&envelope11(&outside));
        assert!(
            cut(alone.as_bytes(), &Policy::default())
                .unwrap()
                .is_empty()
        );
    }
    // What stays may cover what stays, and what is outside of the document.
    for uri in [
        " URI='#Other'",
        " URI='cid:a'",
        " URI='http://example.invalid/'",
    ] {
        let outside = format!(
            "<h xmlns:d='http://www.w3.org/2000/09/xmldsig#'>{}</h>",
            reference(uri)
        );
        let (text, _) = marked(&envelope11(&format!("{outside}{}", security(timestamp))));
        assert_eq!(
            cut(text.as_bytes(), &Policy::default())
                .unwrap()
                .ranges()
                .len(),
            1,
            "{uri}"
        );
    }
    for encrypted in ["EncryptedKey", "EncryptedData", "ReferenceList"] {
        assert_refused(
            &envelope11(&security(&format!("<a>⟦<x:{encrypted}/></a>"))),
            "envelope-encrypted",
        );
    }
    for (soap, attribute) in [
        ("S11", " s:actor='urn:a'"),
        ("S12", " s:role='urn:a'"),
        (
            "S12",
            " s:role='http://www.w3.org/2003/05/soap-envelope/role/none'",
        ),
        (
            "S11",
            " s:actor='http://www.w3.org/2003/05/soap-envelope/role/next'",
        ),
    ] {
        let block = security_with(attribute, "");
        let template = format!(
            "<s:Envelope xmlns:s='{soap}'><s:Header>⟦{block}</s:Header>{}</s:Envelope>",
            body("s:")
        );
        assert_refused(&template, "envelope-other-actor");
    }
    for (one, two) in [
        ("", ""),
        ("", " s:actor=''"),
        (
            " s:actor='http://schemas.xmlsoap.org/soap/actor/next'",
            " s:actor='http://schemas.xmlsoap.org/soap/actor/next&#32;'",
        ),
    ] {
        let old =
            security_with(two, "").replace(WSSE, "http://schemas.xmlsoap.org/ws/2002/12/secext");
        assert_refused(
            &envelope11(&format!("{}⟦{old}", security_with(one, ""))),
            "envelope-second-block",
        );
    }
}

#[test]
fn limits_hold_where_they_are_set() {
    let refused = |text: &str, limits: Limits| {
        let policy = Policy {
            limits,
            ..Policy::default()
        };
        let refusal = cut(text.as_bytes(), &policy).expect_err(text);
        (refusal.code(), refusal.offset())
    };
    let text = envelope11("<a/>");
    let body_end = text.find("<s:Body>").unwrap() + "<s:Body>".len();
    let header_bytes = |header_bytes| Limits {
        header_bytes,
        ..Limits::default()
    };
    let policy = Policy {
        limits: header_bytes(body_end),
        ..Policy::default()
    };
    assert!(cut(text.as_bytes(), &policy).is_ok());
    for limit in [20, 80, body_end - 1] {
        assert_eq!(
            refused(&text, header_bytes(limit)),
            ("envelope-header-too-large", limit)
        );
    }

    let (deep, at) = marked(&envelope11("<a><b>⟦<c/></b></a>"));
    assert_eq!(
        refused(
            &deep,
            Limits {
                depth: 4,
                ..Limits::default()
            }
        ),
        ("envelope-too-deep", at)
    );
    let (wide, at) = marked(&envelope11("<a b='' c='' ⟦d=''/>"));
    assert_eq!(
        refused(
            &wide,
            Limits {
                attributes: 2,
                ..Limits::default()
            }
        ),
        ("envelope-too-many-attributes", at)
    );
    // A sibling's declaration is out of scope again.
    let (bound, at) = marked(&envelope11(
        "<c xmlns:d='d'/><a xmlns:b='b'><c ⟦xmlns:d='d'/></a>",
    ));
    assert_eq!(
        refused(
            &bound,
            Limits {
                namespaces: 2,
                ..Limits::default()
            }
        ),
        ("envelope-too-many-namespaces", at)
    );
}

#[test]
fn no_refusal_shows_a_value_of_the_message() {
    let secret = "sesame";
    let templates = [
        format!("<s:Envelope xmlns:s='S11'><s:Header><a {secret}='{secret}' {secret}='{secret}'/>"),
        format!("<{secret}:a>"),
        format!("<{secret}/>"),
        format!("<?xml version='1.0' encoding='{secret}'?>"),
        format!("<s:Envelope xmlns:s='S11'><{secret}/>"),
        format!(
            "<s:Envelope xmlns:s='S11'><s:Header><w:Security xmlns:w='WSSE' s:actor='{secret}'/>"
        ),
        format!("<s:Envelope xmlns:s='S11'><s:Header>&{secret};"),
    ];
    for template in templates {
        let text = template.replace("S11", S11).replace("WSSE", WSSE);
        let refusal = cut(text.as_bytes(), &Policy::default()).unwrap_err();
        let shown = format!("{refusal} {refusal:?}");
        assert!(!shown.contains(secret), "{shown}");
    }
}
