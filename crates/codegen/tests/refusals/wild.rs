//! What the specifications allow, or many write all the same, is read; what is guessed is told.

use std::fs;

use castile_codegen::{Generator, Output};

use super::{GOOD, line_of, refusal};

fn output(text: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.wsdl"), text).unwrap();
    Generator::new().wsdl(folder.path()).generate().unwrap()
}

fn source(output: &Output) -> String {
    output.files.iter().map(|(_, text)| text.as_str()).collect()
}

fn remarks(output: &Output) -> Vec<(&'static str, u32)> {
    let remarks = output.diagnostics.iter();
    remarks.map(|told| (told.code, told.place.line)).collect()
}

/// The good contract with some texts replaced, each of which must be there.
fn with(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(GOOD.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

#[test]
fn names_of_wsdl_are_tokens() {
    // WSDL 1.1, section 2.1: `nmtoken`.
    let text = with(&[
        ("name=\"Rq\"", "name=\"1.Rq\""),
        ("\"t:Rq\"", "\"t:1.Rq\""),
        ("name=\"Soap\"", "name=\"t:Soap\""),
        ("portType name=\"Sample\"", "portType name=\"-Sample\""),
        ("\"t:Sample\"", "\"t:-Sample\""),
    ]);
    let output = output(&text);
    assert_eq!((output.counts.operations, remarks(&output)), (1, vec![]));
    for bad in ["2 parts", "Rq\u{202e}", "Rq&quot;"] {
        let error = refusal(&[(
            "a.wsdl",
            &with(&[("name=\"Rq\"", &format!("name=\"{bad}\""))]),
        )]);
        assert_eq!(error.code(), "wsdl-incomplete", "{bad}");
    }
}

#[test]
fn of_two_bindings_the_one_with_more_to_call_is_used() {
    let binding = &GOOD[GOOD.find("  <binding").unwrap()..GOOD.find("  <service").unwrap()];
    let encoded = binding
        .replace("\"SampleSoap\"", "\"EncodedSoap\"")
        .replace("body use=\"literal\"", "body use=\"encoded\"");
    let port = "<port name=\"Encoded\" binding=\"t:EncodedSoap\"><soap:address location=\"https://encoded.invalid/\"/></port>\n    <port";
    let text = with(&[("  <service", &format!("{encoded}  <service"))]);
    let text = text.replacen("<port ", &format!("{port} "), 1);
    let output = output(&text);
    assert_eq!(output.counts.operations, 1);
    assert_eq!(
        remarks(&output),
        [("port-left-out", line_of(&text, "<port name=\"Encoded\""))]
    );
    assert!(!source(&output).contains("ADDRESS: &'static str = \"https://encoded"));
}

#[test]
fn operations_of_one_name_are_told_apart_by_their_messages() {
    let operation = |section: &str, input: &str| {
        let at = GOOD.find(section).unwrap();
        let from = at + GOOD[at..].find("    <operation").unwrap();
        let to = from + GOOD[from..].find("</operation>").unwrap() + "</operation>\n".len();
        let named = GOOD[from..to].replacen("<input", &format!("<input name=\"{input}\""), 1);
        (GOOD[from..to].to_owned(), named)
    };
    let (own, first) = operation("<portType", "one");
    let (bound, one) = operation("<binding", "one");
    let two = one
        .replace("\"one\"", "\"two\"")
        .replace("soapAction=\"", "soapAction=\"second-");
    let second = first
        .replace("\"one\"", "\"two\"")
        .replace("\"t:Rq\"", "\"t:Rq2\"");
    // Bound in the other order.
    let text = GOOD
        .replacen(&own, &format!("{first}{second}"), 1)
        .replacen(&bound, &format!("{two}{one}"), 1)
        .replacen(
            "<portType",
            "<message name=\"Rq2\"><part name=\"b\" element=\"t:Fault\"/></message>\n  <portType",
            1,
        );
    let output = output(&text);
    assert_eq!(output.counts.operations, 2);
    let of_second: Vec<&String> = (output.files.iter().map(|(_, text)| text))
        .filter(|text| text.contains("\"second-"))
        .collect();
    assert_eq!(of_second.len(), 1);
    assert!(of_second[0].contains("for Fault") || of_second[0].contains("Fault,"));
    assert!(!of_second[0].contains("pub struct ThingInq {"));
}

#[test]
fn encoding_is_named_before_what_encoded_parts_refer_to() {
    let text = with(&[
        ("use=\"literal\"", "use=\"encoded\""),
        ("element=\"t:ThingInq\"", "type=\"t:Nowhere\""),
    ]);
    let error = refusal(&[("a.wsdl", &text)]);
    assert_eq!(
        (error.code(), error.place().unwrap().line),
        ("wsdl-unsupported", line_of(&text, "use=\"encoded\""))
    );
}

#[test]
fn a_draft_of_xml_schema_is_read_and_told() {
    for draft in [
        "http://www.w3.org/2000/10/XMLSchema",
        "http://www.w3.org/1999/XMLSchema",
    ] {
        let text = with(&[("http://www.w3.org/2001/XMLSchema", draft)]);
        let output = output(&text);
        let line = line_of(&text, "<definitions");
        assert_eq!(remarks(&output), [("schema-draft", line)], "{draft}");
        assert_eq!(output.counts.operations, 1);
    }
}

#[test]
fn well_known_names_need_no_import() {
    let text = with(&[
        (
            "<xsd:element name=\"Id\" type=\"xsd:string\"/>",
            "<xsd:element name=\"Id\" type=\"w:EndpointReferenceType\"/>",
        ),
        (
            "xmlns:t=",
            "xmlns:w=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" xmlns:t=",
        ),
    ]);
    let output = output(&text);
    assert_eq!(
        remarks(&output),
        [("import-missing", line_of(&text, "w:EndpointReferenceType"))]
    );
    assert!(source(&output).contains("pub struct EndpointReference"));
}

#[test]
fn what_has_no_place_in_a_schema_is_told_with_its_line() {
    let id = "<xsd:element name=\"Id\" type=\"xsd:string\"/>";
    for (foreign, known) in [
        ("<element name=\"Lost\" type=\"xsd:string\"/>", false),
        ("<xsd:attribute name=\"Lost\" type=\"xsd:string\"/>", false),
    ] {
        let text = with(&[(id, &format!("{id}\n{foreign}"))]);
        let output = output(&text);
        assert_eq!(
            remarks(&output),
            [("schema-misplaced", line_of(&text, foreign))]
        );
        assert_eq!(source(&output).contains("Lost"), known, "{foreign}");
    }
    // Drafts had elements stand in a type itself, in a row.
    let fault = "<xsd:complexType name=\"Fault_MType\">";
    let row = "<xsd:element name=\"First\" type=\"xsd:string\"/><xsd:element name=\"Second\" type=\"xsd:int\"/>";
    let text = with(&[(fault, &format!("{fault}{row}"))]);
    let source = source(&output(&text));
    for element in ["First", "Second", "Code"] {
        assert!(source.contains(&format!("\"{element}\"")), "{element}");
    }
}

#[test]
fn numbers_of_occurrence_have_no_end() {
    let id = "<xsd:element name=\"Id\" ";
    let counted = |max: &str| with(&[(id, &format!("{id}maxOccurs=\"{max}\" "))]);
    for max in ["4294967296", "+7", " 99999999999999999999999 "] {
        assert!(source(&output(&counted(max))).contains("Vec<"), "{max}");
    }
    for max in ["-1", "", "many", "1e3"] {
        assert_eq!(
            refusal(&[("a.wsdl", &counted(max))]).code(),
            "wsdl-incomplete",
            "{max}"
        );
    }
}

#[test]
fn groups_that_lead_through_types_without_name_stop_at_a_limit() {
    let mut groups = String::from("<xsd:group name=\"G5000\"><xsd:sequence/></xsd:group>");
    for link in 0..5_000 {
        let next = link + 1;
        groups.push_str(&format!(
            "<xsd:group name=\"G{link}\"><xsd:sequence><xsd:element name=\"E\"><xsd:complexType>\
             <xsd:group ref=\"G{next}\"/></xsd:complexType></xsd:element></xsd:sequence></xsd:group>"
        ));
    }
    groups.push_str("<xsd:complexType name=\"Deep\"><xsd:group ref=\"G0\"/></xsd:complexType>");
    let text = with(&[("    </xsd:schema>", &format!("{groups}</xsd:schema>"))]);
    assert_eq!(refusal(&[("a.wsdl", &text)]).code(), "wsdl-limit");
}

#[test]
fn services_of_one_name_are_kept_apart_unless_they_are_two_releases_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let other = |changes: &[(&str, &str)]| {
        fs::write(folder.path().join("a.wsdl"), GOOD).unwrap();
        fs::write(folder.path().join("b.wsdl"), with(changes)).unwrap();
        Generator::new().wsdl(folder.path()).generate()
    };
    // Another namespace; or another operation, under the name that a tool gave.
    for changes in [
        [
            (
                "targetNamespace=\"urn:test\">\n  <types",
                "targetNamespace=\"urn:else\">\n  <types",
            ),
            ("t:Rq\"", "e:Rq\""),
        ],
        [
            ("operation name=\"ThingInq\"", "operation name=\"ThingAdd\""),
            ("urn:test/ThingInq", "urn:test/ThingAdd"),
        ],
    ] {
        let changes: Vec<(&str, &str)> = match changes[0].0.starts_with("target") {
            true => vec![
                changes[0],
                (
                    "xmlns:t=\"urn:test\"",
                    "xmlns:t=\"urn:test\" xmlns:e=\"urn:else\"",
                ),
                ("message=\"t:", "message=\"e:"),
                ("type=\"t:Sample\"", "type=\"e:Sample\""),
                ("binding=\"t:", "binding=\"e:"),
            ],
            false => changes.to_vec(),
        };
        let output = other(&changes).unwrap();
        let told: Vec<_> = output.diagnostics.iter().map(|told| told.code).collect();
        assert_eq!(told, ["services-apart"]);
        assert_eq!((output.counts.services, output.counts.operations), (2, 2));
        assert!(source(&output).contains("SERVICE: &'static str = \"Sample_2\""));
    }
    let error = other(&[("soapAction=\"urn:test/ThingInq\"", "soapAction=\"new\"")]).unwrap_err();
    assert_eq!(error.code(), "wsdl-name-clash");
}

#[test]
fn modules_have_names_that_are_files_everywhere() {
    for name in ["lib", "Main", "BIN", "con", "Aux", "COM1", "mod"] {
        let text = with(&[
            (
                "service name=\"SampleService\"",
                &format!("service name=\"{name}\""),
            ),
            (
                "operation name=\"ThingInq\"",
                &format!("operation name=\"{name}\""),
            ),
        ]);
        let output = output(&text);
        assert_eq!(remarks(&output), [], "{name}");
        let own = name.to_lowercase();
        for (path, _) in &output.files {
            let mut parts = path.split('/').map(|part| part.trim_end_matches(".rs"));
            assert!(
                path == "src/lib.rs" || !parts.any(|part| part == own),
                "{path}"
            );
        }
    }
}
