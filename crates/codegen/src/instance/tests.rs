//! Messages drawn from small schemas.

use super::*;

/// A contract with one operation `Op`, whose request is the element `Rq` of this schema.
pub(super) fn contract(schema: &str) -> Instances {
    contract_of(schema, &[])
}

/// The same, with some texts of the WSDL replaced.
fn contract_of(schema: &str, changes: &[(&str, &str)]) -> Instances {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.wsdl");
    let text = format!(
        "<w:definitions xmlns:w='http://schemas.xmlsoap.org/wsdl/' xmlns:x='http://www.w3.org/2001/XMLSchema' \
         xmlns:s='http://schemas.xmlsoap.org/wsdl/soap/' xmlns:t='urn:t' targetNamespace='urn:t'>\
         <w:types><x:schema targetNamespace='urn:t' elementFormDefault='qualified'>{schema}\
         <x:element name='Rs' type='x:string'/></x:schema></w:types>\
         <w:message name='Rq'><w:part name='p' element='t:Rq'/></w:message>\
         <w:message name='Rs'><w:part name='p' element='t:Rs'/></w:message>\
         <w:portType name='P'><w:operation name='Op'><w:input message='t:Rq'/><w:output message='t:Rs'/>\
         </w:operation></w:portType>\
         <w:binding name='B' type='t:P'><s:binding transport='http://schemas.xmlsoap.org/soap/http'/>\
         <w:operation name='Op'><s:operation soapAction=''/><w:input><s:body use='literal'/></w:input>\
         <w:output><s:body use='literal'/></w:output></w:operation></w:binding>\
         <w:service name='OneService'><w:port name='p' binding='t:B'><s:address location='http://a.invalid/'/>\
         </w:port></w:service><w:service name='TwoService'><w:port name='p' binding='t:B'>\
         <s:address location='http://a.invalid/'/></w:port></w:service></w:definitions>"
    );
    let text = changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    std::fs::write(&file, text).unwrap();
    std::fs::write(folder.path().join("beside.xsd"), BESIDE).unwrap();
    Instances::read([file]).unwrap()
}

/// A schema without namespace, for others to include.
const BESIDE: &str = "<x:schema xmlns:x='http://www.w3.org/2001/XMLSchema'><x:group name='G'><x:sequence>\
    <x:element name='First' type='Kept'/><x:element ref='Mark'/></x:sequence></x:group>\
    <x:element name='Mark' type='x:int'/><x:complexType name='Kept'><x:sequence><x:element name='A' type='x:int'/>\
    </x:sequence><x:attributeGroup ref='Ag'/></x:complexType>\
    <x:attributeGroup name='Ag'><x:attribute name='at' use='required'/></x:attributeGroup></x:schema>";

#[test]
fn a_chameleon_and_what_is_redefined_in_it_are_drawn() {
    let contract = contract(
        "<x:redefine schemaLocation='beside.xsd'><x:group name='G'><x:sequence><x:group ref='t:G'/>\
         <x:element name='More' type='x:int'/></x:sequence></x:group><x:complexType name='Kept'><x:complexContent>\
         <x:extension base='t:Kept'><x:sequence><x:element name='B' type='x:int'/></x:sequence></x:extension>\
         </x:complexContent></x:complexType></x:redefine>\
         <x:element name='Rq'><x:complexType><x:group ref='t:G'/></x:complexType></x:element>",
    );
    let drawn = request(&contract, Amount::Full, 1).unwrap();
    let mut at = 0;
    for part in ["First at=", "A>", "B>", "Mark>", "More>"] {
        let next = drawn[at..].find(part);
        at += next.unwrap_or_else(|| panic!("{part}: {drawn}"));
    }
    // The group's own elements are unqualified, as its document says; the global one moved with the chameleon.
    assert!(
        drawn.contains("<First ") && drawn.contains(":Mark>"),
        "{drawn}"
    );
}

