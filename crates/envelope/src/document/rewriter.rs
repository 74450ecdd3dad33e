//! The cut of a message of any Content-Type over chunks of any size.

use bytes::{Bytes, BytesMut};

use crate::error::Refusal;
use crate::multipart::{Correction, Delimiter, Line, PartHeader, Related, Root, truncated};
use crate::policy::Policy;
use crate::report::Report;
use crate::stream::EnvelopeRewriter;

/// Rewrites one message that arrives in chunks.
///
/// However it is chunked, the output and the refusal are those of [`Document::cut`](crate::Document::cut)
/// on the whole, but for what [`EnvelopeRewriter`] leaves out. What is held back is the header of the
/// envelope and, if the root part is the first, what comes before it; each is bounded by
/// [`Limits::header_bytes`](crate::Limits::header_bytes), part headers by 16 KiB. If the root part is not
/// the first, the parts before it are passed on as they come: a refusal can then follow output.
#[derive(Debug)]
pub struct DocumentRewriter {
    policy: Policy,
    /// Bytes taken so far.
    length: usize,
    state: State,
}

enum State {
    Envelope(EnvelopeRewriter),
    /// On the way to the root part.
    Seeking(Box<Seeking>),
    /// In the root part, whose envelope's header is not complete.
    Root(Box<InRoot>),
    /// Behind it.
    Passing {
        report: Report,
        saved: usize,
    },
    Refused(Refusal),
}

struct Seeking {
    related: Related,
    /// What has not been passed on, from `base` on in the message.
    held: BytesMut,
    base: usize,
    /// Where in `held` the search for a delimiter goes on, and whether a line begins there.
    from: usize,
    fresh: bool,
    /// The delimiter found, in `held`.
    candidate: Option<usize>,
    /// Whether the first part has been judged; until then nothing goes out.
    past_first: bool,
    /// A part header is looked at again when `held` is this long, or has a new line.
    looked: usize,
}

struct InRoot {
    related: Related,
    root: Root,
    /// What stands before the envelope and has not gone out, and where it begins in the message.
    before: Bytes,
    base: usize,
    rewriter: EnvelopeRewriter,
    /// What may turn out to be a delimiter.
    pending: BytesMut,
    /// Whether `pending` begins with the envelope.
    fresh: bool,
}

impl DocumentRewriter {
    pub(super) fn envelope(policy: Policy, charset: Option<&str>) -> Self {
        let rewriter = EnvelopeRewriter::new(policy.clone());
        let rewriter = match charset {
            Some(charset) => rewriter.with_charset(charset),
            None => rewriter,
        };
        Self {
            policy,
            length: 0,
            state: State::Envelope(rewriter),
        }
    }

    pub(super) fn related(policy: Policy, related: Related) -> Self {
        Self {
            policy,
            length: 0,
            state: State::Seeking(Box::new(Seeking {
                related,
                held: BytesMut::new(),
                base: 0,
                from: 0,
                fresh: true,
                candidate: None,
                past_first: false,
                looked: 0,
            })),
        }
    }

    /// By how many bytes the output is shorter than the input, as soon as it is certain.
    ///
    /// It is certain before the first byte goes out, unless the root part is not the first: whoever has to
    /// announce a length then cannot.
    pub fn saved(&self) -> Option<usize> {
        match &self.state {
            State::Envelope(rewriter) => Some(rewriter.cuts()?.removed_length()),
            State::Passing { saved, .. } => Some(*saved),
            State::Seeking(_) | State::Root(_) | State::Refused(_) => None,
        }
    }

    /// What is known so far of the envelope, as soon as its header is complete: the lengths are those up to here.
    pub fn report(&self) -> Option<Report> {
        match &self.state {
            State::Envelope(rewriter) => Some(rewriter.cuts()?.report_of(self.length)),
            State::Passing { report, saved } => Some(counted(report.clone(), self.length, *saved)),
            State::Seeking(_) | State::Root(_) | State::Refused(_) => None,
        }
    }

