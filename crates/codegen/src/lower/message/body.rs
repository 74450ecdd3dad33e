//! Operations: what their messages put into bodies, headers and fault details.

use super::{Messages, dangling};
use crate::doc::Doc;
use crate::error::{Error, Place};
use crate::ir::{
    self, Body, Field, Header, Member, Operation, Struct, TypeRef, Undeclared, UndeclaredContent,
    Wire,
};
use crate::lower::types;
use crate::qname::QName;
use crate::schema::Occurs;
use crate::verbatim;
use crate::wsdl::{
    Binding, BindingOperation, BoundMessage, Message, MessageUse, Part, PartContent, PortOperation,
    Style,
};
use crate::xml::is_ncname;

/// A message of an operation on its way into an envelope.
#[derive(Clone, Copy)]
struct Use<'m> {
    binding: &'m Binding,
    operation: &'m BindingOperation,
    used: &'m MessageUse,
    bound: &'m BoundMessage,
    is_answer: bool,
    /// How many operations of the same name stand before.
    nth: usize,
}

impl<'a> Messages<'a> {
    pub(super) fn operation(
        &mut self,
        binding: &Binding,
        operation: &PortOperation,
        bound: Option<&BindingOperation>,
        nth: usize,
    ) -> Result<Operation, Error> {
        let mut made = Operation {
            place: operation.place.clone(),
            name: operation.name.clone(),
            doc: operation.doc.clone(),
            action: String::new(),
            soap: binding.soap().unwrap_or_default(),
            input: None,
            output: None,
            one_way: operation.output.is_none(),
            faults: Vec::new(),
            headers: Vec::new(),
            unsupported: None,
            module: String::new(),
            rust: String::new(),
            fault_rust: String::new(),
        };
        let refuse = |made: &mut Operation, place: &Place, construct: &str| {
            made.unsupported
                .get_or_insert((place.clone(), construct.to_owned()));
        };
        let Some(bound) = bound else {
            refuse(
                &mut made,
                &operation.place,
                "an operation that its binding leaves out",
            );
            return Ok(made);
        };
        made.action.clone_from(&bound.action);
        if operation.input.is_none() {
            refuse(
                &mut made,
                &operation.place,
                "an operation that the service begins (notification)",
            );
        } else if operation.output_first {
            refuse(
                &mut made,
                &operation.place,
                "an operation that the service begins (solicit-response)",
            );
        }
        // A binding that says nothing at all of the messages means them all, plain.
        let plain = BoundMessage::plain(&bound.place);
        let is_plain = bound.input.is_none() && bound.output.is_none();
        let default = |used: &Option<MessageUse>| (is_plain && used.is_some()).then_some(&plain);
        let input = bound.input.as_ref().or(default(&operation.input));
        let output = bound.output.as_ref().or(default(&operation.output));
        let both = [
            ("input", &operation.input, input),
            ("output", &operation.output, output),
        ];
        for (message, used, bound_message) in both {
            let (used, bound_message) = match (used, bound_message) {
                (Some(used), Some(bound)) => (used, bound),
                (None, None) => continue,
                (_, bound_message) => {
                    let at = bound_message
                        .as_ref()
                        .map_or(&bound.place, |message| &message.place);
                    return Err(Error::Mismatch {
                        place: at.clone(),
                        operation: operation.name.clone(),
                        message,
                    });
                }
            };
            let is_answer = message == "output";
            let use_ = Use {
                binding,
                operation: bound,
                used,
                bound: bound_message,
                is_answer,
                nth,
            };
            // What cannot be generated is not followed: encoded parts name types that no schema has to declare.
            let body = match bound_message.unsupported.clone() {
                Some(unsupported) => self.message(used).map(|_| Err(unsupported))?,
                None => self.body(use_)?,
            };
            let construct = match body {
                Err(unsupported) => unsupported,
                Ok(element) => {
                    *(if is_answer {
                        &mut made.output
                    } else {
                        &mut made.input
                    }) = element;
                    self.headers(use_, &mut made.headers)?;
                    continue;
                }
            };
            made.unsupported.get_or_insert(construct);
        }
        if made.unsupported.is_none() {
            self.faults(operation, &mut made.faults)?;
        }
        Ok(made)
    }

