//! The life of a client's keys: made, published, rotated, followed by running processes.
//!
//! Pure as the rest of this crate: files, sockets and the clock are arguments, their adapters live in `castile-http`.

mod cached;
mod document;
mod follow;
mod new;
mod public;
mod rotation;

pub use cached::{LONGEST_CACHE, cached_for};
pub use document::{Document, JWKS_LIMIT, JwksError, KEYS_LIMIT};
pub use follow::{ActiveKeys, KeySource, RotatingKeys};
pub use new::{KeyKind, NewKey};
pub use public::PublicKey;
pub use rotation::{
    Affected, NamedKey, Rotation, RotationError, STATE_LIMIT, Sight, Stage, StageKind, Waits,
};
