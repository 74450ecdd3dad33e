//! The records of a search, one after the other, over as many pages as there are.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use castile_model::{Operation, RecordLimits, Search, Text};
use futures_core::Stream;

use super::circle::Circle;
use super::fetch::{Came, Fetch, Fetched, Flight, How, SetCursor};
use super::open::{NextPage, Opened, Step};
use super::{Page, PageError};

/// The records of a search, asked for page by page; holds one page, or less.
///
/// [`next`](Self::next) gives them one by one; it is a [`Stream`] too. Dropping it cancels what is on its way; dropping
/// the future of `next` loses nothing.
///
/// | | asked for | held |
/// |---|---|---|
/// | as it is | when the page before was read | one page |
/// | [`prefetch`](Self::prefetch) | while the page before is read | two pages |
/// | [`stream_records`](Self::stream_records) | when the page before was read | one record |
/// | both | while the page before is read, if that tells in front of its records where the next one begins | one record, the beginning of a page |
#[must_use = "nothing is sent before `next`"]
pub struct Records<'c, O: Operation, R> {
    request: Arc<O>,
    fetch: Fetch<'c, O, R>,
    set_cursor: SetCursor<'c, O>,
    how: How,
    prefetch: bool,
    flight: Option<Flight<'c, O, R>>,
    /// The page behind the one at hand.
    ahead: Option<Came<'c, O, R>>,
    records: VecDeque<R>,
    /// The page at hand, if it is read record by record.
    open: Option<Opened<'c, O, R>>,
    answer: Option<O::Response>,
    /// Where the next page begins.
    cursor: Option<Text>,
    circle: Circle,
    state: State,
    most_pages: u64,
    most_records: u64,
    pages: u64,
    given: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// There is, or may be, another page.
    More,
    /// There is another page, and no way to it.
    NoCursor,
    /// The way to the next page leads back.
    SameCursor,
    /// There is none, or an error was told.
    Done,
}

impl<'c, O: Operation, R> Records<'c, O, R> {
    pub(super) fn new(
        request: O,
        fetch: Fetch<'c, O, R>,
        set_cursor: impl Fn(&mut O, Text) + Send + 'c,
    ) -> Self {
        Self {
            request: Arc::new(request),
            fetch,
            set_cursor: Box::new(set_cursor),
            how: How::default(),
            prefetch: false,
            flight: None,
            ahead: None,
            records: VecDeque::new(),
            open: None,
            answer: None,
            cursor: None,
            circle: Circle::new(),
            state: State::More,
            most_pages: u64::MAX,
            most_records: u64::MAX,
            pages: 0,
            given: 0,
        }
    }

    /// Begins where an earlier search stopped, by its [`cursor`](Self::cursor).
    pub fn resume(mut self, cursor: Text) -> Self {
        // The first page may not lead back to itself.
        self.circle.closes(&cursor);
        self.go_to(cursor);
        self
    }

    /// Ends in [`PageError::TooManyPages`] when so many pages were read and there are more. No limit, unless given.
    pub fn max_pages(mut self, limit: u64) -> Self {
        self.most_pages = limit;
        self
    }

    /// Ends after so many records. No limit, unless given.
    pub fn max_records(mut self, limit: u64) -> Self {
        self.most_records = limit;
        self
    }

    /// Asks for the next page while the one at hand is read, and never for more than that one.
    ///
    /// Its time runs from then on: where reading a page takes longer than the client's limit, give it more
    /// ([`time_limit`](Self::time_limit)).
    ///
    /// Of pages that are read [record by record](Self::stream_records) the next one is asked for with the second record
    /// of this one, over a connection of its own. Its beginning is held; the rest waits at the gateway, which may lose
    /// patience: a page that breaks off before its first record was given can be asked for again. Where the cursor stands
    /// behind the records it comes too late, and with [`max_records`](Self::max_records) nobody knows whether the
    /// next page is wanted: then it is asked for when this one was read.
    pub fn prefetch(mut self) -> Self {
        self.prefetch = true;
        self
    }