    /// Takes the next chunk and appends to `out` what may go out.
    ///
    /// # Errors
    /// As soon as a refusal is certain; then nothing more goes out, and nothing has gone out if the root
    /// part is the first.
    pub fn push(&mut self, chunk: Bytes, out: &mut Vec<Bytes>) -> Result<(), Refusal> {
        self.length += chunk.len();
        match &mut self.state {
            State::Envelope(rewriter) => return rewriter.push(chunk, out),
            State::Passing { .. } if chunk.is_empty() => {}
            State::Passing { .. } => out.push(chunk),
            State::Refused(refusal) => return Err(refusal.clone()),
            State::Seeking(seeking) => {
                seeking.held.extend_from_slice(&chunk);
                return self.advance(false, out);
            }
            State::Root(root) => {
                root.pending.extend_from_slice(&chunk);
                return self.advance(false, out);
            }
        }
        Ok(())
    }

    /// Ends the input and says what was done.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn finish(mut self, out: &mut Vec<Bytes>) -> Result<Report, Refusal> {
        if matches!(self.state, State::Seeking(_) | State::Root(_)) {
            self.advance(true, out)?;
        }
        match self.state {
            State::Envelope(rewriter) => rewriter.finish(out),
            State::Passing { report, saved } => Ok(counted(report, self.length, saved)),
            State::Refused(refusal) => Err(refusal),
            State::Seeking(_) | State::Root(_) => Err(truncated(self.length)),
        }
    }

    /// Goes as far as what is there allows.
    fn advance(&mut self, complete: bool, out: &mut Vec<Bytes>) -> Result<(), Refusal> {
        let limit = self.policy.limits.header_bytes;
        let next = match &mut self.state {
            State::Seeking(seeking) => match seeking.advance(limit, complete, out) {
                Ok(Some(root)) => {
                    let root = seeking.enter(root, &self.policy);
                    self.state = State::Root(Box::new(root));
                    return self.advance(complete, out);
                }
                Ok(None) => return Ok(()),
                Err(refusal) => Err(refusal),
            },
            State::Root(root) => match root.advance(complete, out) {
                Ok(None) => return Ok(()),
                Ok(Some(passing)) => Ok(passing),
                Err(refusal) => Err(refusal),
            },
            State::Envelope(_) | State::Passing { .. } | State::Refused(_) => return Ok(()),
        };
        match next {
            Ok(passing) => {
                self.state = passing;
                Ok(())
            }
            Err(refusal) => {
                self.state = State::Refused(refusal.clone());
                Err(refusal)
            }
        }
    }
}

impl Seeking {
    /// The root part, once its header is there.
    fn advance(
        &mut self,
        limit: usize,
        complete: bool,
        out: &mut Vec<Bytes>,
    ) -> Result<Option<Root>, Refusal> {
        loop {
            let Some(at) = self.next_delimiter(limit, complete, out)? else {
                return Ok(None);
            };
            let base = self.base;
            let shifted = |refusal: Refusal| refusal.shifted(base);
            let delimiter = &self.related.delimiter;
            let header = match delimiter.line(&self.held, at, complete).map_err(shifted)? {
                Line::Open(end) => end,
                Line::Close => return Err(Refusal::RootMissing { offset: base + at }),
                Line::Unfinished if complete => return Err(truncated(base + self.held.len())),
                Line::Unfinished => return Ok(None),
            };
            let news = self.held.get(self.looked.max(header)..).unwrap_or_default();
            // Fields are bounded, and so is how often they are read for a line that has come.
            if !complete && news.len() < 1024 && !news.contains(&b'\n') {
                return Ok(None);
            }
            self.looked = self.held.len();
            let read = PartHeader::read(&self.held[header..]);
            let part = match read.map_err(|refusal| refusal.shifted(base + header))? {
                Some(part) => part,
                None if complete => return Err(truncated(base + self.held.len())),
                None => return Ok(None),
            };
            if self.related.is_root(&part) {
                return self.related.root(part, base + header).map(Some);
            }
            self.past_first = true;
            self.candidate = None;
            self.from = header + part.end;
            self.fresh = true;
        }
    }

