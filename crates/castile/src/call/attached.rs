//! Attachments: large binary values beside the envelope of a request, and those of an answer (MTOM).

use bytes::Bytes;
use castile_auth::ports::Random;
use castile_envelope::{SoapVersion, XopLimits, assemble, pack};
use castile_http::{Effect, SoapTransport};
use castile_model::{Attach, Operation};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::Call;
use crate::Cause;

/// What came with an answer beside its envelope, and the envelope does not refer to.
///
/// What it refers to is in the response, as if it had stood there.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attachment {
    /// Content-ID without angle brackets.
    pub content_id: Option<String>,
    /// Content-Type as `type/subtype` in lower case.
    pub media_type: Option<String>,
    /// Its bytes.
    pub content: Bytes,
}

/// Prints the length of the content only.
impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attachment({} bytes)", self.content.len())
    }
}

/// The binary values that are to leave a request.
#[derive(Debug, Clone)]
pub(super) struct Attaching {
    pub(super) above: usize,
    /// A random number in hexadecimal.
    unique: String,
}

impl<T, O> Call<'_, T, O>
where
    T: SoapTransport<Error = castile_http::Error>,
    O: Operation,
{
    /// Sends binary values (`base64Binary`) of so many bytes or more as attachments (MTOM), for services that take
    /// them: a third less on the wire. The others stay in the message.
    ///
    /// `random` makes the boundary between the parts and their names. Where it gives nothing, or no value is that
    /// large, the message goes as it always does. Attachments in an answer are read whether asked for or not.
    pub fn attach_above(mut self, bytes: usize, random: &dyn Random) -> Self {
        let mut number = [0; 16];
        self.attaching = random.fill(&mut number).ok().map(|()| Attaching {
            above: bytes,
            unique: number.iter().map(|byte| format!("{byte:02x}")).collect(),
        });
        self
    }
}

impl Attaching {
    pub(super) fn attach(&self) -> Attach {
        Attach {
            above: self.above,
            stem: format!("{}@castile", self.unique),
        }
    }

    /// The message with its attachments, and its Content-Type.
    pub(super) fn pack<F>(
        &self,
        envelope: &[u8],
        attachments: &[(String, Vec<u8>)],
        soap: SoapVersion,
        action: &'static str,
    ) -> Result<(HeaderValue, Bytes), Cause<F>> {
        let packed = pack(envelope, attachments, &self.unique, soap, action);
        let packed = packed.ok_or(Cause::Attachments)?;
        let content_type = HeaderValue::try_from(packed.content_type);
        let content_type = content_type.map_err(|_| Cause::Attachments)?;
        Ok((content_type, packed.body.into()))
    }
}

/// The envelope of an answer, with the attachments that it refers to in it, and the others.
pub(super) fn envelope_of<F>(
    headers: &HeaderMap,
    body: Bytes,
    status: StatusCode,
    effect: Effect,
) -> Result<(Bytes, Vec<Attachment>), Cause<F>> {
    let content_type = headers.get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let Some(content_type) = content_type.filter(|text| is_multipart(text)) else {
        return Ok((body, Vec::new()));
    };
    let mut limits = XopLimits::default();
    // What is referred to once grows by a third.
    limits.assembled = body.len().saturating_mul(2);
    let assembled = assemble(content_type, &body, &limits).map_err(|refusal| Cause::Reply {
        refusal,
        status,
        effect,
    })?;
    let others = assembled.others.into_iter().map(|other| Attachment {
        content_id: other.content_id.map(String::from),
        media_type: other.media_type.map(String::from),
        content: body.slice_ref(other.content),
    });
    let others = others.collect();
    Ok((Bytes::from(assembled.envelope.into_owned()), others))
}

/// What a call accepts that may be answered with attachments.
pub(super) fn accept(soap: SoapVersion) -> HeaderValue {
    HeaderValue::from_static(match soap {
        SoapVersion::V11 => "multipart/related, text/xml",
        SoapVersion::V12 => "multipart/related, application/soap+xml",
    })
}

/// Whether an answer of that type has parts.
pub(super) fn is_multipart(content_type: &str) -> bool {
    let essence = content_type.trim_start().as_bytes();
    let start = essence.get(..b"multipart/".len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(b"multipart/"))
}
