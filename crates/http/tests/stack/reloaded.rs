//! A configuration that changes while calls go on.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use castile_http::connect::{Live, Pool, Profiles};
use castile_http::stack::Typed;
use castile_http::{Effect, EgressTransport, Error, Profile, SoapTransport as _, TokioSleep};
use http::StatusCode;
use tempfile::TempDir;
use tokio_rustls::rustls::version::TLS13;

use crate::authority::Authority;
use crate::bank::key_file;
use crate::peer::{Arrival, Peer, Reply, ok};

/// A stack with the address that goes with it.
struct Front {
    stack: Typed<EgressTransport>,
    url: String,
}

fn front(pool: &Pool, profile: &Arc<Profile>) -> Result<Front, Error> {
    let (_, oauth) = profile.in_oauth()?;
    Ok(Front {
        stack: pool.typed(profile)?,
        url: oauth.url.to_string(),
    })
}

/// Tokens that name the client they are for.
pub(crate) async fn provider() -> Peer {
    Peer::start(|_, arrival: &Arrival| {
        let form = String::from_utf8(arrival.body.clone()).unwrap();
        let assertion = form.split("client_assertion=").nth(1).unwrap();
        let claims = assertion.split('.').nth(1).unwrap();
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(claims)
            .unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        let token = format!(
            "{{\"access_token\":\"of-{}\",\"token_type\":\"Bearer\",\"expires_in\":600}}",
            claims["sub"].as_str().unwrap()
        );
        Reply::Answer(
            "200 OK\r\nContent-Type: application/json",
            token.into_bytes(),
        )
    })
    .await
}

/// A gateway that takes one client's tokens and no other's.
pub(crate) async fn gateway(client: &'static str) -> Peer {
    Peer::start(move |_, arrival| {
        if arrival.header("authorization") == [format!("Bearer of-{client}")] {
            ok()
        } else {
            Reply::Answer("400 Bad Request", Vec::new())
        }
    })
    .await
}

fn write(folder: &Path, gateway: &Peer, provider: &Peer, client: &str, more: &str) {
    let text = format!(
        "version = 1\n[profile.a]\ninst_rt_id = \"011001276\"\ninst_env = \"TEST\"\nproduct = \"p\"\n\
         state = \"oauth\"\nclient_id = \"{client}\"\nkey = {{ file = \"key.pem\" }}\n\
         [profile.a.oauth]\nurl = \"{}\"\ntoken_endpoint = \"{}\"\n{more}",
        gateway.url, provider.url,
    );
    // As an editor should: there is no moment at which half of it can be read.
    fs::write(folder.join("next"), text).unwrap();
    fs::rename(folder.join("next"), folder.join("castile.toml")).unwrap();
}

struct Bank {
    folder: TempDir,
    provider: Peer,
    profiles: Arc<Profiles>,
    live: Live<Front>,
}

async fn bank(first: &Peer) -> Bank {
    let folder = tempfile::tempdir().unwrap();
    key_file(folder.path());
    let provider = provider().await;
    write(folder.path(), first, &provider, "one", "");
    let profiles = Profiles::read(folder.path().join("castile.toml")).unwrap();
    let live = profiles.connect("a", front).unwrap();
    Bank {
        folder,
        provider,
        profiles: Arc::new(profiles),
        live,
    }
}

