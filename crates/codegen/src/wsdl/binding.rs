//! Reads a `binding` element.

use super::read::message_name;
use super::{
    Binding, BindingOperation, BoundHeader, BoundMessage, HTTP, MIME, Protocol, SOAP11, SOAP12,
    SoapVersion, Style, WSDL,
};
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::qname::QName;
use crate::xml::Element;

/// The one transport that is meant: SOAP over HTTP, under its names in the two versions.
const TRANSPORTS: [&str; 2] = [
    "http://schemas.xmlsoap.org/soap/http",
    "http://www.w3.org/2003/05/soap/bindings/HTTP/",
];

/// Reads a binding; remarks on what is read over.
pub(super) fn binding(
    from: &Element,
    name: QName,
    remarks: &mut Vec<Diagnostic>,
) -> Result<Binding, Error> {
    let extension = |namespace| from.named(namespace, "binding").next();
    let (protocol, extension) = match (extension(SOAP11), extension(SOAP12)) {
        (Some(binding), _) => (Protocol::Soap(SoapVersion::V1_1), Some(binding)),
        (None, Some(binding)) => (Protocol::Soap(SoapVersion::V1_2), Some(binding)),
        (None, None) => (other_protocol(from), None),
    };
    // Document is the default (WSDL 1.1, section 3.3).
    let style = style(extension, Style::Document, remarks);
    let transport = extension.and_then(|binding| binding.attribute("transport"));
    if let (Some(extension), Some(transport)) = (extension, transport)
        && !TRANSPORTS.contains(&transport.trim())
    {
        let message = format!(
            "the binding `{}` is for the transport `{}`; the client speaks HTTP",
            name.local(),
            transport.trim().escape_debug()
        );
        remarks.push(Diagnostic::new(
            "transport-differs",
            &extension.place,
            message,
        ));
    }
    let mut operations = Vec::new();
    for operation in from.named(WSDL, "operation") {
        operations.push(binding_operation(operation, style, remarks)?);
    }
    unread(from, remarks);
    Ok(Binding {
        name,
        port_type: from.required_qname("type")?,
        place: from.place.clone(),
        protocol,
        operations,
    })
}

fn other_protocol(from: &Element) -> Protocol {
    let is_http = from.named(HTTP, "binding").next().is_some();
    Protocol::Other(
        if is_http {
            "an HTTP binding"
        } else {
            "a binding that is not SOAP"
        }
        .to_owned(),
    )
}

/// The style that an extension names, else the one that holds around it.
fn style(from: Option<&Element>, around: Style, remarks: &mut Vec<Diagnostic>) -> Style {
    match from.and_then(|from| Some((from, from.attribute("style")?.trim()))) {
        None => around,
        Some((_, "document")) => Style::Document,
        Some((_, "rpc")) => Style::Rpc,
        Some((from, other)) => {
            let taken = match around {
                Style::Document => "document",
                Style::Rpc => "rpc",
            };
            let other = other.escape_debug();
            let message = format!("`{other}` is no style of a binding; it is taken for `{taken}`");
            remarks.push(Diagnostic::new("style-unknown", &from.place, message));
            around
        }
    }
}

/// Whether an element belongs to the SOAP binding.
fn is_soap(element: &Element, local: &str) -> bool {
    element.name.local() == local && [SOAP11, SOAP12].contains(&element.name.namespace())
}

/// Remarks on extensions that change what goes over the wire, or say that they must be understood.
fn unread(from: &Element, remarks: &mut Vec<Diagnostic>) {
    for extension in from.elements() {
        let namespace = extension.name.namespace();
        if [WSDL, SOAP11, SOAP12, HTTP, MIME].contains(&namespace) {
            continue;
        }
        let is_required = extension
            .attribute_in(WSDL, "required")
            .is_some_and(|value| matches!(value.trim(), "true" | "1"));
        let local = extension.name.local();
        if is_required || matches!(local, "Policy" | "PolicyReference" | "UsingAddressing") {
            let message = format!(
                "the extension `{local}` is not acted upon: what it asks for is yours to do"
            );
            remarks.push(Diagnostic::new(
                "extension-unread",
                &extension.place,
                message,
            ));
        }
    }
}

fn binding_operation(
    from: &Element,
    style: Style,
    remarks: &mut Vec<Diagnostic>,
) -> Result<BindingOperation, Error> {
    let soap = from.elements().find(|child| is_soap(child, "operation"));
    let style = self::style(soap, style, remarks);
    unread(from, remarks);
    let mut bound = |local| {
        let message = from.named(WSDL, local).next();
        message
            .map(|message| bound_message(message, remarks))
            .transpose()
    };
    let (input, output) = (bound("input")?, bound("output")?);
    for fault in from.named(WSDL, "fault").flat_map(Element::elements) {
        if is_soap(fault, "fault") && fault.attribute("use") == Some("encoded") {
            let message = "the fault is encoded; its detail is kept as it comes".to_owned();
            remarks.push(Diagnostic::new("fault-encoded", &fault.place, message));
        }
    }
    Ok(BindingOperation {
        place: from.place.clone(),
        name: from.own_token()?.to_owned(),
        action: soap
            .and_then(|soap| soap.attribute("soapAction"))
            .unwrap_or_default()
            .to_owned(),
        style,
        input,
        output,
        messages: ["input", "output"].map(|local| message_name(from, local)),
    })
}

/// Reads an `input` or `output`.
fn bound_message(from: &Element, remarks: &mut Vec<Diagnostic>) -> Result<BoundMessage, Error> {
    let mut bound = BoundMessage::plain(&from.place);
    for extension in from.elements() {
        if extension.name.namespace() == MIME {
            let construct = (extension.place.clone(), "a MIME binding".to_owned());
            bound.unsupported.get_or_insert(construct);
        } else if is_soap(extension, "header") {
            bound.headers.push(header(extension, remarks)?);
        } else if is_soap(extension, "body") {
            let namespace = extension.attribute("namespace").map(str::trim);
            bound.namespace = namespace
                .filter(|namespace| !namespace.is_empty())
                .map(str::to_owned);
            let parts = extension.attribute("parts").map(str::split_whitespace);
            bound.parts = parts.map(|parts| parts.map(str::to_owned).collect());
            if let Some(construct) = encoded(extension) {
                bound
                    .unsupported
                    .get_or_insert((extension.place.clone(), construct));
            }
        }
    }
    Ok(bound)
}

fn header(from: &Element, remarks: &mut Vec<Diagnostic>) -> Result<BoundHeader, Error> {
    if let Some(fault) = from.elements().find(|child| is_soap(child, "headerfault")) {
        let message =
            "a fault of a header is not typed; it is among the raw header blocks of the answer";
        remarks.push(Diagnostic::new(
            "header-fault-raw",
            &fault.place,
            message.to_owned(),
        ));
    }
    Ok(BoundHeader {
        place: from.place.clone(),
        message: from.required_qname("message")?,
        part: from.required("part")?.trim().to_owned(),
        unsupported: encoded(from),
    })
}

fn encoded(from: &Element) -> Option<String> {
    (from.attribute("use").map(str::trim) == Some("encoded"))
        .then(|| "SOAP encoding (`use=\"encoded\"`)".to_owned())
}
