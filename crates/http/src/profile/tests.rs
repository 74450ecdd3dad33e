//! What is read, and from where.

use std::fs;

use proptest::prelude::*;

use super::*;

mod doubts;
mod effects;
mod proof;
mod refused;
mod schema;
mod variants;

const WHOLE: &str = r#"
version = 1

[defaults]
audit_usr_id = "svc"
scope = "openid"
timeout = "2m"

[profile.first-bank-test]
inst_rt_id = "011001276"
inst_env = "TEST"
product = "loan-portal"
state = "shadow"
client_id = "0042"
key = { file = "keys/x.pem" }

[profile.first-bank-test.legacy]
url = "https://old.example/svc"
username = "someone"
password = { env = "OLD_PASSWORD" }
audit_usr_id = "old-svc"

[profile.first-bank-test.oauth]
url = "https://new.example/svc"
token_endpoint = "http://127.0.0.1:1234/token"
connect_timeout = 3
audience = "https://issuer.example/"
algorithm = "ES256"
key_id = "k1"
jx_ver = "2024.1.03"
"#;

fn oauth_profile(name: &str, id: &str) -> String {
    format!(
        "[profile.{name}]\ninst_rt_id = \"{id}\"\ninst_env = \"TEST\"\nproduct = \"p\"\nstate = \"oauth\"\n\
         client_id = \"c\"\nkey = {{ env = \"K\" }}\noauth.url = \"https://gw.example/s\"\n"
    )
}

#[test]
fn a_whole_configuration_is_read_with_defaults_and_relative_paths() {
    let config = Config::parse(WHOLE, "/etc/castile/castile.toml").unwrap();
    let profile = config.profile("first-bank-test").unwrap();
    assert_eq!(profile.inst_rt_id, "011001276");
    assert_eq!(profile.state, State::Shadow);
    let client = profile.client.as_ref().unwrap();
    assert_eq!(client.client_id, "0042");
    assert_eq!(
        client.key,
        SecretRef::File("/etc/castile/keys/x.pem".into())
    );
    let legacy = profile.legacy.as_ref().unwrap();
    assert_eq!(legacy.header.audit_usr_id.as_deref(), Some("old-svc"));
    assert_eq!(legacy.password, Some(SecretRef::Env("OLD_PASSWORD".into())));
    assert_eq!(legacy.limits.total, Duration::from_secs(120));
    let oauth = profile.oauth.as_ref().unwrap();
    assert_eq!(oauth.header.audit_usr_id.as_deref(), Some("svc"));
    assert_eq!(oauth.header.jx_ver.as_deref(), Some("2024.1.03"));
    assert_eq!(oauth.limits.connect, Duration::from_secs(3));
    assert_eq!(oauth.limits.total, Duration::from_secs(120));
    assert_eq!(oauth.algorithm, Some(Algorithm::ES256));
    assert_eq!(oauth.scope, "openid");
    assert!(!oauth.repeat_writes_on_401);
    assert!(matches!(profile.in_oauth(), Err(ConfigError::State { .. })));
    assert_eq!(profile.header().audit_usr_id.as_deref(), Some("old-svc"));
}

#[test]
fn what_is_not_written_has_a_documented_default() {
    let text = format!("version = 1\n{}", oauth_profile("a", "1"));
    let profile = Config::parse(&text, "c.toml")
        .unwrap()
        .profile("a")
        .unwrap();
    let (client, oauth) = profile.in_oauth().unwrap();
    assert_eq!(client.key, SecretRef::Env("K".into()));
    assert_eq!(oauth.token_endpoint.as_str(), TOKEN_ENDPOINT);
    assert_eq!(oauth.scope, "openid");
    assert_eq!(oauth.limits, Limits::default());
}

#[test]
fn an_unknown_key_comes_with_what_may_have_been_meant() {
    let error =
        Config::parse("version = 1\n[defaults]\ntokenendpoint = \"x\"", "c.toml").unwrap_err();
    assert_eq!(
        error.to_string(),
        "c.toml:3:1: unknown key `tokenendpoint` in [defaults]; did you mean `token_endpoint`?"
    );
    let error = Config::parse("version = 1\nzzz = 1", "c.toml").unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("known are version, include, defaults, profile, effects"),
        "{error}"
    );
}

#[test]
fn the_version_is_asked_for_and_checked() {
    assert_eq!(
        Config::parse("", "c").unwrap_err().code(),
        "config-missing-key"
    );
    assert_eq!(
        Config::parse("version = 2", "c").unwrap_err().code(),
        "config-version"
    );
    assert_eq!(
        Config::parse("version = \"1\"", "c").unwrap_err().code(),
        "config-wrong-type"
    );
}

#[test]
fn an_unknown_profile_is_answered_with_the_names_there_are() {
    let text = format!(
        "version = 1\n{}{}",
        oauth_profile("b", "2"),
        oauth_profile("a", "1")
    );
    let config = Config::parse(&text, "c.toml").unwrap();
    let error = config.profile("c").unwrap_err();
    assert_eq!(error.to_string(), "no profile `c`; there is a, b");
    assert_eq!(config.profiles().count(), 2);
}

