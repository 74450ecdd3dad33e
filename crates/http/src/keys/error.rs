//! What can go wrong with keys in files and documents on the network.

use std::path::PathBuf;

use castile_auth::Blame;
use castile_auth::KeyError;
use castile_auth::keys::{JwksError, RotationError};
use castile_auth::ports::{NoRandomness, TokenHttpError};

use crate::ConfigError;

/// Why a key was not made, published, rotated or followed. Holds nothing of a private key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// A file of this name is there already.
    #[error("{} is there already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("cannot write {}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The state of a rotation could not be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Another process works on the same state.
    #[error("another process holds {}", path.display())]
    Locked {
        /// The lock.
        path: PathBuf,
    },
    /// The key comes from a variable or a program, or the client has a shared secret in its place.
    #[error("the client has no key that lies in a file")]
    NotInAFile,
    /// No randomness for a new key.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The key file cannot be read.
    #[error(transparent)]
    Secret(#[from] ConfigError),
    /// The key cannot be used.
    #[error("{}: {source}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: KeyError,
    },
    /// The file holds another key than the state says.
    #[error("{} holds another key than the state of the rotation says", path.display())]
    OtherKey {
        /// The file.
        path: PathBuf,
    },
    /// A step that is not taken.
    #[error(transparent)]
    Rotation(#[from] RotationError),
    /// A document that may not be published or trusted.
    #[error(transparent)]
    Jwks(#[from] JwksError),
    /// A JWKS URL that nobody may trust.
    #[error("the JWKS URL is no absolute https URL (http is for loopback only)")]
    InsecureUrl,
    /// The JWKS URL gave no answer.
    #[error("the JWKS URL gave no answer")]
    Unreachable(#[source] TokenHttpError),
    /// The JWKS URL answered with another status than 200.
    #[error("the JWKS URL answered with status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
}

impl KeysError {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Exists { .. } => "key-file-exists",
            Self::Unwritable { .. } => "key-file-unwritable",
            Self::Unreadable { .. } | Self::OtherKey { .. } => "rotation-state",
            Self::Locked { .. } => "rotation-locked",
            Self::NotInAFile => "key-not-in-a-file",
            Self::Randomness(_) => "key-not-made",
            Self::Secret(error) => error.code(),
            Self::Key { source, .. } => source.code(),
            Self::Rotation(error) => error.code(),
            Self::Jwks(error) => error.code(),
            Self::InsecureUrl => "jwks-insecure-url",
            Self::Unreachable(_) => "jwks-unreachable",
            Self::Status { .. } => "jwks-status",
        }
    }

    /// Who must act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Unreachable(_) => Blame::Network,
            _ => Blame::Caller,
        }
    }
}
