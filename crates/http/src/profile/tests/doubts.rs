//! What works but should not stay as it is.

use super::*;

fn codes(lines: &str) -> Vec<(&'static str, u32)> {
    let text = format!("version = 1\n{}{lines}\n", oauth_profile("a", "1"));
    let config = Config::parse(&text, "c.toml").unwrap();
    let profile = config.profile("a").unwrap();
    for warning in &profile.warnings {
        let place = warning.place().to_string();
        assert!(warning.to_string().starts_with(&place), "{warning}");
        // Neither address nor date is told: the place is.
        assert!(!warning.to_string().contains("canary"), "{warning}");
    }
    let told = profile.warnings.iter();
    told.map(|warning| (warning.code(), warning.place().line))
        .collect()
}

#[test]
fn dates_that_cannot_be_are_told_and_those_that_can_are_not() {
    let dates = |lines: &str| codes(&format!("[profile.a.dates]\n{lines}"));
    assert_eq!(
        dates(
            "requested = 2026-01-05\nclient_id_received = 2026-03-20\njwks_registered = 2026-03-01\njxchange_authorized = 2026-04-01"
        ),
        []
    );
    assert_eq!(
        dates("requested = 2026-01-05\nclient_id_received = 2026-01-05"),
        []
    );
    assert_eq!(
        dates("requested = 2026-03-05\njxchange_authorized = 2026-03-04"),
        [("config-date-order", 12)]
    );
    assert_eq!(
        dates("jxchange_authorized = 2025-05-01\nrequested = 2025-04-29"),
        [("config-date-too-early", 12)]
    );
}

#[test]
fn endpoints_with_nothing_to_do_are_told() {
    let url = |url: &str| {
        let text = format!("version = 1\n{}", oauth_profile("a", "1"));
        Config::parse(&text.replace("https://gw.example/s", url), "c.toml")
    };
    for (address, code) in [
        (
            "https://cu-canary.example:8087/SymXchange/2024.00/account",
            "config-symxchange",
        ),
        ("https://10.20.30.40/canary", "config-on-premise"),
    ] {
        let config = url(address).unwrap();
        let profile = config.profile("a").unwrap();
        let [warning] = &profile.warnings[..] else {
            panic!("{:?}", profile.warnings);
        };
        assert_eq!(warning.code(), code);
        assert!(warning.to_string().contains("nothing to do"), "{warning}");
        assert!(!warning.to_string().contains("canary"), "{warning}");
        // Without TLS nothing can be sent there, and it need not be.
        let error = url(&address.replace("https", "http")).unwrap_err();
        assert_eq!(error.code(), code);
        assert!(error.to_string().contains("nothing to do"), "{error}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    // In what differs for an operation, too, and once.
    let told = codes(
        "[profile.a.operation.X]\noauth.url = \"https://jx.canary.local/\"\n[profile.a.service.Y]\n[profile.a.service.Z]",
    );
    assert_eq!(told, [("config-on-premise", 11)]);
}

#[test]
fn a_password_in_the_clear_is_told() {
    let proxy = |url: &str| {
        codes(&format!(
            "[profile.a.egress]\nproxy = \"{url}\"\nproxy_username = \"canary\"\nproxy_password = {{ env = \"P\" }}"
        ))
    };
    assert_eq!(
        proxy("http://proxy.bank.example:3128"),
        [("config-proxy-password-in-clear", 11)]
    );
    assert_eq!(proxy("https://proxy.bank.example:3128"), []);
    assert_eq!(proxy("http://127.0.0.1:3128"), []);
    assert_eq!(
        codes("[profile.a.egress]\nproxy = \"http://proxy.bank.example:3128\""),
        []
    );
}

#[test]
fn a_way_out_that_does_not_hold_together_is_refused() {
    for (lines, code) in [
        ("proxy = \"socks5://p.example:1\"", "config-bad-value"),
        (
            "proxy = \"http://u:canary@p.example:1\"",
            "config-inline-secret",
        ),
        ("proxy = \"http://p.example/path\"", "config-bad-value"),
        (
            "proxy = \"http://p.example:1\"\nproxy_username = \"u\"",
            "config-bad-value",
        ),
        ("proxy_username = \"u\"", "config-bad-value"),
        ("proxy_password = \"canary\"", "config-inline-secret"),
        ("only_roots = true", "config-missing-key"),
        ("tls = \"1.1\"", "config-bad-value"),
        ("tls = 1.2", "config-wrong-type"),
        ("gzip = \"yes\"", "config-wrong-type"),
        ("client_certificate = \"canary\"", "config-inline-secret"),
        ("gzipped = true", "config-unknown-key"),
    ] {
        let text = format!(
            "version = 1\n{}[profile.a.egress]\n{lines}",
            oauth_profile("a", "1")
        );
        let error = Config::parse(&text, "c.toml").unwrap_err();
        assert_eq!(error.code(), code, "{lines}: {error}");
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{error:?}"
        );
    }
}

#[test]
fn a_shadow_that_shows_nothing_is_told() {
    let codes = |lines: &str| {
        let profile = oauth_profile("a", "1").replace("\"oauth\"", "\"shadow\"");
        let legacy = "[profile.a.legacy]\nurl = \"https://old.example/\"\n";
        let text = format!("version = 1\n[defaults]\n{lines}\n{profile}{legacy}");
        let config = Config::parse(&text, "c.toml").unwrap();
        let profile = config.profile("a").unwrap();
        let warnings = profile.warnings.iter();
        warnings.map(Warning::code).collect::<Vec<_>>()
    };
    assert_eq!(codes(""), ["config-shadow-unkept"]);
    assert_eq!(codes("evidence = \"seen\""), Vec::<&str>::new());
    assert_eq!(
        codes("evidence = \"seen\"\nshadow = { rate = 0 }"),
        ["config-shadow-idle"]
    );
}
