//! Renewal, expiry, refusal, rejection.

use super::fakes::{Answer, Stage};
use crate::{AccessToken, Phase, TokenSource};

const REFUSED: Answer = Answer::Status(
    401,
    r#"{"error":"invalid client","error_description":"client authentication failed"}"#,
);

/// Lets detached tasks run to their end.
async fn settle(stage: &Stage) {
    while stage.cache.state().in_flight {
        tokio::task::yield_now().await;
    }
}

async fn token(stage: &Stage) -> AccessToken {
    stage.cache.token().await.expect("a token")
}

async fn failure(stage: &Stage) -> &'static str {
    stage.cache.token().await.expect_err("no token").code()
}

#[tokio::test]
async fn a_token_is_renewed_ahead_while_the_old_one_is_served() {
    for life in [4, 600, 36_000] {
        let stage = Stage::new(life);
        token(&stage).await;
        stage.clock.advance(life as f64 * 0.74);
        assert_eq!(token(&stage).await.generation(), 1);
        settle(&stage).await;
        assert_eq!(stage.server.requests(), 1, "too early for a life of {life}");

        stage.server.close();
        stage.clock.advance(life as f64 * 0.12);
        assert_eq!(stage.cache.state().phase, Phase::RenewAhead);
        for _ in 0..10 {
            assert_eq!(token(&stage).await.generation(), 1, "the old one is served");
        }
        stage.server.release();
        settle(&stage).await;
        assert_eq!(token(&stage).await.generation(), 2);
        assert_eq!(stage.server.requests(), 2, "ten callers, one renewal");
        assert_eq!(stage.cache.state().phase, Phase::Fresh);
    }
}

#[tokio::test]
async fn life_counts_from_the_start_of_the_request() {
    let stage = Stage::new(600);
    stage.server.close();
    let waiting = tokio::spawn({
        let cache = stage.cache.clone();
        async move { cache.token().await }
    });
    while stage.server.requests() == 0 {
        tokio::task::yield_now().await;
    }
    stage.clock.advance(20.0);
    stage.server.release();
    let token = waiting.await.expect("ran").expect("a token");
    assert_eq!(token.expires_at().expect("stated").as_secs(), 600);
    assert_eq!(token.lifetime().expect("stated").as_secs(), 600);
}

#[tokio::test]
async fn a_failed_renewal_keeps_the_token_until_it_expires() {
    let stage = Stage::new(600);
    token(&stage).await;
    stage.clock.advance(515.0);
    stage.server.will(REFUSED);
    assert_eq!(token(&stage).await.generation(), 1);
    settle(&stage).await;
    assert_eq!(stage.server.requests(), 2);
    assert_eq!(stage.cache.state().failures, 1);
    assert_eq!(token(&stage).await.generation(), 1, "still served");
    settle(&stage).await;
    assert_eq!(stage.server.requests(), 2, "the refusal is not repeated");

    stage.clock.advance(67.0);
    token(&stage).await;
    settle(&stage).await;
    assert_eq!(token(&stage).await.generation(), 3, "renewed after a rest");
}

#[tokio::test]
async fn an_outage_of_half_a_life_fails_no_call() {
    for life in [4_u32, 600, 36_000] {
        // The latest begin at which the token outlives the outage.
        for begin in [0.0, 0.1, 0.2, 0.3, 0.4, 0.42] {
            let stage = Stage::new(life.into());
            let (life, step) = (f64::from(life), f64::from(life) / 200.0);
            let mut now = 0.0;
            let (begin, end) = (life * begin, life * (begin + 0.5));
            while now < life * 3.0 {
                if begin < now && now < end {
                    stage.server.will(Answer::Unreachable);
                }
                let token = stage.cache.token().await;
                assert!(token.is_ok(), "{life} from {begin}: {token:?} at {now}");
                settle(&stage).await;
                stage.server.forget();
                stage.clock.advance(step);
                now += step;
            }
        }
    }
}

#[tokio::test]
async fn tokens_of_four_seconds_cost_twenty_requests_a_minute() {
    let stage = Stage::new(4);
    for _ in 0..1200 {
        let token = token(&stage).await;
        let now = crate::ports::Clock::steady(&*stage.clock);
        assert!(token.expires_at().expect("stated") > now);
        settle(&stage).await;
        stage.clock.advance(0.05);
    }
    let requests = stage.server.requests();
    assert!((15..=20).contains(&requests), "{requests}");
}

#[tokio::test]
async fn an_expired_token_is_not_served() {
    let stage = Stage::new(600);
    token(&stage).await;
    // 10 seconds before its end: it must survive the way to the gateway.
    stage.clock.advance(590.0);
    assert_eq!(stage.cache.state().phase, Phase::Expired);
    assert_eq!(token(&stage).await.generation(), 2);
}

