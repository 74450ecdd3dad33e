//! How a client proves itself: every key for it, and what does not fit together.

use castile_auth::{AssertionType, DEFAULT_LIFETIME};

use super::*;

/// A profile with these lines in it and these in its table for OAuth.
fn parse(own: &str, oauth: &str) -> Result<Config, ConfigError> {
    let text = format!(
        "version = 1\n[profile.a]\ninst_rt_id = \"1\"\ninst_env = \"T\"\nproduct = \"p\"\nstate = \"oauth\"\n\
         client_id = \"c\"\n{own}\n[profile.a.oauth]\nurl = \"https://gw.example/s\"\n{oauth}\n"
    );
    Config::parse(&text, "conf/castile.toml")
}

fn code(own: &str, oauth: &str) -> &'static str {
    parse(own, oauth).map_or_else(|error| error.code(), |_| "read")
}

const KEY: &str = "key = { env = \"K\" }";
const SECRET: &str = "client_secret = { env = \"S\" }";

#[test]
fn each_setting_of_the_proof_is_read() {
    let own = format!("{KEY}\nkey_passphrase = {{ file = \"pass\" }}");
    let config = parse(
        &own,
        "issuer = \"https://login.jackhenry.com\"\naudience = \"issuer\"\naudience_in_array = true\n\
         assertion_type = \"client-authentication+jwt\"\nassertion_lifetime = \"5m\"\n\
         resource = \"https://api.example/\"\nrefusals = \"state/refusals.json\"\ncompat_exp_in_milliseconds = true\ndpop = true",
    )
    .unwrap();
    let profile = config.profile("a").unwrap();
    let (client, oauth) = profile.in_oauth().unwrap();
    assert!(!client.has_secret);
    let passphrase = client.key_passphrase.clone().unwrap();
    assert_eq!(passphrase, SecretRef::File("conf/pass".into()));
    assert_eq!(oauth.issuer.as_deref(), Some("https://login.jackhenry.com"));
    assert_eq!(oauth.audience, oauth.issuer);
    assert!(oauth.audience_in_array && oauth.dpop);
    assert_eq!(oauth.assertion_type, AssertionType::ClientAuthentication);
    assert_eq!(oauth.assertion_lifetime.as_secs(), 300);
    assert_eq!(oauth.resource.as_deref(), Some("https://api.example/"));
    let refusals = oauth.refusals.as_deref().unwrap();
    assert_eq!(refusals, Path::new("conf/state/refusals.json"));

    let [warning] = &profile.warnings[..] else {
        panic!("one warning: {:?}", profile.warnings);
    };
    assert_eq!(warning.code(), "config-exp-in-milliseconds");
    assert!(
        warning
            .to_string()
            .starts_with("conf/castile.toml:19:1: exp of the assertion"),
        "{warning}"
    );
}

#[test]
fn without_settings_the_proof_is_what_jack_henry_asks_for() {
    let profile = parse(KEY, "audience = \"token_endpoint\"").unwrap();
    let profile = profile.profile("a").unwrap();
    let (client, oauth) = profile.in_oauth().unwrap();
    assert_eq!(
        (client.has_secret, oauth.audience.as_deref()),
        (false, None)
    );
    assert_eq!(oauth.assertion_type, AssertionType::Jwt);
    assert_eq!(oauth.assertion_lifetime, DEFAULT_LIFETIME);
    assert!(!oauth.audience_in_array && !oauth.dpop && !oauth.compat_exp_in_milliseconds);
    assert_eq!(profile.warnings, []);
}

