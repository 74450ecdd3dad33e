//! A whole rotation under load, by the waits of the product, on a clock that runs thirty times as fast.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use castile::auth::TokenSource as _;
use castile::auth::keys::{Affected, KeyKind, NewKey, RotationError, StageKind};
use castile::auth::ports::Clock;
use castile::http::keys::{JwksHandler, KeyOptions, KeysError, Rotator, Store, write_new};
use castile::http::profile::Limits;
use castile::http::{Config, SystemClock, connect};
use castile_tests::{NO_NODE, Provider, node, not_run};
use serde_json::json;
use tokio::net::TcpListener;

/// The provider's 60 seconds take two, here and there.
const SPEED: u32 = 30;
const CLIENTS: usize = 4;
/// Callers of each client.
const CALLERS: usize = 8;
/// Seconds that a token lives, so that there are token requests all the time.
const TOKEN_LIFE: u64 = 2;

/// The system's clock, faster.
struct Fast {
    start: SystemTime,
}

impl Clock for Fast {
    fn now(&self) -> SystemTime {
        let real = SystemClock.now().duration_since(self.start);
        self.start + real.unwrap_or_default() * SPEED
    }

    fn steady(&self) -> Duration {
        SystemClock.steady() * SPEED
    }
}

#[derive(Default)]
struct Calls {
    made: AtomicU64,
    failed: AtomicU64,
    over: AtomicBool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_whole_rotation_under_load_fails_no_call() {
    let Some(node) = node() else {
        let test = "a_whole_rotation_under_load_fails_no_call";
        return not_run(&format!("keys::rotation::{test}"), NO_NODE);
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("bank.pem");
    let key = NewKey::generate(KeyKind::P256).expect("randomness");
    write_new(&path, key.pem()).expect("a file");
    let store = Store::of(&path);

    let handler = JwksHandler::open(vec![(store.clone(), KeyOptions::default())]);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let address = listener.local_addr().expect("bound");
    let jwks_url = format!("http://{address}/jwks.json");
    let handler = handler.expect("the keys");
    tokio::spawn(castile_proxy::serve_jwks(
        listener,
        handler,
        std::future::pending(),
    ));

    let names: Vec<_> = (0..CLIENTS)
        .map(|number| format!("client-{number}"))
        .collect();
    let clients: Vec<_> = names
        .iter()
        .map(|name| json!({ "client_id": name, "jwks_uri": jwks_url }))
        .collect();
    let provider = Provider::start_with(
        &node,
        &json!({ "clients": clients, "tokenTtl": TOKEN_LIFE, "jwksSpeed": SPEED }),
    );

    let mut text = String::from("version = 1\n");
    for name in &names {
        text += &format!(
            "[profile.{name}]\ninst_rt_id = \"{name}\"\ninst_env = \"TEST\"\nproduct = \"x\"\nstate = \"oauth\"\n\
             client_id = \"{name}\"\nkey = {{ file = \"bank.pem\" }}\njwks_url = \"{jwks_url}\"\n\
             [profile.{name}.oauth]\nurl = \"https://gateway.example/OAuth/\"\ntoken_endpoint = \"{}\"\n",
            provider.token_endpoint()
        );
    }
    let config = folder.path().join("castile.toml");
    let config = Config::parse(&text, config).expect("a configuration");
    let calls = Arc::new(Calls::default());
    let mut callers = Vec::new();
    for name in &names {
        let profile = config.profile(name).expect("a profile");
        let source = connect::token_source(&profile).expect("a key");
        for _ in 0..CALLERS {
            let (source, calls) = (source.clone(), Arc::clone(&calls));
            callers.push(tokio::spawn(async move {
                while !calls.over.load(Ordering::Relaxed) {
                    calls.made.fetch_add(1, Ordering::Relaxed);
                    if source.token().await.is_err() {
                        calls.failed.fetch_add(1, Ordering::Relaxed);
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }));
        }
    }

    let ports = connect::system_ports(Limits::default()).expect("ports");
    let clock = Arc::new(Fast {
        start: SystemClock.now(),
    });
    let rotator = Rotator::new(store, KeyOptions::default(), ports.http, clock);
    let affected: Vec<_> = names
        .iter()
        .map(|name| Affected {
            client_id: name.clone(),
            jwks_url: jwks_url.clone(),
        })
        .collect();
    // First the provider knows the old document, as it does in life.
    wait_for(|| calls.made.load(Ordering::Relaxed) > 200).await;
    let old = rotator.status().expect("a key").active().clone();
    let mut stages = Vec::new();
    loop {
        match rotator.step(&affected).await {
            Ok(state) => {
                stages.push(state.kind());
                if state.kind() == StageKind::Settled {
                    break;
                }
            }
            Err(KeysError::Rotation(RotationError::TooEarly { wait, .. })) => {
                tokio::time::sleep(wait / SPEED).await;
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    let expected = [
        StageKind::Published,
        StageKind::Seen,
        StageKind::Signing,
        StageKind::Settled,
    ];
    assert_eq!(stages, expected);
    // On without the old key, until the provider has forgotten it and every token of its time is gone.
    let before = provider.stats().await.token_calls;
    let enough = before + 3 * CLIENTS as u64;
    while provider.stats().await.token_calls < enough {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    calls.over.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.expect("no caller panics");
    }

    let made = calls.made.load(Ordering::Relaxed);
    let failed = calls.failed.load(Ordering::Relaxed);
    let log = provider.log().await;
    let requests = provider.stats().await.token_calls;
    println!(
        "{made} calls, {failed} failed; {requests} token requests, {} refused",
        log.len()
    );
    assert_eq!(failed, 0, "of {made}: {log:?}");
    let now = rotator.status().expect("a state");
    assert_ne!(now.active().public.kid(), old.public.kid());
    assert!(!now.document().expect("public keys").publishes(&old.public));
}

async fn wait_for(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
