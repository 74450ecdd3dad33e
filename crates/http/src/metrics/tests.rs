//! What a recorder hears of a token cache.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use castile_auth::ports::{
    BoxFuture, Clock, NoRandomness, Ports, Random, Sleep, Spawn, TokenHttp, TokenHttpError,
};
use castile_auth::{CacheSettings, ClientCredentials, ClientSecret, TokenCache, TokenSource as _};
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    Unit, with_local_recorder,
};

use super::*;

/// Each metric under its name and labels, with all values in turn.
#[derive(Default)]
pub(crate) struct Kept(pub(crate) Arc<Mutex<BTreeMap<String, Vec<f64>>>>);

struct Cell(Arc<Mutex<BTreeMap<String, Vec<f64>>>>, String);

impl Cell {
    fn put(&self, value: f64) {
        let mut kept = self.0.lock().expect("no panic");
        kept.entry(self.1.clone()).or_default().push(value);
    }
}

impl CounterFn for Cell {
    fn increment(&self, value: u64) {
        self.put(value as f64);
    }

    fn absolute(&self, value: u64) {
        self.put(value as f64);
    }
}

impl GaugeFn for Cell {
    fn increment(&self, value: f64) {
        self.put(value);
    }

    fn decrement(&self, value: f64) {
        self.put(-value);
    }

    fn set(&self, value: f64) {
        self.put(value);
    }
}

impl HistogramFn for Cell {
    fn record(&self, value: f64) {
        self.put(value);
    }
}

impl Kept {
    fn cell(&self, key: &Key) -> Arc<Cell> {
        let labels = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()));
        let labels: Vec<_> = labels.collect();
        let name = format!("{}{{{}}}", key.name(), labels.join(","));
        Arc::new(Cell(Arc::clone(&self.0), name))
    }

    fn values(&self, name: &str) -> Vec<f64> {
        let kept = self.0.lock().expect("no panic");
        kept.get(name)
            .cloned()
            .unwrap_or_else(|| panic!("no `{name}` in {kept:?}"))
    }
}

impl Recorder for Kept {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.cell(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.cell(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.cell(key))
    }
}

/// Time that stands still, tasks on the test's own thread, and a server that is told whether it works.
#[derive(Default)]
struct World(AtomicBool);

impl Clock for World {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn steady(&self) -> Duration {
        Duration::from_secs(100)
    }
}

impl Sleep for World {
    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

impl Spawn for World {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }
}

impl Random for World {
    fn fill(&self, _: &mut [u8]) -> Result<(), NoRandomness> {
        Ok(())
    }
}

impl TokenHttp for World {
    fn send(
        &self,
        _: http::Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<http::Response<Vec<u8>>, TokenHttpError>> {
        let (status, body) = if self.0.load(Ordering::SeqCst) {
            let token = r#"{"access_token":"canary-token","token_type":"Bearer","expires_in":600}"#;
            (200, token)
        } else {
            (503, "canary-page")
        };
        let answer = http::Response::builder().status(status);
        let answer = answer.body(body.as_bytes().to_vec()).expect("a response");
        Box::pin(std::future::ready(Ok(answer)))
    }
}

fn cache(world: &Arc<World>, watch: TokenMetrics) -> TokenCache {
    let ports = Ports {
        http: world.clone(),
        clock: world.clone(),
        sleep: world.clone(),
        spawn: world.clone(),
        random: world.clone(),
    };
    let secret = String::from("canary-secret").into();
    let auth = ClientSecret::basic("canary-client", secret).expect("a secret");
    let endpoint = "http://127.0.0.1:9/token".parse().expect("a URL");
    let settings = CacheSettings::default().with_watch(Arc::new(watch));
    TokenCache::with_settings(
        ClientCredentials::new(endpoint),
        Arc::new(auth),
        ports,
        settings,
    )
}

#[test]
fn a_recorder_hears_of_requests_failures_and_rejections_and_of_no_secret() {
    let kept = Kept::default();
    let watch = TokenMetrics::new("bank-011001276-test");
    let world = Arc::new(World::default());
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.build().expect("a runtime");
    let ask = |cache: &TokenCache| runtime.block_on(cache.token());
    with_local_recorder(&kept, || {
        let down = cache(&world, watch.clone());
        ask(&down).expect_err("the server is down");
        watch.observe(&down.state());
        world.0.store(true, Ordering::SeqCst);
        let up = cache(&world, watch.clone());
        let token = ask(&up).expect("a token");
        watch.observe(&up.state());
        up.reject(&token);
        ask(&up).expect("another");
    });

    let client = "client=bank-#-test";
    let values =
        |name: &str, more: &str| kept.values(&format!("castile_token_{name}{{{client}{more}}}"));
    assert_eq!(values("requests_total", ",reason=first"), [1.0, 1.0]);
    assert_eq!(values("requests_total", ",reason=rejected"), [1.0]);
    let failed = ",code=token-server-error,token_kept=false";
    assert_eq!(values("failures_total", failed), [1.0]);
    assert_eq!(values("grants_total", ""), [1.0, 1.0]);
    assert_eq!(values("waiting_callers", ""), [1.0, 1.0, 1.0]);
    assert_eq!(values("generation", ""), [1.0, 2.0]);
    assert_eq!(values("lifetime_seconds", ""), [600.0, 600.0]);
    assert_eq!(values("failures_in_a_row", ""), [1.0, 0.0, 0.0]);
    assert_eq!(values("rest_seconds", "")[1], 0.0);
    assert_eq!(values("rejections_total", ""), [1.0]);
    assert_eq!(values("rejected_age_seconds", ""), [0.0]);
    assert_eq!(values("breaker_open", ""), [1.0, 0.0]);
    assert_eq!(values("usable_seconds", ""), [0.0, 590.0]);
    assert_eq!(values("age_seconds", ""), [0.0, 0.0]);

    let all = format!("{:?}", kept.0.lock().expect("no panic"));
    for secret in ["canary", "011001276", "127.0.0.1"] {
        assert!(!all.contains(secret), "{all}");
    }
}

#[test]
fn the_age_of_the_key_is_its_files() {
    let kept = Kept::default();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bank.pem");
    let store = Store::of(&path);
    let watch = TokenMetrics::new("first-bank");
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000);
    watch
        .observe_key(&store, now)
        .expect_err("there is no file");
    let file = std::fs::File::create(&path).expect("a file");
    file.set_modified(now - Duration::from_secs(86_400))
        .expect("ours");
    let age = with_local_recorder(&kept, || watch.observe_key(&store, now));
    assert_eq!(age.expect("a file"), Duration::from_secs(86_400));
    assert_eq!(
        kept.values("castile_key_age_seconds{client=first-bank}"),
        [86_400.0]
    );
}

#[test]
fn a_name_keeps_what_tells_no_number() {
    for (name, label) in [
        ("first-bank-test", "first-bank-test"),
        ("bank12345", "bank12345"),
        ("011001276", "#"),
        ("a 123456 b 9", "a # b 9"),
        ("größe-١٢٣٤٥٦", "größe-١٢٣٤٥٦"),
        ("", ""),
    ] {
        assert_eq!(without_numbers(name), label);
    }
}
