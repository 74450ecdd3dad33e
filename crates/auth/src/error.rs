//! What can go wrong between a key and a token, and who must act.

use std::sync::Arc;

use crate::ports::{NoRandomness, TokenHttpError};

/// Who must act to mend an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Blame {
    /// The caller: their message, their configuration, their key.
    Caller,
    /// The bank: its registration of the client.
    Bank,
    /// Jack Henry: identity provider or gateway.
    JackHenry,
    /// The network between here and there.
    Network,
    /// This library: please report it.
    Castile,
}

/// Why there is no token. Cloned to every caller that waited for the same fetch.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The authorization server gave no answer.
    #[error("no token: {0}")]
    Http(#[source] Arc<TokenHttpError>),
    /// No randomness for the assertion's `jti`.
    #[error("no token: {0}")]
    Random(#[from] NoRandomness),
}

impl Error {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Http(_) => "token-unreachable",
            Self::Random(_) => "token-randomness",
        }
    }

    /// Who must act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Http(_) => Blame::Network,
            Self::Random(_) => Blame::Caller,
        }
    }
}