    /// Another time limit for each page than that of the client.
    ///
    /// Of records that are decoded as they come, the time that you take for them counts.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.how.call = self.how.call.with_total(limit);
        self
    }

    /// Another limit for the answer of each page than that of the client, in bytes.
    pub fn answer_limit(mut self, limit: usize) -> Self {
        self.how.call = self.how.call.with_answer(limit);
        self
    }

    /// Where the next page begins, once all records of the page in hand were given; to go on from there later.
    ///
    /// None while records are in hand, and when there is no next page.
    pub fn cursor(&self) -> Option<&Text> {
        let is_between =
            self.records.is_empty() && self.open.is_none() && self.state == State::More;
        self.cursor.as_ref().filter(|_| is_between)
    }

    /// Of a search by its contract: what the last page said beside its records, such as remarks in its head.
    ///
    /// None before the first page, and of a page that is read record by record before its last record was given.
    pub fn answer(&self) -> Option<&O::Response> {
        self.answer.as_ref()
    }

    /// The only one that has the request while no page is on its way.
    fn go_to(&mut self, cursor: Text) {
        (self.flight, self.ahead) = (None, None);
        if let Some(request) = Arc::get_mut(&mut self.request) {
            (self.set_cursor)(request, cursor.clone());
        }
        self.cursor = Some(cursor);
    }

    /// A page without records that leads on is taken as one: a provider may filter behind its cursor.
    fn come(&mut self, page: Page<R>, answer: Option<O::Response>, asked: Option<&Text>) {
        self.pages += 1;
        self.answer = answer;
        self.cursor = None;
        self.records = page.records.into();
        self.state = match page.cursor {
            _ if !page.more => State::Done,
            Some(cursor) if !cursor.as_str().is_empty() => {
                if self.circle.closes(&cursor) {
                    State::SameCursor
                } else if asked == Some(&cursor) {
                    self.cursor = Some(cursor);
                    State::More
                } else {
                    // What was asked for by another cursor is not the next page.
                    self.go_to(cursor);
                    State::More
                }
            }
            _ => State::NoCursor,
        };
        if self.state != State::More {
            (self.flight, self.ahead) = (None, None);
        }
    }
}

impl<O: Search> Records<'_, O, O::Record> {
    /// Decodes records one by one as the bytes of a page come, in the memory of one record.
    ///
    /// For pages that are large. The rest of an answer is seen to be whole and no fault behind the last record, so
    /// records that were given may be followed by an error. A page that breaks off after its first record is not asked
    /// for again.
    ///
    /// A page in parts (MTOM) is held whole, because what its records refer to comes behind all of them. So it may be
    /// no longer than one record may ([`RecordLimits::record`], 16 MiB by default), whatever
    /// [`answer_limit`](Self::answer_limit) says, and takes up to three times its length while it is put together; a
    /// longer one is refused ([`AnswerTooLarge`](castile_http::Error::AnswerTooLarge)). Without `stream_records` only
    /// the limit of the answer holds.
    pub fn stream_records(mut self) -> Self {
        self.how.records = Some(self.how.records.unwrap_or_default());
        self
    }

    /// As [`stream_records`](Self::stream_records), with limits of your own.
    pub fn stream_records_within(mut self, limits: RecordLimits) -> Self {
        self.how.records = Some(limits);
        self
    }
}

