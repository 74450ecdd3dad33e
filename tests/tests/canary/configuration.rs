//! Configurations and keys that cannot be used, with secrets where none may stand.

use std::error::Error;

use castile::auth::LocalSigner;
use castile::http::{Config, connect};

use crate::witness::Witness;
use crate::world::{
    PASSPHRASE, PASSWORD, SHARED_SECRET, USER, WRITTEN_SECRET, World, write_private,
};

pub(crate) fn refused(world: &mut World, witness: &mut Witness) {
    let origin = world.folder.path().join("castile.toml");
    let legacy = format!(
        "version = 1\n[profile.old]\ninst_rt_id = \"1\"\ninst_env = \"TEST\"\nproduct = \"p\"\n\
         state = \"legacy\"\n[profile.old.legacy]\nurl = \"https://old.invalid/\"\n\
         username = \"{USER}\"\npassword = {{ command = [\"false\", \"{PASSWORD}\"] }}\n"
    );
    let config = Config::parse(&legacy, &origin).expect("a configuration of the old model");
    let profile = config.profile("old").expect("it is there");
    witness.debug("Config", &config);
    witness.debug("a Profile of the old model", &profile);
    let old = profile.legacy.as_ref().expect("state legacy");
    let password = old.password.as_ref().expect("a password");
    let error = password.read().expect_err("`false` prints nothing");
    witness.error("a command that fails", &error);

    for bad in [
        legacy.replace("{ command", &format!("\"{WRITTEN_SECRET}\" # {{ command")),
        legacy.replace(
            "username = ",
            &format!("pasword = \"{WRITTEN_SECRET}\"\nusername = "),
        ),
        legacy.replace(
            "product = \"p\"",
            &format!("product = [\"{WRITTEN_SECRET}\"]"),
        ),
        legacy.replace("\"legacy\"", &format!("\"{WRITTEN_SECRET}\"")),
        legacy.replace("https://old", &format!("https://u:{WRITTEN_SECRET}@old")),
        legacy.replace(
            "https://old.invalid/",
            &format!("http://old.invalid/?{WRITTEN_SECRET}"),
        ),
        legacy.replace("username = ", &format!("username = \"{WRITTEN_SECRET}")),
        legacy.replace("version = 1", &format!("version = \"{WRITTEN_SECRET}\"")),
        format!("{legacy}\nusername = \"{WRITTEN_SECRET}\"\n"),
    ] {
        let error = Config::parse(&bad, &origin).expect_err("a bad configuration");
        witness.error("a configuration that is refused", &error);
    }

    let (client, _) = world.profile.in_oauth().expect("state oauth");
    let secret = client.key.read().expect("the client's key");
    witness.debug("a Secret", &secret);
    let pem = std::fs::read_to_string(world.folder.path().join("key.pem")).expect("ours");
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    for bad in [
        pem.replace("PRIVATE KEY", "PUBLIC KEY"),
        pem.replace("PRIVATE KEY", "RSA PRIVATE KEY"),
        pem.replace("PRIVATE KEY", "OPENSSH PRIVATE KEY"),
        pem.replace("MI", "IM"),
        pem[..pem.len() / 2].to_owned(),
        pem.repeat(2),
        body,
    ] {
        let error = LocalSigner::read(bad.as_bytes()).expect_err("a bad key");
        witness.error("a key that is refused", &error);
        let path = world.folder.path().join("bad.pem");
        write_private(&path, &bad);
        let profile = world.profile_with("key.pem", "bad.pem");
        let error = connect::token_source(&profile).expect_err("a bad key");
        witness.error("a profile with a bad key", &error);
        let source: Option<&(dyn Error + 'static)> = error.source();
        witness.debug("its cause", &source);
    }

    proofs(world, witness);

    let signer = LocalSigner::read(pem.as_bytes()).expect("the client's key");
    witness.debug("LocalSigner", &signer);
    witness.debug("the public key", &signer.public_jwk().expect("a key"));
    witness.debug("the public keys", &signer.jwks().expect("a key"));
}

/// Profiles with a shared secret and with a passphrase: read, wrong, and printed.
fn proofs(world: &World, witness: &mut Witness) {
    let folder = world.folder.path();
    write_private(&folder.join("secret"), &format!("{SHARED_SECRET}\n"));
    write_private(&folder.join("passphrase"), &format!("{PASSPHRASE}\n"));
    write_private(&folder.join("control"), &format!("{SHARED_SECRET}\u{1}"));
    let key = "key = { file = \"key.pem\" }";
    for proof in [
        "client_secret = { file = \"secret\" }",
        "client_secret = { file = \"control\" }",
        &format!("{key}\nkey_passphrase = {{ file = \"passphrase\" }}"),
    ] {
        let profile = world.profile_with(key, proof);
        witness.debug("a profile with a secret", &profile);
        match connect::token_source(&profile) {
            Ok(source) => witness.debug("its TokenCache", &source),
            Err(error) => witness.error("a secret that is refused", &error),
        }
        let plan = connect::typed(&profile).ok();
        witness.debug("its stack", &plan);
    }
    for bad in [
        format!("client_secret = \"{SHARED_SECRET}\""),
        format!("{key}\nkey_passphrase = \"{PASSPHRASE}\""),
        format!(
            "key = {{ pkcs11 = {{ module = \"m\", token = \"t\", label = \"l\", pin = \"{PASSPHRASE}\" }} }}"
        ),
    ] {
        let error = world.refused_with(key, &bad);
        witness.error("a secret in the file", &error);
    }
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let error = LocalSigner::read_encrypted(encrypted.as_bytes(), PASSPHRASE.as_bytes());
    witness.error("an encrypted key", &error.expect_err("it is cut off"));
}