impl Bank {
    async fn call(&self, peer: &Peer) -> StatusCode {
        let front = self.live.now();
        let mut request = peer.ping(Effect::Write);
        *request.uri_mut() = front.url.parse().unwrap();
        front.stack.send(request).await.unwrap().status()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_go_on_while_the_file_changes_and_never_by_settings_of_two() {
    let (one, two) = (gateway("one").await, gateway("two").await);
    let bank = Arc::new(bank(&one).await);
    let done = Arc::new(AtomicBool::new(false));
    let calls = Arc::new(AtomicUsize::new(0));
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let (bank, done, calls) = (bank.clone(), done.clone(), calls.clone());
            let request = one.ping(Effect::Write);
            let body = request.into_body().as_whole().unwrap().clone();
            tokio::spawn(async move {
                while !done.load(Ordering::SeqCst) {
                    let front = bank.live.now();
                    let request = http::Request::post(&front.url)
                        .header("content-type", "text/xml; charset=utf-8")
                        .extension(Effect::Write)
                        .body(castile_http::Body::whole(body.clone()))
                        .unwrap();
                    let answer = front.stack.send(request).await.unwrap();
                    assert_eq!(answer.status(), StatusCode::OK);
                    calls.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    for round in 0..20 {
        let (gateway, client) = if round % 2 == 0 {
            (&two, "two")
        } else {
            (&one, "one")
        };
        write(bank.folder.path(), gateway, &bank.provider, client, "");
        let profiles = bank.profiles.clone();
        tokio::task::spawn_blocking(move || profiles.reload())
            .await
            .unwrap()
            .unwrap();
        // Some calls by the new settings, then the next.
        let until = calls.load(Ordering::SeqCst) + 20;
        while calls.load(Ordering::SeqCst) < until {
            assert!(
                callers.iter().all(|caller| !caller.is_finished()),
                "a call failed"
            );
            tokio::task::yield_now().await;
        }
    }
    done.store(true, Ordering::SeqCst);
    for caller in callers {
        caller.await.unwrap();
    }
    assert!(!one.arrivals().is_empty() && !two.arrivals().is_empty());
    // One token for each client, however often the file was read.
    assert_eq!(bank.provider.arrivals().len(), 2);
}

#[tokio::test]
async fn a_bad_file_changes_nothing_and_says_why() {
    let one = gateway("one").await;
    let bank = bank(&one).await;
    let file = bank.folder.path().join("castile.toml");
    let good = fs::read_to_string(&file).unwrap();
    let before = bank.live.now();
    let in_use = bank.profiles.config();
    let other_identity = good
        .replace("[profile.a", "[profile.b")
        .replace("011001276", "2");
    for (text, code) in [
        ("version = 1\n[profile".to_owned(), "config-syntax"),
        (good.replace("client_id", "clientid"), "config-unknown-key"),
        (good.replace("key.pem", "absent.pem"), "config-secret-file"),
        (
            good.replace(
                "state = \"oauth\"",
                "state = \"legacy\"\nlegacy.url = \"https://x.example\"",
            ),
            "config-state",
        ),
        (other_identity, "config-no-profile"),
        (
            format!("{good}[profile.a.egress]\nroots = \"absent.pem\"\n"),
            "config-roots",
        ),
    ] {
        fs::write(&file, text).unwrap();
        let error = bank.profiles.reload().unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(Arc::ptr_eq(&before, &bank.live.now()), "{code}");
        assert!(Arc::ptr_eq(&in_use, &bank.profiles.config()), "{code}");
        assert_eq!(bank.call(&one).await, StatusCode::OK);
    }
    fs::write(&file, good).unwrap();
    bank.profiles.reload().unwrap();
    assert!(!Arc::ptr_eq(&before, &bank.live.now()));
    assert_eq!(bank.call(&one).await, StatusCode::OK);
    assert_eq!(bank.provider.arrivals().len(), 1);
}

#[tokio::test]
async fn a_reload_reads_what_unchanged_references_lead_to() {
    let authority = Authority::new();
    let tls = authority.server(&[&TLS13], true);
    let gateway = Peer::start_tls(tls, |_, _| ok()).await;
    let bank = bank(&gateway).await;
    let folder = bank.folder.path();
    let egress = "[profile.a.egress]\nroots = \"roots.pem\"\nclient_certificate = { file = \"client.pem\" }\n";
    fs::write(folder.join("roots.pem"), &authority.pem).unwrap();
    // A certificate of an authority that the gateway does not know, until it is renewed.
    private(&folder.join("client.pem"), &Authority::new().client());
    write(folder, &gateway, &bank.provider, "one", egress);
    bank.profiles.reload().unwrap();
    let front = bank.live.now();
    let request = || {
        let mut request = gateway.ping(Effect::Read);
        *request.uri_mut() = front.url.parse().unwrap();
        request
    };
    front.stack.send(request()).await.unwrap_err();
    private(&folder.join("client.pem"), &authority.client());
    bank.profiles.reload().unwrap();
    let answer = bank.live.now().stack.send(request()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

fn private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[tokio::test]
async fn a_changed_file_is_read_without_being_told_to() {
    let (one, two) = (gateway("one").await, gateway("two").await);
    let bank = bank(&one).await;
    assert_eq!(bank.call(&one).await, StatusCode::OK);
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let watch = bank.profiles.watch(
        Duration::from_millis(20),
        Arc::new(TokioSleep),
        move |outcome| told.send(outcome.map_err(|error| error.code())).unwrap(),
    );
    let watch = tokio::spawn(watch);
    write(
        bank.folder.path(),
        &two,
        &bank.provider,
        "two",
        "audit_usr_id = 1\n",
    );
    assert_eq!(heard.recv().await, Some(Err("config-wrong-type")));
    assert_eq!(bank.call(&one).await, StatusCode::OK);
    write(bank.folder.path(), &two, &bank.provider, "two", "");
    assert_eq!(heard.recv().await, Some(Ok(())));
    assert_eq!(bank.call(&two).await, StatusCode::OK);
    assert_eq!(two.arrivals().len(), 1);
    let Bank { profiles, live, .. } = bank;
    drop((profiles, live));
    watch.await.unwrap();
}
