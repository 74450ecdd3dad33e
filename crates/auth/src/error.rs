//! What can go wrong between a key and a token, and who must act.

use std::sync::Arc;
use std::time::Duration;

use crate::ports::{NoRandomness, TokenHttpError};

mod setting;

pub use setting::SettingError;

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
///
/// No variant holds the assertion or a token, and none repeats a body.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The authorization server gave no answer.
    #[error("no token: {0}")]
    Http(#[source] Arc<TokenHttpError>),
    /// No whole answer before the time limit of the token request.
    #[error("no token: the request was given up after {limit:?}")]
    Deadline {
        /// The limit that was kept.
        limit: Duration,
    },
    /// The runtime dropped the task that fetched the token, as it does while shutting down.
    #[error("no token: the task that fetched it was dropped")]
    Dropped,
    /// The resource server rejected several new tokens in a row, so no further one is asked for just now.
    #[error("no token: the resource server rejected {count} new tokens in a row")]
    Rejected {
        /// How many.
        count: u32,
    },
    /// The failure budget is spent, so that no request is made for a while; see [`FailureBudget`].
    ///
    /// [`FailureBudget`]: crate::FailureBudget
    #[error("no token: {rested} for {} s, no request is made", wait.as_secs())]
    Resting {
        /// Whose budget is spent.
        rested: Rested,
        /// How long no request is made.
        wait: Duration,
    },
    /// No randomness for the assertion's `jti`.
    #[error("no token: {0}")]
    Random(#[from] NoRandomness),
    /// The key could not sign the assertion.
    #[error("no token: the assertion could not be signed")]
    Sign(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The clock stands before 1970, so that no `iat` can be written.
    #[error("no token: the system clock stands before 1970")]
    Clock,
    /// The authorization server refused the request (RFC 6749 section 5.2).
    #[error(
        "no token: refused with status {status}{}",
        Refusal(error, description)
    )]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The `error` code, blanks made underscores; `None` when it is missing or no code.
        error: Option<String>,
        /// The `error_description`, if it is short, printable and repeats nothing of the request.
        description: Option<String>,
    },
    /// The authorization server asks for fewer requests.
    #[error("no token: too many requests, status {status}")]
    Throttled {
        /// The HTTP status.
        status: u16,
        /// `Retry-After` of the answer.
        retry_after: Option<Duration>,
    },
    /// The authorization server failed.
    #[error("no token: the authorization server failed with status {status}")]
    Server {
        /// The HTTP status.
        status: u16,
        /// `Retry-After` of the answer.
        retry_after: Option<Duration>,
    },
    /// The answer is a redirect, which is never followed: it would carry the assertion elsewhere.
    #[error("no token: the token endpoint answered with a redirect, status {status}")]
    Redirected {
        /// The HTTP status.
        status: u16,
    },
    /// The answer is not a JSON object.
    #[error("no token: the answer is no JSON object (status {status}, {})",
        content_type.as_deref().unwrap_or("no content type"))]
    NotJson {
        /// The HTTP status.
        status: u16,
        /// The media type the answer claims, without parameters.
        content_type: Option<String>,
    },
    /// The answer claims success but breaks RFC 6749 section 5.1.
    #[error("no token: {0}")]
    Answer(#[from] AnswerFault),
}

/// Whose failure budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rested {
    /// The client id's: it was refused before and nothing has changed since.
    Client,
    /// The token host's: it refused too many clients, and this one never had a token from it.
    Host,
}

impl std::fmt::Display for Rested {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Client => "this client was refused and rests",
            Self::Host => "the server refused many clients, and newcomers rest",
        })
    }
}

/// How an answer with status 200 breaks RFC 6749 section 5.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerFault {
    /// `access_token` is missing, empty or no text.
    #[error("the answer holds no access token")]
    NoToken,
    /// `access_token` has characters that no `Authorization` header may carry (RFC 6750 section 2.1).
    #[error("the access token has characters that no header can carry")]
    TokenCharacters,
    /// `token_type` is missing or not the one asked for: `Bearer`, or `DPoP` for tokens tied to a key.
    #[error("the token type is not the one asked for")]
    TokenType,
    /// `expires_in` is no number of seconds from 1 second to 366 days.
    #[error("expires_in is no number of seconds from 1 second to 366 days")]
    ExpiresIn,
}