#[tokio::test]
async fn a_refusal_is_remembered_and_the_rest_doubles() {
    let stage = Stage::new(600);
    // Jitter adds at most a tenth.
    for (count, rest) in [60.0, 120.0, 240.0, 480.0].into_iter().enumerate() {
        stage.server.will(REFUSED);
        for _ in 0..3 {
            assert_eq!(failure(&stage).await, "token-invalid-client");
        }
        assert_eq!(stage.server.requests(), count + 1);
        stage.clock.advance(rest - 0.1);
        assert_eq!(failure(&stage).await, "token-invalid-client");
        assert_eq!(stage.server.requests(), count + 1);
        assert_eq!(stage.cache.state().phase, Phase::Failed);
        stage.clock.advance(rest * 0.1 + 0.2);
    }
    for _ in 0..20 {
        stage.server.will(REFUSED);
        failure(&stage).await;
        stage.clock.advance(3600.1);
    }
    assert_eq!(stage.server.requests(), 24, "never longer than an hour");
    assert_eq!(token(&stage).await.generation(), 25);
    assert_eq!(stage.cache.state().failures, 0, "forgotten after success");
}

#[tokio::test]
async fn an_outage_is_tried_again_sooner_than_a_refusal() {
    let stage = Stage::new(600);
    stage.server.will(Answer::Unreachable);
    assert_eq!(failure(&stage).await, "token-unreachable");
    assert_eq!(failure(&stage).await, "token-unreachable");
    assert_eq!(stage.server.requests(), 1);
    stage.clock.advance(1.2);
    assert_eq!(token(&stage).await.generation(), 2);
}

#[tokio::test]
async fn retry_after_is_kept_up_to_an_hour() {
    for (status, asked, kept, code) in [
        (429, 30, 30.0, "token-throttled"),
        (503, 90, 90.0, "token-server-error"),
        (503, 86_400, 3600.0, "token-server-error"),
        (429, u64::MAX, 3600.0, "token-throttled"),
        (503, u64::MAX, 3600.0, "token-server-error"),
    ] {
        let stage = Stage::new(600);
        stage.server.will(Answer::RetryAfter(status, asked));
        assert_eq!(failure(&stage).await, code);
        stage.clock.advance(kept - 0.1);
        assert_eq!(failure(&stage).await, code);
        assert_eq!(stage.server.requests(), 1);
        stage.clock.advance(kept * 0.1 + 0.2);
        assert_eq!(token(&stage).await.generation(), 2);
    }
}

#[tokio::test]
async fn a_rejected_token_is_replaced_and_a_late_rejection_fetches_nothing() {
    let stage = Stage::new(600);
    let first = token(&stage).await;
    stage.cache.reject(&first);
    assert_eq!(stage.cache.state().phase, Phase::Empty);
    let second = token(&stage).await;
    assert_eq!(second.generation(), 2);

    stage.cache.reject(&first);
    assert_eq!(token(&stage).await.generation(), 2);
    let foreign = AccessToken::new(String::from("other").into(), 2, None);
    stage.cache.reject(&foreign);
    assert_eq!(token(&stage).await.generation(), 2);
    assert_eq!(stage.server.requests(), 2);
}

#[tokio::test]
async fn a_gateway_that_rejects_every_token_does_not_drain_the_authorization_server() {
    let stage = Stage::new(600);
    for generation in 1..=4 {
        let new = token(&stage).await;
        assert_eq!(new.generation(), generation);
        stage.cache.reject(&new);
    }
    for _ in 0..100 {
        assert_eq!(failure(&stage).await, "token-rejected");
    }
    assert_eq!(stage.server.requests(), 4);
    assert_eq!(stage.cache.state().rejections, 4);
    assert_eq!(stage.cache.state().failures, 0);
    stage.clock.advance(1.2);
    let fifth = token(&stage).await;
    stage.cache.reject(&fifth);
    stage.clock.advance(1.2);
    assert_eq!(failure(&stage).await, "token-rejected", "the wait doubles");
    stage.clock.advance(1.2);

    // A token that was good for a while starts the count again.
    let sixth = token(&stage).await;
    stage.clock.advance(61.0);
    stage.cache.reject(&sixth);
    assert_eq!(token(&stage).await.generation(), 7);
}

#[tokio::test]
async fn each_attempt_carries_a_new_assertion() {
    let stage = Stage::new(600);
    stage.server.will(Answer::Unreachable);
    stage.server.will(REFUSED);
    failure(&stage).await;
    stage.clock.advance(2.0);
    failure(&stage).await;
    stage.clock.advance(133.0);
    token(&stage).await;

    let ids: Vec<String> = stage.server.bodies().iter().map(|body| jti(body)).collect();
    assert_eq!(ids.len(), 3);
    assert!(
        ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2],
        "{ids:?}"
    );
}

fn jti(body: &str) -> String {
    let (_, assertion) = url::form_urlencoded::parse(body.as_bytes())
        .find(|(name, _)| name == "client_assertion")
        .expect("an assertion");
    let claims = AccessToken::new(assertion.into_owned().into(), 0, None)
        .claims()
        .expect("a JWT");
    claims["jti"].as_str().expect("text").to_owned()
}
