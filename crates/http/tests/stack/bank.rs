//! A bank to connect to: a key, a profile and a false identity provider.

use std::fs;
use std::sync::Arc;

use castile_http::{Config, Profile};

use crate::peer::{Peer, Reply};

/// A key as `openssl genpkey` writes it, with the rights it should have.
pub(crate) fn key_file(folder: &std::path::Path) -> std::path::PathBuf {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    use base64::Engine as _;

    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let der = pair.to_pkcs8v1().unwrap();
    let text = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
    let path = folder.join("key.pem");
    let lines: Vec<&str> = (0..text.len())
        .step_by(64)
        .map(|at| &text[at..text.len().min(at + 64)])
        .collect();
    fs::write(
        &path,
        format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            lines.join("\n")
        ),
    )
    .unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    path
}

pub(crate) fn profile(
    gateway: &Peer,
    provider: &Peer,
    folder: &std::path::Path,
    state: &str,
) -> Arc<Profile> {
    let key = key_file(folder);
    let text = format!(
        "version = 1\n[profile.a]\ninst_rt_id = \"011001276\"\ninst_env = \"TEST\"\nproduct = \"p\"\n\
         state = \"{state}\"\nclient_id = \"client-1\"\nkey = {{ file = '{}' }}\n\
         legacy.url = \"{url}\"\n\
         [profile.a.oauth]\nurl = \"{url}\"\ntoken_endpoint = \"{}\"\n",
        key.display(),
        provider.url,
        url = gateway.url,
    );
    Config::parse(&text, "castile.toml")
        .unwrap()
        .profile("a")
        .unwrap()
}

pub(crate) async fn provider() -> Peer {
    Peer::start(|n, _| token(n)).await
}

/// The n-th token.
pub(crate) fn token(n: usize) -> Reply {
    let token = format!(
        "{{\"access_token\":\"tok-canary-{}\",\"token_type\":\"Bearer\",\"expires_in\":\"600\"}}",
        n + 1
    );
    Reply::Answer(
        "200 OK\r\nContent-Type: application/json",
        token.into_bytes(),
    )
}
