//! The budget in front of caches, with a store that outlives them.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::cache::fakes::{Answer, Stage};
use crate::{CacheSettings, TokenSource as _};

const REFUSED: Answer = Answer::Status(401, r#"{"error":"invalid_client"}"#);

/// A file in memory.
#[derive(Default)]
struct Kept {
    bytes: Mutex<Option<Vec<u8>>>,
    updates: AtomicUsize,
}

impl BudgetStore for Kept {
    fn update(
        &self,
        change: Box<dyn FnOnce(Option<Vec<u8>>) -> Vec<u8> + Send>,
    ) -> BoxFuture<'_, std::io::Result<()>> {
        Box::pin(async move {
            self.updates.fetch_add(1, Ordering::SeqCst);
            let mut bytes = self.bytes.lock().unwrap();
            *bytes = Some(change(bytes.take()));
            Ok(())
        })
    }
}

fn budget(stage: &Stage, kept: &Arc<Kept>) -> FailureBudget {
    FailureBudget::new(&stage.ports, Some(kept.clone()))
}

async fn code(stage: &Stage, client: &str, budget: &FailureBudget) -> &'static str {
    let settings = CacheSettings::default().with_budget(budget.clone());
    match stage.cache_of(client, settings).token().await {
        Ok(_) => "token",
        Err(error) => error.code(),
    }
}

#[tokio::test]
async fn a_refused_client_rests_in_each_cache_and_after_a_restart() {
    let (stage, kept) = (Stage::new(600), Arc::default());
    let first = budget(&stage, &kept);
    stage.server.will(REFUSED);
    assert_eq!(code(&stage, "a", &first).await, "token-invalid-client");
    assert_eq!(code(&stage, "a", &first).await, "token-client-resting");
    let restarted = budget(&stage, &kept);
    assert_eq!(code(&stage, "a", &restarted).await, "token-client-resting");
    assert_eq!(stage.server.requests(), 1);
    assert_eq!(
        restarted.rests_for("127.0.0.1:9", "a"),
        Some(Duration::from_secs(60))
    );
    assert_eq!(code(&stage, "b", &restarted).await, "token");

    stage.clock.advance(60.0);
    assert_eq!(code(&stage, "a", &restarted).await, "token");
    let text = kept.bytes.lock().unwrap().clone().expect("kept");
    let text = String::from_utf8(text).expect("text");
    assert!(!text.contains("canary") && !text.contains("eyJ"), "{text}");
}

#[tokio::test]
async fn newcomers_stop_after_ten_refusals_and_proven_clients_go_on() {
    let (stage, kept) = (Stage::new(600), Arc::default());
    let first = budget(&stage, &kept);
    assert_eq!(code(&stage, "good", &first).await, "token");
    // Time enough between the writes, so that none is put off.
    stage.clock.advance(2.0);
    for n in 0..10 {
        stage.server.will(REFUSED);
        let refused = code(&stage, &format!("bad-{n}"), &first).await;
        assert_eq!(refused, "token-invalid-client");
        stage.clock.advance(2.0);
    }
    for budget in [&first, &budget(&stage, &kept)] {
        assert_eq!(code(&stage, "new", budget).await, "token-host-resting");
        assert_eq!(code(&stage, "good", budget).await, "token");
    }
    assert!(first.host_rests_for("127.0.0.1:9").is_some());
    stage.clock.advance(300.0);
    assert_eq!(code(&stage, "new", &first).await, "token");
}

#[tokio::test]
async fn a_hundred_newcomers_at_once_with_one_bad_setup_are_refused_ten_times() {
    let (stage, kept) = (Stage::new(600), Arc::default());
    let budget = budget(&stage, &kept);
    for _ in 0..100 {
        stage.server.will(REFUSED);
    }
    let calls: Vec<_> = (0..100)
        .map(|n| {
            let settings = CacheSettings::default().with_budget(budget.clone());
            let cache = stage.cache_of(&format!("bad-{n}"), settings);
            tokio::spawn(async move { cache.token().await.expect_err("refused").code() })
        })
        .collect();
    let mut refused = 0;
    for call in calls {
        match call.await.expect("ran") {
            "token-invalid-client" => refused += 1,
            code => assert_eq!(code, "token-host-resting"),
        }
    }
    assert_eq!((refused, stage.server.requests()), (10, 10));
}

#[tokio::test]
async fn a_hundred_newcomers_at_once_all_get_their_token() {
    let (stage, kept) = (Stage::new(600), Arc::default());
    let budget = budget(&stage, &kept);
    let calls: Vec<_> = (0..100)
        .map(|n| {
            let settings = CacheSettings::default().with_budget(budget.clone());
            let cache = stage.cache_of(&format!("good-{n}"), settings);
            tokio::spawn(async move { cache.token().await.is_ok() })
        })
        .collect();
    for call in calls {
        assert!(call.await.expect("ran"));
    }
    assert_eq!(stage.server.requests(), 100);
    // The alarm never rings, so that all but the first write are still to come.
    assert!(kept.updates.load(Ordering::SeqCst) <= 3);
}
