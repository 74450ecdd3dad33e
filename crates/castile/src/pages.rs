//! The answers of a search, one page after the other.

use std::collections::VecDeque;

use castile_http::{Blame, SoapTransport};
use castile_model::{Operation, Text};

use crate::{Client, Error};

/// What a page of a search holds, as its answer tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<R> {
    /// The records, in the order of the answer.
    pub records: Vec<R>,
    /// `MoreRec`: whether records are left for another page.
    pub more: bool,
    /// `Cursor`: where the next page begins. It means something to the provider only.
    pub cursor: Option<Text>,
}

impl<R> Page<R> {
    /// A page by the texts of `MoreRec` and `Cursor`.
    pub fn new(
        records: impl IntoIterator<Item = R>,
        more: Option<&Text>,
        cursor: Option<Text>,
    ) -> Self {
        let more = more.map_or("", Text::as_str).trim();
        Self {
            records: records.into_iter().collect(),
            more: more.eq_ignore_ascii_case("true"),
            cursor,
        }
    }
}

/// The records of a search, asked for page by page; holds one page.
///
/// Dropping the future of [`next`](Self::next) loses nothing but the page that was on its way: it is asked for again.
#[must_use = "nothing is sent before `next`"]
pub struct Records<'c, T, O, S, P, R> {
    client: &'c Client<T>,
    request: O,
    set_cursor: S,
    read: P,
    records: VecDeque<R>,
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

/// Notices that a row of cursors comes back to one that was there, however long the circle, by keeping one of them
/// (Brent's algorithm).
#[derive(Debug)]
struct Circle {
    kept: Option<Text>,
    steps: u64,
    turn: u64,
}

impl Circle {
    fn closes(&mut self, cursor: &Text) -> bool {
        if self
            .kept
            .as_ref()
            .is_some_and(|kept| kept.as_str() == cursor.as_str())
        {
            return true;
        }
        self.steps += 1;
        if self.steps >= self.turn {
            (self.kept, self.steps) = (Some(cursor.clone()), 0);
            self.turn = self.turn.saturating_mul(2);
        }
        false
    }
}

/// Why there is no next record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError<F: std::fmt::Debug> {
    /// The page did not come; asking again asks for the same page.
    #[error(transparent)]
    Call(#[from] Error<F>),
    /// The answer says that there is more, and not where.
    #[error("page {page} says that there are more records, and gives no cursor to them")]
    NoCursor {
        /// Which page, from 1.
        page: u64,
    },
    /// The answer leads back to a page that was there: the search would never end.
    #[error("page {page} gives a cursor that was there before")]
    SameCursor {
        /// Which page, from 1.
        page: u64,
    },
    /// There are more pages than were wanted.
    #[error("there are more than {limit} pages")]
    TooManyPages {
        /// The limit.
        limit: u64,
    },
}

impl<F: std::fmt::Debug> PageError<F> {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Call(error) => error.code(),
            Self::NoCursor { .. } => "page-no-cursor",
            Self::SameCursor { .. } => "page-same-cursor",
            Self::TooManyPages { .. } => "page-limit",
        }
    }

    /// Who must act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Call(error) => error.blame(),
            Self::NoCursor { .. } | Self::SameCursor { .. } => Blame::JackHenry,
            Self::TooManyPages { .. } => Blame::Caller,
        }
    }
}

impl<T> Client<T>
where
    T: SoapTransport<Error = castile_http::Error>,
{
    /// The records of a search, page by page.
    ///
    /// `set_cursor` puts a cursor into the request, `read` takes a page out of the response. `MaxRec` of the request
    /// is the size of a page; a cursor that it has already is where the search begins.
    pub fn records<O, S, P, R>(
        &self,
        request: O,
        set_cursor: S,
        read: P,
    ) -> Records<'_, T, O, S, P, R>
    where
        O: Operation,
        S: Fn(&mut O, Text),
        P: Fn(O::Response) -> Page<R>,
    {
        Records {
            client: self,
            request,
            set_cursor,
            read,
            records: VecDeque::new(),
            cursor: None,
            circle: Circle {
                kept: None,
                steps: 0,
                turn: 1,
            },
            state: State::More,
            most_pages: u64::MAX,
            most_records: u64::MAX,
            pages: 0,
            given: 0,
        }
    }
}

impl<T, O, S, P, R> Records<'_, T, O, S, P, R>
where
    T: SoapTransport<Error = castile_http::Error>,
    O: Operation,
    O::Fault: std::fmt::Debug,
    S: Fn(&mut O, Text),
    P: Fn(O::Response) -> Page<R>,
{
    /// Begins where an earlier search stopped, by its [`cursor`](Self::cursor).
    pub fn resume(mut self, cursor: Text) -> Self {
        (self.set_cursor)(&mut self.request, cursor.clone());
        // The first page may not lead back to itself.
        self.circle.closes(&cursor);
        self.cursor = Some(cursor);
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

    /// Where the next page begins, once all records of the page in hand were given; to go on from there later.
    ///
    /// None while records are in hand, and when there is no next page.
    pub fn cursor(&self) -> Option<&Text> {
        let is_between = self.records.is_empty() && self.state == State::More;
        self.cursor.as_ref().filter(|_| is_between)
    }

    /// The next record; none after the last.
    ///
    /// # Errors
    /// See [`PageError`]. After [`PageError::Call`] the same page may be asked for again; after any other error there
    /// are no more records.
    pub async fn next(&mut self) -> Result<Option<R>, PageError<O::Fault>> {
        loop {
            if self.given >= self.most_records {
                return Ok(None);
            }
            if let Some(record) = self.records.pop_front() {
                self.given += 1;
                return Ok(Some(record));
            }
            let page = self.pages;
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Ok(None),
                State::NoCursor => return Err(PageError::NoCursor { page }),
                State::SameCursor => return Err(PageError::SameCursor { page }),
                State::More => {}
            }
            if self.pages >= self.most_pages {
                let limit = self.most_pages;
                return Err(PageError::TooManyPages { limit });
            }
            self.state = State::More;
            let response = self.client.call(&self.request).send().await?;
            self.pages += 1;
            self.take((self.read)(response));
        }
    }

    /// A page without records that leads on is taken as one: a provider may filter behind its cursor.
    fn take(&mut self, page: Page<R>) {
        self.cursor = None;
        self.records = page.records.into();
        self.state = match page.cursor {
            _ if !page.more => State::Done,
            Some(cursor) if !cursor.as_str().is_empty() => {
                if self.circle.closes(&cursor) {
                    State::SameCursor
                } else {
                    (self.set_cursor)(&mut self.request, cursor.clone());
                    self.cursor = Some(cursor);
                    State::More
                }
            }
            _ => State::NoCursor,
        };
    }
}

/// Prints how far it came: requests, records and cursors hold customer data.
impl<T, O, S, P, R> std::fmt::Debug for Records<'_, T, O, S, P, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records")
            .field("pages", &self.pages)
            .field("given", &self.given)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
