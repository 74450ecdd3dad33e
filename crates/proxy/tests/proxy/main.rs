//! Old clients against the proxy, in front of a false gateway and a false identity provider.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    dead_code,
    reason = "the peers are shared with the tests of castile-http"
)]

#[path = "../../../http/tests/stack/bank.rs"]
mod bank;
#[path = "../../../http/tests/stack/peer.rs"]
mod peer;

mod client;
mod faults;
mod forwarded;
mod guarded;
mod streamed;
