//! Rewrites what a Content-Type calls an envelope, alone or as the root part of a multipart message.

mod rewriter;

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;

use crate::cut::{Cuts, cut_as};
use crate::error::Refusal;
use crate::media::MediaType;
use crate::multipart::{Correction, Related, locate};
use crate::policy::Policy;
use crate::report::{Finding, Removed, Report};
pub use rewriter::DocumentRewriter;

/// What the bytes of a message are, told by its Content-Type.
///
/// `multipart/related` (MTOM, XOP, SOAP with attachments) holds the envelope in its root part; everything
/// else is taken for the envelope itself. Of a multipart message only the root part is edited: the security
/// header goes, and its own Content-Length, if it has one, is corrected. All other parts, preamble and
/// epilogue included, stay as they are, unread if they come behind the root part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Envelope { charset: Option<Cow<'static, str>> },
    Related(Box<Related>),
}

impl Document {
    /// Reads the text of a Content-Type header; without one the bytes are an envelope.
    ///
    /// The charset parameter of an XML type is heeded: it stands behind a byte order mark and before the
    /// XML declaration (RFC 7303 section 3), and they must not contradict each other.
    ///
    /// # Errors
    /// [`Refusal::ContentType`] with an offset in `content_type`, not in the message; and
    /// [`Refusal::MediaType`] for a multipart type other than `multipart/related`.
    pub fn of(content_type: Option<&str>) -> Result<Self, Refusal> {
        let Some(text) = content_type else {
            return Ok(Self(Kind::Envelope { charset: None }));
        };
        // What nearly all messages are needs no reading.
        if text == "text/xml; charset=utf-8" {
            let charset = Some("utf-8".into());
            return Ok(Self(Kind::Envelope { charset }));
        }
        let media = MediaType::read(text)?;
        if &*media.essence == "multipart/related" {
            let related = Related::of(&media, text.len())?;
            return Ok(Self(Kind::Related(Box::new(related))));
        }
        if media.essence.starts_with("multipart/") {
            return Err(Refusal::MediaType { offset: 0 });
        }
        let charset = media.parameter("charset").filter(|_| media.is_xml());
        Ok(Self(Kind::Envelope {
            charset: charset.map(|(name, _)| Cow::Owned(name.to_owned())),
        }))
    }

    /// Whether the envelope is the root part of a multipart message.
    pub fn is_multipart(&self) -> bool {
        matches!(self.0, Kind::Related(_))
    }

    /// Plans the cut of a whole message, as [`cut()`](crate::cut()) does of an envelope.
    ///
    /// # Errors
    /// As [`cut()`](crate::cut()), and those about parts, delimiters and the root part.
    pub fn cut(&self, input: &[u8], policy: &Policy) -> Result<Edits, Refusal> {
        let related = match &self.0 {
            Kind::Envelope { charset } => {
                let cuts = cut_as(input, charset.as_deref(), policy)?;
                return Ok(Edits {
                    cuts,
                    correction: None,
                });
            }
            Kind::Related(related) => related,
        };
        let root = locate(input, related, policy.limits.header_bytes)?;
        let envelope = &input[root.start..];
        let cut = |policy: &Policy| {
            cut_root(envelope, related, root.charset.as_deref(), policy)
                .map_err(|refusal| refusal.shifted(root.start))
        };
        // What Header and the part's header are refused for comes before what Body is refused for.
        let header_only = Policy {
            inspect_body: false,
            well_formed: false,
            report_only: false,
            ..policy.clone()
        };
        let mut cuts = cut(&header_only)?;
        let correction = root.correction(cuts.removed_length(), policy.report_only)?;
        if policy.reads_body() || policy.report_only {
            cuts = cut(policy)?;
        }
        Ok(Edits {
            cuts: cuts.shifted(root.start, input.len()),
            correction,
        })
    }

    /// The envelope in a whole message or in the beginning of one.
    pub(crate) fn envelope_in<'i>(&'i self, input: &'i [u8]) -> Result<Located<'i>, Refusal> {
        match &self.0 {
            Kind::Envelope { charset } => Ok(Located {
                envelope: input,
                start: 0,
                charset: charset.as_deref().map(Cow::Borrowed),
            }),
            Kind::Related(related) => {
                let limit = crate::policy::Limits::default().header_bytes;
                let root = locate(input, related, limit)?;
                let envelope = &input[root.start..];
                let end = match related.delimiter.find(envelope, 0, true) {
                    Some(at) => crate::multipart::Delimiter::content_end(envelope, at),
                    None => envelope.len(),
                };
                Ok(Located {
                    envelope: &envelope[..end],
                    start: root.start,
                    charset: root.charset.map(|name| Cow::Owned(name.into())),
                })
            }
        }
    }

    /// The new length of a multipart message's root part, if it says one, when its envelope grows.
    pub(crate) fn longer_root(
        &self,
        input: &[u8],
        by: usize,
    ) -> Result<Option<Correction>, Refusal> {
        match &self.0 {
            Kind::Envelope { .. } => Ok(None),
            Kind::Related(related) => {
                let limit = crate::policy::Limits::default().header_bytes;
                locate(input, related, limit)?.lengthened(by)
            }
        }
    }

    /// Rewrites the message as it comes in chunks.
    pub fn rewriter(&self, policy: Policy) -> DocumentRewriter {
        match &self.0 {
            Kind::Envelope { charset } => DocumentRewriter::envelope(policy, charset.as_deref()),
            Kind::Related(related) => DocumentRewriter::related(policy, (**related).clone()),
        }
    }
}

