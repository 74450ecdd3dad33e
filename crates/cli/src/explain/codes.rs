//! The table, one file an area.

mod call;
mod cause;
mod command;
mod compose;
mod config;
mod envelope;
mod gateway;
mod journal;
mod key;
mod migrate;
mod model;
mod oidc;
mod pkcs11;
mod rotation;
mod sandbox;
mod state;
mod token;
mod wsdl;

use super::Entry;

const YOU: &str = "you";
const BANK: &str = "the bank: its registration of the client";
const JACK_HENRY: &str = "Jack Henry";
const NETWORK: &str = "the network between here and there";
const CASTILE: &str = "Castile: please report it";

/// All areas.
pub(super) const AREAS: &[&[Entry]] = &[
    call::TABLE,
    cause::TABLE,
    command::TABLE,
    compose::TABLE,
    config::TABLE,
    envelope::TABLE,
    gateway::TABLE,
    journal::TABLE,
    key::TABLE,
    migrate::TABLE,
    model::TABLE,
    oidc::TABLE,
    pkcs11::TABLE,
    rotation::TABLE,
    sandbox::TABLE,
    state::TABLE,
    token::TABLE,
    wsdl::TABLE,
];