#[test]
fn what_soap_makes_of_messages_is_drawn_as_wsdl_describes_it() {
    let ty = "<x:complexType name='Rq'><x:sequence><x:element name='A' type='x:int'/></x:sequence></x:complexType>";
    let by_type = ("part name='p' element='t:Rq'", "part name='p' type='t:Rq'");
    let rpc = ("<s:binding transport", "<s:binding style='rpc' transport");
    let parts = (
        "<w:part name='p' element='t:Rs'/>",
        "<w:part name='x' type='x:string'/><w:part name='y' type='t:Rq'/>",
    );
    let namespace = ("use='literal'", "use='literal' namespace='urn:w&amp;'");
    let wrapped = contract_of(ty, &[by_type, rpc, parts, namespace]);
    let plan = Plan::new(Amount::Full);
    let random = &mut Random::seeded(1);
    let drawn = wrapped.request("One.Op", &plan, random).unwrap();
    assert_eq!(
        drawn,
        "<n1:Op xmlns:n0=\"urn:t\" xmlns:n1=\"urn:w&amp;\"><p><n0:A>95</n0:A></p></n1:Op>"
    );
    let drawn = wrapped.response("One.Op", &plan, random).unwrap();
    assert!(
        drawn.contains("OpResponse") && drawn.contains("<x>text</x><y>"),
        "{drawn}"
    );
    // A part of document style that names a type names the element, too.
    let bare = contract_of(ty, &[by_type]);
    let drawn = bare.request("One.Op", &plan, random).unwrap();
    assert!(
        drawn.starts_with("<p ") && drawn.ends_with("</p>"),
        "{drawn}"
    );
}

fn request(contract: &Instances, amount: Amount, seed: u64) -> Result<String, Error> {
    contract.request("One.Op", &Plan::new(amount), &mut Random::seeded(seed))
}

#[test]
fn amounts_hold_nothing_or_everything_that_is_optional() {
    let contract = contract(
        "<x:element name='Rq'><x:complexType><x:sequence><x:element name='A' type='x:int'/>\
         <x:element name='B' type='x:string' minOccurs='0'/>\
         <x:choice><x:element name='C' type='x:boolean'/><x:element name='D' type='x:date'/></x:choice>\
         <x:any minOccurs='0' processContents='lax'/></x:sequence>\
         <x:attribute name='one' use='required' fixed='1'/><x:attribute name='two'/></x:complexType></x:element>",
    );
    let least = request(&contract, Amount::Least, 1).unwrap();
    assert!(
        least.starts_with("<Rq xmlns=\"urn:t\" one=\"1\"><A>"),
        "{least}"
    );
    assert!(least.contains("</A><C>"), "{least}");
    let full = request(&contract, Amount::Full, 1).unwrap();
    assert!(
        full.contains("<B>text</B><C>") && full.contains(" two="),
        "{full}"
    );
    assert!(!full.contains("Unheard"), "{full}");
    let random: String = (0..50)
        .map(|seed| request(&contract, Amount::Random, seed).unwrap())
        .collect();
    for part in ["<B", "<D>", "Unheard", "<n0:Rq"] {
        assert!(random.contains(part), "{part}");
    }
}

#[test]
fn a_seed_gives_the_same_message_each_time() {
    let contract = contract(
        "<x:element name='Rq'><x:complexType><x:sequence>\
         <x:element name='A' type='x:string' maxOccurs='9'/></x:sequence></x:complexType></x:element>",
    );
    let drawn = |seed| request(&contract, Amount::Random, seed).unwrap();
    assert_eq!(drawn(5), drawn(5));
    assert!((0..20).any(|seed| drawn(seed) != drawn(5)));
}

#[test]
fn recursion_ends_where_the_schema_lets_it() {
    let contract = contract(
        "<x:element name='Rq' type='t:Node'/><x:complexType name='Node'><x:choice>\
         <x:sequence><x:element name='L' type='t:Node'/><x:element name='R' type='t:Node'/></x:sequence>\
         <x:element name='Leaf' type='x:string'/></x:choice></x:complexType>",
    );
    for amount in [Amount::Least, Amount::Typical, Amount::Full, Amount::Random] {
        let message = request(&contract, amount, 2).unwrap();
        assert!(message.contains("Leaf"), "{message}");
    }
}

#[test]
fn recursion_without_end_is_told_with_its_place() {
    let contract = contract(
        "<x:element name='Rq' type='t:Node'/><x:complexType name='Node'><x:sequence>\
         <x:element name='Next' type='t:Node'/></x:sequence></x:complexType>",
    );
    let error = request(&contract, Amount::Least, 1).unwrap_err();
    assert_eq!(error.code(), "wsdl-unsupported");
    assert!(error.place().is_some());
}

