//! Why a step of a rotation is refused.

use std::time::{Duration, SystemTime};

use super::StageKind;
use crate::Blame;
use crate::keys::JwksError;

/// A step that is not taken. The state stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RotationError {
    /// A server may still work with the older document.
    #[error("too early: the next step is safe in {} s", wait.as_secs() + u64::from(wait.subsec_nanos() > 0))]
    TooEarly {
        /// When the step can be taken.
        until: SystemTime,
        /// How long that is from now.
        wait: Duration,
    },
    /// The step belongs to another stage.
    #[error("the rotation is {found}; this step needs {needed}")]
    Stage {
        /// Where it stands.
        found: StageKind,
        /// Where it would have to stand.
        needed: StageKind,
    },
    /// Nobody's JWKS URL is known, so nothing shows that a server can know the new key.
    #[error("no client with a JWKS URL is named")]
    NoClients,
    /// One of the clients has no JWKS URL.
    #[error("client {client_id} has no JWKS URL")]
    NoUrl {
        /// The client.
        client_id: String,
    },
    /// The new key is not at a client's JWKS URL.
    #[error("the JWKS URL of client {client_id} does not show the new key")]
    NotSeen {
        /// The client.
        client_id: String,
    },
    /// The key that signs now is not at a client's JWKS URL.
    #[error("the JWKS URL of client {client_id} does not show the key that signs now")]
    OldNotSeen {
        /// The client.
        client_id: String,
    },
    /// The new key signs already, has its `kid`, was withdrawn once, or is of a kind that cannot sign.
    #[error("the new key signs already, or was withdrawn once")]
    KnownKey,
    /// No key that could take the place of the withdrawn one.
    #[error("no key takes the place of the withdrawn one")]
    NoKey,
    /// The stored state is none that this release wrote.
    #[error("the state of the rotation cannot be read: {reason}")]
    State {
        /// What is wrong.
        reason: &'static str,
    },
    /// A key of the stored state is none.
    #[error("the state of the rotation holds a key that is none")]
    StateKey(#[source] JwksError),
}

impl RotationError {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooEarly { .. } => "rotation-too-early",
            Self::Stage { .. } => "rotation-stage",
            Self::NoClients | Self::NoUrl { .. } => "rotation-no-clients",
            Self::NotSeen { .. } => "rotation-not-seen",
            Self::OldNotSeen { .. } => "rotation-old-not-seen",
            Self::KnownKey => "rotation-known-key",
            Self::NoKey => "rotation-no-key",
            Self::State { .. } | Self::StateKey(_) => "rotation-state",
        }
    }

    /// Who must act: always the caller.
    pub fn blame(&self) -> Blame {
        Blame::Caller
    }
}
