//! A profile whose key stays in a PKCS#11 token: SoftHSM.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use castile_auth::LocalSigner;
use castile_sandbox::Sandbox;

use crate::run::{Ran, castile};

/// Where Debian and others install SoftHSM.
const MODULES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];
const PIN: &str = "493827";

/// Runs one of the token's own tools.
fn tool(folder: &Path, line: &str) {
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().expect("a program"));
    command.args(words).current_dir(folder);
    command.env("SOFTHSM2_CONF", folder.join("softhsm2.conf"));
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{line}: {output:?}");
}

/// Writes down that the test did not run, for the list that `cargo xtask test` ends with.
fn not_run(reason: &str) {
    eprintln!("NOT RUN: {reason}");
    if let Some(list) = std::env::var_os("CASTILE_NOT_RUN") {
        let file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(list);
        let line = format!("pkcs11::a_profile_signs_with_a_key_that_stays_in_a_token\t{reason}\n");
        let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
        written.expect("the list can be written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_signs_with_a_key_that_stays_in_a_token() {
    let module = MODULES.iter().find(|path| Path::new(path).exists());
    let has = |tool: &str| Command::new(tool).arg("--version").output().is_ok();
    let (Some(module), true, true) = (module, has("softhsm2-util"), has("openssl")) else {
        return not_run("no SoftHSM or no openssl; Debian: apt-get install softhsm2 openssl");
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path();
    std::fs::create_dir(path.join("tokens")).expect("a folder");
    let tokens = format!("directories.tokendir = {}\n", path.join("tokens").display());
    std::fs::write(path.join("softhsm2.conf"), tokens).expect("a file");
    for line in [
        &*format!("softhsm2-util --init-token --free --label bank --so-pin 5678 --pin {PIN}"),
        "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out copy.pem",
        &*format!("softhsm2-util --import copy.pem --token bank --label rsa --id 01 --pin {PIN}"),
    ] {
        tool(path, line);
    }
    let copy = std::fs::read(path.join("copy.pem")).expect("the copy");
    let jwks = LocalSigner::read(&copy).and_then(|key| key.jwks());
    let sandbox = Sandbox::builder()
        .client("the-client", jwks.expect("a key"))
        .start()
        .await
        .expect("loopback");
    std::fs::remove_file(path.join("copy.pem")).expect("ours");

    let config = sandbox.castile_toml("the-client", Path::new("copy.pem"));
    let run = |label: &str, pin: &str| {
        let key = format!(
            "key = {{ pkcs11 = {{ module = \"{module}\", token = \"bank\", label = \"{label}\", \
             pin = {{ env = \"HSM_PIN\" }} }} }}"
        );
        let config = config.replace("key = { file = \"copy.pem\" }", &key);
        std::fs::write(path.join("castile.toml"), config).expect("a file");
        let mut command = castile(path, &["doctor", "--profile", "sandbox", "--json"]);
        command.env("SOFTHSM2_CONF", path.join("softhsm2.conf"));
        let ran = Ran::of(command.env("HSM_PIN", pin).output().expect("it starts"));
        assert!(!format!("{ran:?}").contains(PIN), "{ran:?}");
        ran
    };
    let ran = run("rsa", PIN);
    assert_eq!(ran.json()["facts"]["token"], "granted", "{ran:?}");
    assert_eq!(sandbox.counters().token_requests, 1);
    for (label, pin, code) in [
        ("other", PIN, "pkcs11-no-key"),
        ("rsa", "000000", "pkcs11-pin"),
    ] {
        let ran = run(label, pin);
        assert_eq!(ran.json()["findings"][0]["code"], code, "{ran:?}");
        assert_eq!(ran.exit, 2, "{ran:?}");
    }
    assert_eq!(sandbox.counters().token_requests, 1);
}
