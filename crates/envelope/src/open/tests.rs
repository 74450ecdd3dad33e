//! Replies of either version, faults, and what is refused.

use super::*;

const S11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const S12: &str = "http://www.w3.org/2003/05/soap-envelope";

fn content(text: &str) -> Content {
    open(text.as_bytes()).unwrap().content
}

#[test]
fn the_payload_comes_with_the_namespaces_it_inherits() {
    let text = format!(
        "\u{feff}<?xml version=\"1.0\"?><!-- c --><s:Envelope xmlns:s=\"{S11}\" xmlns:x=\"urn:x\" xmlns=\"urn:d\">\
         <s:Header><a xmlns:h=\"urn:h\"/></s:Header>\
         <s:Body xmlns:x=\"urn:&#x79;\" xmlns=\"\"> <!-- c --> <x:Rs xmlns:z=\"urn:z\">\u{e9}</x:Rs> </s:Body></s:Envelope>\n"
    );
    let Content::Payload(payload) = content(&text) else {
        panic!("no payload")
    };
    assert_eq!(
        &text[payload.range],
        "<x:Rs xmlns:z=\"urn:z\">\u{e9}</x:Rs>"
    );
    let expected = [("s", S11), ("x", "urn:y")].map(|(p, u)| (p.to_owned(), u.to_owned()));
    assert_eq!(*payload.namespaces, expected);
}

#[test]
fn a_payload_shows_nothing_of_the_message() {
    let text = format!("<s:Envelope xmlns:s='{S11}'><s:Body><a>17</a></s:Body></s:Envelope>");
    let front = open_front(text.as_bytes()).unwrap();
    let start = text.find("<a>").unwrap();
    let expected = format!("Payload(Payload {{ start: {start}, .. }})");
    assert_eq!(format!("{front:?}"), expected);
}

#[test]
fn a_payload_is_closed_as_the_whole_is_opened() {
    for tail in [
        "</s:Body></s:Envelope>",
        " </s:Body>\n<!-- c --></s:Envelope>\n",
        "</s:Body ></s:Envelope>",
        "</s:Body><More/></s:Envelope>",
        "<b/></s:Body></s:Envelope>",
        "</s:Body></s:Envelope>x",
        "</s:Body></s:Envelope></s:Envelope>",
        "</s:Envelope></s:Body>",
        "</s:Body></x:Envelope>",
    ] {
        for payload in ["<a/>", "<b:a xmlns:b='urn:b'>1</b:a>"] {
            let front = format!("<s:Envelope xmlns:s=\"{S11}\"><s:Body>{payload}");
            for end in 0..=tail.len() {
                let text = format!("{front}{}", &tail[..end]);
                let Front::Payload(found) = open_front(text.as_bytes()).unwrap() else {
                    panic!("no payload: {text}")
                };
                let opened = open(text.as_bytes()).map(|opened| opened.headers);
                assert_eq!(found.close(front.len()), opened, "{text}");
            }
        }
    }
}

#[test]
fn an_empty_body_is_no_answer_and_no_error() {
    for body in [
        "<Body/>",
        "<Body></Body>",
        "<Body> <!-- c --> </Body><More/>",
    ] {
        let text = format!("<Envelope xmlns=\"{S11}\">{body}</Envelope>");
        assert_eq!(content(&text), Content::Empty, "{body}");
    }
}

#[test]
fn a_fault_of_soap_11_comes_apart() {
    let text = format!(
        "<s:Envelope xmlns:s=\"{S11}\"><s:Body xmlns:b=\"urn:b\"><s:Fault>\
         <faultcode xmlns:a=\"urn:a\">a:Failed<!-- c -->Authentication</faultcode>\
         <faultstring xml:lang=\"en\">Access &amp; <![CDATA[more &]]></faultstring><faultactor>urn:me</faultactor>\
         <detail><b:One/><Two xmlns=\"urn:t\">2</Two></detail></s:Fault></s:Body></s:Envelope>"
    );
    let Content::Fault(fault) = content(&text) else {
        panic!("no fault")
    };
    let code = fault.code.clone().unwrap();
    assert_eq!(code.namespace.as_deref(), Some("urn:a"));
    assert_eq!(code.local, "FailedAuthentication");
    assert_eq!(fault.reason, "Access & more &");
    assert_eq!(fault.actor.as_deref(), Some("urn:me"));
    let details: Vec<&str> = fault
        .detail
        .iter()
        .map(|d| &text[d.range.clone()])
        .collect();
    assert_eq!(details, ["<b:One/>", "<Two xmlns=\"urn:t\">2</Two>"]);
    assert_eq!(fault.detail[0].namespaces.len(), 2);
    let shown = format!("{fault:?}");
    assert!(
        !shown.contains("Access") && !shown.contains("urn:me"),
        "{shown}"
    );
}

