//! Fixtures of each family before and after the move, with arbitrary input beside them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::rule::rules;
use crate::rules::{SHARED, own};

/// Each family as programs are before and after the move.
const FIXTURES: &[(Language, &str, &str)] = &[
    (
        Language::CSharp,
        include_str!("../../tests/fixtures/old.cs.txt"),
        include_str!("../../tests/fixtures/new.cs.txt"),
    ),
    (
        Language::Java,
        include_str!("../../tests/fixtures/old.java.txt"),
        include_str!("../../tests/fixtures/new.java.txt"),
    ),
    (
        Language::JavaScript,
        include_str!("../../tests/fixtures/old.js.txt"),
        include_str!("../../tests/fixtures/new.js.txt"),
    ),
    (
        Language::Php,
        include_str!("../../tests/fixtures/old.php.txt"),
        include_str!("../../tests/fixtures/new.php.txt"),
    ),
    (
        Language::Python,
        include_str!("../../tests/fixtures/old.py.txt"),
        include_str!("../../tests/fixtures/new.py.txt"),
    ),
    (
        Language::Rust,
        include_str!("../../tests/fixtures/old.rs.txt"),
        include_str!("../../tests/fixtures/new.rs.txt"),
    ),
    (
        Language::Xml,
        include_str!("../../tests/fixtures/old.xml.txt"),
        include_str!("../../tests/fixtures/new.xml.txt"),
    ),
    (
        Language::Json,
        include_str!("../../tests/fixtures/old.json.txt"),
        include_str!("../../tests/fixtures/new.json.txt"),
    ),
    (
        Language::Settings,
        include_str!("../../tests/fixtures/old.properties.txt"),
        include_str!("../../tests/fixtures/new.properties.txt"),
    ),
];

/// What stands in every family, before and after.
const ANYWHERE: &[(&str, &str, &str)] = &[
    ("wsse-message", "<wsse:Security>", "<app:Security>"),
    (
        "wsse-message",
        r#"<x:Security xmlns:x="http://d/oasis-200401-wss-wssecurity-secext-1.0.xsd">"#,
        "<Security a='1'>",
    ),
    (
        "wsse-in-body",
        "<AuthenUsrCred><wsse:Security>",
        "<AuthenUsrCred/>",
    ),
    ("jxchange-connector", "jXchange Connector", "Connector"),
    (
        "dmz-host",
        "https://jxdmz.jackhenry.com/x",
        "https://gateway.example/x",
    ),
    (
        "banno-token-host",
        "https://banno.com/a/oidc-provider/api/v0/token",
        "https://banno.com/a/consumer",
    ),
    (
        "gateway-path",
        "/jXchange/2008/ServiceGateway/ServiceGateway.svc",
        "/jXchange/2008/ServiceGateway/OAuth/ServiceGateway.svc",
    ),
    ("scope-full", "scope=openid%20full", "scope=openid"),
    (
        "scope-full",
        r#"scope: "openid full""#,
        r#"scope: "openid fullness""#,
    ),
    (
        "scope-full",
        r#"scopes: ["openid", "full"]"#,
        r#"scopes: ["openid"], name: "full""#,
    ),
    (
        "client-secret",
        "client_credentials client_secret",
        "authorization_code client_secret",
    ),
    (
        "bearer-in-soap-header",
        "<wsse:BinarySecurityToken>",
        "BinarySecurityTokens",
    ),
    (
        "bearer-in-soap-header",
        "<s:Header><t:AccessToken>",
        "<s:Header></s:Header>",
    ),
    (
        "soap12",
        "http://www.w3.org/2003/05/soap-envelope",
        "http://schemas.xmlsoap.org/soap/envelope/",
    ),
    ("soap12", "application/soap+xml", "text/xml"),
    (
        "exp-milliseconds",
        r#""exp": 1790000000000"#,
        r#""exp": 1790000000"#,
    ),
    (
        "inst-env-missing",
        "<jXchangeHdr><InstRtId/></jXchangeHdr>",
        "<jXchangeHdr><InstRtId/><InstEnv/></jXchangeHdr>",
    ),
];

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| Scanner::new().unwrap());

const SECRET: &str = "Planted-Secret-1";

fn ids(found: &Found) -> BTreeSet<&'static str> {
    found
        .findings
        .iter()
        .map(|finding| finding.rule.id)
        .collect()
}

