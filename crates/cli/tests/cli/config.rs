//! `castile config check`: which profiles can work, told before anything is sent.

use std::path::Path;

use castile_sandbox::ClientKey;
use tempfile::TempDir;

use crate::run::{chmod, run, write_private};

fn profile(name: &str, more: &str) -> String {
    format!(
        "[profile.{name}]\ninst_rt_id = \"011001276\"\ninst_env = \"TEST\"\nproduct = \"{name}\"\n{more}"
    )
}

fn oauth(name: &str, key: &str) -> String {
    profile(
        name,
        &format!(
            "state = \"oauth\"\nclient_id = \"{name}\"\nkey = {{ file = \"{key}\" }}\n\
             oauth.url = \"https://gateway.example/{name}\"\n"
        ),
    )
}

fn folder(profiles: &[String]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let key = ClientKey::generate().expect("randomness");
    write_private(&folder.path().join("key.pem"), key.private_pem());
    let text = format!("version = 1\n{}", profiles.join("\n"));
    std::fs::write(folder.path().join("castile.toml"), text).expect("a file");
    folder
}

fn check(folder: &Path, words: &[&str]) -> crate::run::Ran {
    run(folder, &[&["config", "check"], words].concat())
}

#[test]
fn a_good_configuration_is_told_profile_by_profile() {
    let old = "state = \"legacy\"\n[profile.old.legacy]\nurl = \"https://gateway.example/old\"\n\
               username = \"u\"\npassword = { env = \"CASTILE_NO_SUCH\" }\n";
    let fine = folder(&[oauth("new", "key.pem")]);
    let ran = check(fine.path(), &[]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(
        ran.text().contains("https://gateway.example/new"),
        "{ran:?}"
    );
    assert!(
        ran.text()
            .ends_with("1 profile, 0 with something to look at\n"),
        "{ran:?}"
    );

    let missing = folder(&[oauth("new", "key.pem"), profile("old", old)]);
    let ran = check(missing.path(), &["--json"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    let told = ran.json();
    assert_eq!(told["schema_version"], 1);
    assert_eq!(
        told["profiles"][0]["findings"]
            .as_array()
            .expect("a list")
            .len(),
        0
    );
    assert_eq!(told["profiles"][1]["state"], "legacy");
    assert_eq!(
        told["profiles"][1]["findings"][0]["code"],
        "config-secret-env"
    );
}

#[test]
fn a_key_of_no_use_is_found_without_the_other_profiles_suffering() {
    let folder = folder(&[
        oauth("good", "key.pem"),
        oauth("none", "absent.pem"),
        oauth("wrong", "castile.toml"),
    ]);
    let ran = check(folder.path(), &[]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.text().contains("absent.pem"), "{ran:?}");
    assert!(
        ran.text()
            .ends_with("3 profiles, 2 with something to look at\n"),
        "{ran:?}"
    );

    #[cfg(unix)]
    {
        chmod(&folder.path().join("key.pem"), 0o644);
        let ran = check(folder.path(), &[]);
        assert!(
            ran.text()
                .ends_with("3 profiles, 3 with something to look at\n"),
            "{ran:?}"
        );
    }
}

#[test]
fn what_is_no_configuration_is_an_error() {
    let folder = folder(&["[profile.a]\nstat = \"oauth\"\n".to_owned()]);
    let ran = check(folder.path(), &[]);
    assert_eq!(ran.exit, 2, "{ran:?}");
    assert!(ran.err.contains("config-unknown-key"), "{ran:?}");
}
