//! Why there is no next record.

use castile_http::Blame;

use crate::Error;

/// Why there is no next record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError<F: std::fmt::Debug> {
    /// The page did not come, or not all of it.
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