#[test]
fn one_institution_environment_and_product_has_one_profile() {
    let text = format!(
        "version = 1\n{}{}",
        oauth_profile("a", "1"),
        oauth_profile("b", "1")
    );
    let error = Config::parse(&text, "c.toml").unwrap_err();
    assert_eq!(error.code(), "config-duplicate-identity");
    assert_eq!(
        error.to_string(),
        "c.toml:10:10: profile `b` has the inst_rt_id, inst_env and product of profile `a` at c.toml:2:10"
    );
}

#[test]
fn included_files_hold_profiles_only_and_get_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let main = folder.path().join("castile.toml");
    let banks = folder.path().join("banks");
    fs::create_dir(&banks).unwrap();
    fs::write(
        &main,
        "version = 1\ninclude = [\"banks/*.toml\", \"banks/a.toml\"]\n[defaults]\nscope = \"s\"\n",
    )
    .unwrap();
    fs::write(
        banks.join("a.toml"),
        oauth_profile("a", "1").replace("{ env = \"K\" }", "{ file = \"k.pem\" }"),
    )
    .unwrap();
    fs::write(banks.join("b.toml"), oauth_profile("b", "2")).unwrap();
    let config = Config::read(&main).unwrap();
    let a = config.profile("a").unwrap();
    assert_eq!(a.oauth.as_ref().unwrap().scope, "s");
    assert_eq!(
        a.client.as_ref().unwrap().key,
        SecretRef::File(banks.join("k.pem"))
    );
    config.profile("b").unwrap();

    fs::write(banks.join("b.toml"), oauth_profile("a", "2")).unwrap();
    let error = Config::read(&main).unwrap_err();
    assert_eq!(error.code(), "config-duplicate-profile");
    assert_eq!(*error.place().unwrap().file, banks.join("b.toml"));

    fs::write(banks.join("b.toml"), "[defaults]\n").unwrap();
    assert_eq!(
        Config::read(&main).unwrap_err().code(),
        "config-unknown-key"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let error = Config::read("/no/such/castile.toml").unwrap_err();
    assert_eq!(error.code(), "config-unreadable");
    assert_eq!(error.to_string(), "cannot read /no/such/castile.toml");
}

#[test]
fn the_documented_configuration_is_read() {
    let documented: String = include_str!("../profile.rs")
        .lines()
        .skip_while(|line| *line != "//! ```toml")
        .skip(1)
        .take_while(|line| *line != "//! ```")
        .map(|line| format!("{}\n", line.trim_start_matches("//!").trim_start()))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    fs::create_dir(folder.path().join("banks")).unwrap();
    fs::write(
        folder.path().join("banks/second.toml"),
        oauth_profile("second", "2"),
    )
    .unwrap();
    fs::write(&path, documented).unwrap();
    let config = Config::read(&path).unwrap();
    let (_, oauth) = config
        .profile("first-bank-test")
        .unwrap()
        .in_oauth()
        .map(|(client, oauth)| (client.clone(), oauth.clone()))
        .unwrap();
    assert_eq!(oauth.header.audit_usr_id.as_deref(), Some("svc-loans"));
    assert_eq!(oauth.limits.total, Duration::from_secs(30));
    config.profile("second").unwrap();
}

#[test]
fn every_key_is_documented() {
    let documented: Vec<_> = include_str!("../profile.rs")
        .lines()
        .filter(|line| line.starts_with("//! |"))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .collect();
    let tables = [
        keys::TOP,
        keys::PROFILE,
        keys::LEGACY,
        keys::OAUTH,
        keys::DATES,
        keys::EGRESS,
        keys::SERVICE,
    ];
    for key in tables.into_iter().flat_map(keys::each) {
        let name = key.name;
        assert!(
            documented.contains(&name) || name == "operations",
            "`{name}` is not documented"
        );
    }
}

#[test]
fn ten_thousand_institutions_are_read_and_told_apart() {
    let mut text = String::from("version = 1\n");
    for n in 0..10_000 {
        text.push_str(&oauth_profile(&format!("bank-{n}"), &format!("{n:09}")));
    }
    let config = Config::parse(&text, "c.toml").unwrap();
    assert_eq!(config.profiles().count(), 10_000);
    assert_eq!(config.profile("bank-42").unwrap().inst_rt_id, "000000042");
}

#[test]
fn nesting_without_end_is_refused() {
    for open in ["[", "{a="] {
        let text = format!("version = 1\nprofile = {}", open.repeat(100_000));
        assert_eq!(
            Config::parse(&text, "c.toml").unwrap_err().code(),
            "config-syntax"
        );
    }
}

proptest! {
    /// Any damage gives a configuration or an error with a place in the file; never a panic.
    #[test]
    fn a_damaged_configuration_is_read_or_refused_at_a_place(
        at in 0..WHOLE.len(),
        length in 0usize..40,
        with in "(?s).{0,6}|\\[|\\]|\"|=|\n|inst_rt_id = 0",
    ) {
        let end = (at + length).min(WHOLE.len());
        let damaged = [&WHOLE[..at], &with, &WHOLE[end..]].concat();
        if let Err(error) = Config::parse(&damaged, "c.toml") {
            let place = error.place().expect("a place");
            prop_assert!(place.line >= 1 && place.line as usize <= damaged.matches('\n').count() + 1);
            prop_assert!(place.column >= 1);
        }
    }
}
