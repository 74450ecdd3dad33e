//! Finds the root part of a `multipart/related` message (RFC 2387, RFC 2046, XOP section 4.1).

mod delimiter;
mod part;
mod splitter;

use std::ops::Range;

use crate::error::Refusal;
use crate::media::MediaType;
pub(crate) use delimiter::{Delimiter, Line};
pub(crate) use part::PartHeader;
pub(crate) use splitter::{Piece, Splitter};

/// What the Content-Type of a `multipart/related` message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Related {
    pub(crate) delimiter: Delimiter,
    /// Content-ID of the root part without angle brackets; the first part if not said.
    start: Option<Box<str>>,
    /// Media type of the root part.
    root_type: Option<Box<str>>,
}

/// The root part, as far as its header tells; offsets count from the start of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Root {
    /// Where the envelope begins.
    pub(crate) start: usize,
    pub(crate) charset: Option<Box<str>>,
    /// Where a digest over the envelope stands.
    digest: Option<usize>,
    /// Content-Length: its digits, and what they say.
    length: Option<(Range<usize>, usize)>,
}

/// The new Content-Length of the root part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The digits that go, as offsets into the input.
    pub range: Range<usize>,
    /// The digits that come.
    pub digits: String,
}

impl Correction {
    /// By how many bytes the output becomes shorter for it.
    pub(crate) fn saved(&self) -> usize {
        self.range.len().saturating_sub(self.digits.len())
    }
}

impl Related {
    /// Reads the parameters.
    ///
    /// # Errors
    /// [`Refusal::ContentType`] for a boundary that is missing or none, and for a `start` that is no Content-ID.
    pub(crate) fn of(media: &MediaType, text_length: usize) -> Result<Self, Refusal> {
        let (boundary, offset) = media.parameter("boundary").ok_or(Refusal::ContentType {
            offset: text_length,
        })?;
        let delimiter = Delimiter::new(boundary).ok_or(Refusal::ContentType { offset })?;
        let start = match media.parameter("start") {
            None => None,
            Some((id, offset)) => {
                let id = part::bare_id(id).ok_or(Refusal::ContentType { offset })?;
                Some(id.into())
            }
        };
        Ok(Self {
            delimiter,
            start,
            // It may carry parameters of its own.
            root_type: media.parameter("type").map(|(text, _)| {
                let essence = text.split(';').next().unwrap_or(text);
                essence.trim().to_ascii_lowercase().into()
            }),
        })
    }

    /// Whether this part is the root.
    pub(crate) fn is_root(&self, part: &PartHeader) -> bool {
        match &self.start {
            None => true,
            Some(start) => part.id.as_ref() == Some(start),
        }
    }

    /// The root part from its header, which begins at `at`.
    ///
    /// # Errors
    /// [`Refusal::RootType`], [`Refusal::RootEncoded`].
    pub(crate) fn root(&self, part: PartHeader, at: usize) -> Result<Root, Refusal> {
        if let Some(offset) = part.encoded {
            return Err(Refusal::RootEncoded {
                offset: at + offset,
            });
        }
        let wrong = |offset| Refusal::RootType {
            offset: at + offset,
        };
        let mut charset = None;
        match &part.media {
            // The type parameter says what the part does not.
            None if self.root_type.is_none() => return Err(wrong(0)),
            None => {}
            Some((media, offset)) => {
                let expected = self.root_type.as_deref().unwrap_or(&media.essence);
                if !media.is_xml() || *media.essence != *expected {
                    return Err(wrong(*offset));
                }
                charset = media.parameter("charset").map(|(name, _)| name.into());
            }
        }
        let shift =
            |(range, number): (Range<usize>, usize)| (range.start + at..range.end + at, number);
        Ok(Root {
            start: at + part.end,
            charset,
            digest: part.digest.map(|offset| at + offset),
            length: part.length.map(shift),
        })
    }
}

impl Root {
    /// What becomes of the root part's header when `removed` bytes of the envelope go, or would go if `report_only`.
    ///
    /// # Errors
    /// [`Refusal::RootDigest`], or [`Refusal::PartHeader`] for a Content-Length that is less than what goes.
    pub(crate) fn correction(
        &self,
        removed: usize,
        report_only: bool,
    ) -> Result<Option<Correction>, Refusal> {
        if removed == 0 {
            return Ok(None);
        }
        if let Some(offset) = self.digest {
            return Err(Refusal::RootDigest { offset });
        }
        let Some((range, number)) = &self.length else {
            return Ok(None);
        };
        let left = number.checked_sub(removed).ok_or(Refusal::PartHeader {
            offset: range.start,
        })?;
        Ok((!report_only).then(|| Correction {
            range: range.clone(),
            digits: left.to_string(),
        }))
    }
}

impl Root {
    /// What becomes of the root part's header when the envelope grows.
    ///
    /// # Errors
    /// [`Refusal::RootDigest`].
    pub(crate) fn lengthened(&self, by: usize) -> Result<Option<Correction>, Refusal> {
        if let Some(offset) = self.digest {
            return Err(Refusal::RootDigest { offset });
        }
        Ok(self.length.as_ref().map(|(range, number)| Correction {
            range: range.clone(),
            digits: number.saturating_add(by).to_string(),
        }))
    }
}

/// Finds the root part of a whole message.
///
/// # Errors
/// Everything that keeps the root part from being found; `limit` bounds what comes before the first delimiter.
pub(crate) fn locate(input: &[u8], related: &Related, limit: usize) -> Result<Root, Refusal> {
    let mut at = first(input, related, limit)?;
    loop {
        let header = match related.delimiter.line(input, at, true)? {
            Line::Open(end) => end,
            Line::Close => return Err(Refusal::RootMissing { offset: at }),
            Line::Unfinished => return Err(truncated(input.len())),
        };
        let part = PartHeader::read(&input[header..])
            .map_err(|refusal| refusal.shifted(header))?
            .ok_or_else(|| truncated(input.len()))?;
        if related.is_root(&part) {
            return related.root(part, header);
        }
        let missing = Refusal::RootMissing {
            offset: input.len(),
        };
        let next = related.delimiter.find(input, header + part.end, true);
        at = next.ok_or(missing)?;
    }
}

/// The first delimiter, which must come within `limit` bytes.
fn first(input: &[u8], related: &Related, limit: usize) -> Result<usize, Refusal> {
    let reach = limit.saturating_add(related.delimiter.len());
    let window = &input[..input.len().min(reach)];
    related
        .delimiter
        .find(window, 0, true)
        .ok_or(Refusal::Boundary {
            offset: input.len().min(limit),
        })
}

pub(crate) fn truncated(offset: usize) -> Refusal {
    Refusal::Truncated { offset }
}