    /// The element that a message puts into the body; `None` for a response without one.
    fn body(&mut self, use_: Use<'_>) -> Result<Result<Option<QName>, (Place, String)>, Error> {
        let message = self.message(use_.used)?;
        let parts = body_parts(message, use_)?;
        if use_.operation.style == Style::Rpc {
            return self.wrapper(use_, &parts);
        }
        let [part] = parts.as_slice() else {
            if let Some(second) = parts.get(1) {
                let construct = "a body of several message parts".to_owned();
                return Ok(Err((second.place.clone(), construct)));
            }
            let nothing = (!use_.is_answer)
                .then(|| self.make(use_, &use_.used.place, Wire::Nothing, Struct::default()));
            return Ok(Ok(nothing));
        };
        match &part.content {
            PartContent::Element(element) => self
                .global(element, &part.place)
                .map(|()| Ok(Some(element.clone()))),
            PartContent::Type(ty) => {
                if !is_ncname(&part.name) {
                    let construct = "a part by type whose name no XML element can have".to_owned();
                    return Ok(Err((part.place.clone(), construct)));
                }
                // What such a part means, the specification leaves open; tools have the part name the element.
                let message = format!(
                    "the part `{}` names a type, not an element; the body holds an element of the part's name",
                    part.name
                );
                self.remark("part-by-type", &part.place, message);
                let content = UndeclaredContent::Type(ty.clone());
                let ty = types::reference(self.components, ty, &part.place, "type")?;
                let namespace = use_.bound.namespace.as_deref().unwrap_or_default();
                let name = QName::new(namespace, part.name.as_str());
                let key = key(use_);
                self.undeclared(&key, &part.place, &name, content);
                self.made
                    .elements
                    .insert(key.clone(), element(&part.place, Wire::Other(name), ty));
                Ok(Ok(Some(key)))
            }
            PartContent::Missing => Err(incomplete(part)),
        }
    }

    /// The wrapper that rpc style puts around the parts (WSDL 1.1, section 3.5; Basic Profile R2729, R2735).
    fn wrapper(
        &mut self,
        use_: Use<'_>,
        parts: &[&Part],
    ) -> Result<Result<Option<QName>, (Place, String)>, Error> {
        let mut structure = Struct::default();
        // What names an element has to be a name for one.
        let unnamable = parts.iter().find(|part| !is_ncname(&part.name));
        let unnamable = unnamable.map(|part| &part.place);
        let operation = use_.operation;
        let unnamable =
            unnamable.or_else(|| (!is_ncname(&operation.name)).then_some(&operation.place));
        if let Some(place) = unnamable {
            let construct = "a name of rpc style that no XML element can have".to_owned();
            return Ok(Err((place.clone(), construct)));
        }
        let mut accessors = Vec::new();
        for part in parts {
            let ty = match &part.content {
                PartContent::Type(ty) => {
                    accessors.push((part.name.clone(), ty.clone()));
                    types::reference(self.components, ty, &part.place, "type")?
                }
                PartContent::Element(_) => {
                    let construct = "an rpc part that names an element".to_owned();
                    return Ok(Err((part.place.clone(), construct)));
                }
                PartContent::Missing => return Err(incomplete(part)),
            };
            structure.members.push(Member::Field(field(part, ty)));
        }
        let response = if use_.is_answer { "Response" } else { "" };
        let namespace = use_.bound.namespace.as_deref();
        let namespace = namespace.unwrap_or(use_.binding.name.namespace());
        let name = QName::new(namespace, format!("{}{response}", use_.operation.name));
        let place = &use_.used.place;
        self.undeclared(
            &key(use_),
            place,
            &name,
            UndeclaredContent::Parts(accessors),
        );
        let made = self.make(use_, place, Wire::Other(name), structure);
        Ok(Ok(Some(made)))
    }

    /// Notes what an element is made of that no schema declares.
    fn undeclared(&mut self, key: &QName, place: &Place, wire: &QName, content: UndeclaredContent) {
        let undeclared = Undeclared {
            place: place.clone(),
            wire: wire.clone(),
            content,
        };
        self.made.undeclared.insert(key.clone(), undeclared);
    }

    /// Adds an element with a type of its own.
    fn make(&mut self, use_: Use<'_>, place: &Place, wire: Wire, structure: Struct) -> QName {
        let key = key(use_);
        let ty = ir::Type {
            place: place.clone(),
            doc: Doc::default(),
            body: Body::Struct(structure),
            rust: String::new(),
        };
        self.made.types.insert(key.clone(), ty);
        let element = element(place, wire, TypeRef::Named(key.clone()));
        self.made.elements.insert(key.clone(), element);
        key
    }

    /// Sees that a schema declares an element, or that it is one that is kept as it comes.
    fn global(&mut self, name: &QName, place: &Place) -> Result<(), Error> {
        if self.components.first.elements.contains_key(name) {
            return Ok(());
        }
        if !verbatim::is_element(name) {
            return Err(dangling(place, "element", name));
        }
        self.made
            .elements
            .insert(name.clone(), element(place, Wire::Own, TypeRef::Raw));
        Ok(())
    }

