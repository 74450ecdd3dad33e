//! A WSDL 1.1 document as it is written: messages, port types, bindings, services.

mod binding;
mod read;

use crate::diagnostic::Diagnostic;
use crate::error::Place;
use crate::qname::QName;

pub(crate) use read::read;

/// The namespace of WSDL 1.1.
pub(crate) const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
/// The SOAP 1.1 binding of WSDL.
pub(crate) const SOAP11: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
/// The SOAP 1.2 binding of WSDL.
pub(crate) const SOAP12: &str = "http://schemas.xmlsoap.org/wsdl/soap12/";
/// The MIME binding of WSDL.
pub(crate) const MIME: &str = "http://schemas.xmlsoap.org/wsdl/mime/";
/// The HTTP binding of WSDL.
pub(crate) const HTTP: &str = "http://schemas.xmlsoap.org/wsdl/http/";

/// One `definitions` element.
#[derive(Debug)]
pub(crate) struct Definitions {
    pub(crate) place: Place,
    pub(crate) imports: Vec<Import>,
    pub(crate) messages: Vec<Message>,
    pub(crate) port_types: Vec<PortType>,
    pub(crate) bindings: Vec<Binding>,
    pub(crate) services: Vec<Service>,
    /// What was read over.
    pub(crate) remarks: Vec<Diagnostic>,
}

#[derive(Debug, Clone)]
pub(crate) struct Import {
    pub(crate) place: Place,
    pub(crate) namespace: String,
    pub(crate) location: String,
}

#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) name: QName,
    pub(crate) parts: Vec<Part>,
}

#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) content: PartContent,
}

#[derive(Debug)]
pub(crate) enum PartContent {
    Element(QName),
    Type(QName),
    /// Neither is named.
    Missing,
}

#[derive(Debug)]
pub(crate) struct PortType {
    pub(crate) place: Place,
    pub(crate) name: QName,
    pub(crate) operations: Vec<PortOperation>,
}

#[derive(Debug)]
pub(crate) struct PortOperation {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) doc: crate::doc::Doc,
    pub(crate) input: Option<MessageUse>,
    pub(crate) output: Option<MessageUse>,
    /// The names of input and output, where they have some.
    pub(crate) messages: [Option<String>; 2],
    pub(crate) faults: Vec<MessageUse>,
    /// The service speaks first (WSDL 1.1, section 2.4.3).
    pub(crate) output_first: bool,
}

#[derive(Debug)]
pub(crate) struct MessageUse {
    pub(crate) place: Place,
    pub(crate) message: QName,
}

#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) name: QName,
    pub(crate) port_type: QName,
    pub(crate) place: Place,
    pub(crate) protocol: Protocol,
    pub(crate) operations: Vec<BindingOperation>,
}

/// What a binding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Protocol {
    Soap(SoapVersion),
    /// Something else, in the words of a remark.
    Other(String),
}

impl Binding {
    /// The version of SOAP; `None` when the binding is not SOAP.
    pub(crate) fn soap(&self) -> Option<SoapVersion> {
        match self.protocol {
            Protocol::Soap(version) => Some(version),
            Protocol::Other(_) => None,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SoapVersion {
    #[default]
    V1_1,
    V1_2,
}

impl std::fmt::Display for SoapVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::V1_1 => "SOAP 1.1",
            Self::V1_2 => "SOAP 1.2",
        })
    }
}

#[derive(Debug)]
pub(crate) struct BindingOperation {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) action: String,
    pub(crate) style: Style,
    pub(crate) input: Option<BoundMessage>,
    pub(crate) output: Option<BoundMessage>,
    /// The names of input and output, where they have some.
    pub(crate) messages: [Option<String>; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Document,
    Rpc,
}

/// How a binding puts a message into an envelope.
#[derive(Debug)]
pub(crate) struct BoundMessage {
    pub(crate) place: Place,
    /// The namespace of the wrapper element; that of the binding document where none is given.
    pub(crate) namespace: Option<String>,
    /// The parts that the body holds; all where none are named.
    pub(crate) parts: Option<Vec<String>>,
    pub(crate) headers: Vec<BoundHeader>,
    /// The first construct that the generator cannot render.
    pub(crate) unsupported: Option<(Place, String)>,
}

impl BoundMessage {
    /// All parts in the body, and no headers.
    pub(crate) fn plain(place: &Place) -> Self {
        Self {
            place: place.clone(),
            namespace: None,
            parts: None,
            headers: Vec::new(),
            unsupported: None,
        }
    }
}

#[derive(Debug)]
pub(crate) struct BoundHeader {
    pub(crate) place: Place,
    pub(crate) message: QName,
    pub(crate) part: String,
    /// Why it cannot be more than raw.
    pub(crate) unsupported: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) place: Place,
    /// The target namespace of its document.
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) doc: crate::doc::Doc,
    pub(crate) ports: Vec<Port>,
}

#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) binding: QName,
    /// Empty when none is given.
    pub(crate) address: String,
}