impl Error {
    /// Every code that [`Error::code`] gives.
    pub const CODES: &'static [&'static str] = &[
        "token-unreachable",
        "token-timeout",
        "token-too-large",
        "token-dropped",
        "token-rejected",
        "token-client-resting",
        "token-host-resting",
        "token-randomness",
        "token-signing",
        "token-clock",
        "token-invalid-client",
        "token-invalid-request",
        "token-invalid-scope",
        "token-unauthorized-client",
        "token-refused",
        "token-throttled",
        "token-server-error",
        "token-redirected",
        "token-not-json",
        "token-answer-empty",
        "token-answer-characters",
        "token-answer-type",
        "token-answer-lifetime",
    ];

    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Http(error) => match **error {
                TokenHttpError::Unreachable(_) => "token-unreachable",
                TokenHttpError::TimedOut { .. } => "token-timeout",
                TokenHttpError::TooLarge { .. } => "token-too-large",
            },
            Self::Deadline { .. } => "token-timeout",
            Self::Dropped => "token-dropped",
            Self::Rejected { .. } => "token-rejected",
            Self::Resting { rested, .. } => match rested {
                Rested::Client => "token-client-resting",
                Rested::Host => "token-host-resting",
            },
            Self::Random(_) => "token-randomness",
            Self::Sign(_) => "token-signing",
            Self::Clock => "token-clock",
            Self::Refused { error, .. } => match error.as_deref() {
                Some("invalid_client") => "token-invalid-client",
                Some("invalid_request") => "token-invalid-request",
                Some("invalid_scope") => "token-invalid-scope",
                Some("unauthorized_client" | "unsupported_grant_type") => {
                    "token-unauthorized-client"
                }
                _ => "token-refused",
            },
            Self::Throttled { .. } => "token-throttled",
            Self::Server { .. } => "token-server-error",
            Self::Redirected { .. } => "token-redirected",
            Self::NotJson { .. } => "token-not-json",
            Self::Answer(AnswerFault::NoToken) => "token-answer-empty",
            Self::Answer(AnswerFault::TokenCharacters) => "token-answer-characters",
            Self::Answer(AnswerFault::TokenType) => "token-answer-type",
            Self::Answer(AnswerFault::ExpiresIn) => "token-answer-lifetime",
        }
    }

    /// Who must act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Http(error) => match **error {
                TokenHttpError::TooLarge { .. } => Blame::JackHenry,
                _ => Blame::Network,
            },
            Self::Deadline { .. } => Blame::Network,
            Self::Refused { error, .. } => match error.as_deref() {
                Some("unauthorized_client" | "unsupported_grant_type") => Blame::Bank,
                // One opaque answer for some twenty faults, most of them in key, claims and clock.
                _ => Blame::Caller,
            },
            // Identity knows the client, the gateway does not: its set-up there is missing.
            Self::Rejected { .. } => Blame::JackHenry,
            Self::Throttled { .. } | Self::Server { .. } | Self::Answer(_) => Blame::JackHenry,
            Self::Dropped
            | Self::Resting { .. }
            | Self::Random(_)
            | Self::Sign(_)
            | Self::Clock
            | Self::Redirected { .. }
            | Self::NotJson { .. } => Blame::Caller,
        }
    }

    /// Whether asking again later can bring a token although nobody changed anything.
    ///
    /// False for every refusal: the authorization server blocks addresses whose requests keep failing.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Http(error) => !matches!(**error, TokenHttpError::TooLarge { .. }),
            Self::Deadline { .. }
            | Self::Dropped
            | Self::Rejected { .. }
            | Self::Random(_)
            | Self::Sign(_)
            | Self::Throttled { .. }
            | Self::Server { .. } => true,
            // The newcomer itself may be in order.
            Self::Resting { rested, .. } => *rested == Rested::Host,
            Self::Clock
            | Self::Refused { .. }
            | Self::Redirected { .. }
            | Self::NotJson { .. }
            | Self::Answer(_) => false,
        }
    }

    /// Whether the server refused the proof of the client's identity (`invalid_client`, or status 401).
    pub fn is_invalid_client(&self) -> bool {
        match self {
            Self::Refused { status, error, .. } => {
                *status == 401 || error.as_deref() == Some("invalid_client")
            }
            _ => false,
        }
    }

    /// Whether the server cannot be had and did not ask to be left alone.
    pub(crate) fn is_outage(&self) -> bool {
        match self {
            Self::Http(_) | Self::Deadline { .. } => true,
            Self::Server { retry_after, .. } => retry_after.is_none(),
            _ => false,
        }
    }

    /// Whether another key or setting of the client may end it.
    pub(crate) fn is_client_fault(&self) -> bool {
        self.is_invalid_client()
            || matches!(
                self,
                Self::Resting {
                    rested: Rested::Client,
                    ..
                }
            )
    }

    /// How long the authorization server asks to be left alone, or the failure budget leaves it alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after, .. } | Self::Server { retry_after, .. } => *retry_after,
            Self::Resting { wait, .. } => Some(*wait),
            _ => None,
        }
    }

    /// The HTTP status of the authorization server's answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. }
            | Self::Throttled { status, .. }
            | Self::Server { status, .. }
            | Self::Redirected { status }
            | Self::NotJson { status, .. } => Some(*status),
            _ => None,
        }
    }
}

