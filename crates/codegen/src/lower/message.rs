//! Services and operations, from service through port, binding and port type to the message elements.

use super::Components;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Place};
use crate::ir::{Operation, Service};
use crate::load::Document;
use crate::qname::QName;
use crate::wsdl::{self, Binding, BindingOperation, MessageUse, PortOperation};

/// Makes the services of a contract; remarks on what is left out.
pub(super) fn services(
    document: &Document,
    components: &Components<'_>,
) -> Result<(Vec<Service>, Vec<Diagnostic>), Error> {
    let mut reader = Messages {
        document,
        components,
        remarks: Vec::new(),
    };
    let mut services = Vec::new();
    for definitions in &document.definitions {
        for service in &definitions.services {
            services.extend(reader.service(service)?);
        }
    }
    let has_none = document
        .definitions
        .iter()
        .all(|definitions| definitions.services.is_empty());
    if has_none {
        let place = Place {
            file: document.file.clone(),
            line: 1,
        };
        let message = "the file has no service, so no operation can be called".to_owned();
        reader
            .remarks
            .push(Diagnostic::new("no-service", &place, message));
    }
    Ok((services, reader.remarks))
}

struct Messages<'a> {
    document: &'a Document,
    components: &'a Components<'a>,
    remarks: Vec<Diagnostic>,
}

impl<'a> Messages<'a> {
    /// A service by its SOAP 1.1 port, else its SOAP 1.2 port; `None` when it has neither.
    fn service(&mut self, service: &wsdl::Service) -> Result<Option<Service>, Error> {
        let mut chosen: Option<(&Binding, &wsdl::Port)> = None;
        let mut bindings = Vec::new();
        for port in &service.ports {
            let binding = self.binding(&port.binding, &port.place)?;
            bindings.push((binding, port));
            let better = chosen.is_none_or(|(best, _)| binding.soap < best.soap);
            if binding.soap.is_some() && better {
                chosen = Some((binding, port));
            }
        }
        let Some((binding, port)) = chosen else {
            let message = format!("`{}` has no SOAP port; it is left out", service.name);
            self.remarks
                .push(Diagnostic::new("service-left-out", &service.place, message));
            return Ok(None);
        };
        // Other ports usually offer the same operations another way; those that do not are told.
        for (other, port) in bindings {
            if other.port_type != binding.port_type {
                let port_type = other.port_type.local();
                let message = format!(
                    "a port of `{}` offers `{port_type}`; it is left out",
                    service.name
                );
                self.remarks
                    .push(Diagnostic::new("port-left-out", &port.place, message));
            }
        }
        let port_type = self.port_type(&binding.port_type, &binding.place)?;
        let operations = port_type
            .operations
            .iter()
            .map(|operation| self.operation(binding, operation));
        Ok(Some(Service {
            place: service.place.clone(),
            name: service.name.clone(),
            doc: service.doc.clone(),
            address: port.address.clone(),
            operations: operations.collect::<Result<_, _>>()?,
            module: String::new(),
        }))
    }

    fn binding(&self, name: &QName, place: &Place) -> Result<&'a Binding, Error> {
        let mut bindings = self
            .document
            .definitions
            .iter()
            .flat_map(|definitions| &definitions.bindings);
        bindings
            .find(|binding| binding.name == *name)
            .ok_or_else(|| dangling(place, "binding", name))
    }

    fn port_type(&self, name: &QName, place: &Place) -> Result<&'a wsdl::PortType, Error> {
        let mut types = self
            .document
            .definitions
            .iter()
            .flat_map(|definitions| &definitions.port_types);
        types
            .find(|ty| ty.name == *name)
            .ok_or_else(|| dangling(place, "port type", name))
    }

    fn operation(&self, binding: &Binding, operation: &PortOperation) -> Result<Operation, Error> {
        let place = &operation.place;
        let bound = binding
            .operations
            .iter()
            .find(|bound| bound.name == operation.name);
        let Some(bound) = bound else {
            let (place, name) = (binding.place.clone(), operation.name.clone());
            return Err(Error::Dangling {
                place,
                kind: "operation of the binding",
                name,
            });
        };
        let mut made = Operation {
            place: place.clone(),
            name: operation.name.clone(),
            doc: operation.doc.clone(),
            action: bound.action.clone(),
            input: None,
            output: None,
            faults: Vec::new(),
            unsupported: bound.unsupported.clone(),
            module: String::new(),
            rust: String::new(),
        };
        let BindingOperation {
            input_part,
            output_part,
            ..
        } = bound;
        made.input = self.element(
            operation.input.as_ref(),
            input_part.as_deref(),
            &mut made.unsupported,
        )?;
        made.output = self.element(
            operation.output.as_ref(),
            output_part.as_deref(),
            &mut made.unsupported,
        )?;
        for fault in &operation.faults {
            made.faults
                .extend(self.element(Some(fault), None, &mut made.unsupported)?);
        }
        if made.input.is_none() || made.output.is_none() {
            let construct = "an operation without request or without response".to_owned();
            made.unsupported.get_or_insert((place.clone(), construct));
        }
        Ok(made)
    }

    /// The element that a message puts into the body.
    fn element(
        &self,
        used: Option<&MessageUse>,
        part: Option<&str>,
        unsupported: &mut Option<(Place, String)>,
    ) -> Result<Option<QName>, Error> {
        let Some(MessageUse {
            place,
            message: name,
        }) = used
        else {
            return Ok(None);
        };
        let mut messages = self
            .document
            .definitions
            .iter()
            .flat_map(|definitions| &definitions.messages);
        let message = messages.find(|message| message.name == *name);
        let message = message.ok_or_else(|| dangling(place, "message", name))?;
        let mut parts = message
            .parts
            .iter()
            .filter(|candidate| part.is_none_or(|part| candidate.name == part));
        let (first, second) = (parts.next(), parts.next());
        if let Some(second) = second {
            let construct = "a body of several message parts".to_owned();
            unsupported.get_or_insert((second.place.clone(), construct));
        }
        let Some(first) = first else {
            unsupported.get_or_insert((place.clone(), "an empty body".to_owned()));
            return Ok(None);
        };
        let Some(element) = &first.element else {
            unsupported.get_or_insert((
                first.place.clone(),
                "a message part that names a type".to_owned(),
            ));
            return Ok(None);
        };
        if !self.components.first.elements.contains_key(element) {
            return Err(dangling(&first.place, "element", element));
        }
        Ok(Some(element.clone()))
    }
}

fn dangling(place: &Place, kind: &'static str, name: &QName) -> Error {
    Error::Dangling {
        place: place.clone(),
        kind,
        name: name.to_string(),
    }
}
