//! Contracts that are refused: by which code, and at which line.

// A test that cannot set the scene should stop.
#![allow(clippy::unwrap_used)]

#[path = "refusals/schema.rs"]
mod schema;
#[path = "refusals/wild.rs"]
mod wild;

use std::fs;

use castile_codegen::{Contract, Error, Generator};

const GOOD: &str = include_str!("feature/version_tree/input.wsdl");

fn refusal(files: &[(&str, &str)]) -> Error {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    Generator::new()
        .wsdl(folder.path().join(files[0].0))
        .generate()
        .unwrap_err()
}

/// The line, counted from 1, on which a text stands.
fn line_of(text: &str, needle: &str) -> u32 {
    let before = &text[..text.find(needle).unwrap()];
    u32::try_from(before.matches('\n').count()).unwrap() + 1
}

/// Replaces a piece of the good contract and tells the line where the new one stands.
fn broken(from: &str, to: &str) -> (String, u32) {
    let line = line_of(GOOD, from);
    (GOOD.replacen(from, to, 1), line)
}

#[test]
fn each_fault_has_its_code_and_line() {
    let cases = [
        (
            "type=\"ThingInqRq_MType\"",
            "type=\"Nowhere_MType\"",
            "wsdl-dangling-reference",
        ),
        (
            "type=\"xsd:string\"/>",
            "type=\"xsd:strong\"/>",
            "wsdl-dangling-reference",
        ),
        (
            "element=\"t:ThingInq\"",
            "element=\"t:Nowhere\"",
            "wsdl-dangling-reference",
        ),
        (
            "message=\"t:Rq\"",
            "message=\"t:Nowhere\"",
            "wsdl-dangling-reference",
        ),
        (
            "binding=\"t:SampleSoap\"",
            "binding=\"t:Nowhere\"",
            "wsdl-dangling-reference",
        ),
        (
            "binding=\"t:SampleSoap\"",
            "binding=\"u:SampleSoap\"",
            "wsdl-dangling-reference",
        ),
        ("use=\"literal\"", "use=\"encoded\"", "wsdl-unsupported"),
        (
            "element=\"t:ThingInq\"",
            "type=\"xsd:strong\"",
            "wsdl-dangling-reference",
        ),
        (
            "name=\"ThingInq\"",
            "name=\"ThingInq\" abstract=\"true\"",
            "wsdl-unsupported",
        ),
        ("name=\"Id\"", "name=\"} fn evil() {\"", "wsdl-incomplete"),
        ("name=\"Id\"", "name=\"I&#x202e;d\"", "wsdl-incomplete"),
        (
            "name=\"Id\"",
            "name=\"Id\" minOccurs=\"few\"",
            "wsdl-incomplete",
        ),
        ("name=\"Id\"", "name=\"Id\" \"", "wsdl-not-xml"),
        ("<definitions ", "<description ", "wsdl-not-xml"),
    ];
    for (from, to, code) in cases {
        let (text, mut line) = broken(from, to);
        if from == "<definitions " {
            line = line_of(&text, "</definitions>");
        }
        let error = refusal(&[("input.wsdl", &text)]);
        assert_eq!(
            (error.code(), error.place().unwrap().line),
            (code, line),
            "{to}: {error}"
        );
        assert!(!error.remedy().is_empty());
    }
}

#[test]
fn a_group_that_repeats_between_markers_is_refused_only_when_it_is_reached() {
    let (text, line) = broken(
        "        <xsd:sequence>\n          <xsd:element name=\"Id\"",
        "        <xsd:sequence maxOccurs=\"unbounded\">\n          <xsd:element name=\"Id\"",
    );
    let error = refusal(&[("input.wsdl", &text)]);
    assert_eq!(
        (error.code(), error.place().unwrap().line),
        ("wsdl-unsupported", line - 1)
    );
    let unused = "<xsd:complexType name=\"Unused\" mixed=\"true\"/>";
    let text = GOOD.replacen(
        "    </xsd:schema>",
        &format!("{unused}\n    </xsd:schema>"),
        1,
    );
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.wsdl"), text).unwrap();
    assert!(Generator::new().wsdl(folder.path()).generate().is_ok());
}

