//! The way to the root part, over what comes before it.

use std::fmt;

use bytes::{Bytes, BytesMut};

use super::root::InRoot;
use crate::error::Refusal;
use crate::multipart::{Line, PartHeader, Related, Root, truncated};
use crate::policy::Policy;

/// What has come so far, on the way to the root part.
pub(super) struct Seeking {
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

impl Seeking {
    pub(super) fn new(related: Related) -> Self {
        Self {
            related,
            held: BytesMut::new(),
            base: 0,
            from: 0,
            fresh: true,
            candidate: None,
            past_first: false,
            looked: 0,
        }
    }

    pub(super) fn push(&mut self, chunk: &[u8]) {
        self.held.extend_from_slice(chunk);
    }

    /// The root part, once its header is there.
    pub(super) fn advance(
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

    /// The root part, whose header was read.
    pub(super) fn enter(&mut self, root: Root, policy: Policy) -> InRoot {
        let before = self.held.split_to(root.start - self.base).freeze();
        let begun = std::mem::take(&mut self.held);
        let delimiter = self.related.delimiter.clone();
        InRoot::new(delimiter, root, policy, (self.base, before), begun)
    }
}

// What is held may be the header with its password.
impl fmt::Debug for Seeking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seeking([{} bytes])", self.held.len())
    }
}
