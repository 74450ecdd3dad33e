//! `castile token`: facts of a token and never the token itself, or who must act that there is none.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use castile_sandbox::{ClientKey, Peer, Running, Sandbox, Step};
use tempfile::TempDir;

#[cfg(unix)]
use crate::run::chmod;
use crate::run::{Ran, run, write_private};

/// A sandbox that knows a client, and the client's folder with `castile.toml` and `key.pem`.
struct Bank {
    sandbox: Running,
    folder: TempDir,
    key: ClientKey,
}

impl Bank {
    async fn open() -> Self {
        let key = ClientKey::generate().expect("randomness");
        let sandbox = Sandbox::builder()
            .client("the-client", key.jwks())
            .start()
            .await
            .expect("loopback");
        let folder = tempfile::tempdir().expect("a temporary folder");
        write_private(&folder.path().join("key.pem"), key.private_pem());
        let bank = Self {
            sandbox,
            folder,
            key,
        };
        bank.write_config(&bank.config());
        bank
    }

    fn config(&self) -> String {
        self.sandbox
            .castile_toml("the-client", Path::new("key.pem"))
    }

    fn write_config(&self, text: &str) {
        std::fs::write(self.folder.path().join("castile.toml"), text).expect("a file");
    }

    fn run(&self, words: &[&str]) -> Ran {
        run(self.folder.path(), &[&["token"], words].concat())
    }

    fn by_flags(&self, more: &[&str]) -> Ran {
        let endpoint = self.sandbox.token_endpoint();
        let words = [
            "--token-endpoint",
            &endpoint,
            "--client-id",
            "the-client",
            "--key",
            "key.pem",
        ];
        self.run(&[&words, more].concat())
    }

    /// Puts another key under the same name.
    fn replace_key(&self, pem: &str) {
        write_private(&self.folder.path().join("key.pem"), pem);
    }
}

/// Whether a text holds something that looks like a JWS, which an access token of the sandbox is.
fn holds_a_token(text: &str) -> bool {
    text.contains("eyJ")
}

