//! Services and their ports, from service through port and binding to port type.

mod body;

use std::collections::BTreeMap;

use super::Components;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Place};
use crate::ir::{self, Operation, Service, ServicePort};
use crate::load::Document;
use crate::qname::QName;
use crate::wsdl::{self, Binding, PortType, Protocol};

/// The services of a contract, and what SOAP makes of their messages.
#[derive(Default)]
pub(super) struct Services {
    pub(super) services: Vec<Service>,
    /// Elements that no schema declares: wrappers, parts that name a type, bodies without element.
    pub(super) elements: BTreeMap<QName, ir::Element>,
    /// The types of those.
    pub(super) types: BTreeMap<QName, ir::Type>,
    pub(super) remarks: Vec<Diagnostic>,
    /// What the elements above are made of.
    pub(super) undeclared: BTreeMap<QName, ir::Undeclared>,
}

/// Makes the services of a contract; remarks on what is left out.
pub(super) fn services(
    document: &Document,
    components: &Components<'_>,
) -> Result<Services, Error> {
    let mut reader = Messages {
        document,
        components,
        made: Services::default(),
    };
    for definitions in &document.definitions {
        reader
            .made
            .remarks
            .extend(definitions.remarks.iter().cloned());
        for service in &definitions.services {
            reader.service(service)?;
        }
    }
    let mut services = document
        .definitions
        .iter()
        .flat_map(|definitions| &definitions.services);
    if services.next().is_none() {
        reader.bindings_alone()?;
    }
    Ok(reader.made)
}

/// What is read, and what was made of it so far.
struct Messages<'a> {
    document: &'a Document,
    components: &'a Components<'a>,
    made: Services,
}

/// A way to the operations of a port type.
struct Way<'a> {
    binding: &'a Binding,
    name: String,
    address: String,
    place: &'a Place,
}

impl<'a> Messages<'a> {
    /// A service for each port type that a service offers by SOAP.
    fn service(&mut self, service: &'a wsdl::Service) -> Result<(), Error> {
        let mut groups: Vec<Vec<Way<'a>>> = Vec::new();
        for port in &service.ports {
            let binding = self.binding(&port.binding, &port.place)?;
            if let Protocol::Other(construct) = &binding.protocol {
                let message = format!("the port `{}` has {construct}; it is left out", port.name);
                self.remark("port-left-out", &port.place, message);
                continue;
            }
            let way = Way {
                binding,
                name: port.name.clone(),
                address: port.address.clone(),
                place: &port.place,
            };
            match groups
                .iter_mut()
                .find(|group| group[0].binding.port_type == binding.port_type)
            {
                Some(group) => group.push(way),
                None => groups.push(vec![way]),
            }
        }
        if groups.is_empty() {
            let message = format!(
                "the service `{}` has no SOAP port; it is left out",
                service.name
            );
            self.remark("service-left-out", &service.place, message);
        }
        let is_alone = groups.len() == 1;
        for group in groups {
            // Ports have names of their own in a document (WSDL 1.1, section 2.6).
            let name = if is_alone {
                None
            } else {
                Some(best(&group).name.clone())
            };
            let name = name.unwrap_or_else(|| service.name.clone());
            let of = (&service.place, &*service.namespace);
            self.offer(name, of, &service.doc, &group)?;
        }
        Ok(())
    }

    /// What a contract without service offers: its SOAP bindings, without an address.
    fn bindings_alone(&mut self) -> Result<(), Error> {
        let mut groups: Vec<Vec<Way<'a>>> = Vec::new();
        let definitions = || self.document.definitions.iter();
        for binding in definitions().flat_map(|definitions| &definitions.bindings) {
            if binding.soap().is_none() {
                continue;
            }
            let way = Way {
                binding,
                name: binding.name.local().to_owned(),
                address: String::new(),
                place: &binding.place,
            };
            match groups
                .iter_mut()
                .find(|group| group[0].binding.port_type == binding.port_type)
            {
                Some(group) => group.push(way),
                None => groups.push(vec![way]),
            }
        }
        if groups.is_empty() {
            let port_type = definitions()
                .flat_map(|definitions| &definitions.port_types)
                .next();
            let (place, what) = match (port_type, self.document.definitions.first()) {
                (Some(ty), _) => {
                    let what = format!("the port type `{}` has no SOAP binding", ty.name.local());
                    (&ty.place, what)
                }
                (None, Some(definitions)) => {
                    (&definitions.place, "the file has no service".to_owned())
                }
                (None, None) => return Ok(()),
            };
            self.remark(
                "no-service",
                place,
                format!("{what}, so there is no operation to call"),
            );
        }
        for group in groups {
            let binding = best(&group).binding;
            let message = format!(
                "no service offers the binding `{}`; its operations have no address of their own",
                binding.name.local()
            );
            self.remark("binding-alone", &binding.place, message);
            let name = binding.port_type.local().to_owned();
            let of = (&binding.place, binding.port_type.namespace());
            self.offer(name, of, &crate::doc::Doc::default(), &group)?;
        }
        Ok(())
    }

