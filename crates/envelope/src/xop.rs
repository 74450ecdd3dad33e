//! Puts the parts of an MTOM message where its envelope refers to them (XOP 1.0 section 3.2).

mod arriving;
mod pack;
mod references;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::Refusal;
use crate::media::MediaType;
use crate::multipart::{Delimiter, Line, PartHeader, Related, Root, truncated};
use crate::policy;
pub use arriving::{Arrival, ArrivingParts, PartHead};
pub use pack::{Packed, pack};
pub use references::content_id;
use references::includes;

/// Bounds on a message with attachments; its length is for who reads the socket to bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct XopLimits {
    /// Parts, the root part included. Default 1,000.
    pub parts: usize,
    /// Bytes of the envelope with its attachments in it, as base64. Default 96 MiB.
    ///
    /// A part may be referred to more than once, so this is not bounded by the length of the message.
    pub assembled: usize,
    /// Bytes of the root part of a message that is read as it comes ([`ArrivingParts`]). Default 16 MiB.
    pub root: usize,
}

impl Default for XopLimits {
    fn default() -> Self {
        Self {
            parts: 1_000,
            assembled: 96 << 20,
            root: 16 << 20,
        }
    }
}

/// An envelope that stands alone, and what else came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assembled<'i> {
    /// The envelope, each `xop:Include` replaced by the base64 of the part it refers to.
    pub envelope: Cow<'i, [u8]>,
    /// The parts that it does not refer to, in their order.
    pub others: Vec<Attachment<'i>>,
}

/// A part of a message beside its envelope.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attachment<'i> {
    /// Content-ID without angle brackets.
    pub content_id: Option<Box<str>>,
    /// Content-Type as `type/subtype` in lower case.
    pub media_type: Option<Box<str>>,
    /// Its bytes.
    pub content: &'i [u8],
}

/// Prints the length of the content only.
impl std::fmt::Debug for Attachment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attachment({} bytes)", self.content.len())
    }
}

/// Reads a whole message of that Content-Type; one that is not `multipart/related` is its envelope.
///
/// References are followed in a root part of type `application/xop+xml` only. All parts must be there, to the closing
/// delimiter.
///
/// # Errors
/// What is wrong with the parts and their delimiters; [`Refusal::Include`] for a reference that leads nowhere or has
/// company, [`Refusal::Attachment`] for two parts of one Content-ID and for one that is transfer-encoded,
/// [`Refusal::TooManyParts`], [`Refusal::AssembledTooLarge`]. Of what is wrong inside the envelope only what comes
/// before the last reference is told.
///
/// ```
/// use castile_envelope::{XopLimits, assemble};
///
/// let message = b"--b\r\nContent-Type: application/xop+xml; type=\"text/xml\"\r\n\r\n\
///   <a><i:Include xmlns:i='http://www.w3.org/2004/08/xop/include' href='cid:1@x'/></a>\r\n\
///   --b\r\nContent-ID: <1@x>\r\n\r\n\x00\x01\x02\r\n--b--\r\n";
/// let content_type = "multipart/related; boundary=b; type=\"application/xop+xml\"";
/// let assembled = assemble(content_type, message, &XopLimits::default())?;
/// assert_eq!(&*assembled.envelope, b"<a>AAEC</a>");
/// # Ok::<(), castile_envelope::Refusal>(())
/// ```
pub fn assemble<'i>(
    content_type: &str,
    message: &'i [u8],
    limits: &XopLimits,
) -> Result<Assembled<'i>, Refusal> {
    let media = MediaType::read(content_type)?;
    if &*media.essence != "multipart/related" {
        return Ok(Assembled {
            envelope: Cow::Borrowed(message),
            others: Vec::new(),
        });
    }
    let related = Related::of(&media, content_type.len())?;
    let mut parts = parts(message, &related, limits)?;
    let at = parts
        .iter()
        .position(|part| related.is_root(&part.header))
        .ok_or(Refusal::RootMissing {
            offset: message.len(),
        })?;
    let Part {
        header,
        start,
        content,
    } = parts.remove(at);
    let is_xop = refers(&header);
    is_readable(&related.root(header, start)?, start)?;
    if !is_xop {
        return Ok(Assembled {
            envelope: Cow::Borrowed(&message[content]),
            others: parts.iter().map(|part| part.attachment(message)).collect(),
        });
    }
    let by_id = by_id(&parts)?;
    let mut referred = vec![false; parts.len()];
    let envelope = included(message, content, limits, |id| {
        let at = *by_id.get(id)?;
        referred[at] = true;
        Some(parts[at].content.clone())
    })?;
    let others = parts.iter().zip(referred).filter(|(_, referred)| !referred);
    Ok(Assembled {
        envelope: Cow::Owned(envelope),
        others: others.map(|(part, _)| part.attachment(message)).collect(),
    })
}