    /// The next delimiter in `held`; without one, what cannot belong to one is passed on.
    fn next_delimiter(
        &mut self,
        limit: usize,
        complete: bool,
        out: &mut Vec<Bytes>,
    ) -> Result<Option<usize>, Refusal> {
        if self.candidate.is_some() {
            return Ok(self.candidate);
        }
        let delimiter = &self.related.delimiter;
        let found = delimiter.find(&self.held, self.from, self.fresh);
        if self.past_first {
            if found.is_none() && complete {
                return Err(Refusal::RootMissing {
                    offset: self.base + self.held.len(),
                });
            }
        } else {
            let late = found.map_or(
                self.held.len() > limit.saturating_add(delimiter.len()),
                |at| at > limit,
            );
            if late || (found.is_none() && complete) {
                return Err(Refusal::Boundary {
                    offset: self.held.len().min(limit),
                });
            }
        }
        self.candidate = found;
        let judged = match found {
            // The line break in front of it is judged with it.
            Some(at) => at.saturating_sub(2),
            None => {
                let tail = self.held.len().saturating_sub(delimiter.len() + 2);
                if tail > self.from {
                    self.from = tail;
                    self.fresh = false;
                }
                tail
            }
        };
        if self.past_first {
            self.pass(judged, out);
        }
        Ok(self.candidate)
    }

    /// Passes on what stands before `end`.
    fn pass(&mut self, end: usize, out: &mut Vec<Bytes>) {
        if end == 0 {
            return;
        }
        out.push(self.held.split_to(end).freeze());
        self.base += end;
        self.from = self.from.saturating_sub(end);
        self.looked = self.looked.saturating_sub(end);
        self.candidate = self.candidate.map(|at| at - end);
    }

    fn enter(&mut self, root: Root, policy: &Policy) -> InRoot {
        let mut rewriter = EnvelopeRewriter::new(policy.clone());
        if let Some(charset) = root.charset.as_deref() {
            rewriter = rewriter.with_charset(charset);
        }
        let before = self.held.split_to(root.start - self.base).freeze();
        InRoot {
            related: self.related.clone(),
            root,
            before,
            base: self.base,
            rewriter,
            pending: std::mem::take(&mut self.held),
            fresh: true,
        }
    }
}

impl InRoot {
    /// The state behind the envelope's header, once that is complete.
    fn advance(&mut self, complete: bool, out: &mut Vec<Bytes>) -> Result<Option<State>, Refusal> {
        let delimiter = &self.related.delimiter;
        let found = delimiter.find(&self.pending, 0, self.fresh);
        let sure = match found {
            Some(at) => Delimiter::content_end(&self.pending, at),
            None if complete => self.pending.len(),
            // Two bytes for the line break in front of a delimiter that may have begun.
            None => self.pending.len().saturating_sub(delimiter.len() + 2),
        };
        let start = self.root.start;
        let mut kept = Vec::new();
        if sure > 0 {
            self.fresh = false;
            let chunk = self.pending.split_to(sure).freeze();
            self.rewriter
                .push(chunk, &mut kept)
                .map_err(|refusal| refusal.shifted(start))?;
        }
        let report = match self.rewriter.cuts() {
            Some(cuts) => cuts.report(),
            None if found.is_some() || complete => {
                let rewriter =
                    std::mem::replace(&mut self.rewriter, EnvelopeRewriter::new(Policy::default()));
                rewriter
                    .finish(&mut kept)
                    .map_err(|refusal| refusal.shifted(start))?
            }
            None => return Ok(None),
        };
        let removed = report.input_length - report.output_length;
        let correction = self.root.correction(removed)?;
        let mut before = std::mem::take(&mut self.before);
        if let Some(correction) = &correction {
            let front = before.split_to(correction.range.start - self.base);
            before = before.split_off(correction.range.len());
            out.push(front);
            out.push(Bytes::from(correction.digits.clone()));
        }
        out.extend(
            [before]
                .into_iter()
                .chain(kept)
                .filter(|piece| !piece.is_empty()),
        );
        let rest = std::mem::take(&mut self.pending).freeze();
        if !rest.is_empty() {
            out.push(rest);
        }
        Ok(Some(State::Passing {
            saved: removed + correction.as_ref().map_or(0, Correction::saved),
            report: report.shifted(start, correction.map(|correction| correction.range)),
        }))
    }
}

fn counted(mut report: Report, length: usize, saved: usize) -> Report {
    report.input_length = length;
    report.output_length = length - saved;
    report
}

// What is held is the header with its password.
impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Envelope(rewriter) => f.debug_tuple("Envelope").field(rewriter).finish(),
            Self::Seeking(seeking) => write!(f, "Seeking([{} bytes])", seeking.held.len()),
            Self::Root(root) => f.debug_tuple("Root").field(&root.rewriter).finish(),
            Self::Passing { report, .. } => f.debug_tuple("Passing").field(report).finish(),
            Self::Refused(refusal) => f.debug_tuple("Refused").field(refusal).finish(),
        }
    }
}
