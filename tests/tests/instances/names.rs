//! Enumerated names: a sample declares the prefixes of what it holds.

use castile_codegen::instance::{Amount, Instances, Plan, Random};
use castile_tests::{NO_PYTHON, not_run, python};

use super::contracts::SEED;
use super::judge::{Case, judge};

const CONTRACT: &str = r#"<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" xmlns:far="urn:far" xmlns="urn:default" targetNamespace="urn:t">
  <w:types>
    <x:schema targetNamespace="urn:t" elementFormDefault="qualified">
      <x:simpleType name="Code">
        <x:restriction base="x:QName">
          <x:enumeration value="far:One"/><x:enumeration value="t:Two"/><x:enumeration value="Three"/>
        </x:restriction>
      </x:simpleType>
      <x:simpleType name="Either"><x:union memberTypes="x:int t:Code"/></x:simpleType>
      <x:element name="Rq">
        <x:complexType>
          <x:sequence>
            <x:element name="Code" type="t:Code" maxOccurs="9"/><x:element name="Either" type="t:Either" maxOccurs="9"/>
          </x:sequence>
          <x:attribute name="code" type="t:Code" use="required"/>
        </x:complexType>
      </x:element>
      <x:element name="Rs" type="t:Code"/>
    </x:schema>
  </w:types>
  <w:message name="Rq"><w:part name="p" element="t:Rq"/></w:message>
  <w:message name="Rs"><w:part name="p" element="t:Rs"/></w:message>
  <w:portType name="P">
    <w:operation name="Op"><w:input message="t:Rq"/><w:output message="t:Rs"/></w:operation>
  </w:portType>
  <w:binding name="B" type="t:P">
    <s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <w:operation name="Op">
      <s:operation soapAction=""/><w:input><s:body use="literal"/></w:input><w:output><s:body use="literal"/></w:output>
    </w:operation>
  </w:binding>
  <w:service name="One">
    <w:port name="p" binding="t:B"><s:address location="http://a.invalid/"/></w:port>
  </w:service>
</w:definitions>"#;

#[test]
fn enumerated_names_are_valid_where_they_stand() {
    let Some(python) = python() else {
        return not_run(
            "instances::enumerated_names_are_valid_where_they_stand",
            NO_PYTHON,
        );
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let schema = folder.path().join("names.wsdl");
    std::fs::write(&schema, CONTRACT).expect("written");
    let instances = Instances::read([&schema]).expect("the contract is read");
    let mut messages = Vec::new();
    for draw in [Instances::request, Instances::response] {
        for amount in [Amount::Least, Amount::Typical, Amount::Full, Amount::Random] {
            for seed in SEED..SEED + 20 {
                let mut random = Random::seeded(seed);
                let message = draw(&instances, "Op", &Plan::new(amount), &mut random);
                messages.push(message.expect("an instance"));
            }
        }
    }
    // All that the type lists is met, in any of its three namespaces.
    for name in [":One<", ":Two<", ":Three<", ":One\"", ":Two\"", ":Three\""] {
        let meets = |message: &String| message.contains(name);
        assert!(messages.iter().any(meets), "{name}");
    }
    let cases = messages.iter().map(|document| Case {
        schema: schema.clone(),
        label: document.clone(),
        document,
    });
    let cases: Vec<_> = cases.collect();
    let verdict = judge(&python, "names", &cases);
    assert_eq!(verdict.invalid, [""; 0]);
    assert_eq!((verdict.judged, verdict.unusable.len()), (cases.len(), 0));
}
