//! What in a configuration works but should not stay as it is.

use std::fmt;

use super::Place;

/// A setting that works but should not stay as it is. Holds no value of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// `compat_exp_in_milliseconds` is on.
    ExpInMilliseconds {
        /// Where.
        place: Place,
    },
    /// An operation is said to change nothing, whatever its contract says, and so may be repeated.
    EffectLoosened {
        /// Where.
        place: Place,
        /// The operation.
        operation: String,
    },
}

impl Warning {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ExpInMilliseconds { .. } => "config-exp-in-milliseconds",
            Self::EffectLoosened { .. } => "config-effect-loosened",
        }
    }

    /// Where it stands.
    pub fn place(&self) -> &Place {
        match self {
            Self::ExpInMilliseconds { place } | Self::EffectLoosened { place, .. } => place,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ExpInMilliseconds { place } => write!(
                f,
                "{place}: exp of the assertion is in milliseconds: it practically never expires, and a server that caps its \
                 lifetime refuses it"
            ),
            Self::EffectLoosened { place, operation } => write!(
                f,
                "{place}: {operation} is repeated like a read, whatever its contract says: true only if it changes nothing"
            ),
        }
    }
}
