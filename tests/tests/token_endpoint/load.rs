//! Many callers, many institutions, short lives, an outage: how often the certified provider is asked.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use castile::auth::ports::{Clock, Ports};
use castile::auth::{
    AssertionPolicy, Audience, CacheSettings, ClientAuth, ClientCredentials, LocalSigner,
    PrivateKeyJwt, TokenCache, TokenCaches, TokenEndpoint, TokenSource as _,
};
use castile::http::connect::system_ports;
use castile::http::profile::Limits;
use castile_tests::{Client, Fault, Keys, NO_NODE, Provider, Relay, node, not_run};
use serde_json::json;

/// The real ports, but for a steady clock that is moved by hand.
pub(crate) struct World {
    pub(crate) ports: Ports,
    pub(crate) clock: Arc<Hand>,
}

impl World {
    pub(crate) fn new() -> Self {
        let ports = system_ports(Limits::default()).expect("ports");
        let clock = Arc::new(Hand {
            calendar: Arc::clone(&ports.clock),
            millis: AtomicU64::new(1_000_000),
        });
        let ports = Ports {
            clock: clock.clone(),
            ..ports
        };
        Self { ports, clock }
    }
}

pub(crate) struct Hand {
    calendar: Arc<dyn Clock>,
    millis: AtomicU64,
}

impl Hand {
    pub(crate) fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).expect("short");
        self.millis.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> SystemTime {
        self.calendar.now()
    }

    fn steady(&self) -> Duration {
        Duration::from_millis(self.millis.load(Ordering::SeqCst))
    }
}

/// Proofs for the provider, whatever leads to it.
pub(crate) fn proof(client: &str, keys: &Keys, issuer: &str, ports: &Ports) -> Arc<dyn ClientAuth> {
    let policy = AssertionPolicy::new(client)
        .and_then(|policy| policy.with_audience(Audience::Issuer(issuer.to_owned())))
        .expect("settings");
    let signer = LocalSigner::read(keys.pem.as_bytes()).expect("a key");
    let (clock, random) = (ports.clock.clone(), ports.random.clone());
    Arc::new(PrivateKeyJwt::new(policy, Arc::new(signer), clock, random))
}

pub(crate) fn request(origin: &str) -> ClientCredentials {
    let url = format!("{origin}/a/oidc-provider/api/v0/token");
    ClientCredentials::new(TokenEndpoint::parse(&url).expect("a URL"))
        .with_scope("openid")
        .expect("a scope")
}

async fn settled(cache: &TokenCache) {
    while cache.state().in_flight {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_tasks_half_cancelled_ask_once_and_sixteen_institutions_sixteen_times() {
    let Some(node) = node() else {
        return not_run("token_endpoint::load::a_thousand_tasks", NO_NODE);
    };
    let keys = Keys::make(&node).remove("ES256").expect("a key");
    let clients: Vec<_> = (0..17)
        .map(|n| Client::new(&format!("bank-{n}"), [keys.jwk.clone()]))
        .collect();
    let provider = Provider::start_with(&node, &json!({ "clients": clients, "delay": 300 }));
    let ports = World::new().ports;
    let caches = Arc::new(TokenCaches::new(
        NonZeroUsize::new(100).expect("some"),
        ports.clone(),
        CacheSettings::default(),
    ));
    let of = |n: usize| {
        let auth = proof(&format!("bank-{n}"), &keys, provider.issuer(), &ports);
        caches.of(&request(provider.issuer()), &auth)
    };

    let alone = of(16);
    let calls: Vec<_> = (0..1000)
        .map(|_| {
            let cache = alone.clone();
            tokio::spawn(async move { cache.token().await })
        })
        .collect();
    while alone.state().waiting == 0 {
        tokio::task::yield_now().await;
    }
    calls.iter().step_by(2).for_each(|call| call.abort());
    for call in calls.into_iter().skip(1).step_by(2) {
        call.await.expect("not cancelled").expect("a token");
    }
    assert_eq!(provider.stats().await.token_calls, 1);

    let calls: Vec<_> = (0..1000)
        .map(|n| {
            let cache = of(n % 16);
            tokio::spawn(async move { cache.token().await })
        })
        .collect();
    calls.iter().step_by(2).for_each(|call| call.abort());
    for call in calls.into_iter().skip(1).step_by(2) {
        call.await.expect("not cancelled").expect("a token");
    }
    for n in 0..16 {
        of(n).token().await.expect("a token");
    }
    let stats = provider.stats().await;
    assert_eq!(stats.token_calls, 1 + 16);
    assert!(stats.max_parallel > 1, "none waits for another: {stats:?}");
    assert_eq!(provider.log().await, []);
}

#[tokio::test]
async fn tokens_of_four_seconds_cost_at_most_twenty_requests_a_minute() {
    let Some(node) = node() else {
        return not_run("token_endpoint::load::four_seconds", NO_NODE);
    };
    let keys = Keys::make(&node).remove("ES256").expect("a key");
    let clients = [Client::new("bank", [keys.jwk.clone()])];
    let provider = Provider::start_with(&node, &json!({ "clients": clients, "tokenTtl": 4 }));
    let world = World::new();
    let auth = proof("bank", &keys, provider.issuer(), &world.ports);
    let cache = TokenCache::new(request(provider.issuer()), auth, world.ports.clone());
    // A minute of the steady clock, a call every 50 ms of it.
    for _ in 0..1200 {
        let token = cache.token().await.expect("a valid token at every call");
        assert!(token.expires_at().expect("stated") > world.clock.steady());
        settled(&cache).await;
        world.clock.advance(Duration::from_millis(50));
    }
    let calls = provider.stats().await.token_calls;
    assert!((15..=20).contains(&calls), "{calls}");
    assert_eq!(provider.log().await, [], "no assertion was sent twice");
}

#[tokio::test]
async fn a_provider_that_is_down_for_half_a_life_fails_no_call() {
    let Some(node) = node() else {
        return not_run("token_endpoint::load::down", NO_NODE);
    };
    let keys = Keys::make(&node).remove("ES256").expect("a key");
    let clients = [Client::new("bank", [keys.jwk.clone()])];
    let provider = Provider::start(&node, &clients);
    let relay = Relay::start(provider.issuer()).await;
    let world = World::new();
    let auth = proof("bank", &keys, provider.issuer(), &world.ports);
    let cache = TokenCache::new(request(relay.origin()), auth, world.ports.clone());
    // Three lives of 600 s; it is down from 270 to 570 s.
    for second in 0..1800 {
        match second {
            270 => relay.from_now_on(Fault::Refuse),
            570 => relay.from_now_on(Fault::None),
            _ => {}
        }
        let token = cache.token().await.expect("no call fails");
        assert!(token.expires_at().expect("stated") > world.clock.steady());
        settled(&cache).await;
        world.clock.advance(Duration::from_secs(1));
    }
    let good = provider.stats().await.token_calls;
    assert!((3..=5).contains(&good), "{good}");
    let failed = relay.connections() as u64 - good;
    assert!((2..30).contains(&failed), "asked now and then: {failed}");
}