#[test]
fn a_type_that_must_hold_itself_is_refused() {
    let ring = "<xsd:complexType name=\"Fault_MType\"><xsd:sequence><xsd:element name=\"A\" type=\"A\"/></xsd:sequence>
        </xsd:complexType><xsd:complexType name=\"A\"><xsd:sequence><xsd:element name=\"B\" type=\"B\"/></xsd:sequence>
        </xsd:complexType><xsd:complexType name=\"B\"><xsd:sequence><xsd:element name=\"A\" type=\"A\"/></xsd:sequence>
        </xsd:complexType><xsd:complexType name=\"Rest\">";
    let text = GOOD.replacen("<xsd:complexType name=\"Fault_MType\">", ring, 1);
    let error = refusal(&[("input.wsdl", &text)]);
    assert_eq!(error.code(), "wsdl-unsupported");
    assert!(error.to_string().contains("must hold itself"), "{error}");
}

#[test]
fn a_missing_schema_is_named_and_a_cycle_of_includes_is_not_an_error() {
    let include = |location: &str| {
        format!(
            "<xsd:include schemaLocation=\"{location}\"/>\n      <xsd:element name=\"ThingInq\""
        )
    };
    let with =
        |location: &str| GOOD.replacen("<xsd:element name=\"ThingInq\"", &include(location), 1);
    let error = refusal(&[("input.wsdl", &with("https://example.invalid/more.xsd"))]);
    assert_eq!(error.code(), "schema-missing-file");
    assert!(
        error
            .to_string()
            .contains("https://example.invalid/more.xsd"),
        "{error}"
    );

    let folder = tempfile::tempdir().unwrap();
    let schema = |other: &str| {
        format!(
            "<s:schema xmlns:s='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:test'>\
         <s:include schemaLocation='{other}'/></s:schema>"
        )
    };
    // By its last part only: nothing is fetched.
    fs::write(
        folder.path().join("a.wsdl"),
        with("https://example.invalid/more.xsd"),
    )
    .unwrap();
    fs::write(folder.path().join("more.xsd"), schema("again.xsd")).unwrap();
    fs::write(folder.path().join("again.xsd"), schema("more.xsd")).unwrap();
    assert!(Generator::new().wsdl(folder.path()).generate().is_ok());
}

#[test]
fn groups_that_multiply_stop_at_a_limit() {
    let mut groups = String::from(
        "<xsd:group name=\"G0\"><xsd:sequence><xsd:element name=\"E\" type=\"xsd:string\"/></xsd:sequence></xsd:group>",
    );
    for level in 1..9 {
        let uses = format!("<xsd:group ref=\"G{}\"/>", level - 1).repeat(10);
        groups.push_str(&format!(
            "<xsd:group name=\"G{level}\"><xsd:sequence>{uses}</xsd:sequence></xsd:group>"
        ));
    }
    groups.push_str("<xsd:complexType name=\"Bomb\"><xsd:group ref=\"G8\"/></xsd:complexType>");
    let error = refusal(&[(
        "input.wsdl",
        &GOOD.replacen("    </xsd:schema>", &format!("{groups}</xsd:schema>"), 1),
    )]);
    assert_eq!(error.code(), "wsdl-limit");

    let ring = "<xsd:group name=\"G\"><xsd:sequence><xsd:group ref=\"G\"/></xsd:sequence></xsd:group>\
        <xsd:complexType name=\"Ring\"><xsd:group ref=\"G\"/></xsd:complexType></xsd:schema>";
    let error = refusal(&[("input.wsdl", &GOOD.replacen("    </xsd:schema>", ring, 1))]);
    assert_eq!(error.code(), "wsdl-limit");
}

