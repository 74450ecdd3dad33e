//! What differs by service and operation, and dates.

use super::*;

pub(super) const BANK: &str = r#"
version = 1

[defaults]
audit_usr_id = "svc"
timeout = "30s"

[profile.a]
inst_rt_id = "1"
inst_env = "TEST"
product = "p"
state = "oauth"
client_id = "whole"
key = { file = "whole.pem" }
key_passphrase = { env = "WHOLE" }

[profile.a.dates]
requested = 2026-09-01
client_id_received = 2026-10-20

[profile.a.oauth]
url = "https://gw.example/s"
key_id = "k1"
audit_ws_id = "ws"

[profile.a.service.Image]
operations = ["DocImgInq"]
oauth.url = "https://images.example/s"
audit_usr_id = "images"
answer_limit = "256MiB"

[profile.a.service.Transfer]
operations = ["XferAdd", "XferMod"]
client_id = "money"

[profile.a.operation.XferAdd]
key = { env = "MONEY_KEY" }
scope = "money"
timeout = 10
"#;

fn read(text: &str) -> Arc<Profile> {
    Config::parse(text, "c/castile.toml")
        .unwrap()
        .profile("a")
        .unwrap()
}

#[test]
fn an_operation_goes_before_its_service_and_that_before_the_profile() {
    let profile = read(BANK);
    let (client, oauth) = profile.in_oauth().unwrap();
    assert_eq!(client.client_id, "whole");
    assert_eq!(oauth.limits.total.as_secs(), 30);

    let image = profile.for_operation("Image", "DocImgInq");
    let (client, oauth) = image.in_oauth().unwrap();
    assert_eq!(client.client_id, "whole");
    assert_eq!(oauth.url.as_str(), "https://images.example/s");
    assert_eq!(oauth.header.audit_usr_id.as_deref(), Some("images"));
    assert_eq!(oauth.header.audit_ws_id.as_deref(), Some("ws"));
    assert_eq!(oauth.limits.answer, 256 << 20);

    let add = profile.for_operation("Transfer", "XferAdd");
    let (client, oauth) = add.in_oauth().unwrap();
    assert_eq!((&*client.client_id, &*oauth.scope), ("money", "money"));
    assert_eq!(client.key, SecretRef::Env("MONEY_KEY".into()));
    assert_eq!(oauth.limits.total.as_secs(), 10);
    assert_eq!(oauth.url.as_str(), "https://gw.example/s");
    assert_eq!(add.institution(), profile.institution());
    assert!(add.variants.is_empty());

    let modify = profile.for_operation("Transfer", "XferMod");
    assert_eq!(modify.client.as_ref().unwrap().client_id, "money");
    let other = profile.for_operation("Inquiry", "AcctInq");
    assert!(std::ptr::eq(other, &*profile));
    // Every pair has settings, and no two routes are one.
    assert_eq!(profile.routes().count(), 6);
}

#[test]
fn a_key_of_its_own_has_neither_the_passphrase_nor_the_kid_of_the_other() {
    let profile = read(BANK);
    let (client, oauth) = profile.in_oauth().unwrap();
    assert!(client.key_passphrase.is_some() && oauth.key_id.is_some());
    let add = profile.for_operation("Transfer", "XferAdd");
    let (client, oauth) = add.in_oauth().unwrap();
    assert_eq!((&client.key_passphrase, &oauth.key_id), (&None, &None));
    // Another client with the same key keeps both.
    let modify = profile.for_operation("Transfer", "XferMod");
    let (client, oauth) = modify.in_oauth().unwrap();
    assert!(client.key_passphrase.is_some() && oauth.key_id.is_some());
}

#[test]
fn without_a_service_the_one_that_lists_the_operation_is_taken() {
    let profile = read(BANK);
    let by_list = profile.route(None, "DocImgInq").unwrap();
    assert_eq!(Some(by_list), profile.route(Some("Image"), "DocImgInq"));
    assert_eq!(profile.route(None, "AcctInq").unwrap().index(), 0);
    let unlisted = BANK.replace("operations = [\"DocImgInq\"]\n", "");
    let profile = read(&unlisted);
    assert_eq!(profile.route(None, "AcctInq"), None);
    assert_eq!(
        profile.route(Some("Inquiry"), "AcctInq").unwrap().index(),
        0
    );
    assert!(profile.route(None, "XferAdd").is_some());
}

#[test]
fn dates_are_read_as_days() {
    let dates = read(BANK).dates;
    assert_eq!(dates.requested, Some(jiff::civil::date(2026, 9, 1)));
    assert_eq!(
        dates.client_id_received,
        Some(jiff::civil::date(2026, 10, 20))
    );
    assert_eq!(dates.jwks_registered, None);
    for (bad, code) in [
        ("requested = \"2026-09-01\"", "config-wrong-type"),
        ("requested = 2026-09-01T00:00:00Z", "config-wrong-type"),
        ("asked = 2026-09-01", "config-unknown-key"),
    ] {
        let error = Config::parse(&BANK.replace("requested = 2026-09-01", bad), "c").unwrap_err();
        assert_eq!(error.code(), code, "{bad}: {error}");
    }
}

#[test]
fn what_differs_is_checked_like_the_rest() {
    for (bad, code) in [
        (
            "[profile.a.operation.X]\nurl = \"https://x.example\"",
            "config-unknown-key",
        ),
        (
            "[profile.a.operation.X]\ninst_rt_id = \"2\"",
            "config-unknown-key",
        ),
        (
            "[profile.a.operation.X.oauth]\nurl = \"http://x.example\"",
            "config-insecure-url",
        ),
        (
            "[profile.a.operation.X.oauth]\ntoken_endpoint = \"https://x.example\"",
            "config-unknown-key",
        ),
        (
            "[profile.a.operation.X]\nclient_secret = \"x\"",
            "config-inline-secret",
        ),
        (
            "[profile.a.operation.X]\nclient_auth = \"client_secret_basic\"",
            "config-bad-value",
        ),
        ("[profile.a.operation.\"a b\"]\n", "config-bad-value"),
        ("[profile.a.operation]\nX = 1", "config-wrong-type"),
    ] {
        let error = Config::parse(&format!("{BANK}\n{bad}"), "c").unwrap_err();
        assert_eq!(error.code(), code, "{bad}: {error}");
        assert!(error.place().is_some());
    }
}
