//! Why there is no answer, who must act, and whether the operation may have happened.

use std::time::Duration;

use castile_auth::Blame;
use castile_envelope::Refusal;

use crate::keys::KeysError;
use crate::{BodyError, ConfigError, Effect, JournalError, Origin, Other, Phase};

/// Why a request has no answer.
///
/// No variant holds a token, a message or any part of one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The client's private key cannot be used.
    #[error(transparent)]
    Key(#[from] castile_auth::KeyError),
    /// The client's private key in a PKCS#11 token cannot be used.
    #[cfg(feature = "pkcs11")]
    #[error(transparent)]
    Pkcs11(#[from] castile_auth::Pkcs11Fault),
    /// The state of a key's rotation cannot be used.
    #[error(transparent)]
    Keys(Box<KeysError>),
    /// A setting of the token request is no such setting.
    #[error(transparent)]
    Setting(#[from] castile_auth::SettingError),
    /// There is no token.
    #[error(transparent)]
    Auth(#[from] castile_auth::Error),
    /// The message cannot be rewritten safely. Nothing was sent.
    #[error("the envelope was refused: {0}")]
    Envelope(#[from] Refusal),
    /// The write cannot be noted before it goes out. Nothing was sent.
    #[error("the write was not sent, because it cannot be noted: {0}")]
    Journal(#[from] JournalError),
    /// The message carries a digest over what it was with its security header. Nothing was sent.
    #[error("the header {header} holds a digest of the message with its security header")]
    Digest {
        /// The header that holds it.
        header: http::HeaderName,
    },
    /// The request goes elsewhere than the token may go. Nothing was sent.
    #[error("the bearer token goes to {allowed} only, not to {}", origin(found.as_ref()))]
    Origin {
        /// The only origin that may see the token.
        allowed: Origin,
        /// The origin of the request, if it has one.
        found: Option<Origin>,
    },
    /// The message is for another institution than the profile. Nothing was sent; of a streamed message, under
    /// [`Other::TooLate`], perhaps a beginning, which no one can take for a whole.
    #[error(
        "the message is not for the institution of profile `{profile}`: {other} (byte {offset})"
    )]
    Institution {
        /// The profile.
        profile: String,
        /// In what the message differs.
        other: Other,
        /// Where it says so.
        offset: usize,
    },
    /// The profile makes a difference between services or operations, and the request does not say which it is for.
    /// Nothing was sent.
    #[error(
        "which service and operation the message is for is not known, and profile `{profile}` has settings of its own for some"
    )]
    Service {
        /// The profile.
        profile: String,
    },
    /// The token was issued for another institution than the profile names. Nothing was sent.
    #[error("the access token is not for the institution of profile `{profile}`")]
    TokenInstitution {
        /// The profile.
        profile: String,
    },
    /// The address of a stack is neither https nor http on loopback.
    #[error("a bearer token goes over https only (http is for loopback)")]
    InsecureOrigin,
    /// The token holds characters that no header can carry. Nothing was sent.
    #[error("the access token holds characters that no HTTP header can carry")]
    TokenUnsendable,
    /// The message is longer than the limit. Nothing was sent.
    #[error("the message is longer than {limit} bytes")]
    RequestTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The caller's message broke off before all of it was there. Nothing was sent.
    #[error("the message broke off before it was complete")]
    RequestBroken(#[source] BodyError),
    /// The time was up.
    #[error("no answer within {limit:?}: time ran out {phase}")]
    Timeout {
        /// What was being waited for.
        phase: Phase,
        /// The limit that was kept.
        limit: Duration,
        /// What the request does.
        effect: Effect,
    },
    /// No connection. Nothing was sent.
    #[error("the gateway cannot be reached")]
    Connect(#[source] BodyError),
    /// The connection broke after at least a part of the request was sent.
    #[error("the connection to the gateway broke after the request was sent")]
    Interrupted {
        /// What the request does.
        effect: Effect,
        /// Why it broke.
        #[source]
        source: BodyError,
    },
    /// The answer is longer than the limit.
    #[error("the answer is longer than {limit} bytes")]
    AnswerTooLarge {
        /// The limit in bytes.
        limit: usize,
        /// What the request does.
        effect: Effect,
    },
    /// The HTTP client could not be set up: no TLS roots, no system resources.
    #[error("the HTTP client cannot be set up")]
    Setup(#[source] BodyError),
}

impl Error {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Config(error) => error.code(),
            Self::Key(error) => error.code(),
            #[cfg(feature = "pkcs11")]
            Self::Pkcs11(error) => error.code(),
            Self::Keys(error) => error.code(),
            Self::Setting(error) => error.code(),
            Self::Auth(error) => error.code(),
            Self::Envelope(refusal) => refusal.code(),
            Self::Journal(error) => error.code(),
            Self::Digest { .. } => "request-digest",
            Self::Origin { .. } => "origin-refused",
            Self::Institution { other, .. } => match other {
                Other::InstRtId => "institution-other",
                Other::InstEnv => "institution-environment",
                Other::NoInstEnv => "institution-no-environment",
                Other::Override => "institution-override",
                Other::TooLate => "institution-late",
            },
            Self::Service { .. } => "service-unknown",
            Self::TokenInstitution { .. } => "institution-token",
            Self::InsecureOrigin => "origin-insecure",
            Self::TokenUnsendable => "token-unsendable",
            Self::RequestTooLarge { .. } => "request-too-large",
            Self::RequestBroken(_) => "request-broken",
            Self::Timeout { phase, .. } => match phase {
                Phase::Request => "timeout-request",
                Phase::Token => "timeout-token",
                Phase::Journal => "timeout-journal",
                Phase::Connect => "timeout-connect",
                Phase::Answer => "timeout-answer",
            },
            Self::Connect(_) => "gateway-unreachable",
            Self::Interrupted { .. } => "gateway-interrupted",
            Self::AnswerTooLarge { .. } => "answer-too-large",
            Self::Setup(_) => "http-setup",
        }
    }

    /// Who must act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Config(_)
            | Self::Key(_)
            | Self::Keys(_)
            | Self::Setting(_)
            | Self::Envelope(_)
            | Self::Journal(_)
            | Self::Digest { .. }
            | Self::Origin { .. }
            | Self::Institution { .. }
            | Self::Service { .. }
            | Self::InsecureOrigin
            | Self::RequestTooLarge { .. }
            | Self::RequestBroken(_)
            | Self::AnswerTooLarge { .. }
            | Self::Setup(_) => Blame::Caller,
            #[cfg(feature = "pkcs11")]
            Self::Pkcs11(_) => Blame::Caller,
            Self::Auth(error) => error.blame(),
            Self::TokenInstitution { .. } => Blame::Bank,
            Self::TokenUnsendable => Blame::JackHenry,
            Self::Timeout { phase, .. } => match phase {
                Phase::Request | Phase::Journal => Blame::Caller,
                Phase::Token | Phase::Connect => Blame::Network,
                Phase::Answer => Blame::JackHenry,
            },
            Self::Connect(_) | Self::Interrupted { .. } => Blame::Network,
        }
    }

    /// Whether the operation may have been carried out although no answer says so.
    ///
    /// Then it must be looked up, not repeated. Never true of a read: it changes nothing.
    pub fn outcome_unknown(&self) -> bool {
        match self {
            Self::Timeout { phase, effect, .. } => {
                *phase == Phase::Answer && *effect != Effect::Read
            }
            Self::Interrupted { effect, .. } | Self::AnswerTooLarge { effect, .. } => {
                *effect != Effect::Read
            }
            _ => false,
        }
    }

    /// Whether the same call may be made again: nothing can happen twice, and it may go better.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Connect(_) => true,
            Self::Auth(error) => error.is_retryable(),
            Self::Timeout { .. } | Self::Interrupted { .. } => !self.outcome_unknown(),
            _ => false,
        }
    }

    /// The error of an answer's body: what a layer put there, or a broken connection.
    pub fn from_body(error: BodyError, effect: Effect) -> Self {
        match error.downcast::<Self>() {
            Ok(ours) => *ours,
            Err(source) => Self::Interrupted { effect, source },
        }
    }
}

/// A key that cannot be read is told as such, wherever its file lies.
impl From<KeysError> for Error {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::Secret(error) => Self::Config(error),
            KeysError::Key { source, .. } => Self::Key(source),
            error => Self::Keys(Box::new(error)),
        }
    }
}

/// A transport that cannot fail has no errors to tell.
impl From<std::convert::Infallible> for Error {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

fn origin(found: Option<&Origin>) -> String {
    found.map_or_else(
        || "a target without scheme and host".to_owned(),
        Origin::to_string,
    )
}
