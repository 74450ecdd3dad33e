//! What may be called, and under which profile: nothing is guessed.

use std::sync::Arc;

use castile_http::{Config, Effect, Profile};

use super::exchange::Prepared;
use crate::args::{Call, OneProfile};
use crate::problem::Problem;

/// The profile that is named, or the only one.
pub(super) fn profile(arguments: &OneProfile) -> Result<Arc<Profile>, Problem> {
    let file = &arguments.config;
    let config = Config::read(file).map_err(|error| Problem::config(&error, file))?;
    if let Some(name) = &arguments.profile {
        return config
            .profile(name)
            .map_err(|error| Problem::config(&error, file));
    }
    let mut profiles = config.profiles();
    match (profiles.next(), profiles.next()) {
        (Some(only), None) => Ok(Arc::clone(only)),
        (None, _) => Err(Problem::no_profiles(file)),
        _ => {
            let names: Vec<&str> = config.profiles().map(|profile| &*profile.name).collect();
            let fact = format!("none of the profiles is named: {}", names.join(", "));
            Err(Problem::said("usage-profile", fact).at(file.display()))
        }
    }
}

/// Whether the command line says what a change needs.
pub(super) fn permitted(
    arguments: &Call,
    profile: &Profile,
    prepared: &Prepared,
) -> Result<(), Problem> {
    let effect = match prepared.effect {
        Effect::Read => return Ok(()),
        Effect::Write => "changes something",
        Effect::Unknown => "may change something: its name does not say",
    };
    let operation = prepared.callable.full_name();
    if !arguments.write {
        let fact = format!("{operation} {effect}");
        return Err(Problem::said("usage-write", fact).at("the command line"));
    }
    let is_prod = profile.inst_env.eq_ignore_ascii_case("PROD");
    if is_prod && arguments.confirm.as_deref() != Some(&*profile.name) {
        let fact = format!(
            "{operation} {effect}, and profile `{}` is PROD",
            profile.name
        );
        return Err(Problem::said("usage-confirm", fact).at("the command line"));
    }
    if let Some(confirmed) = &arguments.confirm
        && *confirmed != profile.name
    {
        let fact = format!("--confirm names another profile than `{}`", profile.name);
        return Err(Problem::said("usage-confirm", fact).at("the command line"));
    }
    Ok(())
}
