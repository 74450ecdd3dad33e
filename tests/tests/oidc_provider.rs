//! Tokens from the certified oidc-provider: the good ways, and what it refuses with the cause in its log only.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use castile::auth::ports::{Clock, NoRandomness, Ports, Random};
use castile::auth::{
    AccessToken, Algorithm, AssertionPolicy, Audience, Blame, ClientCredentials, Error,
    LocalSigner, PrivateKeyJwt, Signer as _, TokenCache, TokenEndpoint, TokenSource as _,
};
use castile::http::connect::system_ports;
use castile::http::profile::Limits;
use castile_tests::{Client, Keys, NO_NODE, Provider, Reply, Scripted, node, not_run};
use serde_json::json;

const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::PS256, Algorithm::RS256];

/// A provider that knows one client for each algorithm, named after it, and the keys of these clients.
struct Bench {
    provider: Provider,
    keys: BTreeMap<String, Keys>,
}

impl Bench {
    /// `None`, written down as not run, where there is no Node.js.
    fn start(test: &str) -> Option<Self> {
        Self::start_with(test, |clients| json!({ "clients": clients }))
    }

    fn start_with(
        test: &str,
        options: impl FnOnce(&[Client]) -> serde_json::Value,
    ) -> Option<Self> {
        let Some(node) = node() else {
            not_run(&format!("oidc_provider::{test}"), NO_NODE);
            return None;
        };
        let keys = Keys::make(&node);
        let clients: Vec<_> = keys
            .iter()
            .map(|(alg, keys)| Client::new(alg, [keys.jwk.clone()]).pinned(alg))
            .collect();
        Some(Self {
            provider: Provider::start_with(&node, &options(&clients)),
            keys,
        })
    }

    /// The key of the client that is pinned to `algorithm`, under the `kid` that its file implies.
    fn signer(&self, algorithm: Algorithm) -> LocalSigner {
        LocalSigner::read(self.keys[&name(algorithm)].pem.as_bytes())
            .and_then(|signer| signer.with_algorithm(algorithm))
            .expect("a key as keys.mjs makes them")
    }

    /// A cache for the client of `signer`'s algorithm.
    fn cache(&self, signer: LocalSigner, ports: &Ports) -> TokenCache {
        let policy = self.policy(&signer);
        self.cache_by(policy, signer, ports)
    }

    fn policy(&self, signer: &LocalSigner) -> AssertionPolicy {
        AssertionPolicy::new(name(signer.algorithm())).expect("a client id")
    }

    fn cache_by(&self, policy: AssertionPolicy, signer: LocalSigner, ports: &Ports) -> TokenCache {
        let endpoint = TokenEndpoint::parse(&self.provider.token_endpoint()).expect("a URL");
        let request = ClientCredentials::new(endpoint)
            .with_scope("openid")
            .expect("a scope");
        let proof = PrivateKeyJwt::new(
            policy,
            Arc::new(signer),
            Arc::clone(&ports.clock),
            Arc::clone(&ports.random),
        );
        TokenCache::new(request, Arc::new(proof), ports.clone())
    }

    /// Asserts that `refused` is the one opaque refusal, and that its cause stands in the log.
    async fn assert_refused(&self, refused: Result<AccessToken, Error>, cause: &str) {
        let error = refused.expect_err("refused");
        assert!(
            matches!(&error, Error::Refused { status: 401, error: Some(code), .. } if code == "invalid_client"),
            "{error:?}"
        );
        assert_eq!(error.code(), "token-invalid-client");
        assert_eq!(error.blame(), Blame::Caller);
        assert!(!error.is_retryable());
        // Nothing of the cause reaches the client.
        assert!(!error.to_string().contains(cause), "{error}");

        let log = self.provider.log().await;
        let last = log.last().expect("a refusal in the log");
        assert_eq!(last.error, "invalid_client");
        assert!(last.detail.contains(cause), "{last:?}");
        assert_eq!(log.len(), 1, "asked once: {log:?}");
    }
}

fn name(algorithm: Algorithm) -> String {
    format!("{algorithm:?}")
}

/// The real ports of the machine.
fn ports() -> Ports {
    system_ports(Limits::default()).expect("ports")
}

/// A clock that is wrong by so many seconds.
struct Slow(Arc<dyn Clock>, Duration);

impl Clock for Slow {
    fn now(&self) -> SystemTime {
        self.0.now() - self.1
    }

    fn steady(&self) -> Duration {
        self.0.steady()
    }
}

/// Randomness that is none.
struct Zeroes;

impl Random for Zeroes {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness> {
        buffer.fill(0);
        Ok(())
    }
}

#[tokio::test]
async fn each_algorithm_gets_a_token() {
    let Some(bench) = Bench::start("each_algorithm_gets_a_token") else {
        return;
    };
    for algorithm in ALGORITHMS {
        let cache = bench.cache(bench.signer(algorithm), &ports());
        let token = cache.token().await.expect("a token");
        assert_eq!(token.reveal().split('.').count(), 3, "a JWT");
        assert_eq!(cache.fetches(), 1);
    }
    assert_eq!(bench.provider.log().await, []);
    assert_eq!(bench.provider.stats().await.token_calls, 3);
}

