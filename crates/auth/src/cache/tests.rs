//! The cache against false ports: a clock that is set by hand and an authorization server in memory.

pub(crate) mod fakes;
mod flight;
mod life;
mod secrets;
mod watched;
