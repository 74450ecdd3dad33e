//! Compares what our WSDL reader sees with what yaserde sees.

use yaserde::YaDeserialize;

use super::folders;
use crate::contract::Contract;
use crate::input::Input;

#[derive(Debug, Default, PartialEq, YaDeserialize)]
#[yaserde(
    rename = "definitions",
    prefix = "w",
    namespaces = {
        "w" = "http://schemas.xmlsoap.org/wsdl/",
        "s" = "http://schemas.xmlsoap.org/wsdl/soap/"
    }
)]
struct Definitions {
    #[yaserde(prefix = "w", rename = "message")]
    messages: Vec<Message>,
    #[yaserde(prefix = "w", rename = "portType")]
    port_types: Vec<PortType>,
    #[yaserde(prefix = "w", rename = "binding")]
    bindings: Vec<Binding>,
    #[yaserde(prefix = "w", rename = "service")]
    services: Vec<Service>,
}

#[derive(Debug, Default, PartialEq, YaDeserialize)]
#[yaserde(prefix = "w", namespaces = { "w" = "http://schemas.xmlsoap.org/wsdl/" })]
struct Message {
    #[yaserde(attribute = true)]
    name: String,
    #[yaserde(prefix = "w", rename = "part")]
    parts: Vec<Part>,
}

#[derive(Debug, Default, PartialEq, YaDeserialize)]
#[yaserde(prefix = "w", namespaces = { "w" = "http://schemas.xmlsoap.org/wsdl/" })]
struct Part {
    #[yaserde(attribute = true)]
    element: String,
}

#[derive(Debug, Default, PartialEq, YaDeserialize)]
#[yaserde(prefix = "w", namespaces = { "w" = "http://schemas.xmlsoap.org/wsdl/" })]
struct PortType {
    #[yaserde(prefix = "w", rename = "operation")]
    operations: Vec<PortOperation>,
}

#[derive(Debug, Default, PartialEq, YaDeserialize)]
#[yaserde(prefix = "w", namespaces = { "w" = "http://schemas.xmlsoap.org/wsdl/" })]
struct PortOperation {
    #[yaserde(attribute = true)]
    name: String,
    #[yaserde(prefix = "w", rename = "input")]
    input: MessageUse,
    #[yaserde(prefix = "w", rename = "output")]
    output: MessageUse,
}

#[derive(Debug, Default, PartialEq, YaDeserialize)]
#[yaserde(prefix = "w", namespaces = { "w" = "http://schemas.xmlsoap.org/wsdl/" })]
struct MessageUse {
    #[yaserde(attribute = true)]
    message: String,
}

#[derive(Debug, Default, PartialEq, YaDeserialize)]
#[yaserde(
    prefix = "w",
    namespaces = {
        "w" = "http://schemas.xmlsoap.org/wsdl/",
        "s" = "http://schemas.xmlsoap.org/wsdl/soap/"
    }
)]
struct Binding {
    #[yaserde(prefix = "w", rename = "operation")]
    operations: Vec<BindingOperation>,
}

#[derive(Debug, Default, PartialEq, YaDeserialize)]
#[yaserde(
    prefix = "w",
    namespaces = {
        "w" = "http://schemas.xmlsoap.org/wsdl/",
        "s" = "http://schemas.xmlsoap.org/wsdl/soap/"
    }
)]
struct BindingOperation {
    #[yaserde(attribute = true)]
    name: String,
    #[yaserde(prefix = "s", rename = "operation")]
    soap: SoapOperation,
}

#[derive(Debug, Default, PartialEq, YaDeserialize)]
#[yaserde(prefix = "s", namespaces = { "s" = "http://schemas.xmlsoap.org/wsdl/soap/" })]
struct SoapOperation {
    #[yaserde(attribute = true, rename = "soapAction")]
    action: String,
}

#[derive(Debug, Default, PartialEq, YaDeserialize)]
#[yaserde(prefix = "w", namespaces = { "w" = "http://schemas.xmlsoap.org/wsdl/" })]
struct Service {
    #[yaserde(attribute = true)]
    name: String,
}

impl Definitions {
    /// The element that a message puts into the body, without prefix.
    fn element(&self, message: &MessageUse) -> &str {
        let name = message.message.rsplit(':').next().unwrap();
        let message = self
            .messages
            .iter()
            .find(|known| known.name == name)
            .unwrap();
        message.parts[0].element.rsplit(':').next().unwrap()
    }

    fn action(&self, operation: &str) -> &str {
        let bound = self.bindings[0]
            .operations
            .iter()
            .find(|bound| bound.name == operation);
        &bound.unwrap().soap.action
    }
}

#[test]
fn the_wsdl_reader_sees_what_yaserde_sees() {
    let mut operations = 0;
    for folder in folders("the_wsdl_reader_sees_what_yaserde_sees") {
        for path in Input::open(&[folder]).unwrap().contracts() {
            let theirs: Definitions =
                yaserde::de::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            let ours = Contract::read([path]).unwrap();
            assert_eq!(
                (ours.services.len(), theirs.services.len()),
                (1, 1),
                "{path:?}"
            );
            let ours = &ours.services[0];
            assert_eq!(ours.name, theirs.services[0].name);
            let named = |name: Option<&crate::QName>| name.unwrap().local().to_owned();
            let ours: Vec<[String; 4]> = ours
                .operations
                .iter()
                .map(|operation| {
                    let (request, response) = (
                        named(operation.request.as_ref()),
                        named(operation.response.as_ref()),
                    );
                    [
                        operation.name.clone(),
                        operation.action.clone(),
                        request,
                        response,
                    ]
                })
                .collect();
            let theirs: Vec<[String; 4]> = theirs.port_types[0]
                .operations
                .iter()
                .map(|operation| {
                    let element = |message| theirs.element(message).to_owned();
                    let action = theirs.action(&operation.name).to_owned();
                    [
                        operation.name.clone(),
                        action,
                        element(&operation.input),
                        element(&operation.output),
                    ]
                })
                .collect();
            assert_eq!(ours, theirs, "{path:?}");
            operations += ours.len();
        }
    }
    assert!(operations >= 10, "{operations}");
}
