//! How often the issuer is asked for its keys, and which key is taken.

use std::collections::VecDeque;
use std::time::SystemTime;

use http::Response;
use serde_json::{Value, json};

use super::*;
use crate::ports::{BoxFuture, TokenHttpError};

#[derive(Default)]
struct Steady(Mutex<Duration>);

impl Steady {
    fn pass(&self, seconds: u64) {
        *self.0.lock().unwrap() += Duration::from_secs(seconds);
    }
}

impl Clock for Steady {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn steady(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

/// Answers in turn, the last one for ever; counts, and keeps what was asked.
struct Issuer {
    answers: Mutex<VecDeque<Response<Vec<u8>>>>,
    asked: Mutex<Vec<Request<Vec<u8>>>>,
}

impl TokenHttp for Issuer {
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, TokenHttpError>> {
        self.asked.lock().unwrap().push(request);
        let mut answers = self.answers.lock().unwrap();
        let answer = match answers.len() {
            1 => answers.front().cloned(),
            _ => answers.pop_front(),
        };
        Box::pin(std::future::ready(Ok(answer.unwrap())))
    }
}

struct Bench {
    keys: ProviderKeys,
    issuer: Arc<Issuer>,
    clock: Arc<Steady>,
}

fn bench(answers: Vec<Response<Vec<u8>>>) -> Bench {
    let issuer = Arc::new(Issuer {
        answers: Mutex::new(answers.into()),
        asked: Mutex::default(),
    });
    let clock = Arc::new(Steady::default());
    clock.pass(1000);
    let url = TokenEndpoint::parse("https://login.example/jwks").unwrap();
    Bench {
        keys: ProviderKeys::new(url, issuer.clone(), clock.clone()),
        issuer,
        clock,
    }
}

impl Bench {
    fn find(&self, kid: &str) -> Result<(), &'static str> {
        run(self.keys.find(Some(kid), Algorithm::ES256))
            .map(|_| ())
            .map_err(|error| error.code())
    }

    fn asked(&self) -> usize {
        self.issuer.asked.lock().unwrap().len()
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

fn key(kid: &str) -> Value {
    json!({ "kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "x": "AA", "y": "AA" })
}

fn set(keys: &[Value]) -> Response<Vec<u8>> {
    let body = json!({ "keys": keys }).to_string().into_bytes();
    Response::builder()
        .header("etag", "\"1\"")
        .body(body)
        .unwrap()
}

fn status(status: u16) -> Response<Vec<u8>> {
    Response::builder().status(status).body(Vec::new()).unwrap()
}

#[test]
fn keys_are_asked_for_once_in_300_seconds_and_then_by_etag() {
    let bench = bench(vec![set(&[key("a")]), status(304)]);
    for _ in 0..100 {
        bench.find("a").unwrap();
    }
    bench.clock.pass(299);
    bench.find("a").unwrap();
    assert_eq!(bench.asked(), 1);
    bench.clock.pass(1);
    bench.find("a").unwrap();
    bench.find("a").unwrap();
    assert_eq!(bench.asked(), 2);
    assert_eq!(
        bench.issuer.asked.lock().unwrap()[1].headers()["if-none-match"],
        "\"1\""
    );
}

#[test]
fn an_unknown_kid_is_looked_for_but_never_makes_a_storm() {
    let bench = bench(vec![
        set(&[key("a")]),
        set(&[key("a"), key("b")]),
        set(&[key("c")]),
    ]);
    bench.find("a").unwrap();
    assert_eq!(bench.find("b"), Err("oidc-key-unknown"), "just asked");
    assert_eq!(bench.asked(), 1);
    // Longer than the cooldown and than the memory of unknown names.
    bench.clock.pass(61);
    bench
        .find("b")
        .expect("a new key is found before 300 s are over");
    assert_eq!(bench.asked(), 2);
    for n in 0..1000 {
        assert!(bench.find(&format!("random{n}")).is_err());
    }
    assert_eq!(bench.asked(), 2);
    assert_eq!(bench.keys.held().unknown.len(), MOST_UNKNOWN);
    bench.clock.pass(50);
    assert!(
        bench.find("random999").is_err(),
        "asked for in vain a short while ago"
    );
    assert_eq!(bench.asked(), 2);
}

#[test]
fn an_issuer_that_does_not_answer_leaves_the_keys_in_use_for_a_day() {
    let bench = bench(vec![set(&[key("a")]), status(503)]);
    bench.find("a").unwrap();
    bench.clock.pass(400);
    bench.find("a").expect("stale if error");
    bench.find("a").unwrap();
    assert_eq!(bench.asked(), 2, "not asked at each call");
    bench.clock.pass(24 * 60 * 60);
    assert_eq!(bench.find("a"), Err("oidc-status"));
}

#[test]
fn a_first_question_without_an_answer_is_asked_again_soon() {
    let bench = bench(vec![status(503), set(&[key("a")])]);
    assert_eq!(bench.find("a"), Err("oidc-status"));
    assert!(bench.find("a").is_err());
    assert_eq!(bench.asked(), 1, "not at once");
    bench.clock.pass(2);
    bench.find("a").expect("after two seconds");
}

#[test]
fn only_a_key_that_fits_in_every_member_is_taken() {
    let with = |member: &str, value: Value| {
        let mut key = key("a");
        key[member] = value;
        key
    };
    for unfit in [
        with("kty", "RSA".into()),
        with("crv", "P-384".into()),
        with("use", "enc".into()),
        with("alg", "ES384".into()),
        with("key_ops", json!(["sign"])),
        with("kid", "b".into()),
        with("kid", Value::Null),
    ] {
        assert_eq!(
            bench(vec![set(std::slice::from_ref(&unfit))]).find("a"),
            Err("oidc-key-unknown"),
            "{unfit}"
        );
        bench(vec![set(&[unfit, key("a")])])
            .find("a")
            .expect("the other one");
    }
    for fit in [
        with("alg", "ES256".into()),
        with("key_ops", json!(["verify"])),
    ] {
        bench(vec![set(&[fit])]).find("a").expect("a key that fits");
    }
    let two = bench(vec![set(&[key("a"), key("a")])]);
    assert_eq!(two.find("a"), Err("oidc-key-ambiguous"));
    let nameless = run(two.keys.find(None, Algorithm::ES256));
    assert_eq!(
        nameless.err().map(|error| error.code()),
        Some("oidc-key-ambiguous")
    );
}

#[test]
fn a_set_with_a_private_key_or_none_at_all_is_refused() {
    let mut private = key("b");
    private["d"] = "AA".into();
    assert_eq!(
        bench(vec![set(&[key("a"), private])]).find("a"),
        Err("oidc-unreadable")
    );
    let html = Response::new(b"<html>".to_vec());
    assert_eq!(bench(vec![html]).find("a"), Err("oidc-unreadable"));
    let many: Vec<_> = (0..65).map(|n| key(&n.to_string())).collect();
    assert_eq!(bench(vec![set(&many)]).find("1"), Err("oidc-unreadable"));
    let odd = json!(["no key", { "kty": 1 }]);
    let odd = [odd.as_array().unwrap().as_slice(), &[key("a")]].concat();
    bench(vec![set(&odd)])
        .find("a")
        .expect("unknown shapes are passed over");
}
