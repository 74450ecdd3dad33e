//! One request for many callers, whatever becomes of them.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use super::fakes::{Answer, Gone, Stage};
use crate::{Phase, TokenSource};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_half_of_them_cancelled_make_one_request() {
    let stage = Stage::new(600);
    stage.server.close();
    let tasks: Vec<_> = (0..1000)
        .map(|_| {
            let cache = stage.cache.clone();
            tokio::spawn(async move { cache.token().await })
        })
        .collect();
    while stage.server.requests() == 0 {
        tokio::task::yield_now().await;
    }
    // The first task is among the cancelled ones: nobody's cancellation ends the request.
    for task in tasks.iter().step_by(2) {
        task.abort();
    }
    stage.server.release();
    let mut answered = 0;
    for task in tasks.into_iter().skip(1).step_by(2) {
        let token = task.await.expect("not cancelled").expect("a token");
        assert_eq!(token.generation(), 1);
        answered += 1;
    }
    assert_eq!(answered, 500);
    assert_eq!(stage.server.requests(), 1);
    assert_eq!(stage.cache.fetches(), 1);
}

#[tokio::test]
async fn a_request_goes_on_when_its_only_caller_gives_up() {
    let stage = Stage::new(600);
    stage.server.close();
    let caller = tokio::spawn({
        let cache = stage.cache.clone();
        async move { cache.token().await }
    });
    while stage.server.requests() == 0 {
        tokio::task::yield_now().await;
    }
    caller.abort();
    assert!(caller.await.expect_err("cancelled").is_cancelled());
    assert!(stage.cache.state().in_flight);
    stage.server.release();
    stage.cache.token().await.expect("a token");
    assert_eq!(stage.server.requests(), 1);
}

#[tokio::test]
async fn a_request_without_answer_is_given_up_at_the_deadline() {
    let stage = Stage::new(600);
    stage.server.close();
    stage.alarm.ring();
    let error = stage.cache.token().await.expect_err("no answer");
    assert_eq!(error.code(), "token-timeout");
    assert!(error.is_retryable());
    assert!(!stage.cache.state().in_flight);
}

#[tokio::test]
async fn a_dropped_task_leaves_nobody_waiting() {
    let stage = Stage::with_spawn(600, Arc::new(Gone));
    let error = stage.cache.token().await.expect_err("no runtime");
    assert_eq!(error.code(), "token-dropped");
    assert_eq!(stage.cache.state().phase, Phase::Failed);
    assert!(!stage.cache.state().in_flight);
}

#[tokio::test]
async fn a_panic_in_a_port_leaves_nobody_waiting_and_poisons_nothing() {
    let stage = Stage::new(600);
    stage.server.will(Answer::Panic);
    let error = stage.cache.token().await.expect_err("the task is dead");
    assert_eq!(error.code(), "token-dropped");
    stage.clock.advance(2.0);
    let token = stage.cache.token().await.expect("a token");
    assert_eq!(token.generation(), 2);
}

#[tokio::test]
async fn a_panic_after_the_answer_leaves_nobody_waiting_either() {
    // While the token's life is planned, and while it is stored.
    for ask in [1, 2] {
        let stage = Stage::new(600);
        stage.server.close();
        let waiting = tokio::spawn({
            let cache = stage.cache.clone();
            async move { cache.token().await }
        });
        while stage.server.requests() == 0 {
            tokio::task::yield_now().await;
        }
        stage.clock.will_panic(ask);
        stage.server.release();
        let outcome = tokio::time::timeout(Duration::from_secs(30), waiting).await;
        let outcome = outcome.expect("no wait for ever").expect("ran");
        assert_eq!(outcome.expect_err("no token").code(), "token-dropped");
        assert!(!stage.cache.state().in_flight);
        stage.clock.advance(2.0);
        stage.cache.token().await.expect("the next one");
    }
}

#[tokio::test]
async fn a_fresh_token_is_read_while_the_lock_is_held() {
    let stage = Stage::new(600);
    stage.cache.token().await.expect("a token");
    let writing = stage.cache.0.lock();
    let (done, read) = mpsc::channel();
    let cache = stage.cache.clone();
    let reader = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let token = runtime.block_on(cache.token());
        done.send(token.map(|token| token.generation()))
            .expect("somebody listens");
    });
    let generation = read
        .recv_timeout(Duration::from_secs(5))
        .expect("no wait for the lock");
    assert_eq!(generation.expect("a token"), 1);
    drop(writing);
    reader.join().expect("no panic");
}