#[test]
fn a_secret_goes_by_basic_unless_the_form_is_asked_for() {
    for (setting, in_form) in [
        ("", false),
        ("client_auth = \"client_secret_basic\"", false),
        ("client_auth = \"client_secret_post\"", true),
    ] {
        let config = parse(SECRET, setting).unwrap();
        let profile = config.profile("a").unwrap();
        let (client, oauth) = profile.in_oauth().unwrap();
        assert!(client.has_secret);
        assert_eq!(oauth.secret_in_form, in_form);
    }
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let both = format!("{KEY}\n{SECRET}");
    for (own, oauth, expected) in [
        (KEY, "client_auth = \"private_key_jwt\"", "read"),
        ("", "", "config-missing-key"),
        (&both, "", "config-bad-value"),
        (
            KEY,
            "client_auth = \"client_secret_post\"",
            "config-bad-value",
        ),
        (
            SECRET,
            "client_auth = \"private_key_jwt\"",
            "config-bad-value",
        ),
        (KEY, "client_auth = \"tls_client_auth\"", "config-bad-value"),
        (KEY, "assertion_type = \"jwt\"", "config-bad-value"),
        (KEY, "assertion_lifetime = \"301s\"", "config-bad-value"),
        (KEY, "assertion_lifetime = \"1500ms\"", "config-bad-value"),
        (KEY, "audience = \"issuer\"", "config-missing-key"),
        (
            KEY,
            "issuer = \"https://evil.example\"",
            "config-issuer-origin",
        ),
        (
            KEY,
            "issuer = \"https://login.jackhenry.com/?a\"",
            "config-bad-value",
        ),
        (
            KEY,
            "issuer = \"http://login.jackhenry.com\"",
            "config-insecure-url",
        ),
        ("client_secret = \"hunter2\"", "", "config-inline-secret"),
        (
            "key_passphrase = \"hunter2\"\nkey = { env = \"K\" }",
            "",
            "config-inline-secret",
        ),
    ] {
        assert_eq!(code(own, oauth), expected, "{own} {oauth}");
    }
}

#[test]
fn one_key_is_bound_to_one_authorization_server() {
    let two = |key: &str, host: &str| {
        let a = oauth_profile("a", "1");
        let b = oauth_profile("b", "2").replace("\"K\"", key);
        let text = format!("version = 1\n{a}{b}oauth.token_endpoint = \"https://{host}/token\"\n");
        Config::parse(&text, "x").map_or_else(|error| error.code(), |_| "read")
    };
    assert_eq!(two("\"K\"", "login.jackhenry.com"), "read");
    assert_eq!(two("\"K2\"", "other.example"), "read");
    assert_eq!(two("\"K\"", "other.example"), "config-key-of-two-servers");
}

#[test]
fn a_key_may_stay_in_a_token() {
    let pin = "pin = { env = \"PIN\" }";
    let key = |rest: &str| format!("key = {{ pkcs11 = {{ module = \"hsm.so\", {rest} }} }}");
    let whole = key(&format!("token = \"bank\", label = \"rsa\", {pin}"));
    let config = parse(&whole, "").unwrap();
    let profile = config.profile("a").unwrap();
    let (client, _) = profile.in_oauth().unwrap();
    let SecretRef::Pkcs11(found) = &client.key else {
        panic!("{:?}", client.key);
    };
    assert_eq!(found.module, Path::new("conf/hsm.so"));
    assert_eq!((&*found.token, &*found.label), ("bank", "rsa"));
    assert_eq!(*found.pin, SecretRef::Env("PIN".into()));
    assert_eq!(client.key.read().unwrap_err().code(), "config-key-in-token");

    let inline = key("token = \"bank\", label = \"rsa\", pin = \"canary\"");
    let error = parse(&inline, "").unwrap_err();
    assert_eq!(error.code(), "config-inline-secret");
    assert!(!error.to_string().contains("canary"));
    for (own, told) in [
        (
            key(&format!("label = \"rsa\", {pin}")),
            "config-missing-key",
        ),
        (
            key("token = \"bank\", label = \"rsa\""),
            "config-missing-key",
        ),
        (
            key(&format!("token = \"b\", label = \"r\", slot = 1, {pin}")),
            "config-unknown-key",
        ),
        (
            format!("{whole}\nkey_passphrase = {{ env = \"P\" }}"),
            "config-bad-value",
        ),
        (
            whole.replace("key =", "client_secret ="),
            "config-unknown-key",
        ),
    ] {
        assert_eq!(code(&own, ""), told, "{own}");
    }
}

#[cfg(all(not(feature = "pkcs11"), feature = "reqwest", feature = "tokio"))]
#[test]
fn without_the_feature_a_key_in_a_token_is_refused_by_name() {
    let own = "key = { pkcs11 = { module = \"m\", token = \"t\", label = \"l\", pin = { env = \"P\" } } }";
    let config = parse(own, "").unwrap();
    let error = crate::connect::token_source(&config.profile("a").unwrap()).unwrap_err();
    assert_eq!(error.code(), "config-pkcs11-not-built");
}
