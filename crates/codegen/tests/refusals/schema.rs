//! Schemas made to hurt: definitions that lead to each other, and names that carry code.

use std::fs;

use castile_codegen::{Generator, Output};

use super::{GOOD, line_of, refusal};

/// The good contract with more definitions, and its `Id` of the type given.
fn with(definitions: &str, ty: &str) -> String {
    let id = "<xsd:element name=\"Id\" type=\"xsd:string\"/>";
    assert!(GOOD.contains(id));
    let text = GOOD.replacen(id, &format!("<xsd:element name=\"Id\" type=\"{ty}\"/>"), 1);
    text.replacen(
        "    </xsd:schema>",
        &format!("{definitions}</xsd:schema>"),
        1,
    )
}

fn output(text: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.wsdl"), text).unwrap();
    Generator::new().wsdl(folder.path()).generate().unwrap()
}

/// All sources, one behind the other.
fn sources(text: &str) -> String {
    let files = output(text).files.into_iter();
    files.map(|(_, source)| source).collect()
}

#[test]
fn definitions_that_lead_to_themselves_stop_at_a_limit() {
    let complex = |name: &str, how: &str, base: &str| {
        format!(
            "<xsd:complexType name=\"{name}\"><xsd:complexContent><xsd:{how} base=\"{base}\"/>\
             </xsd:complexContent></xsd:complexType>"
        )
    };
    let simple = |name: &str, base: &str| {
        format!(
            "<xsd:simpleType name=\"{name}\"><xsd:restriction base=\"{base}\"/></xsd:simpleType>"
        )
    };
    let text = |name: &str, base: &str| {
        format!(
            "<xsd:complexType name=\"{name}\"><xsd:simpleContent><xsd:extension base=\"{base}\"/>\
             </xsd:simpleContent></xsd:complexType>"
        )
    };
    let attributes = |name: &str, inner: &str| {
        format!(
            "<xsd:attributeGroup name=\"{name}\"><xsd:attributeGroup ref=\"{inner}\"/></xsd:attributeGroup>"
        )
    };
    let circles = [
        complex("A", "extension", "A"),
        complex("A", "extension", "B") + &complex("B", "extension", "A"),
        complex("A", "restriction", "B") + &complex("B", "restriction", "A"),
        simple("A", "B") + &simple("B", "A"),
        text("A", "B") + &text("B", "A"),
        attributes("G", "H")
            + &attributes("H", "G")
            + "<xsd:complexType name=\"A\"><xsd:attributeGroup ref=\"G\"/></xsd:complexType>",
        "<xsd:group name=\"G\"><xsd:choice><xsd:group ref=\"H\"/></xsd:choice></xsd:group>\
         <xsd:group name=\"H\"><xsd:choice><xsd:group ref=\"G\"/></xsd:choice></xsd:group>\
         <xsd:complexType name=\"A\"><xsd:group ref=\"G\"/></xsd:complexType>"
            .to_owned(),
    ];
    for circle in circles {
        let error = refusal(&[("input.wsdl", &with(&circle, "A"))]);
        assert_eq!(error.code(), "wsdl-limit", "{circle}");
        assert!(error.place().is_some());
    }
}

#[test]
fn elements_that_stand_in_for_each_other_are_each_taken_once() {
    let ring = "<xsd:element name=\"A\" type=\"xsd:string\" substitutionGroup=\"B\"/>\
        <xsd:element name=\"B\" type=\"xsd:string\" substitutionGroup=\"A\"/>\
        <xsd:complexType name=\"T\"><xsd:sequence><xsd:element ref=\"A\"/></xsd:sequence></xsd:complexType>";
    let source = sources(&with(ring, "T"));
    assert!(
        source.contains("A(Text),\n    /// Element `B`.\n    B(Text),\n}"),
        "{source}"
    );
}

#[test]
fn substitution_groups_that_multiply_stop_at_a_limit() {
    let mut text = String::from("<xsd:element name=\"Head\" type=\"xsd:string\"/>");
    for member in 0..1_000 {
        text.push_str(&format!(
            "<xsd:element name=\"M{member}\" type=\"xsd:string\" substitutionGroup=\"Head\"/>"
        ));
    }
    let uses = "<xsd:element ref=\"Head\"/>".repeat(1_000);
    text.push_str(&format!(
        "<xsd:complexType name=\"T\"><xsd:sequence>{uses}</xsd:sequence></xsd:complexType>"
    ));
    assert_eq!(
        refusal(&[("input.wsdl", &with(&text, "T"))]).code(),
        "wsdl-limit"
    );
}

