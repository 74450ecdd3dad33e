//! What a cache shows of itself, what ends a rest, and what is asked twice.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::fakes::{self, Answer, Stage};
use crate::ports::BoxFuture;
use crate::{
    Breaker, CacheSettings, ClientAuth, Error, FetchReason, Phase, Proof, TokenCache,
    TokenEndpoint, TokenEvent, TokenSource as _, Watch,
};

use std::sync::Arc;

const REFUSED: Answer = Answer::Status(401, r#"{"error":"invalid_client"}"#);

/// Writes down what it is told.
#[derive(Default)]
struct Notes(Mutex<Vec<TokenEvent>>);

impl Watch for Notes {
    fn event(&self, event: &TokenEvent) {
        self.0.lock().unwrap().push(event.clone());
    }
}

#[tokio::test]
async fn a_watcher_hears_of_each_request_its_reason_and_its_outcome() {
    let stage = Stage::new(600);
    let notes = Arc::new(Notes::default());
    let settings = CacheSettings::default().with_watch(notes.clone());
    let cache = stage.cache_of("c", settings);
    stage.server.will(Answer::Unreachable);
    cache.token().await.expect_err("unreachable");
    assert_eq!(cache.state().breaker, Breaker::Open);
    stage.clock.advance(1.2);
    assert_eq!(cache.state().breaker, Breaker::HalfOpen);
    let token = cache.token().await.expect("a token");
    assert_eq!(cache.state().breaker, Breaker::Closed);
    stage.clock.advance(30.0);
    assert_eq!(cache.state().age.expect("held").as_secs(), 30);
    cache.reject(&token);
    cache.token().await.expect("the next");
    stage.clock.advance(595.0);
    assert_eq!(cache.state().phase, Phase::Expired);
    cache.token().await.expect("the third");

    let notes = notes.0.lock().unwrap();
    let reasons: Vec<_> = notes
        .iter()
        .filter_map(|event| match event {
            TokenEvent::Started { reason } => Some(*reason),
            _ => None,
        })
        .collect();
    use FetchReason::{Again, Expired, First, Rejected};
    assert_eq!(reasons, [First, Again, Rejected, Expired]);
    assert!(matches!(
        &notes[1],
        TokenEvent::Failed {
            code: "token-unreachable",
            failures: 1,
            token_kept: false,
            ..
        }
    ));
    assert!(matches!(
        &notes[3],
        TokenEvent::Fetched { generation: 2, .. }
    ));
    assert!(matches!(
        &notes[4],
        TokenEvent::Rejected { generation: 2, age } if age.as_secs() == 30
    ));
    assert_eq!(notes.len(), 9);
}

#[tokio::test]
async fn a_fresh_token_is_read_without_waiting_for_anything() {
    let stage = Stage::new(600);
    assert!(stage.cache.fresh().is_none());
    assert_eq!(stage.server.requests(), 0, "asks nobody");
    stage.cache.token().await.expect("a token");
    assert_eq!(stage.cache.fresh().expect("fresh").generation(), 1);
    stage.clock.advance(595.0);
    assert!(stage.cache.fresh().is_none());
}

/// A client whose key is exchanged while it runs, and who has another to fall back on a number of times.
struct Mended {
    inner: Arc<dyn ClientAuth>,
    number: AtomicUsize,
    fallbacks: AtomicUsize,
}

impl Mended {
    fn new(stage: &Stage, fallbacks: usize) -> Arc<Self> {
        Arc::new(Self {
            inner: fakes::auth("c", &stage.ports),
            number: AtomicUsize::new(0),
            fallbacks: AtomicUsize::new(fallbacks),
        })
    }
}

impl ClientAuth for Mended {
    fn prove<'a>(&'a self, endpoint: &'a TokenEndpoint) -> BoxFuture<'a, Result<Proof, Error>> {
        self.inner.prove(endpoint)
    }

    fn client_id(&self) -> &str {
        self.inner.client_id()
    }

    fn fingerprint(&self) -> u64 {
        self.number.load(Ordering::SeqCst) as u64
    }

    fn prove_again<'a>(
        &'a self,
        endpoint: &'a TokenEndpoint,
        refused: &'a Proof,
    ) -> BoxFuture<'a, Result<Option<Proof>, Error>> {
        assert!(refused.key_id().is_some());
        Box::pin(async move {
            let left = self.fallbacks.load(Ordering::SeqCst);
            if left == 0 {
                return Ok(None);
            }
            self.fallbacks.store(left - 1, Ordering::SeqCst);
            self.inner.prove(endpoint).await.map(Some)
        })
    }
}

#[tokio::test]
async fn the_rest_of_a_refused_client_ends_when_its_key_changes() {
    let stage = Stage::new(600);
    let auth = Mended::new(&stage, 0);
    let cache = TokenCache::new(fakes::request(), auth.clone(), stage.ports.clone());
    stage.server.will(REFUSED);
    for _ in 0..3 {
        cache.token().await.expect_err("refused");
    }
    assert_eq!(stage.server.requests(), 1);
    auth.number.store(1, Ordering::SeqCst);
    cache.token().await.expect("the new key");
    assert_eq!(stage.server.requests(), 2);
}

#[tokio::test]
async fn the_old_key_is_tried_once_and_only_after_invalid_client() {
    let stage = Stage::new(600);
    let auth = Mended::new(&stage, 1);
    let cache = TokenCache::new(fakes::request(), auth, stage.ports.clone());
    stage.server.will(REFUSED);
    cache.token().await.expect("by the other key");
    assert_eq!(stage.server.requests(), 2);

    let stage = Stage::new(600);
    let auth = Mended::new(&stage, 9);
    let cache = TokenCache::new(fakes::request(), auth, stage.ports.clone());
    stage.server.will(REFUSED);
    stage.server.will(REFUSED);
    cache.token().await.expect_err("both are refused");
    assert_eq!(
        stage.server.requests(),
        2,
        "one fallback a request, no loop"
    );

    for answer in [
        Answer::Status(400, r#"{"error":"invalid_request"}"#),
        Answer::Status(500, ""),
        Answer::Unreachable,
    ] {
        let stage = Stage::new(600);
        let auth = Mended::new(&stage, 9);
        let cache = TokenCache::new(fakes::request(), auth, stage.ports.clone());
        stage.server.will(answer);
        cache.token().await.expect_err("fails");
        assert_eq!(stage.server.requests(), 1, "not repeated");
    }
}
