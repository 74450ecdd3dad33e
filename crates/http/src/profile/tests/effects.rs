//! What `[effects]` and `journal` say.

use super::super::Warning;
use super::{Config, oauth_profile};
use crate::Effect;

fn parse(top: &str, own: &str) -> Result<Config, crate::ConfigError> {
    let text = format!(
        "version = 1\n{top}\n{}[profile.bank.effects]\n{own}\n",
        oauth_profile("bank", "1")
    );
    Config::parse(&text, "/etc/castile.toml")
}

#[test]
fn a_profile_says_what_its_operations_do_and_a_read_by_word_alone_warns() {
    let top = "[effects]\nXferInq = \"write\"\nOddAdd = \"read-may-repeat\"\n";
    let config = parse(top, "AcctInq = \"write\"\nXferInq = \"read-may-repeat\"").unwrap();
    let profile = config.profile("bank").unwrap();
    let set: Vec<_> = profile.effects.iter().collect();
    use Effect::{Read, Write};
    assert_eq!(
        set,
        [("AcctInq", Write), ("OddAdd", Read), ("XferInq", Read)]
    );
    let loosened = profile.warnings.iter().map(|warning| match warning {
        Warning::EffectLoosened { operation, place } => (&**operation, place.line),
        other => panic!("{other}"),
    });
    let loosened: Vec<_> = loosened.collect();
    assert_eq!(loosened.len(), 2);
    assert_eq!(loosened[0], ("OddAdd", 4));
    let text = profile.warnings[0].to_string();
    assert!(text.contains("OddAdd"), "{text}");
    // Only the careful direction is silent.
    let config = parse("", "AcctInq = \"write\"").unwrap();
    assert_eq!(config.profile("bank").unwrap().warnings, []);
}

#[test]
fn a_bare_read_and_what_is_no_operation_are_refused() {
    for (own, code) in [
        ("XferAdd = \"read\"", "config-bad-value"),
        ("XferAdd = \"unknown\"", "config-bad-value"),
        ("XferAdd = true", "config-wrong-type"),
        ("\"a b\" = \"write\"", "config-bad-value"),
    ] {
        let error = parse("", own).unwrap_err();
        assert_eq!(error.code(), code, "{own}");
        assert!(error.place().is_some());
        let top = format!("[effects]\n{own}");
        assert_eq!(parse(&top, "").unwrap_err().code(), code, "{own}");
    }
}

#[test]
fn a_journal_lies_beside_the_configuration() {
    let text = format!(
        "version = 1\n[defaults]\njournal = \"writes.journal\"\n{}",
        oauth_profile("bank", "1")
    );
    let config = Config::parse(&text, "/etc/castile/castile.toml").unwrap();
    let journal = config.profile("bank").unwrap().journal.clone();
    let expected = std::path::Path::new("/etc/castile").join("writes.journal");
    assert_eq!(journal, Some(expected));
}
