//! Takes the payload out of a SOAP 1.1 envelope, and puts an answer into one.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::Fault;
use crate::xml::{self, Element, Writer};
use crate::{Cause, NotSoap};

/// Namespace of the sample contract, which is that of the vendor's.
pub(crate) const TPG: &str = "http://jackhenry.com/jxchange/TPG/2008";
/// Namespace of `wsse:Security`.
pub(crate) const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";
const NEXT: &str = "http://schemas.xmlsoap.org/soap/actor/next";

/// Whether the body is declared as SOAP 1.1 over HTTP wants it, in UTF-8.
pub(crate) fn is_text_xml(headers: &HeaderMap) -> bool {
    let Some(value) = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let media = parts
        .next()
        .is_some_and(|media| media.eq_ignore_ascii_case("text/xml"));
    let utf_8 = parts.all(|part| match part.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            let charset = value.trim().trim_matches('"');
            charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("us-ascii")
        }
        _ => true,
    });
    media && utf_8
}

/// The first child of the body, once the header holds nothing to refuse.
pub(crate) fn payload(body: &[u8]) -> Result<Element, Fault> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let offset = u64::try_from(error.valid_up_to()).unwrap_or(u64::MAX);
        Fault::client(Cause::NotSoap {
            reason: NotSoap::Malformed,
            offset,
        })
    })?;
    let envelope = xml::read(text.trim_start_matches('\u{feff}')).map_err(Fault::client)?;
    let shape = || {
        Fault::client(Cause::NotSoap {
            reason: NotSoap::Shape,
            offset: 0,
        })
    };
    if envelope.name != "Envelope" {
        return Err(shape());
    }
    match envelope.namespace.as_str() {
        SOAP_11 => {}
        SOAP_12 => return Err(Fault::version_mismatch()),
        _ => return Err(shape()),
    }
    if let Some(header) = envelope.child("Header") {
        judge_header(header)?;
    }
    let mut bodies = envelope
        .children
        .into_iter()
        .filter(|child| child.name == "Body" && child.namespace == SOAP_11);
    match (bodies.next(), bodies.next()) {
        (Some(body), None) => body.children.into_iter().next().ok_or_else(shape),
        _ => Err(shape()),
    }
}

/// Refuses a security header, and any other block that must be understood here.
fn judge_header(header: &Element) -> Result<(), Fault> {
    for block in &header.children {
        if block.namespace == WSSE && block.name == "Security" {
            return Err(Fault::failed_authentication());
        }
        let here = block
            .attribute(SOAP_11, "actor")
            .is_none_or(|actor| actor.is_empty() || actor == NEXT);
        let must = matches!(
            block.attribute(SOAP_11, "mustUnderstand"),
            Some("1" | "true")
        );
        if here && must {
            return Err(Fault::must_understand());
        }
    }
    Ok(())
}

/// An envelope in the form that .NET writes, with what `inner` writes in its body.
pub(crate) fn envelope(inner: impl FnOnce(&mut Writer)) -> String {
    let mut out = Writer::default();
    out.within_with("s:Envelope", &[("xmlns:s", SOAP_11)], |x| {
        x.within("s:Body", inner);
    });
    out.finish()
}
