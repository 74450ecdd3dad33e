//! Ten thousand caches, and fewer than there are clients.

use std::sync::Arc;

use super::*;
use crate::TokenSource as _;
use crate::cache::fakes::{self, Stage};

fn caches(stage: &Stage, capacity: usize) -> TokenCaches {
    TokenCaches::new(
        NonZeroUsize::new(capacity).expect("some"),
        stage.ports.clone(),
        CacheSettings::default(),
    )
}

fn of(caches: &TokenCaches, stage: &Stage, client: usize) -> TokenCache {
    let auth = fakes::auth(&format!("client-{client}"), &stage.ports);
    caches.of(&fakes::request(), &auth)
}

#[tokio::test]
async fn sixteen_institutions_make_sixteen_requests_however_often_they_are_looked_up() {
    let stage = Stage::new(600);
    let caches = Arc::new(caches(&stage, 100));
    let calls: Vec<_> = (0..160)
        .map(|n| {
            let cache = of(&caches, &stage, n % 16);
            tokio::spawn(async move { cache.token().await.expect("a token") })
        })
        .collect();
    for call in calls {
        call.await.expect("ran");
    }
    assert_eq!(stage.server.requests(), 16);
    assert_eq!(caches.len(), 16);
}

#[tokio::test]
async fn what_differs_has_a_cache_of_its_own() {
    let stage = Stage::new(600);
    let caches = caches(&stage, 100);
    let auth = fakes::auth("c", &stage.ports);
    let base = fakes::request();
    let other_scope = base.clone().with_scope("openid full").expect("a scope");
    let other_resource = base
        .clone()
        .with_resource("https://gateway.example/")
        .expect("a URI");
    for request in [&base, &other_scope, &other_resource, &base] {
        caches.of(request, &auth);
    }
    assert_eq!(caches.len(), 3);
}

#[tokio::test]
async fn the_longest_unused_goes_and_none_that_is_held_or_in_flight() {
    let stage = Stage::new(600);
    let caches = caches(&stage, 3);
    let held = of(&caches, &stage, 0);
    held.token().await.expect("a token");
    // In flight, held by nobody else.
    stage.server.close();
    let waiting = of(&caches, &stage, 1);
    let call = tokio::spawn(async move { waiting.token().await });
    while stage.server.requests() < 2 {
        tokio::task::yield_now().await;
    }
    call.abort();
    let _ = call.await;
    for client in 2..50 {
        of(&caches, &stage, client);
        assert!(caches.len() <= 3, "{}", caches.len());
    }
    stage.server.release();
    let again = of(&caches, &stage, 1);
    again.token().await.expect("of the request under way");
    assert_eq!(of(&caches, &stage, 0).fetches(), 1);
    assert_eq!(stage.server.requests(), 2, "nothing was asked for twice");
}

#[tokio::test]
async fn all_may_be_held() {
    let stage = Stage::new(600);
    let caches = caches(&stage, 2);
    let held: Vec<_> = (0..20).map(|client| of(&caches, &stage, client)).collect();
    assert_eq!(caches.len(), 20);
    drop(held);
    for client in 20..30 {
        of(&caches, &stage, client);
    }
    assert!(caches.len() <= 2, "shrinks again: {}", caches.len());
}
