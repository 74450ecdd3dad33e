//! What can go wrong between a user and a session, and who must act.

use std::time::Duration;

use crate::{Blame, Error};

/// Why a user is not signed in, or no longer.
///
/// No variant holds a code, a token, a verifier or a claim's value.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum OidcError {
    /// The exchange with the authorization server failed.
    #[error(transparent)]
    Exchange(#[from] Error),
    /// The document of an issuer, or its keys, came with another status than 200.
    #[error("{what}: status {status}")]
    Status {
        /// Which document.
        what: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// The document is not what it should be.
    #[error("{what}: {reason}")]
    Unreadable {
        /// Which document.
        what: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The metadata names another issuer than the one configured (RFC 8414 section 3.3).
    #[error("the metadata is of another issuer than {expected}")]
    Issuer {
        /// The issuer configured.
        expected: String,
    },
    /// The metadata names an endpoint that is missing, not https, or on an origin that is not trusted.
    #[error(
        "the metadata's {endpoint} is missing, not https, or not where the issuer's endpoints are"
    )]
    Endpoint {
        /// The metadata's member.
        endpoint: &'static str,
    },
    /// No key of the issuer fits the signature.
    #[error("no key of the issuer fits the signature of the JWT")]
    KeyUnknown,
    /// More than one key of the issuer fits the signature.
    #[error("{count} keys of the issuer fit the signature of the JWT")]
    KeyAmbiguous {
        /// How many.
        count: usize,
    },
    /// The JWT is not three parts of base64url and JSON, or demands an extension.
    #[error("the JWT cannot be read: {reason}")]
    JwtMalformed {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The JWT is signed by another algorithm than the one that is pinned.
    #[error("the JWT is not signed by {expected:?}")]
    JwtAlgorithm {
        /// The one that is pinned.
        expected: jsonwebtoken::Algorithm,
    },
    /// The signature is not by the key.
    #[error("the signature of the JWT is wrong")]
    JwtSignature,
    /// A claim is missing or wrong.
    #[error("the claim {claim} of the JWT is missing or wrong")]
    JwtClaim {
        /// The claim.
        claim: &'static str,
    },
    /// The callback has a parameter twice, or neither a code nor an error.
    #[error("the callback has no code, or a parameter twice")]
    CallbackMalformed,
    /// The callback's `state` is not the one that was sent: it is of another sign-in, or forged.
    #[error("the callback does not belong to this sign-in: its state is another")]
    CallbackState,
    /// The callback names another issuer, or none although the issuer says that it does (RFC 9207).
    #[error("the callback is not from the issuer that the user was sent to")]
    CallbackIssuer,
    /// The authorization server refused, or the user did.
    #[error("sign-in refused{}", .error.as_deref().map(|code| format!(": {code}")).unwrap_or_default())]
    CallbackRefused {
        /// The `error` code, if it is one.
        error: Option<String>,
    },
    /// The pushed request was not used in time.
    #[error("the pushed authorization request expired after {lifetime:?}")]
    PushedExpired {
        /// How long it could be used.
        lifetime: Duration,
    },
    /// The answer about the user is of another user than the one who signed in.
    #[error("the answer about the user has another subject than the ID token")]
    Subject,
    /// The authorization server cannot revoke just now (RFC 7009 section 2.2.1).
    #[error("the token could not be revoked now, status 503")]
    RevokeLater {
        /// `Retry-After` of the answer.
        retry_after: Option<Duration>,
    },
    /// The revocation endpoint refused a client that authenticates by assertion: the API reference demands
    /// `client_secret` there.
    #[error(
        "the revocation endpoint refused the client assertion, status {status}: it may demand a client_secret"
    )]
    RevokeNeedsSecret {
        /// The HTTP status.
        status: u16,
    },
    /// The refresh token is refused: expired, withdrawn, or used by somebody else too.
    #[error("the session has ended: its refresh token is refused")]
    SessionEnded,
    /// There is no refresh token, and the access token has expired or was refused.
    #[error("the session has ended: its token has expired and there is none to refresh it by")]
    SessionExpired,
    /// A setting cannot be used.
    #[error("{setting} cannot be used")]
    Setting {
        /// Which.
        setting: &'static str,
    },
}

impl OidcError {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Exchange(error) => error.code(),
            Self::Status { .. } => "oidc-status",
            Self::Unreadable { .. } => "oidc-unreadable",
            Self::Issuer { .. } => "oidc-issuer",
            Self::Endpoint { .. } => "oidc-endpoint",
            Self::KeyUnknown => "oidc-key-unknown",
            Self::KeyAmbiguous { .. } => "oidc-key-ambiguous",
            Self::JwtMalformed { .. } => "jwt-malformed",
            Self::JwtAlgorithm { .. } => "jwt-algorithm",
            Self::JwtSignature => "jwt-signature",
            Self::JwtClaim { .. } => "jwt-claim",
            Self::CallbackMalformed => "callback-malformed",
            Self::CallbackState => "callback-state",
            Self::CallbackIssuer => "callback-issuer",
            Self::CallbackRefused { .. } => "callback-refused",
            Self::PushedExpired { .. } => "pushed-expired",
            Self::Subject => "userinfo-subject",
            Self::RevokeLater { .. } => "revoke-later",
            Self::RevokeNeedsSecret { .. } => "revoke-needs-secret",
            Self::SessionEnded => "session-ended",
            Self::SessionExpired => "session-expired",
            Self::Setting { .. } => "oidc-setting",
        }
    }

    /// Who must act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Exchange(error) => error.blame(),
            Self::Status { .. } | Self::Unreadable { .. } | Self::RevokeLater { .. } => {
                Blame::JackHenry
            }
            Self::RevokeNeedsSecret { .. } => Blame::Bank,
            _ => Blame::Caller,
        }
    }
}
