//! The keys that each table of a configuration may have, with what each takes: the reader and the schema go by them.

mod groups;
mod takes;

use groups::{
    ADDRESS, CLIENT, CREDENTIALS, EFFECTS_ABOUT, HEADER, IDENTITY, LIMITS, MODELS,
    OPERATION_MODELS, OWN, PROOF, SEEN, TOKENS, WAY,
};
#[cfg(test)]
pub(super) use groups::{DATES, EGRESS};
pub(super) use takes::{Takes, check};

/// One key of a table.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    /// One sentence for an editor.
    pub(super) about: &'static str,
}

const fn key(name: &'static str, takes: Takes, about: &'static str) -> Key {
    Key { name, takes, about }
}

/// The groups of keys that one table may have.
pub(super) type Keys = &'static [&'static [Key]];

/// Each key of a table.
pub(super) fn each(keys: Keys) -> impl Iterator<Item = &'static Key> {
    keys.iter().copied().flatten()
}

/// Where a secret lies.
pub(super) const SECRET: Keys = &[&[
    key("file", Takes::Path, "A file, relative to this one."),
    key("env", Takes::Text, "An environment variable."),
    key(
        "command",
        Takes::Words,
        "A program with its arguments, run without a shell; its output is the secret.",
    ),
]];

/// Where a private key lies that no token gives away.
pub(super) const IN_TOKEN: Keys = &[&[key(
    "pkcs11",
    Takes::Table(PKCS11),
    "A private key that stays in a PKCS#11 token.",
)]];

pub(super) const PKCS11: Keys = &[&[
    key(
        "module",
        Takes::Path,
        "The shared library of the token's vendor.",
    ),
    key("token", Takes::Text, "The label of the token."),
    key("label", Takes::Text, "The label of the key pair in it."),
    key(
        "pin",
        Takes::Secret,
        "Where the PIN of the token's user lies.",
    ),
]];

pub(super) const TOP: Keys = &[&[
    key("version", Takes::Version, "The version of the format: 1."),
    key(
        "include",
        Takes::Patterns,
        "Files that hold more profiles, relative to this one; wildcards as in \"banks/*.toml\".",
    ),
    key(
        "defaults",
        Takes::Table(DEFAULTS),
        "What holds for each profile that does not say otherwise.",
    ),
    key(
        "profile",
        Takes::Tables(PROFILE),
        "One product's access to one institution in one environment.",
    ),
    key("effects", Takes::Effects, EFFECTS_ABOUT),
]];

/// An included file holds profiles only.
pub(super) const INCLUDED: Keys = &[&[key(
    "profile",
    Takes::Tables(PROFILE),
    "One product's access to one institution in one environment.",
)]];

/// One address for both models is never meant; dates and exceptions are one profile's own.
pub(super) const DEFAULTS: Keys = &[
    IDENTITY,
    CLIENT,
    MODELS,
    SEEN,
    HEADER,
    LIMITS,
    PROOF,
    TOKENS,
    CREDENTIALS,
    WAY,
];

pub(super) const PROFILE: Keys = &[IDENTITY, CLIENT, MODELS, SEEN, WAY, OWN];

pub(super) const LEGACY: Keys = &[ADDRESS, HEADER, LIMITS, CREDENTIALS];

pub(super) const OAUTH: Keys = &[ADDRESS, HEADER, LIMITS, PROOF, TOKENS];

/// What differs for an operation.
pub(super) const OPERATION: Keys = &[CLIENT, OPERATION_MODELS, HEADER, LIMITS, PROOF, CREDENTIALS];

/// What differs for a service.
pub(super) const SERVICE: Keys = &[
    &[key(
        "operations",
        Takes::Ids,
        "The service's operations, for callers whose messages do not say which service they are for.",
    )],
    CLIENT,
    OPERATION_MODELS,
    HEADER,
    LIMITS,
    PROOF,
    CREDENTIALS,
];

const OPERATION_OAUTH: Keys = &[ADDRESS, HEADER, LIMITS, PROOF];
