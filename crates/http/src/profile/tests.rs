use std::fs;

use proptest::prelude::*;

use super::*;

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

/// Text after `version = 1`, code, line:column.
const REFUSED: &[(&str, &str, &str)] = &[
    ("[profile.a", "config-syntax", "2:11"),
    (
        "[defaults]\nscope = \"a\"\nscope = \"b\"",
        "config-duplicate-key",
        "4:1",
    ),
    ("[defualts]", "config-unknown-key", "2:2"),
    (
        "[defaults]\nurl = \"https://x.example\"",
        "config-unknown-key",
        "3:1",
    ),
    (
        "[defaults.oauth]\nusername = \"x\"",
        "config-unknown-key",
        "3:1",
    ),
    ("[defaults]\nkey = \"x\"", "config-inline-secret", "3:7"),
    ("[defaults]\ntimeout = \"x\"", "config-bad-value", "3:11"),
    (
        "[defaults.legacy]\npassword = \"x\"",
        "config-inline-secret",
        "3:12",
    ),
    (
        "[profile.a]\n  clientid = \"x\"",
        "config-unknown-key",
        "3:3",
    ),
    ("[profile.a]\nstate = 3", "config-wrong-type", "3:9"),
    ("[profile.a]\nstate = \"Oauth\"", "config-bad-value", "3:9"),
    (
        "[profile.a]\nstate = \"oauth\"",
        "config-missing-key",
        "2:10",
    ),
    (
        "[profile.a]\nstate = \"oauth\"\ninst_rt_id = 011001276",
        "config-number-for-id",
        "4:14",
    ),
    (
        "[profile.a]\nstate = \"oauth\"\ninst_env = \"T\"\nproduct = \"p\"\ninst_rt_id = 11001276",
        "config-number-for-id",
        "6:14",
    ),
    (
        "[profile.a]\nstate = \"oauth\"\ninst_rt_id = \"1\"\nproduct = \"p\"",
        "config-missing-key",
        "2:10",
    ),
    ("include = [\"no/*.toml\"]", "config-include", "2:12"),
    ("include = [\"***\"]", "config-include", "2:12"),
    ("include = \"a.toml\"", "config-wrong-type", "2:11"),
    ("profile = 1", "config-wrong-type", "2:11"),
];

#[test]
fn what_is_wrong_is_told_with_file_line_and_column() {
    for (text, code, place) in REFUSED {
        let error = Config::parse(&format!("version = 1\n{text}"), "c.toml").unwrap_err();
        assert_eq!(error.code(), *code, "{text}: {error}");
        let at = error.place().map(Place::to_string);
        assert_eq!(at, Some(format!("c.toml:{place}")), "{text}: {error}");
        assert!(
            error.to_string().starts_with(&format!("c.toml:{place}: ")),
            "{error}"
        );
    }
}

/// A line that replaces the one of the same key in an otherwise good profile, and the code.
const REFUSED_LINES: &[(&str, &str)] = &[
    ("inst_env = \" \"", "config-bad-value"),
    (
        "key = \"-----BEGIN PRIVATE KEY-----canary\"",
        "config-inline-secret",
    ),
    ("key = { file = \"a\", env = \"B\" }", "config-bad-value"),
    ("key = {}", "config-bad-value"),
    ("key = { fiel = \"a\" }", "config-unknown-key"),
    ("key = { command = \"cat canary\" }", "config-wrong-type"),
    ("key = { command = [] }", "config-bad-value"),
    ("key = { env = \"canary=1\" }", "config-bad-value"),
    (
        "oauth.url = \"http://gw.example/canary\"",
        "config-insecure-url",
    ),
    (
        "oauth.url = \"ftp://gw.example/canary\"",
        "config-insecure-url",
    ),
    (
        "oauth.url = \"https://user:canary@gw.example/\"",
        "config-inline-secret",
    ),
    ("oauth.url = \"canary\"", "config-bad-value"),
    (
        "oauth.url = \"https://gw.example/#canary\"",
        "config-bad-value",
    ),
    (
        "oauth = { url = \"https://gw.example/\", timeout = \"canary\" }",
        "config-bad-value",
    ),
    (
        "oauth = { url = \"https://gw.example/\", timeout = 0 }",
        "config-bad-value",
    ),
    (
        "oauth = { url = \"https://gw.example/\", timeout = -1 }",
        "config-bad-value",
    ),
    (
        "oauth = { url = \"https://gw.example/\", timeout = 18446744073709551615 }",
        "config-bad-value",
    ),
    (
        "oauth = { url = \"https://gw.example/\", timeout = 1.5 }",
        "config-wrong-type",
    ),
    (
        "oauth = { url = \"https://gw.example/\", algorithm = \"HS256\" }",
        "config-bad-value",
    ),
    (
        "oauth = { url = \"https://gw.example/\", password = \"canary\" }",
        "config-unknown-key",
    ),
    (
        "oauth = { url = \"https://gw.example/\", repeat_writes_on_401 = \"canary\" }",
        "config-wrong-type",
    ),
    ("oauth = { scope = \"openid\" }", "config-missing-key"),
];

#[test]
fn a_refusal_names_line_and_key_and_never_the_value() {
    for (line, code) in REFUSED_LINES {
        let key = line.split([' ', '.']).next().unwrap();
        let mut text = format!("version = 1\n{}", oauth_profile("a", "1"));
        let old = text
            .lines()
            .find(|old| old.split([' ', '.']).next() == Some(key))
            .unwrap()
            .to_owned();
        text = text.replace(&old, line);
        let error = Config::parse(&text, "c.toml").unwrap_err();
        assert_eq!(error.code(), *code, "{line}: {error}");
        let expected = text.lines().position(|other| other == *line);
        assert_eq!(
            error.place().map(|place| place.line as usize - 1),
            expected,
            "{line}: {error}"
        );
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{error:?}"
        );
    }
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
            .ends_with("known are version, include, defaults, profile"),
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

#[cfg(unix)]
#[test]
fn a_key_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("k.pem");
    fs::write(&path, "canary").unwrap();
    let secret = SecretRef::File(path.clone());
    for mode in [0o640, 0o604, 0o660] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = secret.read().unwrap_err();
        assert_eq!(error.code(), "config-secret-exposed", "{mode:o}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(&secret.read().unwrap()[..], b"canary");
}

#[cfg(unix)]
#[test]
fn a_secret_comes_from_a_command_without_a_shell() {
    let command =
        |words: &[&str]| SecretRef::Command(words.iter().map(|word| (*word).to_owned()).collect());
    assert_eq!(
        &command(&["printf", "%s", "$HOME;canary"]).read().unwrap()[..],
        b"$HOME;canary"
    );
    for (words, code) in [
        (&["false", "canary"][..], "config-secret-command-failed"),
        (&["true"][..], "config-secret-command-failed"),
        (&["/no/such/program", "canary"][..], "config-secret-command"),
        (
            &["head", "-c", "70000", "/dev/zero"][..],
            "config-secret-too-large",
        ),
    ] {
        let error = command(words).read().unwrap_err();
        assert_eq!(error.code(), code, "{words:?}");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
    assert!(!format!("{:?}", command(&["prog", "canary"])).contains("canary"));
}

#[test]
fn a_missing_variable_and_a_missing_file_are_told_apart() {
    let error = SecretRef::Env("CASTILE_TEST_NOT_SET".into())
        .read()
        .unwrap_err();
    assert_eq!(error.code(), "config-secret-env");
    let error = SecretRef::File("/no/such/key".into()).read().unwrap_err();
    assert_eq!(error.code(), "config-secret-file");
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
