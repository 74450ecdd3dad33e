//! Parts a multipart message that comes in chunks.

use std::fmt;

use bytes::{Bytes, BytesMut};

use super::{Delimiter, Line, PartHeader, truncated};
use crate::error::Refusal;
use crate::policy;

/// What comes next of a multipart message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A part begins: its header, and where that begins in the message.
    Head(PartHeader, usize),
    /// Some of its content; never empty.
    Content(Bytes),
    /// It ends.
    End,
    /// The closing delimiter. What stands behind it is passed by.
    Close,
}

/// Parts a message within the memory of a chunk, a part header, or what may come before the first delimiter.
///
/// However it is chunked, its parts are those of the whole message.
pub(crate) struct Splitter {
    delimiter: Delimiter,
    /// Parts that there may be.
    limit: usize,
    /// What has come and was not given, from `base` on in the message.
    held: BytesMut,
    base: usize,
    is_complete: bool,
    parts: usize,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Before the first delimiter.
    Before,
    /// A delimiter begins there in `held`.
    Line { at: usize },
    /// In the header of a part, of which so much was looked at.
    Header { looked: usize },
    /// In its content; whether none of it was given.
    Content { is_fresh: bool },
    /// Behind its content: a delimiter begins there in `held`.
    Ended { at: usize },
    /// Behind the closing delimiter.
    Closed,
}

impl Splitter {
    pub(crate) fn new(delimiter: Delimiter, limit: usize) -> Self {
        Self {
            delimiter,
            limit,
            held: BytesMut::new(),
            base: 0,
            is_complete: false,
            parts: 0,
            state: State::Before,
        }
    }

    /// Takes the next chunk.
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        if !matches!(self.state, State::Closed) {
            self.held.extend_from_slice(chunk);
        }
    }

    /// No more chunks come.
    pub(crate) fn finish(&mut self) {
        self.is_complete = true;
    }

    /// The next piece; none when that takes another chunk, and behind the closing delimiter.
    ///
    /// # Errors
    /// What is wrong with delimiters and part headers, the number of parts, and a message that ends before its
    /// closing delimiter. Nothing may be asked for after an error.
    pub(crate) fn next(&mut self) -> Result<Option<Piece>, Refusal> {
        loop {
            match self.state {
                State::Before => {
                    let Some(at) = self.first()? else {
                        return Ok(None);
                    };
                    // The line break in front of it is judged with it.
                    let before = at.saturating_sub(2);
                    self.drop(before);
                    self.state = State::Line { at: at - before };
                }
                State::Ended { at } => {
                    self.state = State::Line { at };
                    return Ok(Some(Piece::End));
                }
                State::Line { at } => {
                    let line = self.delimiter.line(&self.held, at, self.is_complete);
                    match line.map_err(|refusal| refusal.shifted(self.base))? {
                        Line::Unfinished => return self.wait(),
                        Line::Close => {
                            self.state = State::Closed;
                            self.held = BytesMut::new();
                            return Ok(Some(Piece::Close));
                        }
                        Line::Open(_) if self.parts == self.limit => {
                            return Err(Refusal::TooManyParts {
                                offset: self.base + at,
                                limit: self.limit,
                            });
                        }
                        Line::Open(end) => {
                            self.parts += 1;
                            self.drop(end);
                            self.state = State::Header { looked: 0 };
                        }
                    }
                }
                State::Header { looked } => {
                    let news = self.held.get(looked..).unwrap_or_default();
                    // Fields are bounded, and so is how often they are read for a line that has come.
                    if !self.is_complete && news.len() < 1024 && !news.contains(&b'\n') {
                        return Ok(None);
                    }
                    let looked = self.held.len();
                    let header = PartHeader::read(&self.held);
                    let Some(header) = header.map_err(|refusal| refusal.shifted(self.base))? else {
                        self.state = State::Header { looked };
                        return self.wait();
                    };
                    let start = self.base;
                    self.drop(header.end);
                    self.state = State::Content { is_fresh: true };
                    return Ok(Some(Piece::Head(header, start)));
                }
                State::Content { is_fresh } => {
                    let found = self.delimiter.find(&self.held, 0, is_fresh);
                    let end = match found {
                        Some(at) => Delimiter::content_end(&self.held, at),
                        None if self.is_complete => return self.wait(),
                        // A delimiter and the line break in front of it may have begun.
                        None => self.held.len().saturating_sub(self.delimiter.len() + 2),
                    };
                    self.state = match found {
                        Some(at) => State::Ended { at: at - end },
                        None if end == 0 => return Ok(None),
                        None => State::Content { is_fresh: false },
                    };
                    if end > 0 {
                        self.base += end;
                        return Ok(Some(Piece::Content(self.held.split_to(end).freeze())));
                    }
                }
                State::Closed => return Ok(None),
            }
        }
    }

    /// The first delimiter, which must come within a limit.
    fn first(&self) -> Result<Option<usize>, Refusal> {
        let limit = policy::Limits::default().header_bytes;
        let reach = limit.saturating_add(self.delimiter.len());
        let window = &self.held[..self.held.len().min(reach)];
        let found = self.delimiter.find(window, 0, true);
        if found.is_none() && (self.is_complete || self.held.len() >= reach) {
            return Err(Refusal::Boundary {
                offset: window.len(),
            });
        }
        Ok(found)
    }

    /// How much of the message was read.
    pub(crate) fn offset(&self) -> usize {
        self.base
    }

    fn drop(&mut self, length: usize) {
        let _ = self.held.split_to(length);
        self.base += length;
    }

    fn wait(&self) -> Result<Option<Piece>, Refusal> {
        match self.is_complete {
            true => Err(truncated(self.base + self.held.len())),
            false => Ok(None),
        }
    }
}

/// Prints lengths: what is held is a customer's.
impl fmt::Debug for Splitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Splitter")
            .field("base", &self.base)
            .field("held", &self.held.len())
            .field("parts", &self.parts)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