impl<'c, O, R> Records<'c, O, R>
where
    O: Operation,
    O::Fault: std::fmt::Debug,
{
    /// The next record; none after the last.
    ///
    /// # Errors
    /// See [`PageError`]. After [`PageError::Call`] the same page may be asked for again, unless some of its records
    /// were given; after any other error there are no more records.
    pub async fn next(&mut self) -> Result<Option<R>, PageError<O::Fault>> {
        std::future::poll_fn(|context| self.poll_record(context)).await
    }

    fn poll_record(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<R>, PageError<O::Fault>>> {
        loop {
            if self.given >= self.most_records {
                // What is on its way is for nobody.
                (self.flight, self.ahead, self.open) = (None, None, None);
                return Poll::Ready(Ok(None));
            }
            self.look_ahead(context);
            if let Some(record) = self.records.pop_front() {
                self.given += 1;
                return Poll::Ready(Ok(Some(record)));
            }
            if let Some(open) = &mut self.open {
                match ready!(open.page.poll_step(context)) {
                    Ok(Step::Record(record)) => {
                        open.given += 1;
                        self.given += 1;
                        return Poll::Ready(Ok(Some(record)));
                    }
                    Ok(Step::End(page, answer)) => {
                        let asked = self.open.take().and_then(|open| open.next.asked());
                        self.come(page, Some(answer), asked.as_ref());
                    }
                    Err(error) => {
                        if open.given > 0 {
                            self.state = State::Done;
                            (self.flight, self.ahead) = (None, None);
                        }
                        self.open = None;
                        return Poll::Ready(Err(error.into()));
                    }
                }
                continue;
            }
            let page = self.pages;
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Poll::Ready(Ok(None)),
                State::NoCursor => return Poll::Ready(Err(PageError::NoCursor { page })),
                State::SameCursor => return Poll::Ready(Err(PageError::SameCursor { page })),
                State::More => {}
            }
            if self.pages >= self.most_pages {
                let limit = self.most_pages;
                return Poll::Ready(Err(PageError::TooManyPages { limit }));
            }
            self.state = State::More;
            match ready!(self.poll_page(context))? {
                Fetched::Page(page, answer) => self.come(page, answer, None),
                Fetched::Open(page) => {
                    self.answer = None;
                    self.open = Some(Opened::new(page));
                }
            }
        }
    }

    /// The next page, asked for unless it is on its way or there.
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Came<'c, O, R>> {
        if let Some(page) = self.ahead.take() {
            return Poll::Ready(page);
        }
        let flight = self
            .flight
            .get_or_insert_with(|| (self.fetch)(Arc::clone(&self.request), self.how));
        let page = ready!(flight.as_mut().poll(context));
        self.flight = None;
        Poll::Ready(page)
    }

    fn look_ahead(&mut self, context: &mut Context<'_>) {
        let is_wanted = self.prefetch
            && self.state == State::More
            && self.ahead.is_none()
            && match self.open {
                Some(_) => self.is_next_known(),
                None => {
                    !self.records.is_empty()
                        && self.pages < self.most_pages
                        && self.given + (self.records.len() as u64) < self.most_records
                }
            };
        if is_wanted && let Poll::Ready(page) = self.poll_page(context) {
            self.ahead = Some(page);
        }
    }

    /// Whether the page behind the one that is read record by record is known and wanted; then the request is for it.
    ///
    /// Only once a record was given: from then on this page is never asked for again, so the request is free.
    fn is_next_known(&mut self) -> bool {
        let Some(open) = &mut self.open else {
            return false;
        };
        let is_within = self.pages + 1 < self.most_pages && self.most_records == u64::MAX;
        if open.given == 0 || !is_within {
            return false;
        }
        if let NextPage::Unseen = open.next {
            let cursor = open.page.next_page();
            let cursor = cursor.filter(|cursor| !self.circle.would_close(cursor));
            open.next = match (cursor, Arc::get_mut(&mut self.request)) {
                (Some(cursor), Some(request)) => {
                    (self.set_cursor)(request, cursor.clone());
                    NextPage::Asked(cursor)
                }
                _ => NextPage::Unknown,
            };
        }
        matches!(open.next, NextPage::Asked(_))
    }
}

/// The records, each once, in order. The stream ends after an error: to ask for the page again is for who looked at it.
impl<O, R> Stream for Records<'_, O, R>
where
    O: Operation,
    O::Fault: std::fmt::Debug,
{
    type Item = Result<R, PageError<O::Fault>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let records = self.get_mut();
        let record = ready!(records.poll_record(context));
        if record.is_err() {
            records.state = State::Done;
        }
        Poll::Ready(record.transpose())
    }
}

/// Nothing of it is borrowed by its futures.
impl<O: Operation, R> Unpin for Records<'_, O, R> {}

/// Prints how far it came: requests, records and cursors hold customer data.
impl<O: Operation, R> std::fmt::Debug for Records<'_, O, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records")
            .field("pages", &self.pages)
            .field("given", &self.given)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
