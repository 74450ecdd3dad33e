//! Reads a `definitions` element.

use super::binding::binding;
use super::{
    Definitions, Import, Message, MessageUse, Part, PartContent, Port, PortOperation, PortType,
    Service, WSDL,
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
    let mut definitions = Definitions {
        place: root.place.clone(),
        imports: Vec::new(),
        messages: Vec::new(),
        port_types: Vec::new(),
        bindings: Vec::new(),
        services: Vec::new(),
        remarks: Vec::new(),
    };
    for child in root
        .elements()
        .filter(|child| child.name.namespace() == WSDL)
    {
        let name = || Ok::<_, Error>(QName::new(namespace, child.own_token()?));
        match child.name.local() {
            "import" => definitions.imports.push(Import {
                place: child.place.clone(),
                namespace: child.attribute("namespace").unwrap_or_default().to_owned(),
                location: child.required("location")?.to_owned(),
            }),
            "message" => definitions.messages.push(Message {
                name: name()?,
                parts: parts(child)?,
            }),
            "portType" => {
                let operations = child.named(WSDL, "operation").map(port_operation);
                let operations = operations.collect::<Result<_, _>>()?;
                definitions.port_types.push(PortType {
                    place: child.place.clone(),
                    name: name()?,
                    operations,
                });
            }
            "binding" => {
                let binding = binding(child, name()?, &mut definitions.remarks)?;
                definitions.bindings.push(binding);
            }
            "service" => definitions.services.push(service(child, namespace)?),
            _ => {}
        }
    }
    Ok(definitions)
}

fn parts(message: &Element) -> Result<Vec<Part>, Error> {
    let part = |part: &Element| {
        Ok(Part {
            place: part.place.clone(),
            name: part.own_token()?.to_owned(),
            content: match (part.qname("element")?, part.qname("type")?) {
                (Some(element), _) => PartContent::Element(element),
                (None, Some(ty)) => PartContent::Type(ty),
                (None, None) => PartContent::Missing,
            },
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
    let speaks = |local: &str| {
        let mut children = operation.elements();
        children.position(|child| child.is(WSDL, local))
    };
    Ok(PortOperation {
        output_first: matches!((speaks("input"), speaks("output")), (Some(input), Some(output)) if output < input),
        place: operation.place.clone(),
        name: operation.own_token()?.to_owned(),
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
        messages: ["input", "output"].map(|local| message_name(operation, local)),
        faults: operation
            .named(WSDL, "fault")
            .map(message)
            .collect::<Result<_, _>>()?,
    })
}

/// The `name` of an `input` or `output`.
pub(super) fn message_name(operation: &Element, local: &str) -> Option<String> {
    let message = operation.named(WSDL, local).next()?;
    Some(message.attribute("name")?.trim().to_owned())
}

fn service(from: &Element, namespace: &str) -> Result<Service, Error> {
    let port = |port: &Element| {
        let address = port
            .elements()
            .find(|child| child.name.local() == "address");
        let address = address
            .and_then(|address| address.attribute("location"))
            .unwrap_or_default();
        Ok(Port {
            place: port.place.clone(),
            name: port.own_token()?.to_owned(),
            binding: port.required_qname("binding")?,
            address: address.trim().to_owned(),
        })
    };
    Ok(Service {
        place: from.place.clone(),
        namespace: namespace.to_owned(),
        name: from.own_token()?.to_owned(),
        doc: Doc::of(from),
        ports: from
            .named(WSDL, "port")
            .map(port)
            .collect::<Result<_, Error>>()?,
    })
}