#[test]
fn each_pattern_of_each_family_finds_the_old_form_and_none_the_new() {
    let scanner = &*SCANNER;
    assert_eq!(FIXTURES.len(), Language::ALL.len());
    for (language, old, new) in FIXTURES {
        let found = scanner.scan(old, *language);
        for row in own(*language) {
            assert!(rule(row.rule).is_some(), "{}", row.rule);
            for seen in row.seen {
                let is = |finding: &Finding| {
                    (finding.rule.id, finding.construct) == (row.rule, seen.construct)
                };
                let name = seen.construct;
                assert!(
                    found.findings.iter().any(is),
                    "{language:?}: {name}: {found:#?}"
                );
            }
        }
        let after = scanner.scan(new, *language);
        assert_eq!(after.findings, [], "{language:?}");
        let told = format!("{found:?}");
        assert!(
            old.contains(SECRET) && !told.contains(SECRET),
            "{language:?}"
        );
    }
}

#[test]
fn what_looks_the_same_everywhere_is_found_and_its_new_form_is_not() {
    let scanner = &*SCANNER;
    for (id, old, new) in ANYWHERE {
        assert!(
            ids(&scanner.scan(old, Language::Xml)).contains(id),
            "{id}: {old}"
        );
        assert!(
            !ids(&scanner.scan(new, Language::Xml)).contains(id),
            "{id}: {new}"
        );
    }
    // Between them and the fixtures, no rule goes untested.
    let own_rows = Language::ALL.into_iter().flat_map(own);
    let tested: BTreeSet<_> = ANYWHERE.iter().map(|case| case.0).collect();
    let in_families: BTreeSet<_> = own_rows
        .filter(|row| !row.seen.is_empty())
        .map(|row| row.rule)
        .collect();
    for rule in rules() {
        assert!(
            tested.contains(rule.id) || in_families.contains(rule.id),
            "{}",
            rule.id
        );
    }
    assert!(SHARED.iter().all(|row| rule(row.rule).is_some()));
}

#[test]
fn place_and_advice_are_those_of_the_file() {
    let scanner = &*SCANNER;
    let found = scanner.scan("# é\nx = 'é'; wsse = UsernameToken(a)\n", Language::Python);
    assert_eq!(found.findings.len(), 1, "one a rule and line");
    let finding = &found.findings[0];
    assert_eq!((finding.line, finding.column), (2, 10));
    assert!(finding.instead.contains("zeep"), "{}", finding.instead);
}

#[test]
fn payload_in_the_body_is_told_apart_from_the_header() {
    let scanner = &*SCANNER;
    let text = "<h:Header>\n<wsse:Security/>\n</h:Header>\n<j:AuthenUsrCred>\n<wsse:Security/>\n</j:AuthenUsrCred>\n<wsse:Security/>";
    let found = scanner.scan(text, Language::Xml);
    let told: Vec<_> = found.findings.iter().map(|f| (f.line, f.rule.id)).collect();
    let expected = [
        (2, "wsse-message"),
        (5, "wsse-in-body"),
        (7, "wsse-message"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_flood_of_findings_is_cut_and_told() {
    let scanner = &*SCANNER;
    let flood = "<wsse:Security/>\n".repeat(FINDINGS_LIMIT + 1);
    let found = scanner.scan(&flood, Language::Xml);
    assert_eq!((found.findings.len(), found.cut), (FINDINGS_LIMIT, true));
}

/// Words of the tables between arbitrary text, so that patterns match.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "<wsse:Security",
        "client_secret=\"",
        "jXchangeHdr",
        "AuthenUsrCred",
        "exp:",
        "'",
        "\"",
        "/*",
        "`",
        "\n",
        "client_credentials",
        "</",
        ">",
        "UsernameToken(",
        "private_key",
        "axios.post(",
        "é",
    ];
    let word = prop::sample::select(words.to_vec()).prop_map(str::to_owned);
    prop::collection::vec(prop_oneof![word, ".{0,8}"], 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_input_panics_and_no_secret_is_told(
        before in pieces(),
        secret in "[A-Z][a-z0-9]{3}-[A-Za-z0-9]{12}",
        after in pieces(),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let text = format!("{before}{secret}{after}{}", String::from_utf8_lossy(&bytes));
        for language in Language::ALL {
            let found = SCANNER.scan(&text, language);
            let told = format!("{found:?}");
            prop_assert!(!told.contains(&secret));
            for finding in &found.findings {
                prop_assert!(finding.line <= text.matches('\n').count() + 1);
            }
        }
    }
}