#[test]
fn groups_inside_each_other_stop_at_a_limit() {
    for (open, close) in [
        (
            "<xsd:choice><xsd:element name=\"E\" type=\"xsd:string\"/>",
            "</xsd:choice>",
        ),
        (
            "<xsd:sequence maxOccurs=\"2\"><xsd:element name=\"E\" type=\"xsd:string\"/>",
            "</xsd:sequence>",
        ),
    ] {
        let deep = |depth: usize| {
            let (open, close) = (open.repeat(depth), close.repeat(depth));
            with(
                &format!("<xsd:complexType name=\"T\">{open}{close}</xsd:complexType>"),
                "T",
            )
        };
        assert!(output(&deep(50)).counts.structs > 3);
        assert_eq!(refusal(&[("input.wsdl", &deep(100))]).code(), "wsdl-limit");
        assert_eq!(
            refusal(&[("input.wsdl", &deep(1_000))]).code(),
            "wsdl-limit"
        );
    }
}

#[test]
fn a_schema_that_redefines_itself_comes_to_an_end() {
    let ring = "<s:schema xmlns:s='http://www.w3.org/2001/XMLSchema'><s:redefine schemaLocation='ring.xsd'>\
        <s:complexType name='T'><s:complexContent><s:extension base='T'/></s:complexContent></s:complexType>\
        </s:redefine></s:schema>";
    let text = GOOD.replacen(
        "<xsd:element name=\"ThingInq\"",
        "<xsd:include schemaLocation=\"ring.xsd\"/>\n      <xsd:element name=\"ThingInq\"",
        1,
    );
    let error = refusal(&[("input.wsdl", &text), ("ring.xsd", ring)]);
    assert_eq!(error.code(), "wsdl-dangling-reference", "{error}");
}

#[test]
fn what_redefines_nothing_is_named() {
    let redefine = "<xsd:redefine schemaLocation=\"base.xsd\"><xsd:simpleType name=\"Nowhere\">\
        <xsd:restriction base=\"Nowhere\"/></xsd:simpleType></xsd:redefine>";
    let text = GOOD.replacen(
        "<xsd:element name=\"ThingInq\"",
        &format!("{redefine}\n      <xsd:element name=\"ThingInq\""),
        1,
    );
    let base = "<s:schema xmlns:s='http://www.w3.org/2001/XMLSchema'/>";
    let error = refusal(&[("input.wsdl", &text), ("base.xsd", base)]);
    assert_eq!(error.code(), "wsdl-dangling-reference");
    assert_eq!(error.place().unwrap().line, line_of(&text, "<xsd:redefine"));
}

#[test]
fn what_is_not_checked_is_told_with_its_line() {
    let key = "<xsd:element name=\"K\" type=\"xsd:string\">\n<xsd:unique name=\"u\"><xsd:selector xpath=\".\"/></xsd:unique>\
        </xsd:element>";
    let text = with(key, "xsd:string");
    let output = output(&text);
    let remarks: Vec<_> = output
        .diagnostics
        .iter()
        .map(|remark| (remark.code, remark.place.line))
        .collect();
    assert_eq!(
        remarks,
        [("schema-not-checked", line_of(&text, "<xsd:unique"))]
    );

    let text = with("<xsd:override schemaLocation=\"x.xsd\"/>", "xsd:string");
    let error = refusal(&[("input.wsdl", &text)]);
    assert_eq!(error.code(), "wsdl-unsupported");
    assert_eq!(error.place().unwrap().line, line_of(&text, "<xsd:override"));
}

#[test]
fn texts_of_a_schema_stay_in_comments_and_literals() {
    let evil = "*/ &quot;#] \\ `x` #[doc] &#10;fn evil() {} &#x202e;&#x2028;";
    let definitions = format!(
        "<xsd:complexType name=\"T\"><xsd:choice maxOccurs=\"unbounded\">\
         <xsd:element name=\"Self\" type=\"S\" default=\"{evil}\"/><xsd:element name=\"self\" type=\"S\" fixed=\"{evil}\"/>\
         <xsd:element name=\"Other\" type=\"D\"/><xsd:element name=\"type\" type=\"xsd:string\"/><xsd:any/>\
         </xsd:choice><xsd:attribute name=\"a\" default=\"{evil}\"/></xsd:complexType>\
         <xsd:simpleType name=\"S\"><xsd:restriction base=\"xsd:string\"><xsd:pattern value=\"{evil}\"/>\
         <xsd:enumeration value=\"{evil}\"/></xsd:restriction></xsd:simpleType>\
         <xsd:complexType name=\"D\" abstract=\"true\"><xsd:sequence/></xsd:complexType>\
         <xsd:complexType name=\"Other\"><xsd:complexContent><xsd:extension base=\"D\"/></xsd:complexContent></xsd:complexType>"
    );
    let source = sources(&with(&definitions, "T"));
    assert!(source.is_ascii());
    let code = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    for line in code {
        // The one place in code: the value of a constant, with its quotation marks escaped.
        let value = line
            .trim_start()
            .strip_prefix("pub const X_DOC_FN_EVIL: &str = ");
        let literal = "\"*/ \\\"#] \\\\ `x` #[doc] \\nfn evil() {} \\u{202e}\\u{2028}\";";
        assert!(value == Some(literal) || !line.contains("evil"), "{line}");
    }
    for variant in ["SelfElement(", "SelfElement2(", "OtherElement(", "Type("] {
        assert!(source.contains(variant), "{variant}");
    }
}
