//! A profile in each of its states, and on its way from one to the other under load.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use castile::Client;
use castile::http::Config;
use castile::http::connect::Profiles;
use castile::http::evidence::Seen;
use castile::http::profile::State;
use castile_proxy::Settings;
use castile_sandbox::{ClientKey, Peer, Received, Running, Sandbox, Step};
use castile_tests::request::{acct_srch, xfer_add};
use tempfile::TempDir;

const FROM: &str = "0000000010017";
const TO: &str = "0000000020018";
const PASSWORD: &str = "password-canary";

/// A bank that serves both models, and a caller that may use either.
struct Bank {
    sandbox: Running,
    folder: TempDir,
}

impl Bank {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = ClientKey::generate().unwrap();
        for (name, text) in [("bank.pem", key.private_pem()), ("password", PASSWORD)] {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            }
        }
        let sandbox = Sandbox::builder()
            .client("the-caller", key.jwks())
            .username_token("the-user", PASSWORD)
            .start()
            .await
            .unwrap();
        let bank = Self { sandbox, folder };
        bank.write(State::Legacy);
        bank
    }

    fn write(&self, state: State) {
        let text = format!(
            r#"version = 1
[profile.bank]
inst_rt_id = "012345678"
inst_env = "TEST"
product = "the-product"
state = "{state}"
client_id = "the-caller"
key = {{ file = "bank.pem" }}
evidence = "seen"
shadow = {{ rate = 1, max_in_flight = 1000 }}

[profile.bank.legacy]
url = "{}"
username = "the-user"
password = {{ file = "password" }}

[profile.bank.oauth]
url = "{}"
token_endpoint = "{}"
"#,
            self.sandbox.legacy_url("ServiceGateway"),
            self.sandbox.gateway_url("ServiceGateway"),
            self.sandbox.token_endpoint(),
        );
        fs::write(self.folder.path().join("next"), text).unwrap();
        fs::rename(self.folder.path().join("next"), self.config()).unwrap();
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("castile.toml")
    }

    fn client(&self) -> Client<castile::http::connect::Switch<castile::Front>> {
        let profile = Config::read(self.config())
            .unwrap()
            .profile("bank")
            .unwrap();
        Client::connect(&profile).unwrap()
    }

    fn under_oauth(&self) -> Vec<Received> {
        let mut received = self.sandbox.requests();
        received.retain(|request| request.bearer);
        received
    }

    /// What is kept, once it is as wished: it is written from time to time.
    async fn seen(&self, wished: impl Fn(&Seen) -> bool) -> Seen {
        let path = self.folder.path().join("seen/bank.json");
        loop {
            let seen = Seen::read(&path, "bank").unwrap();
            if let Some(seen) = seen.filter(|seen| wished(seen)) {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn text(received: &Received) -> &str {
    std::str::from_utf8(&received.body).unwrap()
}

#[tokio::test]
async fn each_state_has_its_own_model_and_address() {
    let bank = Bank::open().await;
    let client = bank.client();
    for (state, bearer) in [
        (State::Legacy, false),
        (State::Oauth, true),
        (State::Legacy, false),
    ] {
        if client.state() != state {
            client.switch(state).unwrap();
        }
        client
            .call(&acct_srch("SBX0001", 10, None))
            .send()
            .await
            .unwrap();
        client.call(&xfer_add(FROM, TO, 1)).send().await.unwrap();
        let received = bank.sandbox.requests();
        for request in &received[received.len() - 2..] {
            assert_eq!(request.bearer, bearer, "{state}");
            assert_eq!(text(request).contains("UsernameToken"), !bearer, "{state}");
            assert_eq!(request.path.contains("/OAuth/"), bearer, "{state}");
        }
    }
    assert_eq!(bank.sandbox.transfers().len(), 3);
    let is_last = |seen: &Seen| {
        let call = seen.last_call.as_ref();
        call.is_some_and(|call| call.state == "legacy" && call.status == Some(200))
    };
    let seen = bank
        .seen(|seen| is_last(seen) && seen.last_token.is_some())
        .await;
    assert_eq!(seen.shadow, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shadow_repeats_reads_and_never_a_write() {
    let bank = Bank::open().await;
    let client = Arc::new(bank.client());
    client.switch(State::Shadow).unwrap();
    let calls: Vec<_> = (0..60)
        .map(|at| {
            let client = client.clone();
            tokio::spawn(async move {
                if at % 3 == 0 {
                    client
                        .call(&xfer_add(FROM, TO, 1))
                        .send()
                        .await
                        .map(drop)
                        .unwrap();
                } else {
                    let search = acct_srch("SBX0001", 10, None);
                    client.call(&search).send().await.map(drop).unwrap();
                }
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    // Each read comes once more, after the real one.
    while bank.under_oauth().len() < 40 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let compared = |seen: &Seen, count| {
        let total = seen.shadow.as_ref().map(|shadow| shadow.total());
        total.is_some_and(|total| total.agreed + total.differed == count)
    };
    bank.seen(|seen| compared(seen, 40)).await;
    // Nothing comes between this one and its repetition.
    let search = acct_srch("SBX0001", 10, None);
    client.call(&search).send().await.unwrap();
    let seen = bank.seen(|seen| compared(seen, 41)).await;
    let tally = &seen.shadow.unwrap().operations["AcctSrch"];
    assert!(tally.agreed >= 1, "{tally:?}");
    // Transfers came between an answer and its repetition: then amounts differ, and nothing else.
    let is_amount = |path: &String| path.ends_with("/Amt") || path.ends_with("Bal");
    assert!(tally.paths.keys().all(is_amount), "{tally:?}");
    assert_eq!((tally.failed, tally.dropped), (0, 0));
    let under_oauth = bank.under_oauth();
    assert_eq!(under_oauth.len(), 41);
    for request in &under_oauth {
        assert!(text(request).contains("<AcctSrch") && !text(request).contains("Xfer"));
        assert!(!text(request).contains(PASSWORD));
    }
    assert_eq!(bank.sandbox.transfers().len(), 20);
    let file = fs::read_to_string(bank.folder.path().join("seen/bank.json")).unwrap();
    for secret in [PASSWORD, FROM, TO, "SBX0001"] {
        assert!(!file.contains(secret), "{file}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shadow_without_tokens_fails_no_call() {
    let bank = Bank::open().await;
    let client = bank.client();
    client.switch(State::Shadow).unwrap();
    bank.sandbox
        .script(Peer::TokenEndpoint, [Step::Unavailable; 50]);
    for _ in 0..10 {
        client
            .call(&acct_srch("SBX0001", 10, None))
            .send()
            .await
            .unwrap();
    }
    assert_eq!(bank.under_oauth().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn switching_there_and_back_under_load_fails_no_call_and_doubles_none() {
    let bank = Bank::open().await;
    let client = Arc::new(bank.client());
    let (done, writes) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let callers: Vec<_> = (0..4)
        .map(|_| {
            let (client, done, writes) = (client.clone(), done.clone(), writes.clone());
            tokio::spawn(async move {
                let mut calls = 0;
                while !done.load(Ordering::SeqCst) {
                    client
                        .call(&acct_srch("SBX0001", 10, None))
                        .send()
                        .await
                        .unwrap();
                    client.call(&xfer_add(FROM, TO, 1)).send().await.unwrap();
                    writes.fetch_add(1, Ordering::SeqCst);
                    calls += 2;
                }
                calls
            })
        })
        .collect();
    for state in [
        State::Shadow,
        State::Oauth,
        State::Legacy,
        State::Oauth,
        State::Shadow,
        State::Legacy,
    ] {
        let made = writes.load(Ordering::SeqCst);
        while writes.load(Ordering::SeqCst) < made + 8 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let client = client.clone();
        let switched = tokio::task::spawn_blocking(move || client.switch(state));
        switched.await.unwrap().unwrap();
    }
    done.store(true, Ordering::SeqCst);
    for caller in callers {
        assert!(caller.await.unwrap() > 0);
    }
    assert_eq!(
        bank.sandbox.transfers().len(),
        writes.load(Ordering::SeqCst)
    );
    let received = bank.sandbox.requests();
    assert!(received.iter().any(|request| request.bearer));
    for request in received {
        assert_ne!(request.bearer, text(&request).contains("UsernameToken"));
        assert_eq!(request.bearer, request.path.contains("/OAuth/"));
    }
    // One token does for all the states that need one.
    assert_eq!(bank.sandbox.counters().tokens_issued, 1);
}

#[tokio::test]
async fn a_state_without_its_means_is_refused_and_nothing_changes() {
    let bank = Bank::open().await;
    let client = bank.client();
    fs::remove_file(bank.folder.path().join("bank.pem")).unwrap();
    let error = client.switch(State::Oauth).unwrap_err();
    assert_eq!(error.code(), "config-secret-file");
    assert_eq!(client.state(), State::Legacy);
    client
        .call(&acct_srch("SBX0001", 10, None))
        .send()
        .await
        .unwrap();
    let profile = Config::read(bank.config())
        .unwrap()
        .profile("bank")
        .unwrap();
    let mut lacking = (*profile).clone();
    lacking.oauth = None;
    let client = Client::connect(&lacking).unwrap();
    assert_eq!(
        client.switch(State::Shadow).unwrap_err().code(),
        "config-lacks"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_follows_the_file_and_leaves_the_callers_own_login_alone() {
    let bank = Bank::open().await;
    let profiles = Profiles::read(bank.config()).unwrap();
    let live = profiles
        .connect("bank", |pool, profile| pool.raw_routed(profile))
        .unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let serving = castile_proxy::serve_through(
        listener,
        live.clone(),
        Settings::default(),
        std::future::pending(),
    );
    let serving = tokio::spawn(serving);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let own = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>\
         <w:Security xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">\
         <w:UsernameToken><w:Username>the-user</w:Username><w:Password>{PASSWORD}</w:Password></w:UsernameToken>\
         </w:Security></s:Header><s:Body><Ping xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><PingRq>x</PingRq></Ping>\
         </s:Body></s:Envelope>"
    );
    let none = own.replace("w:Security", "w:Other");
    for (state, message, bearer) in [
        (State::Legacy, &own, false),
        (State::Legacy, &none, false),
        (State::Oauth, &own, true),
        (State::Shadow, &own, false),
        (State::Legacy, &own, false),
    ] {
        bank.write(state);
        profiles.reload().unwrap();
        assert_eq!(live.now().state(), state);
        let sent = bank.sandbox.requests().len();
        let answer = http
            .post(&url)
            .header("content-type", "text/xml; charset=utf-8")
            .header("soapaction", "\"http://jackhenry.com/ws/Ping\"")
            .body(message.clone())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{state}");
        assert!(answer.text().await.unwrap().contains("PingRs"));
        let received = bank.sandbox.requests().swap_remove(sent);
        assert_eq!(received.bearer, bearer, "{state}");
        match (state, message == &own) {
            (State::Oauth, _) => assert!(!text(&received).contains(PASSWORD)),
            // As it came.
            (_, true) => assert_eq!(text(&received), own),
            (_, false) => {
                assert!(text(&received).contains("<wsse:Username>the-user</wsse:Username>"))
            }
        }
    }
    // Why it was refused is told, and the proxy goes on as before.
    fs::write(
        bank.config(),
        "version = 1\n[profile.bank]\nstate = \"oauth\"\n",
    )
    .unwrap();
    assert_eq!(profiles.reload().unwrap_err().code(), "config-missing-key");
    assert_eq!(live.now().state(), State::Legacy);
    serving.abort();
}
