//! What becomes of refresh tokens when something goes wrong at the wrong moment.

use super::*;

#[tokio::test]
async fn a_sign_out_during_a_renewal_revokes_what_it_brings() {
    let gate = Arc::new(tokio::sync::Semaphore::new(2));
    let bench = bench(Some(gate.clone()), &[]);
    let session = Session::new(bench.party.clone(), bench.signed_in().await);
    bench.refreshed(2);
    bench.answer(200, "");
    bench.answer(200, "");
    let renewing = session.clone();
    let renewal = tokio::spawn(async move { renewing.renew(1).await });
    while bench.asked() < 3 {
        tokio::task::yield_now().await;
    }
    let ending = session.clone();
    let end = tokio::spawn(async move { ending.end().await });
    while bench.asked() < 4 {
        tokio::task::yield_now().await;
    }
    gate.add_permits(3);
    end.await.unwrap().unwrap();
    let error = renewal.await.unwrap().unwrap_err();
    assert_eq!(error.code(), "session-expired");
    let asked = bench.server.asked.lock().unwrap();
    let last = asked.last().unwrap();
    assert!(asked.len() == 5 && last.contains("token=canary-refresh-2"));
}

#[tokio::test]
async fn keys_that_cannot_be_had_do_not_lose_the_rotated_token() {
    let bench = bench(None, &[]);
    let session = Session::new(bench.party.clone(), bench.signed_in().await);
    // The keys of the sign-in are too old by now, and the issuer is silent.
    *bench.world.steady.lock().unwrap() += Duration::from_secs(25 * 3600);
    let tokens = json!({
        "access_token": "canary-access-2", "token_type": "Bearer", "expires_in": 600,
        "refresh_token": "canary-refresh-2", "id_token": bench.id_token("n").await,
    });
    for silent in [0, 503] {
        bench.answer(200, tokens.to_string());
        bench.answer(silent, "");
        session.renew(1).await.unwrap_err();
        *bench.world.steady.lock().unwrap() += Duration::from_secs(60);
    }
    bench.refreshed(3);
    let renewed = session.renew(1).await.unwrap();
    assert_eq!(renewed.access_token.reveal(), "canary-access-3");
    let asked = bench.server.asked.lock().unwrap();
    let refreshed = asked
        .iter()
        .filter(|asked| asked.contains("=refresh_token&"));
    let spent: Vec<_> = refreshed
        .map(|asked| asked.contains("refresh_token=canary-refresh-1"))
        .collect();
    assert_eq!(spent, [true, false, false], "each is used once");
}

#[tokio::test]
async fn a_key_too_new_to_be_known_does_not_end_the_session() {
    let bench = bench(None, &[]);
    let session = Session::new(bench.party.clone(), bench.signed_in().await);
    // The issuer has a new key, and its keys were read a moment ago: they are not read again yet.
    let new = LocalSigner::ephemeral().unwrap();
    let tokens = json!({
        "access_token": "canary-access-2", "token_type": "Bearer", "expires_in": 600,
        "refresh_token": "canary-refresh-2", "id_token": Bench::id_token_of(&new, "n").await,
    });
    bench.answer(200, tokens.to_string());
    let error = session.renew(1).await.unwrap_err();
    assert_eq!(error.code(), "oidc-key-unknown");
    bench.refreshed(3);
    let renewed = session.renew(1).await.unwrap();
    assert_eq!(renewed.access_token.reveal(), "canary-access-3");
    let asked = bench.server.asked.lock().unwrap();
    assert!(
        asked
            .last()
            .unwrap()
            .contains("refresh_token=canary-refresh-2")
    );
}

#[tokio::test]
async fn no_error_repeats_what_a_server_says_of_a_token() {
    let bench = bench(None, &[]);
    let session = Session::new(bench.party.clone(), bench.signed_in().await);
    let refused = |token: &str| {
        format!(r#"{{"error":"invalid_request","error_description":"no good: {token}"}}"#)
    };
    bench.answer(400, refused("canary-refresh-1"));
    let renewed = session.renew(1).await.unwrap_err();
    bench.answer(400, refused("canary-other"));
    let revoked = bench.party.revoke("canary-other", "x").await.unwrap_err();
    let (url, pending) = bench.party.begin(&request()).unwrap();
    let mut parameters = url.query_pairs();
    let state = parameters.find(|(name, _)| name == "state").unwrap().1;
    bench.answer(400, refused("canary-code"));
    let query = format!("state={state}&code=canary-code&iss=https%3A%2F%2Flogin.example");
    let completed = bench.party.complete(pending, &query).await.unwrap_err();
    for error in [renewed, revoked, completed] {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("canary"), "{shown}");
    }
}
