//! `castile keys`: made for their owner alone, published without a private member, rotated where it is safe.

use std::path::Path;

use castile_sandbox::Sandbox;
use serde_json::Value;
use tempfile::TempDir;

use crate::process::Process;
#[cfg(unix)]
use crate::run::chmod;
use crate::run::{Ran, run};

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn keys(folder: &TempDir, words: &[&str]) -> Ran {
    run(folder.path(), &[&["keys"], words].concat())
}

fn made(folder: &TempDir, alg: &str) {
    let ran = keys(folder, &["new", "--out", "bank.pem", "--alg", alg]);
    assert_eq!(ran.exit, 0, "{ran:?}");
}

#[test]
fn a_new_key_is_for_its_owner_alone_and_never_overwrites() {
    let folder = folder();
    let ran = keys(&folder, &["new", "--out", "bank.pem"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(!ran.text().contains("PRIVATE"), "{ran:?}");
    let path = folder.path().join("bank.pem");
    let before = std::fs::read(&path).expect("the key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = path.metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    keys(&folder, &["new", "--out", "bank.pem"]).refused(2, "key-file-exists");
    assert_eq!(std::fs::read(&path).expect("the key"), before);
    let ran = keys(&folder, &["check", "--key", "bank.pem", "--json"]).json();
    assert_eq!(ran["algorithm"], "PS256");
    assert_eq!(ran["schema_version"], 1);

    made(&self::folder(), "ES256");
    #[cfg(unix)]
    {
        chmod(&path, 0o644);
        keys(&folder, &["check", "--key", "bank.pem"]).refused(2, "config-secret-exposed");
    }
}

#[test]
fn what_is_published_is_public() {
    let folder = folder();
    made(&folder, "PS256");
    let ran = keys(&folder, &["new", "--out", "other.pem", "--alg", "ES256"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let ran = keys(&folder, &["jwks", "--key", "bank.pem", "other.pem"]);
    let document: Value = ran.json();
    let published = document["keys"].as_array().expect("keys");
    assert_eq!(published.len(), 2);
    for key in published {
        assert_eq!(key["use"], "sig");
        for member in ["d", "p", "q", "dp", "dq", "qi", "alg"] {
            assert!(key.get(member).is_none(), "{member}");
        }
    }
    let ran = keys(
        &folder,
        &["jwks", "--key", "bank.pem", "--out", "jwks.json"],
    );
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(folder.path().join("jwks.json").exists());
    let ran = keys(&folder, &["public", "--key", "bank.pem"]);
    assert!(ran.text().starts_with("-----BEGIN PUBLIC KEY-----\n"));
    let ran = keys(&folder, &["public", "--key", "bank.pem", "--format", "jwk"]);
    assert_eq!(ran.json()["kid"], published[0]["kid"]);
}

#[test]
fn a_document_that_holds_a_private_key_is_refused() {
    let folder = folder();
    made(&folder, "ES256");
    let leaked = r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB"}]}"#;
    let server = Served::once(leaked);
    let words = ["check", "--key", "bank.pem", "--jwks-url", &server.url];
    keys(&folder, &words).refused(2, "jwks-private-member");
}

/// A web server for one document and one request.
struct Served {
    url: String,
}

impl Served {
    fn once(body: &'static str) -> Self {
        use std::io::{Read as _, Write as _};

        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback");
        let url = format!("http://{}/jwks.json", listener.local_addr().expect("bound"));
        std::thread::spawn(move || {
            let (mut socket, _) = listener.accept().expect("a request");
            let mut head = [0; 4096];
            let _ = socket.read(&mut head);
            let _ = write!(
                socket,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        });
        Self { url }
    }
}

/// `castile keys serve` for a folder's `bank.pem`.
pub(crate) fn serving(folder: &Path) -> (Process, String) {
    let words = [
        "keys",
        "serve",
        "--key",
        "bank.pem",
        "--listen",
        "127.0.0.1:0",
    ];
    let mut process = Process::start(folder, &words);
    let line = process.line();
    let url = line
        .strip_prefix("serving ")
        .and_then(|rest| rest.split(';').next())
        .unwrap_or_else(|| panic!("{line}"))
        .to_owned();
    (process, url)
}

#[test]
fn a_rotation_is_refused_where_it_would_make_calls_fail() {
    let folder = folder();
    made(&folder, "ES256");
    let first = keys(&folder, &["check", "--key", "bank.pem", "--json"]).json();
    let (server, url) = serving(folder.path());
    let rotate = |words: &[&str]| {
        let which = ["--key", "bank.pem", "--client-id", "c", "--jwks-url", &url];
        keys(&folder, &[&["rotate"], words, &which].concat())
    };
    assert_eq!(rotate(&["status", "--json"]).json()["stage"], "settled");
    let ran = keys(&folder, &["rotate", "--key", "bank.pem"]);
    ran.refused(2, "rotation-no-clients");

    assert_eq!(rotate(&["--json"]).json()["stage"], "published");
    let ran = rotate(&["--json"]).json();
    assert_eq!(ran["stage"], "seen", "the server follows without a restart");
    assert_eq!(ran["active"]["kid"], first["kid"], "the old key signs");
    assert!(ran["not_before"].as_str().expect("a time").ends_with('Z'));
    let ran = rotate(&[]);
    let refused = ran.refused(1, "rotation-too-early");
    assert!(refused.line("do").starts_with("run it again at 20"));

    let words = ["check", "--key", "bank.pem", "--jwks-url", &url, "--json"];
    let checked = keys(&folder, &words).json();
    assert_eq!(checked["must_publish"].as_array().expect("keys").len(), 2);
    assert_eq!(
        checked["not_published"].as_array().expect("a list").len(),
        0
    );

    let ran = rotate(&["--compromised", "--json"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(ran.err.contains("What may fail now"), "{ran:?}");
    assert_eq!(ran.json()["stage"], "withdrawn");
    assert_ne!(ran.json()["active"]["kid"], first["kid"]);
    let checked = keys(&folder, &words).json();
    assert_eq!(checked["must_publish"].as_array().expect("keys").len(), 1);
    assert_eq!(
        checked["not_published"].as_array().expect("a list").len(),
        0
    );
    assert_eq!(server.terminate().0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_profile_with_the_key_must_have_a_url() {
    let folder = folder();
    made(&folder, "ES256");
    let (_server, url) = serving(folder.path());
    let profile = |name: &str, url: &str| {
        format!(
            "[profile.{name}]\ninst_rt_id = \"{name}\"\ninst_env = \"TEST\"\nproduct = \"x\"\nstate = \"oauth\"\n\
             client_id = \"{name}\"\nkey = {{ file = \"bank.pem\" }}\n{url}\n\
             [profile.{name}.oauth]\nurl = \"https://gw.example/OAuth/\"\n"
        )
    };
    let write = |second: &str| {
        let first = profile("a", &format!("jwks_url = \"{url}\""));
        let text = format!("version = 1\n{first}{}", profile("b", second));
        std::fs::write(folder.path().join("castile.toml"), text).expect("a file");
    };
    write("");
    let rotate = || keys(&folder, &["rotate", "--profile", "a", "--json"]);
    assert_eq!(rotate().error()["code"], "rotation-no-clients");
    write(&format!("jwks_url = \"{url}\""));
    let ran = rotate().json();
    assert_eq!(ran["stage"], "published");
    assert_eq!(ran["clients"], serde_json::json!(["a", "b"]));
    assert_eq!(rotate().json()["stage"], "seen");
    let of_files = keys(&folder, &["jwks", "--key", "bank.pem"]).json();
    let of_profiles = keys(&folder, &["jwks", "--profile", "a", "b"]).json();
    assert_eq!(of_files, of_profiles, "one key, once");

    let text = profile("a", "").replace("key = {", "client_secret = {");
    let text = format!("version = 1\n{text}");
    std::fs::write(folder.path().join("castile.toml"), text).expect("a file");
    assert_eq!(rotate().error()["code"], "key-not-in-a-file");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_client_signs_with_the_key_that_the_rotation_chose() {
    let folder = folder();
    made(&folder, "ES256");
    let jwks = || {
        let ran = keys(&folder, &["jwks", "--key", "bank.pem"]);
        ran.text().to_owned()
    };
    let sandbox = Sandbox::builder()
        .client("the-client", jwks())
        .start()
        .await
        .expect("loopback");
    let config = sandbox.castile_toml("the-client", Path::new("bank.pem"));
    std::fs::write(folder.path().join("castile.toml"), config).expect("a file");
    let token = || run(folder.path(), &["token", "--profile", "sandbox"]);
    assert_eq!(token().exit, 0);
    let ran = keys(&folder, &["rotate", "--key", "bank.pem", "--compromised"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    // The server does not know the new key yet, and the old one signs nothing any more.
    token().refused(3, "token-invalid-client");
    sandbox.register("the-client", jwks()).expect("public keys");
    assert_eq!(token().exit, 0, "{:?}", token());
}