    fn headers(&mut self, use_: Use<'_>, headers: &mut Vec<Header>) -> Result<(), Error> {
        for header in &use_.bound.headers {
            let used = MessageUse {
                place: header.place.clone(),
                message: header.message.clone(),
            };
            let message = self.message(&used)?;
            let Some(part) = message.parts.iter().find(|part| part.name == header.part) else {
                let name = QName::new("", header.part.as_str());
                return Err(dangling(&header.place, "message part", &name));
            };
            let why = match (&part.content, &header.unsupported) {
                (_, Some(unsupported)) => unsupported.clone(),
                (PartContent::Missing, None) => return Err(incomplete(part)),
                (PartContent::Type(_), None) => "a part that names a type".to_owned(),
                (PartContent::Element(element), None) => {
                    self.global(element, &part.place)?;
                    let header = Header {
                        place: header.place.clone(),
                        element: element.clone(),
                        is_answer: use_.is_answer,
                    };
                    if !headers.iter().any(|known| {
                        (&known.element, known.is_answer) == (&header.element, header.is_answer)
                    }) {
                        headers.push(header);
                    }
                    continue;
                }
            };
            let message = format!(
                "the header `{}` is {why}; it has no type and is set and read raw",
                header.part
            );
            self.remark("header-raw", &header.place, message);
        }
        Ok(())
    }

    fn faults(&mut self, operation: &PortOperation, faults: &mut Vec<QName>) -> Result<(), Error> {
        for fault in &operation.faults {
            let message = self.message(fault)?;
            match message.parts.as_slice() {
                [
                    Part {
                        content: PartContent::Element(element),
                        place,
                        ..
                    },
                ] => {
                    self.global(element, place)?;
                    if !faults.contains(element) {
                        faults.push(element.clone());
                    }
                }
                _ => {
                    let message = format!(
                        "the fault message `{}` is not one element; its detail is kept as it comes",
                        fault.message.local()
                    );
                    self.remark("fault-raw", &fault.place, message);
                }
            }
        }
        Ok(())
    }

    fn message(&self, used: &MessageUse) -> Result<&'a Message, Error> {
        let definitions = self.document.definitions.iter();
        let mut messages = definitions.flat_map(|definitions| &definitions.messages);
        messages
            .find(|message| message.name == used.message)
            .ok_or_else(|| dangling(&used.place, "message", &used.message))
    }
}

/// The parts that go into the body: those named, or all but those that go into headers.
fn body_parts<'m>(message: &'m Message, use_: Use<'_>) -> Result<Vec<&'m Part>, Error> {
    let Some(named) = &use_.bound.parts else {
        let is_header = |part: &&Part| {
            use_.bound
                .headers
                .iter()
                .any(|header| header.message == message.name && header.part == part.name)
        };
        return Ok(message
            .parts
            .iter()
            .filter(|part| !is_header(part))
            .collect());
    };
    for name in named {
        if !message.parts.iter().any(|part| part.name == *name) {
            let name = QName::new("", name.as_str());
            return Err(dangling(&use_.bound.place, "message part", &name));
        }
    }
    Ok(message
        .parts
        .iter()
        .filter(|part| named.contains(&part.name))
        .collect())
}

/// The name of what no schema names; slashes stand in no XML name, so it cannot clash.
fn key(use_: Use<'_>) -> QName {
    let (binding, operation) = (&use_.binding.name, &use_.operation.name);
    let message = if use_.is_answer {
        "response"
    } else {
        "request"
    };
    let nth = use_.nth;
    let local = format!("{operation}//{}//{nth}//{message}", binding.local());
    QName::new(binding.namespace(), local)
}

fn element(place: &Place, wire: Wire, ty: TypeRef) -> ir::Element {
    ir::Element {
        wire,
        place: place.clone(),
        doc: Doc::default(),
        ty,
        nillable: false,
        unsupported: None,
        rust: String::new(),
    }
}

/// A part inside a wrapper; the names of parts have no namespace.
fn field(part: &Part, ty: TypeRef) -> Field {
    Field {
        place: part.place.clone(),
        name: QName::new("", part.name.as_str()),
        doc: Doc::default(),
        ty,
        occurs: Occurs::ONCE,
        nillable: false,
        rust: String::new(),
    }
}

fn incomplete(part: &Part) -> Error {
    Error::Incomplete {
        place: part.place.clone(),
        element: "part".to_owned(),
        attribute: "element",
    }
}