#[tokio::test]
async fn the_kid_of_a_key_is_its_thumbprint_unless_given() {
    let test = "the_kid_of_a_key_is_its_thumbprint_unless_given";
    let Some(bench) = Bench::start_with(test, |clients| {
        // One client publishes its key under a name of its own.
        let mut clients = json!(clients);
        for client in clients.as_array_mut().expect("a list") {
            if client["client_id"] == "ES256" {
                client["jwks"]["keys"][0]["kid"] = "of-our-own".into();
            }
        }
        json!({ "clients": clients })
    }) else {
        return;
    };
    let thumbprint = &bench.keys["RS256"].jwk["kid"];
    let signer = bench.signer(Algorithm::RS256);
    assert_eq!(signer.thumbprint().expect("a thumbprint"), *thumbprint);
    bench
        .cache(signer, &ports())
        .token()
        .await
        .expect("a token");

    let signer = bench
        .signer(Algorithm::ES256)
        .with_key_id("of-our-own")
        .expect("a kid");
    bench
        .cache(signer, &ports())
        .token()
        .await
        .expect("a token");
    assert_eq!(bench.provider.log().await, []);
}

#[tokio::test]
async fn the_jwks_document_that_we_publish_is_read_by_the_provider() {
    let Some(node) = node() else {
        let test = "the_jwks_document_that_we_publish_is_read_by_the_provider";
        return not_run(&format!("oidc_provider::{test}"), NO_NODE);
    };
    let rsa = LocalSigner::read(Keys::make(&node)["PS256"].pem.as_bytes()).expect("a key");
    let document = rsa.jwks().expect("its document").into_bytes();
    let published = Scripted::start(vec![Reply::Answer(
        "200 OK\r\nContent-Type: application/jwk-set+json",
        document,
    )])
    .await;
    let provider = Provider::start_with(
        &node,
        &json!({ "clients": [{ "client_id": "published", "jwks_uri": published.url() }] }),
    );
    let bench = Bench {
        provider,
        keys: BTreeMap::new(),
    };
    // The document names no algorithm, so that one RSA key serves both.
    for algorithm in [Algorithm::PS256, Algorithm::RS256] {
        let signer = rsa.clone().with_algorithm(algorithm).expect("an RSA key");
        let policy = AssertionPolicy::new("published").expect("a client id");
        let cache = bench.cache_by(policy, signer, &ports());
        let granted = cache.token().await;
        assert!(granted.is_ok(), "{:?}", bench.provider.log().await);
    }
    assert_eq!(bench.provider.log().await, []);
    let fetches = published.arrivals().len();
    assert_eq!(fetches, 1, "the provider keeps the document");
}

#[tokio::test]
async fn a_wrong_audience_is_refused() {
    let Some(bench) = Bench::start("a_wrong_audience_is_refused") else {
        return;
    };
    let signer = bench.signer(Algorithm::ES256);
    let policy = bench
        .policy(&signer)
        .with_audience(Audience::Custom(
            "https://banno.com/a/oidc-provider/api/v0/token".to_owned(),
        ))
        .expect("an audience");
    let refused = bench.cache_by(policy, signer, &ports()).token().await;
    bench
        .assert_refused(refused, "audience (aud) must equal")
        .await;
}

#[tokio::test]
async fn an_expired_assertion_is_refused() {
    let Some(bench) = Bench::start("an_expired_assertion_is_refused") else {
        return;
    };
    let real = ports();
    let late = Ports {
        clock: Arc::new(Slow(Arc::clone(&real.clock), Duration::from_secs(120))),
        ..real
    };
    let cache = bench.cache(bench.signer(Algorithm::PS256), &late);
    bench
        .assert_refused(cache.token().await, "jwt expired")
        .await;
}

#[tokio::test]
async fn an_assertion_is_accepted_once() {
    let Some(bench) = Bench::start("an_assertion_is_accepted_once") else {
        return;
    };
    let same = Ports {
        random: Arc::new(Zeroes),
        ..ports()
    };
    let first = bench.cache(bench.signer(Algorithm::RS256), &same);
    first.token().await.expect("the first one");
    let second = bench.cache(bench.signer(Algorithm::RS256), &same);
    bench
        .assert_refused(second.token().await, "must only be used once")
        .await;
}

#[tokio::test]
async fn a_kid_that_is_not_published_is_refused() {
    let Some(bench) = Bench::start("a_kid_that_is_not_published_is_refused") else {
        return;
    };
    let signer = bench
        .signer(Algorithm::PS256)
        .with_key_id("never-published")
        .expect("a kid");
    let refused = bench.cache(signer, &ports()).token().await;
    bench
        .assert_refused(refused, "no applicable key found")
        .await;
}

#[tokio::test]
async fn another_key_under_the_right_kid_is_refused() {
    let Some(bench) = Bench::start("another_key_under_the_right_kid_is_refused") else {
        return;
    };
    let right = bench.keys["PS256"].jwk["kid"].as_str().expect("a kid");
    // The key of another client, which is an RSA key too.
    let signer = bench
        .signer(Algorithm::RS256)
        .with_algorithm(Algorithm::PS256)
        .and_then(|signer| signer.with_key_id(right))
        .expect("an RSA key signs with both");
    let refused = bench.cache(signer, &ports()).token().await;
    bench
        .assert_refused(refused, "signature verification failed")
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_make_one_token_request() {
    let test = "a_thousand_callers_make_one_token_request";
    // Slow enough that every caller arrives while the request is under way.
    let Some(bench) =
        Bench::start_with(test, |clients| json!({ "clients": clients, "delay": 300 }))
    else {
        return;
    };
    let cache = bench.cache(bench.signer(Algorithm::ES256), &ports());
    let calls: Vec<_> = (0..1000)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move { cache.token().await.expect("a token").reveal().to_owned() })
        })
        .collect();
    let mut tokens = Vec::new();
    for call in calls {
        tokens.push(call.await.expect("no caller panics"));
    }
    assert_eq!(tokens.len(), 1000);
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "all have the same token");
    assert_eq!(bench.provider.stats().await.token_calls, 1);
}
