//! What the report says of what was cut and of what was noticed.

use castile_envelope::{Cuts, PasswordKind, Policy, SoapVersion, Target, cut};

use crate::table::{S11, S12, WSSE, envelope11, security, security_with};

fn inspected(text: &str) -> Cuts {
    let policy = Policy {
        inspect_body: true,
        ..Policy::default()
    };
    cut(text.as_bytes(), &policy).expect("an envelope")
}

/// Code and the text at the offset of each finding.
fn found<'t>(cuts: &Cuts, text: &'t str) -> Vec<(&'static str, &'t str)> {
    cuts.findings()
        .iter()
        .map(|finding| (finding.code(), &text[finding.offset()..][..9]))
        .collect()
}

#[test]
fn contents_are_told_by_kind() {
    let digest = "<w:UsernameToken><w:Password Type='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest'>x</w:Password></w:UsernameToken>";
    let cases = [
        ("<w:UsernameToken/>", Some(PasswordKind::None), [false; 4]),
        (
            "<w:UsernameToken><w:Password>x</w:Password></w:UsernameToken>",
            Some(PasswordKind::Text),
            [false; 4],
        ),
        (digest, Some(PasswordKind::Digest), [false; 4]),
        (
            "<w:BinarySecurityToken>x</w:BinarySecurityToken>",
            None,
            [true, false, false, false],
        ),
        (
            "<a:Assertion xmlns:a='urn:oasis:names:tc:SAML:2.0:assertion'/>",
            None,
            [false, true, false, false],
        ),
        (
            "<Assertion xmlns='urn:oasis:names:tc:SAML:1.0:assertion'/>",
            None,
            [false, true, false, false],
        ),
        ("<d:Signature/>", None, [false, false, true, false]),
        ("<u:Timestamp/>", None, [false, false, false, true]),
        ("<UsernameToken/><Timestamp/><Assertion/>", None, [false; 4]),
    ];
    for (inside, username_token, [token, saml, signature, timestamp]) in cases {
        let text = envelope11(&security(inside));
        let cuts = cut(text.as_bytes(), &Policy::default()).unwrap();
        let contents = cuts.removed()[0].contents;
        assert_eq!(contents.username_token, username_token, "{inside}");
        assert_eq!(
            (
                contents.binary_security_token,
                contents.saml,
                contents.signature,
                contents.timestamp
            ),
            (token, saml, signature, timestamp),
            "{inside}"
        );
    }
}

#[test]
fn the_report_counts_and_names_the_target() {
    let next = security_with(
        " s:actor='http://schemas.xmlsoap.org/soap/actor/next' s:mustUnderstand='true'",
        "",
    );
    let text = envelope11(&format!("{next}{}", security("")));
    let cuts = cut(text.as_bytes(), &Policy::default()).unwrap();
    let report = cuts.report();
    assert_eq!(report.soap, SoapVersion::V11);
    assert_eq!(report.input_length, text.len());
    assert_eq!(report.output_length, envelope11("").len());
    let removed: Vec<_> = report
        .removed
        .iter()
        .map(|block| (block.target, block.must_understand, block.length))
        .collect();
    let expected = [
        (Target::Next, true, next.len()),
        (Target::UltimateReceiver, false, security("").len()),
    ];
    assert_eq!(removed, expected);
    assert!(report.findings.is_empty());
}

#[test]
fn what_must_be_understood_and_stays_is_found() {
    for value in ["1", "true", " 1", "&#49;"] {
        let text = envelope11(&format!(
            "{}<a s:mustUnderstand='{value}'/><b mustUnderstand='1'/><c s:mustUnderstand='0'/>",
            security("")
        ));
        let cuts = cut(text.as_bytes(), &Policy::default()).unwrap();
        assert_eq!(
            found(&cuts, &text),
            [("must-understand-left", "<a s:must")],
            "{value}"
        );
    }
}

