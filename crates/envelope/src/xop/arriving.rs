//! Reads an MTOM message as it comes, its envelope first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bytes::{Bytes, BytesMut};

use super::references::named;
use super::{XopLimits, is_readable, refers};
use crate::error::Refusal;
use crate::media::MediaType;
use crate::multipart::{PartHeader, Piece, Related, Splitter};

/// What comes next of a message.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arrival {
    /// The envelope, first and once.
    ///
    /// Where it referred to a part, the element is empty and has the reference as an attribute without namespace,
    /// `href="cid:…"`, the form of SOAP Messages with Attachments (W3C Note, section 3); [`content_id`] reads it.
    ///
    /// [`content_id`]: crate::content_id()
    Envelope(Bytes),
    /// Another part begins.
    Part(PartHead),
    /// Some of its bytes; never none.
    Content(Bytes),
    /// It ends.
    PartEnd,
    /// The message ends, and all parts that the envelope refers to were there.
    End,
}

/// Prints the length of contents only.
impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Envelope(bytes) => write!(f, "Envelope({} bytes)", bytes.len()),
            Self::Part(head) => f.debug_tuple("Part").field(head).finish(),
            Self::Content(bytes) => write!(f, "Content({} bytes)", bytes.len()),
            Self::PartEnd => f.write_str("PartEnd"),
            Self::End => f.write_str("End"),
        }
    }
}

/// What the header of a part says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartHead {
    /// Content-ID without angle brackets.
    pub content_id: Option<Box<str>>,
    /// Content-Type as `type/subtype` in lower case.
    pub media_type: Option<Box<str>>,
    /// Whether the envelope refers to it.
    pub is_referred_to: bool,
}

/// Reads a `multipart/related` message that comes in chunks, in the memory of its envelope, one chunk and the names of
/// its parts.
///
/// Its parts are those that [`assemble`](crate::assemble()) finds in the whole, however it is chunked. What it cannot
/// read is a message whose root part is not the first: the envelope would come behind the attachments.
///
/// ```
/// use castile_envelope::{Arrival, ArrivingParts, XopLimits};
///
/// let content_type = "multipart/related; boundary=b; type=\"application/xop+xml\"";
/// let mut parts = ArrivingParts::of(content_type, XopLimits::default())?.expect("multipart/related");
/// let mut seen = Vec::new();
/// for chunk in [
///     "--b\r\nContent-Type: application/xop+xml; type=\"text/xml\"\r\n\r\n<a><i:Incl",
///     "ude xmlns:i='http://www.w3.org/2004/08/xop/include' href='cid:1@x'/></a>\r\n--b\r\nContent-ID: <1@x>\r\n\r",
///     "\n012\r\n--b--\r\n",
/// ] {
///     parts.push(chunk.as_bytes());
///     while let Some(arrival) = parts.next()? {
///         seen.push(arrival);
///     }
/// }
/// parts.finish();
/// assert_eq!(parts.next()?, None);
/// assert_eq!(seen[0], Arrival::Envelope("<a href=\"cid:1@x\"></a>".into()));
/// assert!(matches!(&seen[1], Arrival::Part(head) if head.is_referred_to));
/// assert_eq!(seen[2..], [Arrival::Content("012".into()), Arrival::PartEnd, Arrival::End]);
/// # Ok::<(), castile_envelope::Refusal>(())
/// ```
pub struct ArrivingParts {
    related: Related,
    splitter: Splitter,
    limits: XopLimits,
    state: State,
    /// Content-IDs that the envelope refers to and that have not come, with the offset of the reference.
    wanted: BTreeMap<String, usize>,
    /// Content-IDs that have come.
    seen: BTreeSet<Box<str>>,
}

enum State {
    Begin,
    /// In the root part, whose content begins at `start`.
    Root {
        held: BytesMut,
        start: usize,
        is_xop: bool,
    },
    Behind,
    Refused(Refusal),
}

impl ArrivingParts {
    /// For a message of that Content-Type; none if that is not `multipart/related`.
    ///
    /// # Errors
    /// [`Refusal::ContentType`] with the offset in the text.
    pub fn of(content_type: &str, limits: XopLimits) -> Result<Option<Self>, Refusal> {
        let media = MediaType::read(content_type)?;
        if &*media.essence != "multipart/related" {
            return Ok(None);
        }
        let related = Related::of(&media, content_type.len())?;
        Ok(Some(Self {
            splitter: Splitter::new(related.delimiter.clone(), limits.parts),
            related,
            limits,
            state: State::Begin,
            wanted: BTreeMap::new(),
            seen: BTreeSet::new(),
        }))
    }