#[test]
fn what_is_no_contract_says_so() {
    let cases = [
        ("<html/>", "wsdl-wrong-root"),
        ("", "wsdl-truncated"),
        ("not xml", "wsdl-truncated"),
    ];
    for (text, code) in cases {
        assert_eq!(refusal(&[("input.wsdl", text)]).code(), code, "{text}");
    }
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        Contract::read([folder.path()]).unwrap_err().code(),
        "wsdl-none-found"
    );
    assert_eq!(
        Contract::read([folder.path().join("no.wsdl")])
            .unwrap_err()
            .code(),
        "wsdl-unreadable"
    );
}

#[test]
fn an_unknown_operation_is_named_with_those_that_resemble_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.wsdl"), GOOD).unwrap();
    let generate = |name: &str| Generator::new().wsdl(folder.path()).ops([name]).generate();
    let error = generate("ThingInquiry").unwrap_err();
    assert_eq!(error.code(), "wsdl-unknown-operation");
    assert_eq!(error.remedy(), "did you mean ThingInq?");
    for name in ["ThingInq", "Sample.ThingInq"] {
        assert_eq!(generate(name).unwrap().counts.operations, 1);
    }
    assert!(generate("Other.ThingInq").is_err());
}

#[test]
fn a_name_defined_twice_in_one_contract_is_told_when_it_means_two_things() {
    let again = |second: &str| {
        let twice = format!("{second}\n      <xsd:complexType name=\"Fault_MType\">");
        GOOD.replacen("<xsd:complexType name=\"Fault_MType\">", &twice, 1)
    };
    let same = "<xsd:complexType name=\"Fault_MType\"><xsd:sequence>\
        <xsd:element name=\"Code\" type=\"xsd:string\"/></xsd:sequence></xsd:complexType>";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.wsdl"), again(same)).unwrap();
    let output = Generator::new().wsdl(folder.path()).generate().unwrap();
    assert_eq!(output.diagnostics, []);

    let element = "<xsd:element name=\"Fault\" type=\"ThingInqRs_MType\"/>";
    for other in [&*same.replace("Code", "Reason"), element] {
        fs::write(folder.path().join("a.wsdl"), again(other)).unwrap();
        let output = Generator::new().wsdl(folder.path()).generate().unwrap();
        let codes: Vec<_> = output
            .diagnostics
            .iter()
            .map(|remark| remark.code)
            .collect();
        assert_eq!(codes, ["definitions-apart"], "{other}");
    }
}

#[test]
fn a_long_chain_of_elements_is_read_without_a_deep_stack() {
    let mut chain = String::new();
    for link in 0..20_000 {
        let next = link + 1;
        chain.push_str(&format!(
            "<xsd:element name=\"E{link}\"><xsd:complexType><xsd:sequence>\
             <xsd:element ref=\"E{next}\" minOccurs=\"0\"/></xsd:sequence></xsd:complexType></xsd:element>"
        ));
    }
    chain.push_str("<xsd:element name=\"E20000\" type=\"xsd:string\"/>");
    let text = GOOD.replacen("    </xsd:schema>", &format!("{chain}</xsd:schema>"), 1);
    let text = text.replacen(
        "<xsd:element name=\"Id\" type=\"xsd:string\"/>",
        "<xsd:element ref=\"E0\"/>",
        1,
    );
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.wsdl"), text).unwrap();
    let output = Generator::new().wsdl(folder.path()).generate().unwrap();
    assert_eq!(output.counts.structs, 20_003);
}

#[test]
fn damaged_input_is_refused_or_read_but_never_panics() {
    let mut refused = 0;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wsdl");
    for at in (0..GOOD.len()).step_by(11) {
        let mut damaged = GOOD.as_bytes().to_vec();
        damaged[at] = b"<>&\"'=/ x\xff"[at % 10];
        let cut = &GOOD.as_bytes()[..at];
        for bytes in [cut, &damaged] {
            fs::write(&path, bytes).unwrap();
            if let Err(error) = Generator::new().wsdl(&path).generate() {
                assert!(!error.code().is_empty() && !error.to_string().is_empty());
                refused += 1;
            }
        }
    }
    assert!(refused > GOOD.len() / 11, "{refused}");
}