#[test]
fn bearer_tokens_in_soap_headers_are_found_without_their_value() {
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzZXNhbWUifQ.c2ln";
    for (header, at) in [
        (
            format!("<Authorization>\nBearer {token}</Authorization>"),
            "\nBearer e",
        ),
        (format!("<a><b><![CDATA[{token}]]></b></a>"), "eyJhbGciO"),
        (
            security(&format!(
                "<w:BinarySecurityToken>{token}</w:BinarySecurityToken>"
            )),
            "eyJhbGciO",
        ),
    ] {
        let text = envelope11(&header);
        let cuts = cut(text.as_bytes(), &Policy::default()).unwrap();
        assert_eq!(found(&cuts, &text), [("bearer-in-header", at)]);
        assert!(!format!("{cuts:?}").contains("eyJ"));
    }
    let typed = envelope11(&security(&format!(
        "<w:BinarySecurityToken ValueType='urn:ietf:params:oauth:token-type:jwt'>{token}</w:BinarySecurityToken>"
    )));
    let cuts = cut(typed.as_bytes(), &Policy::default()).unwrap();
    assert_eq!(
        found(&cuts, &typed),
        [("bearer-in-header", "<w:Binary")],
        "once"
    );
    let plain = envelope11("<a>Bearer</a><b>eyJust a word</b><c>Bear er of</c>");
    assert!(
        cut(plain.as_bytes(), &Policy::default())
            .unwrap()
            .findings()
            .is_empty()
    );
}

#[test]
fn body_is_looked_into_only_when_asked() {
    let with = |inside: &str| {
        format!(
            "<s:Envelope xmlns:s='{S11}' xmlns:w='{WSSE}'><s:Header><w:Security/></s:Header><s:Body>{inside}</s:Body></s:Envelope>"
        )
    };
    let credential = "<Rq xmlns='urn:j'><AuthenUsrCred><w:Security><w:UsernameToken>x</w:UsernameToken></w:Security></AuthenUsrCred></Rq>";
    let text = with(credential);
    assert!(
        cut(text.as_bytes(), &Policy::default())
            .unwrap()
            .findings()
            .is_empty()
    );
    let cuts = inspected(&text);
    assert_eq!(found(&cuts, &text), [("body-username-token", "<w:Userna")]);
    assert_eq!(cuts.ranges().len(), 1, "what is found in Body stays");

    for quiet in [
        "<w:Security><w:UsernameToken/></w:Security>",
        "<AuthenUsrCred><w:Security/></AuthenUsrCred><w:UsernameToken/>",
        "<AuthenUsrCred/><w:Security><w:UsernameToken/></w:Security>",
    ] {
        assert!(inspected(&with(quiet)).findings().is_empty(), "{quiet}");
    }
    let text = with("<a> & </a><b>....</b>");
    let cuts = inspected(&text);
    assert_eq!(found(&cuts, &text), [("body-unreadable", "& </a><b>")]);
    assert_eq!(cuts.ranges().len(), 1);

    let text = format!("<s:Envelope xmlns:s='{S12}'><s:Body/></s:Envelope>");
    assert_eq!(found(&inspected(&text), &text), [("soap12", "<s:Envelo")]);
}

#[cfg(feature = "serde")]
#[test]
fn the_report_serialises_with_its_schema_version() {
    let text = envelope11(&format!(
        "{}<a s:mustUnderstand='1'/>",
        security("<w:UsernameToken><w:Password>sesame</w:Password></w:UsernameToken>")
    ));
    let cuts = cut(text.as_bytes(), &Policy::default()).unwrap();
    let json = serde_json::to_value(cuts.report()).unwrap();
    let range = cuts.ranges()[0].clone();
    let expected = serde_json::json!({
        "schema_version": 1,
        "soap": "1.1",
        "input_length": text.len(),
        "output_length": text.len() - range.len(),
        "report_only": false,
        "removed": [{
            "range": {"start": range.start, "end": range.end},
            "length": range.len(),
            "target": "ultimate-receiver",
            "must_understand": false,
            "contents": {
                "username_token": "text",
                "binary_security_token": false,
                "saml": false,
                "signature": false,
                "timestamp": false,
            },
        }],
        "findings": [{"code": "must-understand-left", "offset": range.end}],
    });
    assert_eq!(json, expected);
}
