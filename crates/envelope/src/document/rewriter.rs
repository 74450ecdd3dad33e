//! The cut of a message of any Content-Type over chunks of any size.

mod root;
mod seeking;

use bytes::Bytes;

use crate::error::Refusal;
use crate::multipart::{Related, truncated};
use crate::policy::Policy;
use crate::report::Report;
use crate::stream::EnvelopeRewriter;
use root::InRoot;
use seeking::Seeking;

/// Rewrites one message that arrives in chunks.
///
/// However it is chunked, the output and the refusal are those of [`Document::cut`](crate::Document::cut)
/// on the whole. What is held back is the header of the envelope and, if the root part is the first, what
/// comes before it; each is bounded by [`Limits::header_bytes`](crate::Limits::header_bytes), part headers
/// by 16 KiB. A refusal can follow output if the root part is not the first, for the parts before it are
/// passed on as they come, and under [`Policy::well_formed`].
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
    /// In the root part, until there is nothing more to read in it.
    Root(Box<InRoot>),
    /// Behind it.
    Passing {
        report: Report,
        saved: usize,
    },
    Refused(Refusal),
}

impl DocumentRewriter {
    pub(super) fn envelope(policy: Policy, charset: Option<&str>) -> Self {
        let rewriter = envelope_rewriter(&policy, charset);
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
            state: State::Seeking(Box::new(Seeking::new(related))),
        }
    }

    /// By how many bytes the output is shorter than the input, as soon as it is certain.
    ///
    /// It is certain before the first byte goes out, unless the root part is not the first: whoever has to
    /// announce a length then cannot.
    pub fn saved(&self) -> Option<usize> {
        match &self.state {
            State::Envelope(rewriter) => Some(rewriter.cuts()?.removed_length()),
            State::Root(root) => root.saved(),
            State::Passing { saved, .. } => Some(*saved),
            State::Seeking(_) | State::Refused(_) => None,
        }
    }

    /// What is known so far of the envelope, as soon as its header is complete: the lengths are those up to here.
    pub fn report(&self) -> Option<Report> {
        match &self.state {
            State::Envelope(rewriter) => Some(rewriter.cuts()?.report_of(self.length)),
            State::Root(root) => Some(counted(root.report()?, self.length, root.saved()?)),
            State::Passing { report, saved } => Some(counted(report.clone(), self.length, *saved)),
            State::Seeking(_) | State::Refused(_) => None,
        }
    }

    /// Takes the next chunk and appends to `out` what may go out.
    ///
    /// # Errors
    /// As soon as a refusal is certain; then nothing more goes out, and nothing has gone out but in the two
    /// cases named above.
    pub fn push(&mut self, chunk: Bytes, out: &mut Vec<Bytes>) -> Result<(), Refusal> {
        self.length += chunk.len();
        match &mut self.state {
            State::Envelope(rewriter) => return rewriter.push(chunk, out),
            State::Passing { .. } if chunk.is_empty() => {}
            State::Passing { .. } => out.push(chunk),
            State::Refused(refusal) => return Err(refusal.clone()),
            State::Seeking(seeking) => {
                seeking.push(&chunk);
                return self.advance(false, out);
            }
            State::Root(root) => {
                root.push(&chunk);
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
                    let root = seeking.enter(root, self.policy.clone());
                    self.state = State::Root(Box::new(root));
                    return self.advance(complete, out);
                }
                Ok(None) => return Ok(()),
                Err(refusal) => Err(refusal),
            },
            State::Root(root) => match root.advance(complete, out) {
                Ok(None) => return Ok(()),
                Ok(Some((report, saved))) => Ok(State::Passing { report, saved }),
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

fn envelope_rewriter(policy: &Policy, charset: Option<&str>) -> EnvelopeRewriter {
    let rewriter = EnvelopeRewriter::new(policy.clone());
    match charset {
        Some(charset) => rewriter.with_charset(charset),
        None => rewriter,
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
            Self::Seeking(seeking) => seeking.fmt(f),
            Self::Root(root) => root.fmt(f),
            Self::Passing { report, .. } => f.debug_tuple("Passing").field(report).finish(),
            Self::Refused(refusal) => f.debug_tuple("Refused").field(refusal).finish(),
        }
    }
}
