//! Secrets from files, commands and the environment.

#[cfg(unix)]
use std::fs;

use super::*;

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

#[cfg(unix)]
#[test]
fn a_program_that_closes_its_output_and_stays_is_ended() {
    let words = ["sh", "-c", "echo canary; exec >&-; exec sleep 600"].map(str::to_owned);
    let error = run(&words, Duration::from_millis(300)).unwrap_err();
    assert_eq!(error.code(), "config-secret-command-failed");
    assert!(!format!("{error} {error:?}").contains("canary"));
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
