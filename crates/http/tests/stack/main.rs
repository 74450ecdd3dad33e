//! The stack against peers on loopback that count what arrives.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod alike;
mod authority;
mod bank;
mod bound;
mod carried;
mod connected;
mod egress;
mod ended;
mod guarded;
mod journaled;
#[cfg(all(feature = "reqwest-middleware", feature = "tower"))]
mod overridden;
mod peer;
mod reloaded;
mod repeated;
mod routed;
mod silent;
mod streamed;
mod tokens;
mod ways;
