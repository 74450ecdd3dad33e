//! A page whose records are decoded as its bytes come.

use std::pin::Pin;
use std::task::{Context as Waking, Poll, ready};

use bytes::Bytes;
use castile_http::{Body, Effect, Error as HttpError};
use castile_model::{DecodeError, Operation, RecordLimits, RecordReader, Search, Text};
use http::StatusCode;
use http_body::Body as _;

use super::Page;
use crate::call::{Unread, read};
use crate::error::Context;
use crate::{Cause, Error};

/// What comes next of a page.
pub(super) enum Step<O: Operation, R> {
    /// A record.
    Record(R),
    /// Nothing: the answer was seen to be whole. Where the next page begins, and all that it said beside its records.
    End(Page<R>, O::Response),
}

/// What comes next, or why nothing does.
pub(super) type Next<O, R> = Result<Step<O, R>, Error<<O as Operation>::Fault>>;

/// The records of a page, one by one; nothing is asked of it after an end or an error.
pub(super) trait OpenPage<O: Operation, R>: Send {
    fn poll_step(&mut self, waking: &mut Waking<'_>) -> Poll<Next<O, R>>;

    /// Where the next page begins, if what came in front of the records tells it.
    fn next_page(&self) -> Option<Text>;
}

/// A page at hand.
pub(super) struct Opened<'c, O: Operation, R> {
    pub(super) page: Box<dyn OpenPage<O, R> + 'c>,
    /// How many of its records were given.
    pub(super) given: u64,
    pub(super) next: NextPage,
}

impl<'c, O: Operation, R> Opened<'c, O, R> {
    pub(super) fn new(page: Box<dyn OpenPage<O, R> + 'c>) -> Self {
        Self {
            page,
            given: 0,
            next: NextPage::Unseen,
        }
    }
}

/// What is known, while a page is read, of the one behind it.
pub(super) enum NextPage {
    /// Nobody has looked.
    Unseen,
    /// Nothing.
    Unknown,
    /// It begins here, and was asked for.
    Asked(Text),
}

impl NextPage {
    pub(super) fn asked(self) -> Option<Text> {
        match self {
            Self::Asked(cursor) => Some(cursor),
            Self::Unseen | Self::Unknown => None,
        }
    }
}

/// The same as its parts tell it.
type Read<O> = Result<Step<O, <O as Search>::Record>, Cause<<O as Operation>::Fault>>;

/// An answer that is read as it comes.
pub(super) struct Arriving<O: Search> {
    body: Body,
    status: StatusCode,
    effect: Effect,
    context: Context,
    limits: RecordLimits,
    reader: RecordReader<O>,
}

impl<O: Search> Arriving<O> {
    pub(super) fn new(answer: Unread, limits: RecordLimits) -> Self {
        let mut reader = RecordReader::new(limits);
        reader.push(&answer.start);
        Self {
            body: answer.body,
            status: answer.status,
            effect: answer.effect,
            context: answer.context,
            limits,
            reader,
        }
    }

    /// Reads what is no record, as any answer is read.
    fn end(&mut self) -> Read<O> {
        let reader = std::mem::replace(&mut self.reader, RecordReader::new(self.limits));
        let rest = Bytes::from(reader.finish().map_err(|source| self.undecodable(source))?);
        let reply = read::<O::Response, O::Fault>(&rest, self.status, self.effect)?;
        let response = reply.response.into_value();
        Ok(Step::End(Self::page(&response), response))
    }

    /// Where the next page begins, as an answer says.
    fn page(response: &O::Response) -> Page<O::Record> {
        let (more, cursor) = O::next_page(response);
        Page::new([], more, cursor.cloned())
    }

    fn undecodable(&self, source: DecodeError) -> Cause<O::Fault> {
        Cause::Decode {
            offset: 0,
            source,
            effect: self.effect,
        }
    }

    fn step(&mut self, waking: &mut Waking<'_>) -> Poll<Read<O>> {
        loop {
            match self.reader.record() {
                Ok(None) => {}
                Ok(Some(record)) => return Poll::Ready(Ok(Step::Record(record))),
                Err(source) => return Poll::Ready(Err(self.undecodable(source))),
            }
            match ready!(Pin::new(&mut self.body).poll_frame(waking)) {
                Some(Ok(frame)) => self.reader.push(&frame.into_data().unwrap_or_default()),
                Some(Err(error)) => {
                    let error = HttpError::from_body(error, self.effect);
                    return Poll::Ready(Err(error.into()));
                }
                None => return Poll::Ready(self.end()),
            }
        }
    }
}

impl<O: Search> OpenPage<O, O::Record> for Arriving<O>
where
    O::Fault: Send,
{
    fn poll_step(&mut self, waking: &mut Waking<'_>) -> Poll<Next<O, O::Record>> {
        let step = ready!(self.step(waking));
        Poll::Ready(step.map_err(|cause| Error::new(cause, self.context.clone())))
    }

    fn next_page(&self) -> Option<Text> {
        let front = Bytes::from(self.reader.front()?);
        // What is wrong in it is told at the end of the page.
        let reply = read::<O::Response, O::Fault>(&front, self.status, self.effect).ok()?;
        let page = Self::page(&reply.response.into_value());
        page.cursor
            .filter(|cursor| page.more && !cursor.as_str().is_empty())
    }
}
