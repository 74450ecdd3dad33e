//! Ten thousand caches, and fewer than there are clients.

use std::sync::Arc;

use allocation_counter::measure;

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

#[tokio::test]
async fn ten_thousand_in_flight_at_once_lose_none_and_shrink_again() {
    const MANY: usize = 10_000;
    let stage = Stage::new(600);
    let caches = caches(&stage, MANY);
    stage.server.close();
    let calls: Vec<_> = (0..MANY)
        .map(|client| {
            let cache = of(&caches, &stage, client);
            tokio::spawn(async move { cache.token().await.map(|token| token.generation()) })
        })
        .collect();
    while stage.server.requests() < MANY {
        tokio::task::yield_now().await;
    }
    // More clients than there is room for: those under way are passed over.
    for client in MANY..MANY + 100 {
        of(&caches, &stage, client);
    }
    assert!(caches.len() >= MANY, "{}", caches.len());
    stage.server.release();
    for call in calls {
        assert_eq!(call.await.expect("ran").expect("a token"), 1);
    }
    for client in 0..MANY {
        let cache = of(&caches, &stage, client);
        assert_eq!(cache.fetches(), 1, "client {client} lost its token");
        assert!(cache.fresh().is_some());
    }
    assert_eq!(stage.server.requests(), MANY, "nobody asked twice");
    for client in 2 * MANY..2 * MANY + 100 {
        of(&caches, &stage, client);
        assert!(caches.len() <= MANY + 100);
    }
    assert!(caches.len() <= MANY, "{}", caches.len());
}

/// What one more client costs among `many` whose caches are all held: allocations of a lookup that finds, and of one
/// that makes and looks for what can go.
async fn cost_among(many: usize) -> (u64, u64) {
    let stage = Stage::new(600);
    let caches = caches(&stage, many);
    let _held: Vec<_> = (0..many).map(|n| of(&caches, &stage, n)).collect();
    let request = fakes::request();
    let (known, new) = (
        fakes::auth("client-0", &stage.ports),
        fakes::auth("client-new", &stage.ports),
    );
    let found = measure(|| drop(caches.of(&request, &known)));
    let made = measure(|| drop(caches.of(&request, &new)));
    assert_eq!(caches.len(), many + 1);
    (found.count_total, made.count_total)
}

#[tokio::test]
async fn a_lookup_does_as_much_among_ten_thousand_as_among_a_hundred() {
    // Each cache that is passed over is an allocation, so that a search through all of them would show.
    let (few, many) = (cost_among(100).await, cost_among(10_000).await);
    assert_eq!(few, many);
    assert!(many.1 < 40, "{many:?}");
}

#[test]
fn ten_thousand_caches_take_the_memory_that_is_told() {
    const MANY: usize = 10_000;
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.build().expect("a runtime");
    let stage = Stage::new(600);
    let caches = caches(&stage, MANY);
    let request = fakes::request();
    let mut auths = Vec::with_capacity(MANY);
    let proofs = measure(|| {
        auths.extend((0..MANY).map(|n| fakes::auth(&format!("client-{n}"), &stage.ports)));
    });
    let empty = measure(|| {
        for auth in &auths {
            caches.of(&request, auth);
        }
    });
    // What another test collects of the log is not memory of a cache.
    let quiet = tracing::subscriber::NoSubscriber::default();
    let _quiet = tracing::subscriber::set_default(quiet);
    let full = measure(|| {
        runtime.block_on(async {
            for auth in &auths {
                let token = caches.of(&request, auth).token().await;
                token.expect("a token");
            }
        });
        stage.server.forget_bodies();
    });
    let each = |bytes: i64| bytes / MANY as i64;
    let (proof, empty, token) = (
        each(proofs.bytes_current),
        each(empty.bytes_current),
        each(full.bytes_current),
    );
    let told = format!("{proof} bytes a proof, {empty} a cache, {token} a token");
    assert!(proof < 500 && empty < 900 && token < 200, "{told}");
}
