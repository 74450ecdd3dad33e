//! The binary `castile` as a user's shell sees it: words in, output, one form of error and an exit code out.

mod call;
mod config;
mod contract;
mod doctor;
mod folders;
mod generate;
mod journal;
mod keys;
mod killed;
mod migrate;
mod mistaken;
#[cfg(feature = "pkcs11")]
mod pkcs11;
mod process;
mod prove;
mod run;
mod sample;
#[cfg(unix)]
mod scripted;
mod shadowed;
mod states;
mod strip;
mod token;
mod words;
