//! Where imports lead, and what becomes of what cannot be generated.

// A test that cannot set the scene should stop.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use castile_codegen::{Error, Generator, Output};

const MESSAGES: &str = include_str!("feature/messages/input.wsdl");

const CONTRACT: &str = r#"<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:test"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:test">
  <import namespace="urn:test" location="https://example.invalid/abstract.wsdl"/>
  <binding name="B" type="t:P">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Go"><soap:operation soapAction="go"/></operation>
  </binding>
  <service name="S"><port name="P" binding="t:B"><soap:address location="https://example.invalid/"/></port></service>
</definitions>"#;

/// The other half, in two files that import each other.
const ABSTRACT: &str = r#"<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:test"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:a="http://www.w3.org/2005/08/addressing" targetNamespace="urn:test">
  <import namespace="urn:test" location="main.wsdl"/>
  <types>
    <xsd:schema targetNamespace="urn:test" elementFormDefault="qualified">
      <xsd:import namespace="http://www.w3.org/2005/08/addressing" schemaLocation="http://www.w3.org/2006/03/addressing/ws-addr.xsd"/>
      <xsd:import namespace="urn:more" schemaLocation="https://example.invalid/more.xsd"/>
      <xsd:element name="Go"><xsd:complexType><xsd:sequence>
        <xsd:element name="ReplyTo" type="a:EndpointReferenceType"/>
        <xsd:element xmlns:m="urn:more" ref="m:More"/>
      </xsd:sequence></xsd:complexType></xsd:element>
    </xsd:schema>
  </types>
  <message name="Go"><part name="body" element="t:Go"/></message>
  <portType name="P"><operation name="Go"><input message="t:Go"/></operation></portType>
</definitions>"#;

const MORE: &str = r#"<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:more">
  <element name="More" type="string"/>
</schema>"#;

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

#[test]
fn imports_are_resolved_without_the_network() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(
        folder,
        &[
            ("in/main.wsdl", CONTRACT),
            ("in/main/abstract.wsdl", ABSTRACT),
            ("away/more.xsd", MORE),
        ],
    );
    let generate = || -> Result<Output, Error> {
        Generator::new()
            .wsdl(folder.join("in/main.wsdl"))
            .catalog(folder.join("catalog.xml"))
            .generate()
    };
    let catalog = |entries: &str| {
        let head = "<catalog xmlns='urn:oasis:names:tc:entity:xmlns:xml:catalog'>";
        fs::write(
            folder.join("catalog.xml"),
            format!("{head}{entries}</catalog>"),
        )
        .unwrap();
    };
    // Neither beside the contract nor in the catalogue.
    catalog("");
    assert_eq!(generate().unwrap_err().code(), "schema-missing-file");
    let by_address =
        "<uri name='https://example.invalid/abstract.wsdl' uri='in/main/abstract.wsdl'/>";
    catalog(by_address);
    let error = generate().unwrap_err();
    assert_eq!(error.code(), "schema-missing-file");
    assert!(
        error
            .to_string()
            .contains("https://example.invalid/more.xsd"),
        "{error}"
    );
    for rest in [
        "<system systemId='https://example.invalid/more.xsd' uri='away/more.xsd'/>",
        "<group><uri name='urn:more' uri='away/more.xsd'/></group>",
        "<rewriteURI uriStartString='https://example.invalid/' rewritePrefix='away/'/>",
    ] {
        catalog(&format!("{by_address}{rest}"));
        let output = generate().unwrap();
        assert_eq!(output.diagnostics, [], "{rest}");
        // The address of an endpoint comes from the schema of addressing, which comes along.
        assert!(
            output
                .files
                .iter()
                .any(|(_, text)| text.contains("pub struct EndpointReference"))
        );
    }
    // An address may not lead out of the folder that stands for it.
    let out = ABSTRACT.replace(
        "example.invalid/more.xsd",
        "example.invalid/../away/more.xsd",
    );
    write(folder, &[("in/main/abstract.wsdl", &out)]);
    catalog(&format!(
        "{by_address}<rewriteURI uriStartString='https://example.invalid/' rewritePrefix='in/'/>"
    ));
    assert_eq!(generate().unwrap_err().code(), "schema-missing-file");
}

#[test]
fn what_is_left_out_is_told_and_strict_makes_it_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wsdl");
    fs::write(&path, MESSAGES).unwrap();
    let output = Generator::new().wsdl(&path).generate().unwrap();
    let left_out = output
        .diagnostics
        .iter()
        .filter(|remark| remark.code == "operation-left-out");
    let left_out: Vec<String> = left_out.map(|remark| remark.message.clone()).collect();
    assert_eq!(left_out.len(), 3);
    for (operation, construct) in [
        ("Old", "encoded"),
        ("Attach", "MIME"),
        ("Alarm", "notification"),
    ] {
        let told = left_out
            .iter()
            .any(|message| message.contains(operation) && message.contains(construct));
        assert!(told, "{operation}: {left_out:?}");
    }
    let lines = MESSAGES.lines().count();
    for remark in &output.diagnostics {
        assert!(
            (1..=lines).contains(&usize::try_from(remark.place.line).unwrap()),
            "{remark}"
        );
    }
    let strict = Generator::new()
        .wsdl(&path)
        .strict(true)
        .generate()
        .unwrap_err();
    assert_eq!(
        (strict.code(), strict.place().is_some()),
        ("wsdl-remark", true)
    );
    // Asked for by name, it cannot be left out.
    for operation in ["Old", "Attach", "Alarm"] {
        let error = Generator::new()
            .wsdl(&path)
            .ops([operation])
            .generate()
            .unwrap_err();
        assert_eq!(error.code(), "wsdl-unsupported", "{operation}");
    }
}

#[test]
fn a_location_may_be_percent_encoded() {
    let folder = tempfile::tempdir().unwrap();
    for location in ["away/%6dore.xsd", "https://example.invalid/more%2Exsd"] {
        let away = ABSTRACT.replace("https://example.invalid/more.xsd", location);
        write(
            folder.path(),
            &[
                ("in/main.wsdl", CONTRACT),
                ("in/abstract.wsdl", &away),
                ("in/away/more.xsd", MORE),
            ],
        );
        let generator = Generator::new().wsdl(folder.path().join("in/main.wsdl"));
        if location.starts_with("https") {
            fs::rename(
                folder.path().join("in/away/more.xsd"),
                folder.path().join("in/more.xsd"),
            )
            .unwrap();
        }
        assert_eq!(generator.generate().unwrap().diagnostics, [], "{location}");
    }
}
