//! Reads a `definitions` element.

use super::{
    Binding, BindingOperation, Definitions, MIME, Message, MessageUse, Part, Port, PortOperation,
    PortType, SOAP11, SOAP12, Service, SoapVersion, WSDL,
};
use crate::doc::Doc;
use crate::error::Error;
use crate::qname::QName;
use crate::xml::Element;

/// Reads a WSDL document; its schemas are left to the loader.
pub(crate) fn read(root: &Element) -> Result<Definitions, Error> {
    if !root.is(WSDL, "definitions") {
        return Err(Error::WrongRoot {
            place: root.place.clone(),
            expected: "a WSDL 1.1 document",
            found: root.name.local().to_owned(),
        });
    }
    let namespace = root.attribute("targetNamespace").unwrap_or_default();
    let mut definitions = Definitions::default();
    for child in root
        .elements()
        .filter(|child| child.name.namespace() == WSDL)
    {
        let name = || Ok::<_, Error>(QName::new(namespace, child.own_name()?));
        match child.name.local() {
            "import" => {
                let location = child.required("location")?.to_owned();
                definitions.imports.push((child.place.clone(), location));
            }
            "message" => definitions.messages.push(Message {
                name: name()?,
                parts: parts(child)?,
            }),
            "portType" => {
                let operations = child.named(WSDL, "operation").map(port_operation);
                let operations = operations.collect::<Result<_, _>>()?;
                definitions.port_types.push(PortType {
                    name: name()?,
                    operations,
                });
            }
            "binding" => definitions.bindings.push(binding(child, name()?)?),
            "service" => definitions.services.push(service(child)?),
            _ => {}
        }
    }
    Ok(definitions)
}

fn parts(message: &Element) -> Result<Vec<Part>, Error> {
    let part = |part: &Element| {
        Ok(Part {
            place: part.place.clone(),
            name: part.own_name()?.to_owned(),
            element: part.qname("element")?,
        })
    };
    message.named(WSDL, "part").map(part).collect()
}

fn port_operation(operation: &Element) -> Result<PortOperation, Error> {
    let message = |from: &Element| {
        Ok::<_, Error>(MessageUse {
            place: from.place.clone(),
            message: from.required_qname("message")?,
        })
    };
    Ok(PortOperation {
        place: operation.place.clone(),
        name: operation.own_name()?.to_owned(),
        doc: Doc::of(operation),
        input: operation
            .named(WSDL, "input")
            .next()
            .map(message)
            .transpose()?,
        output: operation
            .named(WSDL, "output")
            .next()
            .map(message)
            .transpose()?,
        faults: operation
            .named(WSDL, "fault")
            .map(message)
            .collect::<Result<_, _>>()?,
    })
}

fn binding(from: &Element, name: QName) -> Result<Binding, Error> {
    let extension = |namespace| from.named(namespace, "binding").next();
    let (soap, extension) = match (extension(SOAP11), extension(SOAP12)) {
        (Some(binding), _) => (Some(SoapVersion::V1_1), Some(binding)),
        (None, Some(binding)) => (Some(SoapVersion::V1_2), Some(binding)),
        (None, None) => (None, None),
    };
    let style = extension
        .and_then(|binding| binding.attribute("style"))
        .unwrap_or("document");
    let operations = from
        .named(WSDL, "operation")
        .map(|operation| binding_operation(operation, style));
    Ok(Binding {
        name,
        port_type: from.required_qname("type")?,
        place: from.place.clone(),
        soap,
        operations: operations.collect::<Result<_, _>>()?,
    })
}

/// Whether an element belongs to the SOAP binding.
fn is_soap(element: &Element, local: &str) -> bool {
    element.name.local() == local && [SOAP11, SOAP12].contains(&element.name.namespace())
}

fn binding_operation(from: &Element, style: &str) -> Result<BindingOperation, Error> {
    let mut operation = BindingOperation {
        name: from.own_name()?.to_owned(),
        action: String::new(),
        unsupported: None,
        input_part: None,
        output_part: None,
    };
    let mut style = style;
    if let Some(soap) = from.elements().find(|child| is_soap(child, "operation")) {
        operation.action = soap.attribute("soapAction").unwrap_or_default().to_owned();
        style = soap.attribute("style").unwrap_or(style);
    }
    if style != "document" {
        operation.unsupported = Some((from.place.clone(), format!("binding style `{style}`")));
    }
    for child in from
        .elements()
        .filter(|child| child.name.namespace() == WSDL)
    {
        let body = match child.name.local() {
            "input" => &mut operation.input_part,
            "output" => &mut operation.output_part,
            _ => continue,
        };
        for extension in child.elements() {
            let construct = if extension.name.namespace() == MIME {
                Some("a MIME binding".to_owned())
            } else if is_soap(extension, "header") {
                Some("a declared SOAP header".to_owned())
            } else if is_soap(extension, "body") {
                *body = extension
                    .attribute("parts")
                    .map(|parts| parts.trim().to_owned());
                let encoded = extension.attribute("use") == Some("encoded");
                encoded.then(|| "SOAP encoding (`use=\"encoded\"`)".to_owned())
            } else {
                None
            };
            if let Some(construct) = construct {
                operation
                    .unsupported
                    .get_or_insert((extension.place.clone(), construct));
            }
        }
    }
    Ok(operation)
}

fn service(from: &Element) -> Result<Service, Error> {
    let port = |port: &Element| {
        let address = port
            .elements()
            .find(|child| child.name.local() == "address");
        let address = address
            .and_then(|address| address.attribute("location"))
            .unwrap_or_default();
        Ok(Port {
            place: port.place.clone(),
            binding: port.required_qname("binding")?,
            address: address.trim().to_owned(),
        })
    };
    Ok(Service {
        place: from.place.clone(),
        name: from.own_name()?.to_owned(),
        doc: Doc::of(from),
        ports: from
            .named(WSDL, "port")
            .map(port)
            .collect::<Result<_, Error>>()?,
    })
}
