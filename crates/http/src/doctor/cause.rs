//! What can be wrong with a profile, each cause with its facts.

use std::net::IpAddr;

use castile_auth::Blame;
use castile_auth::diagnosis::{self, Certainty};

use crate::Error;
use crate::keys::KeysError;

/// One cause, and how sure it is.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finding {
    /// What is wrong.
    pub cause: Cause,
    /// How sure that is.
    pub certainty: Certainty,
}

/// What is wrong with a profile, its key, its registration or the way to the gateway.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// The assertion that would be sent.
    #[error(transparent)]
    Assertion(diagnosis::Cause),
    /// The key, its rotation, or the JWKS URL.
    #[error(transparent)]
    Keys(KeysError),
    /// A setting, or the answer of a server.
    #[error(transparent)]
    Failed(Error),
    /// The scope `full`, which older examples ask for.
    #[error("the scope asks for `full`, which was taken out of the vendor's examples in 2025")]
    ScopeFull,
    /// The token endpoint on a host that was given up.
    #[error("the token endpoint is on {host}, the host of older documents")]
    OldTokenHost {
        /// The host.
        host: String,
    },
    /// A gateway address of the old model.
    #[error("the gateway is on {host}, an address of the old model")]
    OldGatewayHost {
        /// The host.
        host: String,
    },
    /// A path of the old model.
    #[error("the gateway's path {path} has no /OAuth/ in it, as the old model's")]
    OldGatewayPath {
        /// The path.
        path: String,
    },
    /// The metadata could not be had.
    #[error("the server's metadata cannot be read (status {})", status.map_or_else(|| String::from("none"), |status| status.to_string()))]
    NoMetadata {
        /// The HTTP status, if there was an answer.
        status: Option<u16>,
    },
    /// The metadata names another value than the configuration.
    #[error("the server's metadata says {member} is {found}, the configuration says {configured}")]
    MetadataDiffers {
        /// The member.
        member: &'static str,
        /// What the server says.
        found: String,
        /// What the configuration says.
        configured: String,
    },
    /// The metadata does not offer what the client uses.
    #[error("the server's metadata does not offer {wanted} in {member}")]
    NotOffered {
        /// The member.
        member: &'static str,
        /// What the client uses.
        wanted: String,
    },
    /// The profile does not say where the client's public keys are published.
    #[error(
        "the profile names no jwks_url, so what the server reads cannot be compared with the key"
    )]
    NoJwksUrl,
    /// The server granted less than was asked for, silently.
    #[error("the server did not grant the scope {scope}")]
    ScopeMissing {
        /// What is missing.
        scope: String,
    },
    /// The gateway's name has no address.
    #[error("the name {host} has no address")]
    NoAddress {
        /// The host.
        host: String,
    },
    /// The gateway's name leads into a private network: the old way through the VPN.
    #[error(
        "{host} leads to the private address {address}: the way through the VPN of the old model"
    )]
    PrivateAddress {
        /// The host.
        host: String,
        /// The address.
        address: IpAddr,
    },
    /// No TLS could be agreed.
    #[error("TLS with {host} failed")]
    Tls {
        /// The host.
        host: String,
        /// Why.
        #[source]
        source: Error,
    },
    /// The gateway refused a new token.
    #[error("the gateway refused a token that was just granted (status 401)")]
    TokenRefused,
    /// Identity knows the client; the gateway lets it do nothing.
    #[error(
        "access denied by the gateway: Identity knows the client, its jXchange set-up is missing"
    )]
    AccessDenied,
    /// The address that calls is in a country that is not on Jack Henry's list.
    #[error(
        "the gateway answered 502 to a good token: the country of the caller's address is not on Jack Henry's list"
    )]
    Country,
    /// A SOAP fault in place of an answer.
    #[error("the gateway answered {what} with a fault (status {status})")]
    Fault {
        /// The message that was sent.
        what: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// Another answer than a SOAP message.
    #[error("the gateway answered {what} with status {status}")]
    Status {
        /// The message that was sent.
        what: &'static str,
        /// The HTTP status.
        status: u16,
    },
}

impl Cause {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Assertion(cause) => cause.code(),
            Self::Keys(error) => error.code(),
            Self::Failed(error) => error.code(),
            Self::ScopeFull => "cause-scope-full",
            Self::OldTokenHost { .. } => "cause-old-token-host",
            Self::OldGatewayHost { .. } => "cause-old-gateway-host",
            Self::OldGatewayPath { .. } => "cause-old-gateway-path",
            Self::NoMetadata { .. } => "cause-no-metadata",
            Self::MetadataDiffers { .. } => "cause-metadata-differs",
            Self::NotOffered { .. } => "cause-not-offered",
            Self::NoJwksUrl => "cause-no-jwks-url",
            Self::ScopeMissing { .. } => "cause-scope-missing",
            Self::NoAddress { .. } => "cause-no-address",
            Self::PrivateAddress { .. } => "cause-private-address",
            Self::Tls { .. } => "cause-tls",
            Self::TokenRefused => "cause-token-refused-by-gateway",
            Self::AccessDenied => "cause-access-denied",
            Self::Country => "cause-country",
            Self::Fault { .. } => "cause-gateway-fault",
            Self::Status { .. } => "cause-gateway-status",
        }
    }

    /// Who must act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Assertion(cause) => cause.blame(),
            Self::Keys(error) => error.blame(),
            Self::Failed(error) => error.blame(),
            Self::NoMetadata { .. } | Self::NoAddress { .. } | Self::Tls { .. } => Blame::Network,
            Self::TokenRefused | Self::AccessDenied | Self::Country | Self::Status { .. } => {
                Blame::JackHenry
            }
            Self::ScopeMissing { .. } => Blame::Bank,
            _ => Blame::Caller,
        }
    }
}
