//! An answer that a test gives in place of the gateway's own.

use std::fmt;

use bytes::Bytes;

use crate::gateway::Soap;

/// What the gateway answers. Text becomes the payload of a good answer.
///
/// `Debug` shows no content.
#[derive(Clone)]
pub struct Reply(pub(crate) Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    /// The element in the body of an envelope.
    Payload(String),
    /// A fault whose detail holds these elements.
    Fault { reason: String, detail: String },
    /// No envelope of ours.
    Http {
        status: u16,
        media_type: String,
        body: Bytes,
    },
}

impl Reply {
    /// One element, for the body of an envelope.
    pub fn payload(xml: impl Into<String>) -> Self {
        Self(Kind::Payload(xml.into()))
    }

    /// A SOAP fault of the service (`Server`) with a text for people, and an element or nothing for its detail; status 500.
    pub fn fault(reason: impl Into<String>, detail: impl Into<String>) -> Self {
        Self(Kind::Fault {
            reason: reason.into(),
            detail: detail.into(),
        })
    }

    /// Anything, as it shall stand on the wire.
    pub fn http(status: u16, media_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self(Kind::Http {
            status,
            media_type: media_type.into(),
            body: body.into(),
        })
    }

    /// An envelope around `xml` as the root part of an MTOM message (SOAP 1.1 Binding for MTOM 1.0), with these parts
    /// behind it, each by the content id that an `xop:Include` names as `cid:…`.
    pub fn mtom<'p>(
        xml: impl Into<String>,
        parts: impl IntoIterator<Item = (&'p str, &'p [u8])>,
    ) -> Self {
        let envelope = Soap::V11.envelope(&xml.into());
        let (media_type, body) = packed(envelope.as_bytes(), "text/xml", parts);
        Self::http(200, media_type, body)
    }
}

/// A `multipart/related` message and its media type (RFC 2387, XML-binary Optimized Packaging section 4).
pub(crate) fn packed<'p>(
    envelope: &[u8],
    start_info: &str,
    parts: impl IntoIterator<Item = (&'p str, &'p [u8])>,
) -> (String, Bytes) {
    const BOUNDARY: &str = "castile-sandbox-b7d1f3a9c0e24c56";
    let mut body = Vec::new();
    let mut part = |head: &str, content: &[u8]| {
        body.extend_from_slice(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    let root = format!(
        "Content-Type: application/xop+xml; charset=utf-8; type=\"{start_info}\"\r\n\
         Content-Transfer-Encoding: binary\r\nContent-ID: <root@sandbox.invalid>"
    );
    part(&root, envelope);
    for (id, content) in parts {
        let head = format!(
            "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\
             Content-ID: <{id}>"
        );
        part(&head, content);
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    let media_type = format!(
        "multipart/related; type=\"application/xop+xml\"; start=\"<root@sandbox.invalid>\"; \
         start-info=\"{start_info}\"; boundary=\"{BOUNDARY}\""
    );
    (media_type, body.into())
}

impl From<&str> for Reply {
    fn from(xml: &str) -> Self {
        Self::payload(xml)
    }
}

impl From<String> for Reply {
    fn from(xml: String) -> Self {
        Self::payload(xml)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, length) = match &self.0 {
            Kind::Payload(xml) => ("payload", xml.len()),
            Kind::Fault { detail, .. } => ("fault", detail.len()),
            Kind::Http { body, .. } => ("http", body.len()),
        };
        write!(f, "Reply({kind}, {length} bytes)")
    }
}
