//! Why the sandbox does not start.

use std::io;
use std::net::SocketAddr;

use crate::JwksError;

/// A sandbox that cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address is not on loopback; the sandbox speaks http and knows no real secret.
    #[error("{address} is not a loopback address")]
    NotLoopback {
        /// The address that was asked for.
        address: SocketAddr,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The provider's key could not be made.
    #[error("no key could be made for the identity provider")]
    Key,
    /// A client was to be registered with a document that is no set of public keys.
    #[error("client {client_id} cannot be registered")]
    Client {
        /// The client.
        client_id: String,
        /// What is wrong with the document.
        #[source]
        source: JwksError,
    },
}

impl StartError {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotLoopback { .. } => "sandbox-not-loopback",
            Self::Listen { .. } => "sandbox-listen",
            Self::Key => "sandbox-key",
            Self::Client { source, .. } => source.code(),
        }
    }
}
