//! Reads how a profile is shadowed, and where it keeps what was seen.

use std::fmt::Write as _;
use std::path::PathBuf;

use toml::de::DeValue;

use super::ConfigError;
use super::table::{Found, Table};
use super::values::ids;
use crate::shadow::{Rate, Shadowing};

/// `shadow`, or what holds without it.
pub(super) fn shadow(table: &Table<'_>) -> Result<Shadowing, ConfigError> {
    let mut settings = Shadowing::default();
    let Some(found) = table.find("shadow") else {
        return Ok(settings);
    };
    let part = found.table()?;
    if let Some(found) = part.find("rate") {
        settings.rate = rate(&found)?;
    }
    if let Some(found) = part.find("max_in_flight") {
        settings.max_in_flight = count(&found)?;
    }
    if let Some(found) = part.find("timeout") {
        settings.timeout = found.duration()?;
    }
    if let Some(found) = part.find("ignore") {
        settings.ignore = ids(&found)?;
    }
    Ok(settings)
}

/// A number from 0 to 1, or a string with one or with a fraction.
pub(super) fn rate(found: &Found<'_>) -> Result<Rate, ConfigError> {
    const EXPECTED: &str = "a share such as 0.1 or \"1/10\"";
    let text = match found.value {
        DeValue::Float(number) => number.as_str(),
        DeValue::Integer(number) => number.as_str(),
        DeValue::String(text) => text,
        _ => return Err(found.wrong(EXPECTED)),
    };
    text.parse().map_err(|_| found.bad(EXPECTED))
}

/// From 1 to 1024.
pub(super) fn count(found: &Found<'_>) -> Result<u64, ConfigError> {
    const EXPECTED: &str = "a whole number from 1 to 1024";
    match found.value {
        DeValue::Integer(number) => match number.as_str().parse() {
            Ok(count @ 1..=1024) => Ok(count),
            _ => Err(found.bad(EXPECTED)),
        },
        _ => Err(found.wrong(EXPECTED)),
    }
}

/// The profile's file in the folder that `evidence` names.
pub(super) fn evidence(table: &Table<'_>, profile: &str) -> Result<Option<PathBuf>, ConfigError> {
    let Some(found) = table.find("evidence") else {
        return Ok(None);
    };
    let folder = found.path()?;
    Ok(Some(folder.join(format!("{}.json", file_name(profile)))))
}

/// The profile's name as the name of a file on any system, and of no other profile's.
fn file_name(profile: &str) -> String {
    let mut name = String::with_capacity(profile.len());
    for byte in profile.bytes() {
        // Some systems take upper and lower case for the same.
        if byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_') {
            name.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(name, "%{byte:02x}");
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Config, Profile};

    fn profile(lines: &str) -> Result<Profile, ConfigError> {
        let text = format!(
            "version = 1\n[profile.\"A b\"]\ninst_rt_id = \"1\"\ninst_env = \"TEST\"\nproduct = \"p\"\nstate = \"legacy\"\n{lines}\n\
             [profile.\"A b\".legacy]\nurl = \"https://gw.example/\"\n"
        );
        let config = Config::parse(&text, "etc/castile.toml")?;
        config.profile("A b").map(|profile| (*profile).clone())
    }

    #[test]
    fn a_shadow_has_defaults_and_all_of_them_can_be_set() {
        let by_default = profile("").unwrap();
        assert_eq!(by_default.shadow, Shadowing::default());
        assert_eq!(by_default.evidence, None);
        let set = profile(
            "evidence = \"seen\"\nshadow = { rate = \"1/4\", max_in_flight = 2, timeout = \"5s\", ignore = [\"A/B\"] }",
        )
        .unwrap();
        let expected = Shadowing {
            rate: Rate::new(0.25).unwrap(),
            max_in_flight: 2,
            timeout: Duration::from_secs(5),
            ignore: vec!["A/B".to_owned()],
            ..Shadowing::default()
        };
        assert_eq!(set.shadow, expected);
        assert_eq!(
            set.evidence.unwrap(),
            PathBuf::from("etc/seen/%41%20b.json")
        );
        assert_eq!(
            profile("shadow = { rate = 1 }").unwrap().shadow.rate,
            Rate::ALL
        );
    }

    #[test]
    fn what_is_no_share_or_count_is_refused_with_its_place() {
        for (line, code) in [
            ("shadow = { rate = 1.5 }", "config-bad-value"),
            ("shadow = { rate = \"x\" }", "config-bad-value"),
            ("shadow = { rate = true }", "config-wrong-type"),
            ("shadow = { max_in_flight = 0 }", "config-bad-value"),
            ("shadow = { max_in_flight = \"4\" }", "config-wrong-type"),
            ("shadow = { ignore = \"A\" }", "config-wrong-type"),
            ("shadow = { rates = 1 }", "config-unknown-key"),
            ("shadow = 0.1", "config-wrong-type"),
            ("evidence = \"\"", "config-bad-value"),
        ] {
            let error = profile(line).unwrap_err();
            assert_eq!(
                (error.code(), error.place().unwrap().line),
                (code, 7),
                "{line}"
            );
        }
    }
}
