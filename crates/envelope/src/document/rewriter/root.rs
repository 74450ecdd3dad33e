//! The root part, as far as it is read.

use std::fmt;
use std::ops::Range;

use bytes::{Bytes, BytesMut};

use super::envelope_rewriter;
use crate::cut::cut_as;
use crate::error::Refusal;
use crate::multipart::{Correction, Delimiter, Root};
use crate::policy::Policy;
use crate::report::Report;
use crate::stream::EnvelopeRewriter;

/// The root part of which the header was read.
pub(super) struct InRoot {
    delimiter: Delimiter,
    root: Root,
    /// What stands before the envelope and has not gone out, and where it begins in the message.
    before: Bytes,
    base: usize,
    rewriter: EnvelopeRewriter,
    /// What may turn out to be a delimiter.
    pending: BytesMut,
    /// Whether `pending` begins with the envelope.
    fresh: bool,
    policy: Policy,
    /// Whether the policy wants the envelope read to its end.
    reads_body: bool,
    /// What is known once the envelope's header is complete.
    decided: Option<Decided>,
    /// The envelope up to then, if the policy wants more of it.
    seen: BytesMut,
}

struct Decided {
    saved: usize,
    corrected: Option<Range<usize>>,
}

impl InRoot {
    /// What stands `before` the envelope has not gone out and begins at an offset; `begun` is what came behind that.
    pub(super) fn new(
        delimiter: Delimiter,
        root: Root,
        policy: Policy,
        before: (usize, Bytes),
        begun: BytesMut,
    ) -> Self {
        Self {
            delimiter,
            rewriter: envelope_rewriter(&policy, root.charset.as_deref()),
            root,
            base: before.0,
            before: before.1,
            pending: begun,
            fresh: true,
            reads_body: policy.reads_body(),
            policy,
            decided: None,
            seen: BytesMut::new(),
        }
    }

    pub(super) fn push(&mut self, chunk: &[u8]) {
        self.pending.extend_from_slice(chunk);
    }

    /// By how many bytes the output is shorter, once the envelope's header is complete.
    pub(super) fn saved(&self) -> Option<usize> {
        Some(self.decided.as_ref()?.saved)
    }

    /// What is known of the envelope then; the lengths are its own.
    pub(super) fn report(&self) -> Option<Report> {
        let corrected = self.decided.as_ref()?.corrected.clone();
        let report = self.rewriter.cuts()?.report();
        Some(report.shifted(self.root.start, corrected))
    }

    /// The report and how much was saved, once nothing more is to be read.
    pub(super) fn advance(
        &mut self,
        complete: bool,
        out: &mut Vec<Bytes>,
    ) -> Result<Option<(Report, usize)>, Refusal> {
        let delimiter = &self.delimiter;
        let found = delimiter.find(&self.pending, 0, self.fresh);
        let ended = found.is_some() || complete;
        let sure = match found {
            Some(at) => Delimiter::content_end(&self.pending, at),
            None if complete => self.pending.len(),
            // Two bytes for the line break in front of a delimiter that may have begun.
            None => self.pending.len().saturating_sub(delimiter.len() + 2),
        };
        let mut kept = Vec::new();
        if sure > 0 {
            self.fresh = false;
            let chunk = self.pending.split_to(sure).freeze();
            if self.reads_body && self.decided.is_none() {
                self.seen.extend_from_slice(&chunk);
            }
            self.rewriter
                .push(chunk, &mut kept)
                .map_err(|refusal| self.first_reason(refusal))?;
        }
        let report = match self.rewriter.cuts() {
            Some(cuts) if !(ended && self.reads_body) => cuts.report(),
            None if !ended => return Ok(None),
            _ => {
                let new = EnvelopeRewriter::new(Policy::default());
                std::mem::replace(&mut self.rewriter, new)
                    .finish(&mut kept)
                    .map_err(|refusal| self.first_reason(refusal))?
            }
        };
        let decided = match self.decided.take() {
            Some(decided) => decided,
            None => self.decide(&report, out)?,
        };
        out.extend(kept.into_iter().filter(|piece| !piece.is_empty()));
        if self.reads_body && !ended {
            self.decided = Some(decided);
            return Ok(None);
        }
        let rest = std::mem::take(&mut self.pending).freeze();
        if !rest.is_empty() {
            out.push(rest);
        }
        let report = report.shifted(self.root.start, decided.corrected);
        Ok(Some((report, decided.saved)))
    }

    /// What Header and the part's header are refused for comes before what Body is refused for, even if
    /// both came in one chunk.
    fn first_reason(&self, refusal: Refusal) -> Refusal {
        let header_only = Policy {
            inspect_body: false,
            well_formed: false,
            report_only: false,
            ..self.policy.clone()
        };
        let undecided = self.reads_body && self.decided.is_none();
        undecided
            .then(|| cut_as(&self.seen, self.root.charset.as_deref(), &header_only).ok())
            .flatten()
            .and_then(|cuts| {
                let removed = cuts.removed_length();
                self.root.correction(removed, self.policy.report_only).err()
            })
            .unwrap_or_else(|| refusal.shifted(self.root.start))
    }

    /// Passes on what stands before the envelope, corrected.
    fn decide(&mut self, report: &Report, out: &mut Vec<Bytes>) -> Result<Decided, Refusal> {
        let removed = report.input_length - report.output_length;
        let would_go = match &report.dropped_header {
            Some(header) => header.len(),
            None => report.removed.iter().map(|block| block.length).sum(),
        };
        let correction = self.root.correction(would_go, self.policy.report_only)?;
        self.seen = BytesMut::new();
        let mut before = std::mem::take(&mut self.before);
        if let Some(correction) = &correction {
            out.push(before.split_to(correction.range.start - self.base));
            out.push(Bytes::from(correction.digits.clone()));
            before = before.split_off(correction.range.len());
        }
        out.push(before);
        Ok(Decided {
            saved: removed + correction.as_ref().map_or(0, Correction::saved),
            corrected: correction.map(|correction| correction.range),
        })
    }
}

// What is held may be the header with its password.
impl fmt::Debug for InRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Root").field(&self.rewriter).finish()
    }
}
