//! Why a proxy does not run.

use std::net::SocketAddr;

use castile_http::Blame;

/// Why a proxy does not run, or no longer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address can be reached from other machines and nobody allowed that.
    #[error(
        "{address} can be reached from other machines, and whoever reaches it acts as the bank's client"
    )]
    Remote {
        /// The address.
        address: SocketAddr,
    },
    /// The profile cannot be served.
    #[error(transparent)]
    Stack(#[from] castile_http::Error),
    /// The listener is broken.
    #[error("the listener is broken")]
    Listener(#[from] std::io::Error),
}

impl Error {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Remote { .. } => "proxy-remote",
            Self::Stack(error) => error.code(),
            Self::Listener(_) => "proxy-listener",
        }
    }

    /// Who must act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Stack(error) => error.blame(),
            Self::Remote { .. } | Self::Listener(_) => Blame::Caller,
        }
    }
}