#[tokio::test(flavor = "multi_thread")]
async fn by_profile_or_by_flags_it_shows_facts_and_no_token() {
    let bank = Bank::open().await;
    for ran in [
        bank.run(&["--profile", "sandbox"]),
        bank.by_flags(&["--scope", "openid"]),
    ] {
        assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{ran:?}");
        let text = ran.text();
        let endpoint = bank.sandbox.token_endpoint();
        assert!(
            text.starts_with(&format!("token from {endpoint}\n")),
            "{text}"
        );
        assert!(text.contains("\n  scope    openid\n"), "{text}");
        assert!(text.contains("\n  expires  in 600 s\n"), "{text}");
        assert!(text.contains("\n  claim    iss = "), "{text}");
        assert!(text.contains("not shown; --reveal prints it"), "{text}");
        assert!(!holds_a_token(text), "{text}");
    }
    assert_eq!(bank.sandbox.counters().token_requests, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn for_which_institution_a_token_is_can_be_bound_to_the_profile() {
    let bank = Bank::open().await;
    let unbound = bank.run(&["--profile", "sandbox"]);
    assert!(
        unbound
            .text()
            .contains("the profile names no institution_id"),
        "{unbound:?}"
    );
    let told = bank.run(&["--profile", "sandbox", "--json"]).json();
    assert_eq!(told["is_of_institution"], serde_json::Value::Null);
    let own = told["claims"]["institutionId"].as_str().expect("a claim");
    for (id, exit, said) in [
        (own, 0, "institutionId is the profile's institution_id"),
        ("another", 1, "[institution-token]"),
    ] {
        let line = format!("product = \"sandbox\"\ninstitution_id = \"{id}\"");
        let config = bank.config();
        assert!(config.contains("product = \"sandbox\""), "{config}");
        bank.write_config(&config.replace("product = \"sandbox\"", &line));
        let ran = bank.run(&["--profile", "sandbox"]);
        assert_eq!(ran.exit, exit, "{ran:?}");
        assert!(ran.text().contains(said), "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_carries_a_schema_version_and_the_token_only_when_revealed() {
    let bank = Bank::open().await;
    let ran = bank.run(&["--profile", "sandbox", "--json"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let shown = ran.json();
    assert_eq!(shown["schema_version"], 1);
    assert_eq!(shown["token_endpoint"], bank.sandbox.token_endpoint());
    assert_eq!(shown["scope"], "openid");
    assert_eq!(shown["missing_scope"], serde_json::json!([]));
    assert_eq!(shown["expires_in_seconds"], 600);
    assert_eq!(shown["claims"]["iss"], bank.sandbox.provider_url());
    assert_eq!(shown.get("access_token"), None);
    assert!(!holds_a_token(ran.text()), "{ran:?}");

    for words in [&["--json", "--reveal"][..], &["--reveal"]] {
        let ran = bank.by_flags(words);
        assert_eq!(ran.exit, 0, "{ran:?}");
        assert!(holds_a_token(ran.text()), "{words:?}");
    }
    let revealed = bank.by_flags(&["--json", "--reveal"]).json();
    let token = revealed["access_token"].as_str().expect("the token");
    assert_eq!(token.split('.').count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_refuses_is_exit_code_3_and_its_cause_is_in_the_sandboxs_log() {
    let bank = Bank::open().await;
    let stranger = ClientKey::generate().expect("randomness");
    bank.replace_key(stranger.private_pem());
    let ran = bank.run(&["--profile", "sandbox"]);
    let shown = ran.refused(3, "token-invalid-client");
    assert_eq!(shown.line("at"), bank.sandbox.token_endpoint());
    let log = bank.sandbox.log();
    let causes: Vec<_> = log.iter().filter_map(|entry| entry.event.cause()).collect();
    assert_eq!(
        causes.len(),
        1,
        "asked once, not again and again: {causes:?}"
    );
    assert!(causes[0].to_string().contains("kid"), "{causes:?}");

    bank.replace_key(bank.key.private_pem());
    bank.by_flags(&["--aud", "https://elsewhere.invalid/"])
        .refused(3, "token-invalid-client");
    bank.by_flags(&["--kid", "unknown"])
        .refused(3, "token-invalid-client");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_was_not_granted_is_a_finding() {
    let bank = Bank::open().await;
    let ran = bank.by_flags(&["--scope", "openid full", "--json"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    let shown = ran.json();
    assert_eq!(shown["scope"], "openid");
    assert_eq!(shown["missing_scope"], serde_json::json!(["full"]));
    let ran = bank.by_flags(&["--scope", "openid full"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.text().contains("full was asked for and not granted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_network_does_is_exit_code_4() {
    let bank = Bank::open().await;
    // Bound, so that nobody else takes the port, and not listened on.
    let held = tokio::net::TcpSocket::new_v4().expect("a socket");
    let free = "127.0.0.1:0".parse().expect("an address");
    held.bind(free).expect("loopback");
    let nobody = format!("http://{}/token", held.local_addr().expect("bound"));
    let words = [
        "--token-endpoint",
        &nobody,
        "--client-id",
        "c",
        "--key",
        "key.pem",
    ];
    let ran = bank.run(&words);
    let shown = ran.refused(4, "token-unreachable");
    assert_eq!(shown.line("at"), nobody);
    assert!(shown.line("who").contains("network"), "{ran:?}");

    bank.sandbox
        .script(Peer::TokenEndpoint, [Step::CutBefore, Step::Unavailable]);
    bank.by_flags(&[]).refused(4, "token-unreachable");
    bank.by_flags(&[]).refused(4, "token-server-error");
    bank.sandbox
        .script(Peer::TokenEndpoint, [Step::BadGatewayHtml]);
    bank.by_flags(&[]).refused(4, "token-server-error");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_cannot_be_used_is_exit_code_2_with_its_line() {
    let bank = Bank::open().await;
    let good = bank.config();
    let line_of = |text: &str, key: &str| {
        let lines = text.lines().position(|line| line.starts_with(key));
        1 + lines.expect("it is there")
    };
    let product = line_of(&good, "product");
    for (bad, code, line) in [
        (
            good.replace("product = ", "prodcut = "),
            "config-unknown-key",
            product,
        ),
        (
            good.replace("product = \"sandbox\"", "product = 7"),
            "config-wrong-type",
            product,
        ),
        (
            good.replace("version = 1", "version = 2"),
            "config-version",
            1,
        ),
        (
            good.replace("product = \"sandbox\"", "product = \"sandbox"),
            "config-syntax",
            product,
        ),
        (
            good.replace("key = { file = \"key.pem\" }", "key = \"secret\""),
            "config-inline-secret",
            line_of(&good, "key"),
        ),
    ] {
        bank.write_config(&bad);
        let ran = bank.run(&["--profile", "sandbox"]);
        let at = ran.refused(2, code).line("at").to_owned();
        assert!(at.starts_with(&format!("castile.toml:{line}:")), "{at}");
    }
    bank.write_config(&good);
    let ran = bank.run(&["--profile", "nobody"]);
    let shown = ran.refused(2, "config-no-profile");
    assert_eq!(shown.line("at"), "castile.toml");
    assert!(ran.err.contains("sandbox"), "{ran:?}");
    let ran = bank.run(&["--profile", "sandbox", "--config", "other.toml"]);
    let shown = ran.refused(2, "config-unreadable");
    assert_eq!(shown.line("at"), "other.toml");
    assert_eq!(bank.sandbox.counters().token_requests, 0);
}

/// A PKCS#1 key whose modulus has 1024 bits; its other numbers do not matter.
fn small_rsa_key() -> String {
    let mut body = vec![0x02, 1, 0, 0x02, 0x81, 129, 0];
    body.extend([0xff; 128]);
    body.extend([0x02, 1, 3].repeat(7));
    let length = u8::try_from(body.len()).expect("short");
    let der = [&[0x30, 0x81, length][..], &body].concat();
    pem("RSA PRIVATE KEY", &der)
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_cannot_be_used_is_exit_code_2_and_is_not_shown() {
    let bank = Bank::open().await;
    for (key, code) in [
        (small_rsa_key(), "key-too-small"),
        (pem("OPENSSH PRIVATE KEY", b"canary"), "key-wrong-kind"),
        (pem("PUBLIC KEY", b"canary"), "key-not-private"),
        (pem("CERTIFICATE", b"canary"), "key-certificate"),
        (pem("ENCRYPTED PRIVATE KEY", b"canary"), "key-encrypted"),
        ("canary".to_owned(), "key-unreadable"),
    ] {
        bank.replace_key(&key);
        let canary = key.lines().nth(1).unwrap_or("canary");
        for ran in [bank.run(&["--profile", "sandbox"]), bank.by_flags(&[])] {
            assert_eq!(ran.refused(2, code).line("at"), "key.pem");
            assert!(!ran.err.contains(canary), "{ran:?}");
        }
    }
    bank.replace_key(bank.key.private_pem());
    bank.by_flags(&["--alg", "RS256"])
        .refused(2, "key-algorithm");
    let endpoint = bank.sandbox.token_endpoint();
    let words = ["--token-endpoint", &endpoint, "--client-id", "c", "--key"];
    let ran = bank.run(&[&words[..], &["no.pem"]].concat());
    assert_eq!(ran.refused(2, "config-secret-file").line("at"), "no.pem");
    assert_eq!(bank.sandbox.counters().token_requests, 0);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_others_can_read_is_not_used() {
    let bank = Bank::open().await;
    chmod(&bank.folder.path().join("key.pem"), 0o644);
    for ran in [bank.run(&["--profile", "sandbox"]), bank.by_flags(&[])] {
        let shown = ran.refused(2, "config-secret-exposed");
        assert!(shown.line("at").ends_with("key.pem"), "{ran:?}");
        assert!(shown.line("do").contains("chmod 600"), "{ran:?}");
    }
    assert_eq!(bank.sandbox.counters().token_requests, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_would_carry_the_assertion_in_the_clear_is_refused() {
    let bank = Bank::open().await;
    for (endpoint, code) in [
        ("http://login.invalid/token", "token-endpoint-insecure"),
        ("nowhere", "token-endpoint-unreadable"),
        (
            "https://user:canary@login.invalid/",
            "token-endpoint-userinfo",
        ),
    ] {
        let words = [
            "--token-endpoint",
            endpoint,
            "--client-id",
            "c",
            "--key",
            "key.pem",
        ];
        let ran = bank.run(&words);
        ran.refused(2, code);
        assert!(!ran.err.contains("canary"), "{ran:?}");
    }
}
