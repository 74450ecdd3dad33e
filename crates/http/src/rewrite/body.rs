//! A body that is rewritten as it passes.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use castile_envelope::{DocumentRewriter, Finding, Refusal};
use http_body::{Body, Frame, SizeHint};

use super::note;
use crate::BodyError;

/// A message body without its security header, for clients and servers that speak [`http_body`]: hyper, reqwest, tower.
///
/// Held back is what comes before the envelope's Body, then each chunk is passed on as it came; trailer fields
/// are dropped, for they may speak of the message as it was. A refusal ends the body in an error, whose source is
/// the [`Refusal`], before the first byte if the envelope is the message or its first part.
///
/// This is the body alone. Whoever sends it has to see to Content-Length and to digests in headers, as
/// [`Rewrite`](crate::Rewrite) does, which also refuses before a request is begun.
///
/// ```
/// use castile_envelope::{Document, Policy};
/// use castile_http::RewriteBody;
/// use http_body_util::Full;
///
/// let document = Document::of(Some("text/xml; charset=utf-8"))?;
/// let old = Full::<bytes::Bytes>::from("<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body/></Envelope>");
/// let new = RewriteBody::new(old, document.rewriter(Policy::default()));
/// # let _ = new;
/// # Ok::<(), castile_envelope::Refusal>(())
/// ```
pub struct RewriteBody<B> {
    pub(super) body: B,
    /// `None` once the message has ended, well or badly.
    pub(super) rewriter: Option<DocumentRewriter>,
    /// What may go out.
    pub(super) ready: VecDeque<Bytes>,
    /// Bytes still to come, if that is known.
    pub(super) left: Option<u64>,
    /// The findings that have been logged; a policy that reads Body may bring more.
    noted: Vec<Finding>,
}

impl<B> RewriteBody<B> {
    /// `body` through `rewriter`, which must be a new one.
    pub fn new(body: B, rewriter: DocumentRewriter) -> Self {
        Self {
            body,
            rewriter: Some(rewriter),
            ready: VecDeque::new(),
            left: None,
            noted: Vec::new(),
        }
    }

    /// Takes the next chunk of the old body.
    pub(super) fn push(&mut self, chunk: Bytes) -> Result<(), Refusal> {
        let Some(rewriter) = &mut self.rewriter else {
            return Ok(());
        };
        let mut out = Vec::new();
        rewriter.push(chunk, &mut out)?;
        self.ready.extend(out);
        if self.noted.is_empty()
            && let Some(report) = rewriter.report()
        {
            note(&report.findings);
            self.noted = report.findings;
        }
        Ok(())
    }

    /// Ends the old body.
    pub(super) fn end(&mut self) -> Result<(), Refusal> {
        let Some(rewriter) = self.rewriter.take() else {
            return Ok(());
        };
        let mut out = Vec::new();
        let report = rewriter.finish(&mut out)?;
        let mut findings = report.findings;
        findings.retain(|finding| !self.noted.contains(finding));
        note(&findings);
        tracing::debug!(
            from = report.input_length,
            to = report.output_length,
            "rewritten"
        );
        self.ready.extend(out);
        Ok(())
    }

    /// By how many bytes the new body is shorter, as soon as that is certain.
    pub(super) fn saved(&self) -> Option<usize> {
        self.rewriter.as_ref()?.saved()
    }
}

impl<B> Body for RewriteBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                let length = piece.len() as u64;
                self.left = self.left.map(|left| left.saturating_sub(length));
                return Poll::Ready(Some(Ok(Frame::data(piece))));
            }
            if self.rewriter.is_none() {
                return Poll::Ready(None);
            }
            let taken = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                None => self.end(),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(chunk) => self.push(chunk),
                    Err(_trailers) => Ok(()),
                },
                Some(Err(error)) => {
                    self.rewriter = None;
                    return Poll::Ready(Some(Err(error.into())));
                }
            };
            if let Err(refusal) = taken {
                self.rewriter = None;
                self.ready.clear();
                let (code, offset) = (refusal.code(), refusal.offset());
                tracing::warn!(code, offset, "refused on its way");
                return Poll::Ready(Some(Err(refusal.into())));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rewriter.is_none() && self.ready.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.left
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// Prints no byte of the message.
impl<B> std::fmt::Debug for RewriteBody<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RewriteBody")
            .field("rewriter", &self.rewriter)
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
