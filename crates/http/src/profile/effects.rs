//! Reads `[effects]`: what operations do, where their contract or their name does not say it right.

use std::collections::BTreeMap;

use super::table::Found;
use super::values::is_name;
use super::{ConfigError, Place, Warning};
use crate::{Effect, Effects};

/// The words of `[effects]`.
pub(super) const WORDS: &[&str] = &["write", "read-may-repeat"];

/// What `[effects]` sets, with the place of each operation that is repeated by its word.
#[derive(Debug, Clone, Default)]
pub(super) struct Set(BTreeMap<String, (Effect, Place)>);

impl Set {
    pub(super) fn with(mut self, nearer: Self) -> Self {
        self.0.extend(nearer.0);
        self
    }

    pub(super) fn into_parts(self) -> (Effects, Vec<Warning>) {
        let mut effects = Effects::default();
        let mut warnings = Vec::new();
        for (operation, (effect, place)) in self.0 {
            effects.set(&operation, effect);
            if effect == Effect::Read {
                warnings.push(Warning::EffectLoosened { place, operation });
            }
        }
        (effects, warnings)
    }
}

/// A bare `read` is refused: what is repeated by mistake cannot be taken back, so the word says what comes of it.
pub(super) fn read(found: &Found<'_>) -> Result<Set, ConfigError> {
    const EXPECTED: &str =
        "write, or read-may-repeat for an operation that changes nothing though it looks as if";
    let mut set = Set::default();
    for found in found.table()?.inner() {
        if !is_name(&found.key) {
            return Err(ConfigError::BadValue {
                place: found.key_place(),
                key: found.key.clone(),
                expected: "an operation's name as it stands in the contract",
            });
        }
        let effect = match found.str()? {
            "write" => Effect::Write,
            "read-may-repeat" => Effect::Read,
            _ => return Err(found.bad(EXPECTED)),
        };
        set.0.insert(found.key.clone(), (effect, found.place()));
    }
    Ok(set)
}
