//! The cut over chunks of any size.

use bytes::{Bytes, BytesMut};

use crate::check::Checker;
use crate::cut::{Cuts, plan};
use crate::error::Refusal;
use crate::policy::Policy;
use crate::report::Report;

/// Rewrites one envelope that arrives in chunks.
///
/// However it is chunked, the output and the refusal are those of [`cut()`](crate::cut()) on the whole. What comes
/// before Body is held back ([`Limits::header_bytes`](crate::Limits::header_bytes) bounds how much), so that nothing goes out
/// of an envelope that is then refused for its header; after that each chunk is passed on as it came.
///
/// [`Policy::inspect_body`] and [`Policy::well_formed`] read along without holding Body back. So a document
/// that turns out not to be well-formed is refused when part of it has gone out: break that message off.
///
/// ```
/// use bytes::Bytes;
/// use castile_envelope::{EnvelopeRewriter, Policy};
///
/// let mut rewriter = EnvelopeRewriter::new(Policy::default());
/// let mut out = Vec::new();
/// for chunk in [
///     "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Header><w:Secu",
///     "rity xmlns:w='http://schemas.xmlsoap.org/ws/2003/06/secext'/></Header><Body>",
///     "</Body></Envelope>",
/// ] {
///     rewriter.push(Bytes::from(chunk), &mut out)?;
/// }
/// let report = rewriter.finish(&mut out)?;
/// assert_eq!(
///     out.concat(),
///     b"<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Header></Header><Body></Body></Envelope>"
/// );
/// assert_eq!(report.removed.len(), 1);
/// # Ok::<(), castile_envelope::Refusal>(())
/// ```
#[derive(Debug)]
pub struct EnvelopeRewriter {
    policy: Policy,
    charset: Option<Box<str>>,
    /// Bytes seen so far.
    length: usize,
    state: State,
}

enum State {
    /// Body has not begun in what is held; it is looked at again at `next` bytes.
    Holding {
        held: BytesMut,
        next: usize,
    },
    Passing(Box<Passing>),
    Refused(Refusal),
}

struct Passing {
    cuts: Cuts,
    checker: Option<Checker>,
}

// What is held is the header with its password.
impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Holding { held, .. } => write!(f, "Holding([{} bytes])", held.len()),
            Self::Passing(passing) => f.debug_tuple("Passing").field(&passing.cuts).finish(),
            Self::Refused(refusal) => f.debug_tuple("Refused").field(refusal).finish(),
        }
    }
}

impl EnvelopeRewriter {
    /// A rewriter for one envelope.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            charset: None,
            length: 0,
            state: State::Holding {
                held: BytesMut::new(),
                next: 0,
            },
        }
    }

    /// The same for bytes beside which the encoding is named, as in [`cut_with_charset`](crate::cut_with_charset).
    ///
    /// An encoding that cannot be read is refused with the first chunk.
    pub fn with_charset(mut self, charset: &str) -> Self {
        self.charset = Some(charset.into());
        self
    }

    /// What goes, as soon as it is certain.
    pub(crate) fn cuts(&self) -> Option<&Cuts> {
        match &self.state {
            State::Passing(passing) => Some(&passing.cuts),
            State::Holding { .. } | State::Refused(_) => None,
        }
    }

    /// Takes the next chunk and appends to `out` what may go out; the slices share memory with the input.
    ///
    /// # Errors
    /// As [`cut()`](crate::cut()), as soon as it is certain; then nothing will be appended to `out`, and nothing was
    /// unless the flaw stands behind Header.
    pub fn push(&mut self, chunk: Bytes, out: &mut Vec<Bytes>) -> Result<(), Refusal> {
        self.length += chunk.len();
        match &mut self.state {
            State::Passing(_) if chunk.is_empty() => Ok(()),
            State::Passing(passing) => {
                if let Some(checker) = &mut passing.checker
                    && let Err(refusal) = checker.push(&chunk)
                {
                    self.state = State::Refused(refusal.clone());
                    return Err(refusal);
                }
                out.push(chunk);
                Ok(())
            }
            State::Refused(refusal) => Err(refusal.clone()),
            State::Holding { held, next } => {
                let whole = if held.is_empty() {
                    chunk
                } else {
                    held.extend_from_slice(&chunk);
                    if held.len() < *next && held.len() <= self.policy.limits.header_bytes {
                        return Ok(());
                    }
                    std::mem::take(held).freeze()
                };
                self.attempt(whole, out)
            }
        }
    }

    /// Ends the input and says what was done.
    ///
    /// # Errors
    /// As [`cut()`](crate::cut()) on the whole input.
    pub fn finish(mut self, out: &mut Vec<Bytes>) -> Result<Report, Refusal> {
        if let State::Holding { held, .. } = &mut self.state {
            let whole = std::mem::take(held).freeze();
            self.state = State::Passing(Box::new(self.pass(&whole, out)?));
        }
        match self.state {
            State::Passing(mut passing) => {
                if let Some(checker) = passing.checker {
                    passing.cuts.add(checker.finish()?);
                }
                Ok(passing.cuts.report_of(self.length))
            }
            State::Refused(refusal) => Err(refusal),
            State::Holding { .. } => Err(Refusal::Truncated {
                offset: self.length,
            }),
        }
    }

    fn attempt(&mut self, whole: Bytes, out: &mut Vec<Bytes>) -> Result<(), Refusal> {
        match self.pass(&whole, out) {
            Ok(passing) => {
                self.state = State::Passing(Box::new(passing));
                Ok(())
            }
            Err(refusal) if refusal.is_undecided(whole.len()) => {
                // Looking again only when an eighth has come keeps the work linear for chunks of any size.
                let next = whole.len() + whole.len() / 8 + 1;
                let held = whole
                    .try_into_mut()
                    .unwrap_or_else(|shared| BytesMut::from(&shared[..]));
                self.state = State::Holding { held, next };
                Ok(())
            }
            Err(refusal) => {
                self.state = State::Refused(refusal.clone());
                Err(refusal)
            }
        }
    }

    /// Passes on what stays of `whole`, in which Body has begun.
    fn pass(&self, whole: &Bytes, out: &mut Vec<Bytes>) -> Result<Passing, Refusal> {
        let (cuts, start) = plan(whole, self.charset.as_deref(), &self.policy)?;
        let mut checker = Checker::new(start, cuts.soap(), &self.policy);
        if let Some(checker) = &mut checker {
            checker.push(&whole[start.at..])?;
        }
        out.extend(cuts.kept_bytes(whole));
        Ok(Passing { cuts, checker })
    }
}
