//! `castile doctor`: the right cause first, a next step for each, and no more than one token request.

use std::path::Path;

use castile_sandbox::{ClientKey, Peer, Running, Sandbox, Step};
use serde_json::Value;
use tempfile::TempDir;

use crate::keys::serving;
use crate::run::{Ran, feed, run, write_private};

struct Bank {
    sandbox: Running,
    folder: TempDir,
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
        let bank = Self { sandbox, folder };
        let config = bank.config();
        bank.write(&config);
        bank
    }

    fn config(&self) -> String {
        let path = Path::new("key.pem");
        self.sandbox.castile_toml("the-client", path)
    }

    fn write(&self, text: &str) {
        std::fs::write(self.folder.path().join("castile.toml"), text).expect("a file");
    }

    fn doctor(&self, words: &[&str]) -> Ran {
        let profile = ["doctor", "--profile", "sandbox"];
        run(self.folder.path(), &[&profile, words].concat())
    }

    fn token_requests(&self) -> u64 {
        self.sandbox.counters().token_requests
    }
}

fn first(ran: &Ran) -> Value {
    ran.json()["findings"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_wrong_is_said_and_one_token_is_fetched() {
    let bank = Bank::open().await;
    let ran = bank.doctor(&["--gateway", "--json"]);
    let report = ran.json();
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["facts"]["token"], "granted");
    assert_eq!(report["facts"]["gateway"], "answered Ping");
    let sure = |finding: &&Value| finding["certainty"] != "possible";
    let findings = report["findings"].as_array().expect("a list");
    assert!(findings.iter().find(sure).is_none(), "{report}");
    assert_eq!(bank.token_requests(), 1);
    let ran = bank.doctor(&["--offline"]);
    assert_eq!(bank.token_requests(), 1, "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sure_to_be_refused_is_not_asked_for() {
    let bank = Bank::open().await;
    let config = bank.config();
    let oauth = "[profile.sandbox.oauth]\n";
    bank.write(&config.replace(
        oauth,
        &format!("{oauth}audience = \"https://elsewhere/\"\n"),
    ));
    let ran = bank.doctor(&["--gateway", "--json"]);
    assert_eq!(ran.exit, 3, "{ran:?}");
    assert_eq!(first(&ran)["code"], "cause-audience");
    assert_eq!(first(&ran)["certainty"], "certain");
    assert!(
        first(&ran)["do"]
            .as_str()
            .expect("a step")
            .contains("audience")
    );
    assert_eq!(bank.token_requests(), 0);

    // Another key is published than the one that signs.
    let new = ["keys", "new", "--out", "bank.pem", "--alg", "ES256"];
    assert_eq!(run(bank.folder.path(), &new).exit, 0);
    let (_server, url) = serving(bank.folder.path());
    let key = "key = { file";
    bank.write(&config.replace(key, &format!("jwks_url = \"{url}\"\n{key}")));
    let ran = bank.doctor(&["--json"]);
    assert_eq!(ran.exit, 3, "{ran:?}");
    assert_eq!(first(&ran)["code"], "cause-kid-unpublished");
    assert_eq!(bank.token_requests(), 0);

    write_private(&bank.folder.path().join("key.pem"), "no key");
    let ran = bank.doctor(&["--json"]);
    assert_eq!(
        (ran.exit, &first(&ran)["code"]),
        (2, &"key-unreadable".into())
    );
    bank.write(&config.replace("inst_env = ", "# "));
    let ran = bank.doctor(&[]);
    let refused = ran.refused(2, "config-missing-key");
    assert!(ran.err.contains("PROD"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_client_is_told_from_access_denied_and_from_the_country() {
    let bank = Bank::open().await;
    let gateway = |step: Step| {
        bank.sandbox.script(Peer::Gateway, [step]);
        bank.doctor(&["--gateway", "--json"])
    };
    for denied in [Step::Forbidden, Step::AccessDenied] {
        let ran = gateway(denied);
        assert_eq!(
            (ran.exit, &first(&ran)["code"]),
            (5, &"cause-access-denied".into()),
            "{denied:?}"
        );
        assert_eq!(first(&ran)["who"], "Jack Henry");
        assert!(ran.json()["letter"].is_null());
    }

    let ran = gateway(Step::BadGatewayHtml);
    assert_eq!(
        (ran.exit, &first(&ran)["code"]),
        (5, &"cause-country".into())
    );
    let letter = ran.json()["letter"].as_str().expect("a letter").to_owned();
    assert!(
        letter.contains("the-client") && letter.contains("502"),
        "{letter}"
    );

    let ran = gateway(Step::Unauthorized);
    let code = &first(&ran)["code"];
    assert_eq!(
        (ran.exit, code),
        (5, &"cause-token-refused-by-gateway".into())
    );
    // One token request for each of the four, whatever the gateway said.
    assert_eq!(bank.token_requests(), 4);

    let stranger = ClientKey::generate().expect("randomness");
    bank.sandbox
        .register("the-client", stranger.jwks())
        .expect("public keys");
    let ran = bank.doctor(&["--gateway", "--json"]);
    assert_eq!(
        (ran.exit, &first(&ran)["code"]),
        (3, &"cause-client-unknown".into())
    );
    assert_eq!(bank.token_requests(), 5);
    assert!(!ran.text().contains("eyJ"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_follows_ping_and_nothing_but_a_search() {
    let bank = Bank::open().await;
    let search = |id: &str| {
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
             <CustInq xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><MsgRqHdr><jXchangeHdr>\
             <AuditUsrId>doctor</AuditUsrId><AuditWsId>doctor</AuditWsId><InstRtId>012345678</InstRtId>\
             <InstEnv>TEST</InstEnv></jXchangeHdr></MsgRqHdr><CustId>{id}</CustId></CustInq>\
             </s:Body></s:Envelope>"
        )
    };
    let ask = |id: &str, action: &str| {
        std::fs::write(bank.folder.path().join("search.xml"), search(id)).expect("a file");
        let words = ["--search", "search.xml", "--action", action];
        bank.doctor(&[&["--gateway", "--json"], &words[..]].concat())
    };
    let action = "http://jackhenry.com/ws/CustInq";
    let ran = ask("SBX0001", action);
    assert_eq!(
        ran.json()["facts"]["gateway"],
        "answered the search",
        "{ran:?}"
    );
    assert_eq!(bank.sandbox.counters().gateway_requests, 2);

    // Ping goes through and the search does not: the institution has not granted it.
    let denied = [Step::Pass, Step::AccessDenied];
    bank.sandbox.script(Peer::Gateway, denied);
    let ran = ask("SBX0001", action);
    assert_eq!(
        (ran.exit, &first(&ran)["code"]),
        (5, &"cause-access-denied".into())
    );
    // What the gateway says of a customer is not printed.
    let ran = ask("CANARY-CUSTOMER", action);
    assert_eq!(first(&ran)["code"], "cause-gateway-fault", "{ran:?}");
    assert!(!ran.text().contains("CANARY"), "{ran:?}");

    let before = bank.sandbox.counters().gateway_requests;
    let ran = ask("SBX0001", "http://jackhenry.com/ws/XferAdd");
    assert_eq!(ran.error()["code"], "usage-search", "{ran:?}");
    assert_eq!(bank.sandbox.counters().gateway_requests, before);
    // Whatever the action says: a message that moves money goes nowhere.
    let transfer = search("SBX0001").replace("CustInq", "XferAdd");
    std::fs::write(bank.folder.path().join("search.xml"), transfer).expect("a file");
    let words = ["--gateway", "--search", "search.xml", "--action", action];
    bank.doctor(&words).refused(2, "usage-search");
    assert_eq!(bank.sandbox.counters().gateway_requests, before);
}

#[test]
fn an_assertion_is_judged_and_not_printed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let encode = |text: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
    };
    let assertion = format!(
        "{}.{}.c2ln",
        encode(r#"{"alg":"PS256"}"#),
        encode(
            r#"{"iss":"c","sub":"c","jti":"canary-jti","exp":1893456000000,"aud":"https://login.jackhenry.com/a/oidc-provider/api/v0/token"}"#
        )
    );
    let words = [
        "doctor",
        "--offline",
        "--client-id",
        "c",
        "--assertion",
        "-",
    ];
    let ran = feed(folder.path(), &words, assertion.as_bytes());
    assert_eq!(ran.exit, 3, "{ran:?}");
    assert!(ran.text().contains("[cause-exp-milliseconds]"), "{ran:?}");
    for secret in ["eyJ", "canary-jti", "c2ln"] {
        assert!(!ran.text().contains(secret), "{ran:?}");
    }
    // Sent twice, it is used up.
    let twice = format!("{assertion}\n{assertion}\n");
    let ran = feed(folder.path(), &words, twice.as_bytes());
    assert!(ran.text().contains("[cause-replayed]"), "{ran:?}");
    let ran = feed(folder.path(), &words, b"no.assertion");
    ran.refused(2, "assertion-malformed");
}