#[test]
fn a_fault_of_soap_12_comes_apart() {
    let text = format!(
        "<s:Envelope xmlns:s=\"{S12}\"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value>\
         <s:Subcode><s:Value xmlns:m=\"urn:m\">m:One</s:Value><s:Subcode><s:Value>u:Two</s:Value></s:Subcode></s:Subcode></s:Code>\
         <s:Reason><s:Text xml:lang=\"en\">No</s:Text><s:Text xml:lang=\"de\">Nein</s:Text></s:Reason>\
         <s:Role>urn:r</s:Role><s:Detail><d/></s:Detail></s:Fault></s:Body></s:Envelope>"
    );
    let Content::Fault(fault) = content(&text) else {
        panic!("no fault")
    };
    let code = fault.code.unwrap();
    assert_eq!(
        (code.namespace.as_deref(), &*code.local),
        (Some(S12), "Sender")
    );
    let subcodes: Vec<_> = fault
        .subcodes
        .iter()
        .map(|code| (code.namespace.as_deref(), &*code.local))
        .collect();
    assert_eq!(subcodes, [(Some("urn:m"), "One"), (None, "u:Two")]);
    assert_eq!(fault.reason, "No");
    assert_eq!(fault.actor.as_deref(), Some("urn:r"));
    assert_eq!(&text[fault.detail[0].range.clone()], "<d/>");
}

#[test]
fn replies_that_are_no_envelope_are_refused() {
    let cases = [
        ("<html><body>502</body></html>", "envelope-not-soap"),
        ("<!doctype html><p>", "envelope-dtd"),
        ("Bad gateway", "envelope-not-xml"),
        ("", "envelope-not-xml"),
        (
            "<E:Envelope xmlns:E='S11'><E:Body><a/><b/></E:Body></E:Envelope>",
            "envelope-several-payloads",
        ),
        (
            "<E:Envelope xmlns:E='S11'><E:Body><a></E:Body></E:Envelope>",
            "envelope-malformed",
        ),
        (
            "<E:Envelope xmlns:E='S11'><E:Body><a/></E:Body></E:Envelope>x",
            "envelope-malformed",
        ),
        (
            "<E:Envelope xmlns:E='S11'><E:Body><a/></E:Body></E:Envelope><b/>",
            "envelope-malformed",
        ),
        (
            "<E:Envelope xmlns:E='S11'><E:Body><a/></E:Body>",
            "envelope-truncated",
        ),
        ("<E:Envelope xmlns:E='S11'/>", "envelope-body-expected"),
        (
            "<E:Envelope xmlns:E='S11'><E:Header/></E:Envelope>",
            "envelope-body-expected",
        ),
        (
            "<PingResponse xmlns='http://jackhenry.com/jxchange/TPG/2008'/>",
            "envelope-bare-body",
        ),
        (
            "<?xml version='1.0' encoding='iso-8859-1'?><a>\u{e9}</a>",
            "envelope-encoding",
        ),
    ];
    for (text, code) in cases {
        let text = text.replace("S11", S11);
        let refusal = open(text.as_bytes()).unwrap_err();
        assert_eq!(refusal.code(), code, "{text}");
        assert!(refusal.offset() <= text.len(), "{text}");
    }
}

#[test]
fn every_truncation_is_refused() {
    let text = format!(
        "<?xml version='1.0'?>\n<s:Envelope xmlns:s=\"{S11}\"><s:Header><a b='c'>&amp;<![CDATA[d]]></a></s:Header>\
         <s:Body><!-- e --><f><?g h?></f></s:Body></s:Envelope>"
    );
    assert!(open(text.as_bytes()).is_ok());
    for end in 0..text.len() {
        let refusal = open(&text.as_bytes()[..end]).unwrap_err();
        let code = refusal.code();
        assert!(
            matches!(
                code,
                "envelope-truncated" | "envelope-not-xml" | "envelope-malformed"
            ),
            "{end}: {refusal}"
        );
        assert!(code != "envelope-malformed" || end == 0, "{end}: {refusal}");
    }
}

#[test]
fn an_empty_element_inherits_what_the_element_around_it_declares() {
    let text = format!(
        "<s:Envelope xmlns:s=\"{S11}\"><s:Body xmlns:b=\"urn:b\" xmlns=\"urn:d\"><b:Rs xmlns:c=\"urn:c\"/></s:Body></s:Envelope>"
    );
    let Content::Payload(payload) = content(&text) else {
        panic!("no payload")
    };
    let expected =
        [("s", S11), ("b", "urn:b"), ("", "urn:d")].map(|(p, u)| (p.to_owned(), u.to_owned()));
    assert_eq!(*payload.namespaces, expected);
}

#[test]
fn a_fault_code_in_a_million_pieces_is_no_code_and_costs_no_more_than_its_length() {
    let pieces = "x<!---->".repeat(1 << 20);
    let text = format!(
        "<s:Envelope xmlns:s=\"{S11}\"><s:Body><s:Fault><faultcode>{pieces}</faultcode></s:Fault></s:Body></s:Envelope>"
    );
    let Content::Fault(fault) = content(&text) else {
        panic!("no fault")
    };
    assert_eq!(fault.code, None);
}

#[test]
fn a_detail_of_many_elements_lists_what_they_inherit_once() {
    let declared: String = (0..100).map(|n| format!(" xmlns:p{n}='urn:{n}'")).collect();
    let text = format!(
        "<s:Envelope xmlns:s='{S11}'{declared}><s:Body><s:Fault><detail>{}</detail></s:Fault></s:Body></s:Envelope>",
        "<a/>".repeat(1000)
    );
    let Content::Fault(fault) = content(&text) else {
        panic!("no fault")
    };
    assert_eq!(fault.detail.len(), 1000);
    let first = &fault.detail[0].namespaces;
    assert_eq!(first.len(), 101);
    assert!(
        fault
            .detail
            .iter()
            .all(|part| std::sync::Arc::ptr_eq(first, &part.namespaces))
    );
}