    /// Adds the service that a group of ways leads to: by the first SOAP 1.1 port, else the first SOAP 1.2 port.
    fn offer(
        &mut self,
        name: String,
        (place, namespace): (&Place, &str),
        doc: &crate::doc::Doc,
        group: &[Way<'a>],
    ) -> Result<(), Error> {
        let chosen = best(group);
        let soap = chosen.binding.soap().unwrap_or_default();
        for other in group.iter().filter(|other| !std::ptr::eq(*other, chosen)) {
            let version = other.binding.soap().unwrap_or_default();
            let message = format!(
                "`{}` ({version}) offers what `{}` ({soap}) does; the client uses the latter",
                other.name, chosen.name
            );
            self.remark("port-left-out", other.place, message);
        }
        let port_type = self.port_type(&chosen.binding.port_type, &chosen.binding.place)?;
        let operations = self.operations(chosen.binding, port_type)?;
        let others = group.iter().filter(|other| !std::ptr::eq(*other, chosen));
        let ports = std::iter::once(chosen)
            .chain(others)
            .map(|way| ServicePort {
                name: way.name.clone(),
                soap: way.binding.soap().unwrap_or_default(),
                address: way.address.clone(),
            });
        self.made.services.push(Service {
            place: place.clone(),
            namespace: namespace.to_owned(),
            name,
            version: None,
            doc: doc.clone(),
            address: chosen.address.clone(),
            ports: ports.collect(),
            operations,
            module: String::new(),
        });
        Ok(())
    }

    fn operations(&mut self, binding: &Binding, ty: &PortType) -> Result<Vec<Operation>, Error> {
        for bound in &binding.operations {
            if !ty
                .operations
                .iter()
                .any(|operation| operation.name == bound.name)
            {
                let name = QName::new("", bound.name.as_str());
                return Err(dangling(&bound.place, "operation of the port type", &name));
            }
        }
        let mut operations = Vec::new();
        for (index, operation) in ty.operations.iter().enumerate() {
            let before = &ty.operations[..index];
            let nth = before
                .iter()
                .filter(|other| other.name == operation.name)
                .count();
            let bound = bound(binding, operation, nth);
            operations.push(self.operation(binding, operation, bound, nth)?);
        }
        Ok(operations)
    }

    fn binding(&self, name: &QName, place: &Place) -> Result<&'a Binding, Error> {
        let definitions = self.document.definitions.iter();
        let mut bindings = definitions.flat_map(|definitions| &definitions.bindings);
        bindings
            .find(|binding| binding.name == *name)
            .ok_or_else(|| dangling(place, "binding", name))
    }

    fn port_type(&self, name: &QName, place: &Place) -> Result<&'a PortType, Error> {
        let definitions = self.document.definitions.iter();
        let mut types = definitions.flat_map(|definitions| &definitions.port_types);
        types
            .find(|ty| ty.name == *name)
            .ok_or_else(|| dangling(place, "port type", name))
    }

    fn remark(&mut self, code: &'static str, place: &Place, message: String) {
        self.made
            .remarks
            .push(Diagnostic::new(code, place, message));
    }
}

/// What a binding says of an operation, of which so many of the same name stand before.
///
/// Operations that share a name are told apart by the names of their messages (WSDL 1.1, section 2.5), and where those
/// say nothing, bound in their order.
fn bound<'b>(
    binding: &'b Binding,
    operation: &wsdl::PortOperation,
    nth: usize,
) -> Option<&'b wsdl::BindingOperation> {
    let of_name = |bound: &&wsdl::BindingOperation| bound.name == operation.name;
    // Their default names (WSDL 1.1, section 2.4.5).
    let defaults = match &operation.output {
        Some(_) => ["Request", "Response"].map(|end| format!("{}{end}", operation.name)),
        None => [operation.name.clone(), String::new()],
    };
    let mut by_messages = binding.operations.iter().filter(|bound| {
        let mut names = bound
            .messages
            .iter()
            .zip(&operation.messages)
            .zip(&defaults);
        of_name(bound)
            && bound.messages != [None, None]
            && names.all(|((bound, own), default)| {
                bound.is_none() || bound.as_ref() == Some(own.as_ref().unwrap_or(default))
            })
    });
    match (by_messages.next(), by_messages.next()) {
        (Some(only), None) => Some(only),
        _ => binding.operations.iter().filter(of_name).nth(nth),
    }
}

/// The way by which most operations can be called; of several the first by SOAP 1.1, else the first.
///
/// A group has one at least.
fn best<'w, 'a>(group: &'w [Way<'a>]) -> &'w Way<'a> {
    let is_callable = |bound: &&wsdl::BindingOperation| {
        let mut messages = bound.input.iter().chain(&bound.output);
        messages.all(|message| message.unsupported.is_none())
    };
    let worth = |way: &Way<'_>| {
        let callable = way.binding.operations.iter().filter(is_callable);
        let is_first_version = way.binding.soap() == Some(wsdl::SoapVersion::V1_1);
        (callable.count(), is_first_version)
    };
    group.iter().fold(
        &group[0],
        |best, way| {
            if worth(way) > worth(best) { way } else { best }
        },
    )
}

fn dangling(place: &Place, kind: &'static str, name: &QName) -> Error {
    Error::Dangling {
        place: place.clone(),
        kind,
        name: name.to_string(),
    }
}
