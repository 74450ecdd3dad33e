//! Puts an envelope and its attachments into one MTOM message (MTOM section 3, XOP 1.0 section 4.1).

use memchr::memmem;

use crate::report::SoapVersion;

/// A message with attachments, and the Content-Type that says so.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Packed {
    /// `multipart/related` with its parameters.
    pub content_type: String,
    /// The message.
    pub body: Vec<u8>,
}

/// Prints the length only.
impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Packed({} bytes)", self.body.len())
    }
}

/// Packs an envelope with the attachments that it refers to, each by its Content-ID.
///
/// `unique` is a text of letters and digits that nobody could foresee, such as a random number: it makes the boundary
/// and the Content-ID of the root part. `action` is that of SOAP 1.2, empty for SOAP 1.1, whose action has a header of
/// its own.
///
/// None if `unique`, `action` or a Content-ID cannot stand there, or a content holds the boundary.
pub fn pack(
    envelope: &[u8],
    attachments: &[(String, Vec<u8>)],
    unique: &str,
    soap: SoapVersion,
    action: &str,
) -> Option<Packed> {
    let is_unique =
        (1..=50).contains(&unique.len()) && unique.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let boundary = format!("mtom-{unique}");
    let contents = attachments.iter().map(|(_, content)| content.as_slice());
    let mut contents = contents.chain([envelope]);
    let is_apart = contents.all(|content| memmem::find(content, boundary.as_bytes()).is_none());
    let is_id = |id: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-@".contains(&byte);
        !id.is_empty() && id.bytes().all(is_plain)
    };
    let are_ids = attachments.iter().all(|(id, _)| is_id(id));
    let is_sendable = action
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
    if !(is_unique && is_apart && are_ids && is_sendable) {
        return None;
    }
    let (media_type, parameter) = match soap {
        SoapVersion::V11 => ("text/xml", String::new()),
        SoapVersion::V12 if action.is_empty() => ("application/soap+xml", String::new()),
        SoapVersion::V12 => ("application/soap+xml", format!("; action=\"{action}\"")),
    };
    let root = format!("root.{unique}@castile");
    let mut body = Vec::new();
    let mut part = |head: String, content: &[u8]| {
        body.extend_from_slice(format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    part(
        format!(
            "Content-Type: application/xop+xml; charset=utf-8; type=\"{media_type}\"{parameter}\r\n\
             Content-Transfer-Encoding: 8bit\r\nContent-ID: <{root}>"
        ),
        envelope,
    );
    for (id, content) in attachments {
        let head = format!(
            "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\
             Content-ID: <{id}>"
        );
        part(head, content);
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = format!(
        "multipart/related; type=\"application/xop+xml\"; boundary=\"{boundary}\"; \
         start=\"<{root}>\"; start-info=\"{media_type}\"{parameter}"
    );
    Some(Packed { content_type, body })
}