impl From<TokenHttpError> for Error {
    fn from(error: TokenHttpError) -> Self {
        Self::Http(Arc::new(error))
    }
}

/// Shows what the server said, if it said anything.
struct Refusal<'a>(&'a Option<String>, &'a Option<String>);

impl std::fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(error) = self.0 {
            write!(f, ", {error}")?;
        }
        if let Some(description) = self.1 {
            write!(f, " ({description})")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(error: &str) -> Error {
        Error::Refused {
            status: 400,
            error: Some(String::from(error)),
            description: None,
        }
    }

    #[test]
    fn each_code_is_listed_once_and_has_its_case() {
        let limit = Duration::from_secs(1);
        let retry_after = None;
        let cases = [
            Error::from(TokenHttpError::Unreachable("x".into())),
            Error::from(TokenHttpError::TimedOut { limit }),
            Error::from(TokenHttpError::TooLarge { limit: 1 }),
            Error::Dropped,
            Error::Rejected { count: 4 },
            Error::Resting {
                rested: Rested::Client,
                wait: limit,
            },
            Error::Resting {
                rested: Rested::Host,
                wait: limit,
            },
            Error::from(NoRandomness),
            Error::Sign(Arc::new(NoRandomness)),
            Error::Clock,
            refused("invalid_client"),
            refused("invalid_request"),
            refused("invalid_scope"),
            refused("unauthorized_client"),
            refused("other"),
            Error::Throttled {
                status: 429,
                retry_after,
            },
            Error::Server {
                status: 500,
                retry_after,
            },
            Error::Redirected { status: 302 },
            Error::NotJson {
                status: 200,
                content_type: None,
            },
            Error::from(AnswerFault::NoToken),
            Error::from(AnswerFault::TokenCharacters),
            Error::from(AnswerFault::TokenType),
            Error::from(AnswerFault::ExpiresIn),
        ];
        let codes: Vec<_> = cases.iter().map(Error::code).collect();
        assert_eq!(codes, Error::CODES);
        assert_eq!(Error::Deadline { limit }.code(), "token-timeout");
    }

    #[test]
    fn refusals_are_for_people_and_outages_for_time() {
        assert!(!refused("invalid_client").is_retryable());
        assert_eq!(refused("invalid_client").blame(), Blame::Caller);
        assert_eq!(refused("unauthorized_client").blame(), Blame::Bank);
        let outage = Error::from(TokenHttpError::Unreachable("x".into()));
        assert!(outage.is_retryable());
        assert_eq!(outage.blame(), Blame::Network);
    }
}
