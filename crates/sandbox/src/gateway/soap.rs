//! Takes the payload out of a SOAP envelope, and puts an answer into one.

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};

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
const NEXT_12: &str = "http://www.w3.org/2003/05/soap-envelope/role/next";

/// A version of SOAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Soap {
    /// 1.1, which jXchange speaks.
    V11,
    /// 1.2, which other contracts may ask for.
    V12,
}

impl Soap {
    pub(crate) fn namespace(self) -> &'static str {
        match self {
            Self::V11 => SOAP_11,
            Self::V12 => SOAP_12,
        }
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::V11 => "text/xml",
            Self::V12 => "application/soap+xml",
        }
    }

    /// An envelope in the form that .NET writes, with these elements in its body.
    pub(crate) fn envelope(self, content: &str) -> String {
        let mut out = Writer::default();
        out.within_with("s:Envelope", &[("xmlns:s", self.namespace())], |x| {
            x.within("s:Body", |x| x.written(content));
        });
        out.finish()
    }

    pub(crate) fn response(self, status: StatusCode, message: String) -> Response {
        let mut answer = Response::new(Body::from(message));
        *answer.status_mut() = status;
        let media_type = match self {
            Self::V11 => HeaderValue::from_static("text/xml; charset=utf-8"),
            Self::V12 => HeaderValue::from_static("application/soap+xml; charset=utf-8"),
        };
        answer.headers_mut().insert(CONTENT_TYPE, media_type);
        answer
    }
}

/// The version that the media type declares (SOAP 1.1 section 6, RFC 3902), if it is one in UTF-8.
pub(crate) fn declared(headers: &HeaderMap) -> Option<Soap> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let mut parts = value.split(';').map(str::trim);
    let media = parts.next()?;
    let soap = [Soap::V11, Soap::V12]
        .into_iter()
        .find(|soap| media.eq_ignore_ascii_case(soap.media_type()))?;
    let utf_8 = parts.all(|part| match part.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            let charset = value.trim().trim_matches('"');
            charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("us-ascii")
        }
        _ => true,
    });
    utf_8.then_some(soap)
}

/// The action that a request names, in SOAP 1.1 by its own header, in 1.2 by a parameter of the media type.
pub(crate) fn action(headers: &HeaderMap) -> Option<String> {
    // Quoted and unquoted both occur.
    let plain = |value: &str| value.trim().trim_matches('"').to_owned();
    let text = |name: &str| headers.get(name)?.to_str().ok();
    if let Some(value) = text("soapaction") {
        return Some(plain(value));
    }
    let mut parameters = text("content-type")?.split(';').skip(1);
    parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("action")
            .then(|| plain(value))
    })
}

/// An envelope, opened.
pub(crate) struct Opened {
    pub(crate) soap: Soap,
    pub(crate) header: Option<Element>,
    /// The first child of the body.
    pub(crate) payload: Element,
}

/// Opens a message.
pub(crate) fn open(body: &[u8]) -> Result<Opened, Fault> {
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
    let soap = [Soap::V11, Soap::V12]
        .into_iter()
        .find(|soap| envelope.name == "Envelope" && envelope.namespace == soap.namespace())
        .ok_or_else(shape)?;
    let (mut header, mut bodies) = (None, Vec::new());
    for child in envelope.children {
        if child.namespace == soap.namespace() {
            match child.name.as_str() {
                "Header" => header = Some(child),
                "Body" => bodies.push(child),
                _ => {}
            }
        }
    }
    match (bodies.pop(), bodies.pop()) {
        (Some(body), None) => Ok(Opened {
            soap,
            header,
            payload: body.children.into_iter().next().ok_or_else(shape)?,
        }),
        _ => Err(shape()),
    }
}

/// Refuses a header block that must be understood here.
pub(crate) fn judge_rest<'b>(blocks: impl Iterator<Item = &'b Element>) -> Result<(), Fault> {
    for block in blocks {
        let actor = |name: &str, namespace| block.attribute(namespace, name);
        let here = actor("actor", SOAP_11)
            .or_else(|| actor("role", SOAP_12))
            .is_none_or(|actor| actor.is_empty() || actor == NEXT || actor == NEXT_12);
        let must = [SOAP_11, SOAP_12].iter().any(|namespace| {
            let must = block.attribute(namespace, "mustUnderstand");
            matches!(must, Some("1" | "true"))
        });
        if here && must {
            return Err(Fault::must_understand());
        }
    }
    Ok(())
}

/// An envelope of SOAP 1.1 with what `inner` writes in its body.
pub(crate) fn envelope(inner: impl FnOnce(&mut Writer)) -> String {
    let mut out = Writer::default();
    inner(&mut out);
    Soap::V11.envelope(&out.finish())
}
