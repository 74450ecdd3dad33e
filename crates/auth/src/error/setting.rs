//! Which setting of a client is wrong.

use std::time::Duration;

use crate::Blame;

/// A setting that cannot be used. Found when it is read, never when a token is needed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// The token endpoint is no absolute URL.
    #[error("the token endpoint is no absolute URL: {0}")]
    EndpointUnreadable(#[source] url::ParseError),
    /// The token endpoint has no host.
    #[error("the token endpoint is no URL with a host")]
    EndpointWithoutHost,
    /// The token endpoint is not `https` and not on loopback.
    #[error("the token endpoint is {scheme}://{host}: https is needed, http only on loopback")]
    EndpointInsecure {
        /// The scheme found.
        scheme: String,
        /// The host found.
        host: String,
    },
    /// The token endpoint carries a user name or a password.
    #[error("the token endpoint carries a user name or a password")]
    EndpointUserInfo,
    /// The token endpoint carries a fragment.
    #[error("the token endpoint carries a fragment (#)")]
    EndpointFragment,
    /// The client id is empty or not printable ASCII (RFC 6749 appendix A.1).
    #[error("the client id is empty or not printable ASCII")]
    ClientId,
    /// The client secret is empty or not printable ASCII (RFC 6749 appendix A.2).
    #[error("the client secret is empty or not printable ASCII")]
    ClientSecret,
    /// The audience is empty or holds control characters.
    #[error("the audience is empty or holds control characters")]
    Audience,
    /// The scope is empty or not a list of scope tokens parted by single blanks (RFC 6749 section 3.3).
    #[error("the scope is no list of scope tokens parted by single blanks")]
    Scope,
    /// The resource is no absolute URI without a fragment (RFC 8707 section 2).
    #[error("the resource is no absolute URI without a fragment")]
    Resource,
    /// The lifetime of an assertion is zero, no whole seconds or longer than servers accept.
    #[error("an assertion may live from 1 to {} whole seconds, not {asked:?}", limit.as_secs())]
    Lifetime {
        /// The lifetime asked for.
        asked: Duration,
        /// The longest lifetime.
        limit: Duration,
    },
}

impl SettingError {
    /// Every code that [`SettingError::code`] gives.
    pub const CODES: &'static [&'static str] = &[
        "token-endpoint-unreadable",
        "token-endpoint-insecure",
        "token-endpoint-userinfo",
        "token-endpoint-fragment",
        "client-id-invalid",
        "client-secret-invalid",
        "audience-invalid",
        "scope-invalid",
        "resource-invalid",
        "assertion-lifetime",
    ];

    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EndpointUnreadable(_) | Self::EndpointWithoutHost => "token-endpoint-unreadable",
            Self::EndpointInsecure { .. } => "token-endpoint-insecure",
            Self::EndpointUserInfo => "token-endpoint-userinfo",
            Self::EndpointFragment => "token-endpoint-fragment",
            Self::ClientId => "client-id-invalid",
            Self::ClientSecret => "client-secret-invalid",
            Self::Audience => "audience-invalid",
            Self::Scope => "scope-invalid",
            Self::Resource => "resource-invalid",
            Self::Lifetime { .. } => "assertion-lifetime",
        }
    }

    /// Who must act: always the caller.
    pub fn blame(&self) -> Blame {
        Blame::Caller
    }
}