#[test]
fn required_branches_that_multiply_are_bounded() {
    let mut schema = "<x:element name='Rq' type='t:T0'/>".to_owned();
    for level in 0..30 {
        let next = level + 1;
        schema.push_str(&format!(
            "<x:complexType name='T{level}'><x:sequence><x:element name='E' type='t:T{next}' minOccurs='50' \
             maxOccurs='50'/></x:sequence></x:complexType>"
        ));
    }
    schema.push_str("<x:simpleType name='T30'><x:restriction base='x:string'/></x:simpleType>");
    let error = request(&contract(&schema), Amount::Least, 1).unwrap_err();
    assert_eq!(error.code(), "wsdl-limit");
}

#[test]
fn abstract_types_and_elements_are_replaced() {
    let contract = contract(
        "<x:element name='Rq'><x:complexType><x:sequence><x:element name='A' type='t:Base'/>\
         <x:element ref='t:Head'/></x:sequence></x:complexType></x:element>\
         <x:complexType name='Base' abstract='true'><x:sequence><x:element name='B' type='x:int'/></x:sequence>\
         </x:complexType><x:complexType name='Derived'><x:complexContent><x:extension base='t:Base'><x:sequence>\
         <x:element name='C' type='x:int'/></x:sequence></x:extension></x:complexContent></x:complexType>\
         <x:element name='Head' abstract='true' type='x:string'/>\
         <x:element name='Member' substitutionGroup='t:Head' type='x:string'/>",
    );
    let message = request(&contract, Amount::Least, 1).unwrap();
    assert!(message.contains("xsi:type=\"n1:Derived\""), "{message}");
    assert!(message.contains("</B><C>"), "{message}");
    assert!(message.contains("<Member>text</Member>"), "{message}");
}

#[test]
fn enumerated_names_have_a_prefix_that_is_declared() {
    let contract = contract(
        "<x:element name='Rq'><x:simpleType><x:restriction base='x:QName'>\
         <x:enumeration value='far:One' xmlns:far='urn:far'/></x:restriction></x:simpleType></x:element>",
    );
    assert_eq!(
        request(&contract, Amount::Least, 1).unwrap(),
        "<Rq xmlns=\"urn:t\" xmlns:n0=\"urn:far\">n0:One</Rq>"
    );
    // Any other prefix is as good; another name is not.
    for (text, violations) in [("p:One", 0), ("One", 0), ("p:Two", 1)] {
        let message = format!("<Rq xmlns='urn:t' xmlns:p='urn:far'>{text}</Rq>");
        let message = Message::read(message.as_bytes()).unwrap();
        let found = contract.check_request("One.Op", &message).unwrap();
        assert_eq!(found.len(), violations, "{text}");
    }
}

#[test]
fn an_unclear_name_is_answered_with_those_that_are_meant() {
    let contract = contract("<x:element name='Rq' type='x:string'/>");
    assert_eq!(contract.operations(), ["One.Op", "Two.Op"]);
    let plan = Plan::default();
    let asked = |name| contract.response(name, &plan, &mut Random::seeded(1));
    let Err(Error::AmbiguousOperation { names, .. }) = asked("Op") else {
        panic!("two services have it");
    };
    assert_eq!(names, ["One.Op", "Two.Op"]);
    let Err(Error::UnknownOperation { similar, .. }) = asked("Nowhere") else {
        panic!("nobody has it");
    };
    assert!(similar.is_empty());
    let error = contract
        .fault("One.Op", &plan, &mut Random::seeded(1))
        .unwrap_err();
    assert_eq!(error.code(), "wsdl-unsupported");
}

#[test]
fn wildcards_hold_what_they_admit() {
    let holder = |of: &str, any: &str| {
        format!(
            "<x:element name='{of}'><x:complexType><x:sequence>{any}</x:sequence><x:anyAttribute/></x:complexType></x:element>"
        )
    };
    // Strictly one of this namespace, which is not the element itself: that would never end.
    let any = "<x:any namespace='##targetNamespace'/>";
    let strict = contract(&holder("Rq", any));
    for seed in 0..40 {
        let drawn = request(&strict, Amount::Random, seed).unwrap();
        assert!(
            drawn.contains("Rs") && !drawn.contains("unheard"),
            "{drawn}"
        );
    }
    let other = contract(&holder("Rq", "<x:any namespace='##other'/>"));
    let error = request(&other, Amount::Least, 1).unwrap_err();
    assert!(
        error.to_string().contains("no schema here declares"),
        "{error}"
    );
    let lax = contract(&holder(
        "Rq",
        "<x:any namespace='##other' processContents='lax'/>",
    ));
    assert!(request(&lax, Amount::Least, 1).is_ok());
}
