//! What is refused, with line and column and without the value.

use super::*;

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
    // Neither PROD, where it is compared, nor anything else, where it is read.
    ("inst_env = \"PROD \"", "config-bad-value"),
    ("product = \" p\"", "config-bad-value"),
    ("key = { file = \"canary\\new.pem\" }", "config-bad-value"),
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
fn a_path_of_windows_in_the_wrong_quotes_is_told_what_to_do() {
    // The first three are no TOML, the others are, with a line end or a backspace in them.
    for path in [
        r"C:\Unlocked\bank.pem",
        r"C:\keys",
        r"\\share\x",
        r"C:\new.pem",
        r"C:\bank.pem",
    ] {
        let good = format!("version = 1\n{}", oauth_profile("a", "1"));
        let with = |quoted: &str| {
            good.lines()
                .map(|line| match line.starts_with("key") {
                    true => format!("key = {{ file = {quoted} }}\n"),
                    false => format!("{line}\n"),
                })
                .collect::<String>()
        };
        let error = Config::parse(&with(&format!("\"{path}\"")), "c.toml").unwrap_err();
        assert!(error.to_string().contains("in '…'"), "{path}: {error}");
        let config = Config::parse(&with(&format!("'{path}'")), "c.toml").unwrap();
        let profile = config.profile("a").unwrap();
        let SecretRef::File(file) = &profile.client.as_ref().unwrap().key else {
            panic!("a file");
        };
        assert!(file.ends_with(path), "{}", file.display());
    }
}

#[test]
fn a_file_of_another_encoding_is_told_and_line_ends_and_marks_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("castile.toml");
    let good = format!("version = 1\n{}", oauth_profile("a", "1"));
    let wide: Vec<u8> = "\u{feff}"
        .chars()
        .chain(good.chars())
        .flat_map(|c| [c as u8, (c as u32 >> 8) as u8])
        .collect();
    std::fs::write(&file, wide).unwrap();
    let error = Config::read(&file).unwrap_err();
    assert_eq!(error.code(), "config-not-utf8", "{error}");

    std::fs::write(&file, format!("\u{feff}{}", good.replace('\n', "\r\n"))).unwrap();
    assert!(Config::read(&file).unwrap().profile("a").is_ok());
}
