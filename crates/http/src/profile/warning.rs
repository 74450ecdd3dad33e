//! What in a configuration works but should not stay as it is.

use std::fmt;

use super::{Elsewhere, Place};

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
    /// An endpoint that does not move to OAuth.
    Elsewhere {
        /// Where.
        place: Place,
        /// What it is.
        what: Elsewhere,
    },
    /// A date that lies before one that must come first.
    DateOrder {
        /// Where the later step's date stands.
        place: Place,
        /// The key of the earlier step.
        earlier: &'static str,
        /// The key of the later step.
        later: &'static str,
    },
    /// A date before there was a registration to be had.
    DateTooEarly {
        /// Where.
        place: Place,
    },
    /// State `shadow`, and nothing of what it shows is kept.
    ShadowUnkept {
        /// Where the state stands.
        place: Place,
    },
    /// State `shadow` at a rate of nothing.
    ShadowIdle {
        /// Where the state stands.
        place: Place,
    },
    /// The password of an HTTP proxy that is reached without TLS.
    ProxyPasswordInClear {
        /// Where the proxy is named.
        place: Place,
    },
}

impl Warning {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ExpInMilliseconds { .. } => "config-exp-in-milliseconds",
            Self::EffectLoosened { .. } => "config-effect-loosened",
            Self::Elsewhere { what, .. } => what.code(),
            Self::DateOrder { .. } => "config-date-order",
            Self::DateTooEarly { .. } => "config-date-too-early",
            Self::ShadowUnkept { .. } => "config-shadow-unkept",
            Self::ShadowIdle { .. } => "config-shadow-idle",
            Self::ProxyPasswordInClear { .. } => "config-proxy-password-in-clear",
        }
    }

    /// Where it stands.
    pub fn place(&self) -> &Place {
        match self {
            Self::ExpInMilliseconds { place }
            | Self::EffectLoosened { place, .. }
            | Self::Elsewhere { place, .. }
            | Self::DateOrder { place, .. }
            | Self::DateTooEarly { place }
            | Self::ShadowUnkept { place }
            | Self::ShadowIdle { place }
            | Self::ProxyPasswordInClear { place } => place,
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
            Self::Elsewhere { place, what } => write!(f, "{place}: {what}"),
            Self::DateOrder {
                place,
                earlier,
                later,
            } => write!(
                f,
                "{place}: `{later}` lies before `{earlier}`, which comes first"
            ),
            Self::DateTooEarly { place } => write!(
                f,
                "{place}: before 2025-04-30 there was no OAuth for jXchange to ask for"
            ),
            Self::ShadowUnkept { place } => write!(
                f,
                "{place}: state shadow repeats reads, and nothing of what that shows is kept: name a folder, as in \
                 evidence = \"evidence\""
            ),
            Self::ShadowIdle { place } => write!(
                f,
                "{place}: state shadow at the rate 0 repeats nothing, and shows nothing"
            ),
            Self::ProxyPasswordInClear { place } => write!(
                f,
                "{place}: the proxy's password crosses the network in the clear: https:// to the proxy hides it"
            ),
        }
    }
}