/// An envelope inside of a message.
pub(crate) struct Located<'i> {
    pub(crate) envelope: &'i [u8],
    /// Where it begins in the message.
    pub(crate) start: usize,
    /// What Content-Type says of its encoding.
    pub(crate) charset: Option<Cow<'i, str>>,
}

/// Plans the cut of a whole message of that Content-Type: [`Document::of`], then [`Document::cut`].
///
/// # Errors
/// As these two.
///
/// ```
/// use castile_envelope::{Policy, cut_typed};
///
/// let old = b"--b\r\nContent-Type: text/xml\r\n\r\n\
///   <Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Header>\
///   <w:Security xmlns:w='http://schemas.xmlsoap.org/ws/2003/06/secext'/></Header><Body/></Envelope>\
///   \r\n--b\r\n\r\nan attachment with <w:Security/>\r\n--b--\r\n";
/// let content_type = "multipart/related; boundary=b; type=\"text/xml\"";
/// let edits = cut_typed(old, Some(content_type), &Policy::default())?;
/// let gone = edits.ranges()[0].clone();
/// assert_eq!(edits.to_vec(old), [&old[..gone.start], &old[gone.end..]].concat());
/// # Ok::<(), castile_envelope::Refusal>(())
/// ```
pub fn cut_typed(
    input: &[u8],
    content_type: Option<&str>,
    policy: &Policy,
) -> Result<Edits, Refusal> {
    Document::of(content_type)?.cut(input, policy)
}

/// Plans the cut of an envelope that ends at the next delimiter; `input` begins with the envelope.
fn cut_root(
    input: &[u8],
    related: &Related,
    charset: Option<&str>,
    policy: &Policy,
) -> Result<Cuts, Refusal> {
    // Only who reads Body must know where the part ends; for the others the end is sought
    // no further than the envelope's header may reach, so that the cost does not depend on Body.
    let reach = if policy.reads_body() {
        input.len()
    } else {
        let limit = policy.limits.header_bytes;
        input
            .len()
            .min(limit.saturating_add(related.delimiter.len() + 2))
    };
    let end = match related.delimiter.find(&input[..reach], 0, true) {
        Some(at) => crate::multipart::Delimiter::content_end(input, at),
        None => input.len(),
    };
    cut_as(&input[..end], charset, policy)
}

/// What becomes of a message: the ranges that go, and the one number that is corrected.
///
/// Methods that take the input want the bytes that were planned on; with others the result means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edits {
    cuts: Cuts,
    correction: Option<Correction>,
}

impl Edits {
    /// The ranges that go, as offsets into the input.
    pub fn ranges(&self) -> &[Range<usize>] {
        self.cuts.ranges()
    }

    /// The root part's new Content-Length, if it had one and something goes.
    pub fn correction(&self) -> Option<&Correction> {
        self.correction.as_ref()
    }

    /// Whether the output is the input.
    pub fn is_empty(&self) -> bool {
        self.cuts.is_empty()
    }

    /// Length of the output in bytes.
    pub fn output_length(&self) -> usize {
        let saved = self.correction.as_ref().map_or(0, Correction::saved);
        self.cuts.output_length() - saved
    }

    /// The ranges of the input that stay, in order; none is empty.
    pub fn kept_ranges(&self, input_length: usize) -> Vec<Range<usize>> {
        let mut kept = Vec::new();
        let mut from = 0;
        // The correction stands in a header in front of the envelope.
        let corrected = self.correction.iter().map(|correction| &correction.range);
        for gone in corrected.chain(self.cuts.ranges()) {
            kept.push(from..gone.start);
            from = gone.end;
        }
        kept.push(from..input_length);
        kept.retain(|range| range.start < range.end);
        kept
    }

    /// The slices of the output, in order; all but the corrected digits are slices of `input`.
    pub fn pieces<'i>(&'i self, input: &'i [u8]) -> impl Iterator<Item = &'i [u8]> {
        let digits = self.correction.as_ref();
        let mut digits =
            digits.map(|correction| (correction.range.start, correction.digits.as_bytes()));
        self.kept_ranges(input.len())
            .into_iter()
            .flat_map(move |range| {
                let after = digits.take_if(|(start, _)| *start == range.end);
                [input.get(range), after.map(|(_, digits)| digits)]
            })
            .flatten()
    }

    /// As [`pieces`](Self::pieces), sharing the buffer instead of borrowing from it.
    pub fn pieces_bytes(&self, input: &Bytes) -> Vec<Bytes> {
        let mut from = 0;
        let mut pieces = Vec::new();
        if let Some(correction) = &self.correction {
            pieces.push(input.slice(..correction.range.start));
            pieces.push(Bytes::from(correction.digits.clone()));
            from = correction.range.end;
        }
        for range in self.kept_ranges(input.len()) {
            if range.start >= from {
                pieces.push(input.slice(range));
            }
        }
        pieces
    }

    /// The output in one buffer of its own.
    pub fn to_vec(&self, input: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.output_length());
        for piece in self.pieces(input) {
            out.extend_from_slice(piece);
        }
        out
    }

    /// The blocks that go, in the order of the input.
    pub fn removed(&self) -> &[Removed] {
        self.cuts.removed()
    }

    /// What was noticed, in the order of the input.
    pub fn findings(&self) -> &[Finding] {
        self.cuts.findings()
    }

    /// All that is to be told about this rewrite.
    pub fn report(&self) -> Report {
        let mut report = self.cuts.report();
        report.output_length = self.output_length();
        report.corrected = self
            .correction
            .as_ref()
            .map(|correction| correction.range.clone());
        report
    }
}