    /// Takes the next chunk. [`next`](Self::next) first gives all that came before it, or it is held.
    pub fn push(&mut self, chunk: &[u8]) {
        self.splitter.push(chunk);
    }

    /// No more chunks come.
    pub fn finish(&mut self) {
        self.splitter.finish();
    }

    /// What comes next; none when that takes another chunk, and behind [`Arrival::End`].
    ///
    /// # Errors
    /// As [`assemble`](crate::assemble()), as soon as it shows, and then again each time; [`Refusal::RootNotFirst`],
    /// [`Refusal::RootTooLarge`]. A part that is transfer-encoded is refused whether it is referred to or not. A
    /// reference to a part that did not come is refused at the end, as is a message without its closing delimiter
    /// ([`Refusal::Truncated`]).
    #[allow(
        clippy::should_implement_trait,
        reason = "none does not end it, as it would an iterator"
    )]
    pub fn next(&mut self) -> Result<Option<Arrival>, Refusal> {
        if let State::Refused(refusal) = &self.state {
            return Err(refusal.clone());
        }
        let next = self.advance();
        if let Err(refusal) = &next {
            self.state = State::Refused(refusal.clone());
        }
        next
    }

    fn advance(&mut self) -> Result<Option<Arrival>, Refusal> {
        while let Some(piece) = self.splitter.next()? {
            let arrival = match (&mut self.state, piece) {
                (State::Begin, Piece::Head(header, start)) => {
                    self.enter(header, start)?;
                    continue;
                }
                (State::Root { held, start, .. }, Piece::Content(content)) => {
                    if content.len() > self.limits.root - held.len() {
                        return Err(Refusal::RootTooLarge {
                            offset: *start + self.limits.root,
                            limit: self.limits.root,
                        });
                    }
                    held.extend_from_slice(&content);
                    continue;
                }
                (State::Root { .. }, _) => Arrival::Envelope(self.leave()?),
                (_, Piece::Head(header, start)) => Arrival::Part(self.part(header, start)?),
                (_, Piece::Content(content)) => Arrival::Content(content),
                (_, Piece::End) => Arrival::PartEnd,
                (State::Begin, Piece::Close) => {
                    return Err(Refusal::RootMissing {
                        offset: self.splitter.offset(),
                    });
                }
                (_, Piece::Close) => match self.wanted.values().min() {
                    Some(&offset) => return Err(Refusal::Include { offset }),
                    None => Arrival::End,
                },
            };
            return Ok(Some(arrival));
        }
        Ok(None)
    }

    fn enter(&mut self, header: PartHeader, start: usize) -> Result<(), Refusal> {
        if !self.related.is_root(&header) {
            return Err(Refusal::RootNotFirst { offset: start });
        }
        let is_xop = refers(&header);
        let root = self.related.root(header, start)?;
        is_readable(&root, start)?;
        self.state = State::Root {
            held: BytesMut::new(),
            start: root.start,
            is_xop,
        };
        Ok(())
    }

    /// The envelope, whose last byte has come.
    fn leave(&mut self) -> Result<Bytes, Refusal> {
        let State::Root {
            held,
            start,
            is_xop,
        } = std::mem::replace(&mut self.state, State::Behind)
        else {
            return Ok(Bytes::new());
        };
        if !is_xop {
            return Ok(held.freeze());
        }
        let (envelope, wanted) = named(&held).map_err(|refusal| refusal.shifted(start))?;
        self.wanted = wanted;
        for offset in self.wanted.values_mut() {
            *offset += start;
        }
        Ok(envelope.into())
    }

    fn part(&mut self, header: PartHeader, start: usize) -> Result<PartHead, Refusal> {
        let is_new = match &header.id {
            Some(id) => self.seen.insert(id.clone()),
            None => true,
        };
        if !is_new || header.encoded.is_some() {
            let offset = start + header.encoded.unwrap_or(0);
            return Err(Refusal::Attachment { offset });
        }
        let wanted = header.id.as_deref().and_then(|id| self.wanted.remove(id));
        Ok(PartHead {
            content_id: header.id,
            media_type: header.media.map(|(media, _)| media.essence),
            is_referred_to: wanted.is_some(),
        })
    }
}

/// Prints how far it came: what is held is a customer's.
impl fmt::Debug for ArrivingParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrivingParts")
            .field("splitter", &self.splitter)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
