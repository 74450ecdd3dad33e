//! A WSDL 1.1 document as it is written: messages, port types, bindings, services.

mod read;

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

/// One `definitions` element.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    pub(crate) imports: Vec<(Place, String)>,
    pub(crate) messages: Vec<Message>,
    pub(crate) port_types: Vec<PortType>,
    pub(crate) bindings: Vec<Binding>,
    pub(crate) services: Vec<Service>,
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
    /// `None` when the part names a type instead.
    pub(crate) element: Option<QName>,
}

#[derive(Debug)]
pub(crate) struct PortType {
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
    pub(crate) faults: Vec<MessageUse>,
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
    /// `None` when the binding is not SOAP.
    pub(crate) soap: Option<SoapVersion>,
    pub(crate) operations: Vec<BindingOperation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SoapVersion {
    V1_1,
    V1_2,
}

#[derive(Debug)]
pub(crate) struct BindingOperation {
    pub(crate) name: String,
    pub(crate) action: String,
    /// The first construct that the generator cannot render.
    pub(crate) unsupported: Option<(Place, String)>,
    /// The part that `soap:body` of the input names, when it names one.
    pub(crate) input_part: Option<String>,
    /// The part that `soap:body` of the output names, when it names one.
    pub(crate) output_part: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) doc: crate::doc::Doc,
    pub(crate) ports: Vec<Port>,
}

#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) place: Place,
    pub(crate) binding: QName,
    /// Empty when none is given.
    pub(crate) address: String,
}