/// Whether the envelope with that header may refer to parts (XOP section 4.1).
fn refers(root: &PartHeader) -> bool {
    let media = root.media.as_ref();
    media.is_some_and(|(media, _)| &*media.essence == "application/xop+xml")
}

/// Refuses encodings in which references are not looked for; `start` is where the header of the root part begins.
fn is_readable(root: &Root, start: usize) -> Result<(), Refusal> {
    let charset = root.charset.as_deref().unwrap_or("utf-8");
    let is_known = |known: &&str| charset.eq_ignore_ascii_case(known);
    match ["utf-8", "us-ascii"].iter().any(is_known) {
        true => Ok(()),
        false => Err(Refusal::Encoding { offset: start }),
    }
}

struct Part {
    header: PartHeader,
    /// Where its header begins.
    start: usize,
    content: Range<usize>,
}

impl Part {
    fn attachment<'i>(&self, message: &'i [u8]) -> Attachment<'i> {
        let media = self.header.media.as_ref();
        Attachment {
            content_id: self.header.id.clone(),
            media_type: media.map(|(media, _)| media.essence.clone()),
            content: &message[self.content.clone()],
        }
    }
}

/// All parts, up to the closing delimiter.
fn parts(message: &[u8], related: &Related, limits: &XopLimits) -> Result<Vec<Part>, Refusal> {
    let delimiter = &related.delimiter;
    let preamble = policy::Limits::default().header_bytes;
    let window = &message[..message.len().min(preamble.saturating_add(delimiter.len()))];
    let mut at = delimiter.find(window, 0, true).ok_or(Refusal::Boundary {
        offset: window.len(),
    })?;
    let mut parts = Vec::new();
    loop {
        let start = match delimiter.line(message, at, true)? {
            Line::Open(end) => end,
            Line::Close => return Ok(parts),
            Line::Unfinished => return Err(truncated(message.len())),
        };
        if parts.len() == limits.parts {
            return Err(Refusal::TooManyParts {
                offset: at,
                limit: limits.parts,
            });
        }
        let header = PartHeader::read(&message[start..])
            .map_err(|refusal| refusal.shifted(start))?
            .ok_or_else(|| truncated(message.len()))?;
        let begin = start + header.end;
        at = delimiter
            .find(message, begin, true)
            .ok_or_else(|| truncated(message.len()))?;
        // An empty part ends where its delimiter begins.
        let end = Delimiter::content_end(message, at).max(begin);
        parts.push(Part {
            header,
            start,
            content: begin..end,
        });
    }
}

/// The parts by their Content-ID; refuses those that readers could take for each other, or for other bytes than they
/// are.
fn by_id(parts: &[Part]) -> Result<BTreeMap<&str, usize>, Refusal> {
    let mut by_id = BTreeMap::new();
    for (at, part) in parts.iter().enumerate() {
        let id = part.header.id.as_deref();
        let is_new = id.is_none_or(|id| by_id.insert(id, at).is_none());
        if !is_new || part.header.encoded.is_some() {
            let offset = part.start + part.header.encoded.unwrap_or(0);
            return Err(Refusal::Attachment { offset });
        }
    }
    Ok(by_id)
}

/// The envelope with what it refers to.
fn included(
    message: &[u8],
    envelope: Range<usize>,
    limits: &XopLimits,
    mut part: impl FnMut(&str) -> Option<Range<usize>>,
) -> Result<Vec<u8>, Refusal> {
    let shift = envelope.start;
    let input = &message[envelope];
    let mut out = Vec::with_capacity(input.len());
    let mut copied = 0;
    for include in includes(input).map_err(|refusal| refusal.shifted(shift))? {
        let refused = Refusal::Include {
            offset: shift + include.place.start,
        };
        let id = include.id.as_deref().ok_or_else(|| refused.clone())?;
        let content = &message[part(id).ok_or(refused)?];
        out.extend_from_slice(&input[copied..include.place.start]);
        copied = include.place.end;
        let encoded = base64::encoded_len(content.len(), true);
        let length = encoded.and_then(|encoded| encoded.checked_add(out.len()));
        if length.is_none_or(|length| length > limits.assembled) {
            return Err(Refusal::AssembledTooLarge {
                offset: shift + include.place.start,
                limit: limits.assembled,
            });
        }
        let from = out.len();
        out.resize(from + encoded.unwrap_or(0), 0);
        // The room was measured.
        let _ = STANDARD.encode_slice(content, &mut out[from..]);
    }
    out.extend_from_slice(&input[copied..]);
    Ok(out)
}

#[cfg(test)]
mod tests;
