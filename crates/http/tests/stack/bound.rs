//! Calls under tokens that are bound to a key: a proof for each attempt, one repetition for a nonce.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use castile_auth::ports::BoxFuture;
use castile_auth::{AccessToken, Dpop, Error, LocalSigner, SenderConstraint, TokenSource};
use castile_http::profile::Limits;
use castile_http::{
    Body, Effect, EgressTransport, OsRandom, SoapTransport as _, SystemClock, stack,
};
use http::StatusCode;

use crate::peer::{Peer, Reply};
use crate::tokens::{Tokens, plan};

const ASKS: &str = "401 Unauthorized\r\nDPoP-Nonce: n1\r\nWWW-Authenticate: DPoP error=\"use_dpop_nonce\", algs=\"ES256\"";
const GOOD: &str = "200 OK\r\nDPoP-Nonce: n2\r\nContent-Type: text/xml";

/// Tokens that are bound to a key.
struct Bound {
    tokens: Tokens,
    key: Arc<dyn SenderConstraint>,
}

impl TokenSource for Bound {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Error>> {
        self.tokens.token()
    }

    fn reject(&self, token: &AccessToken) {
        self.tokens.reject(token);
    }

    fn constraint(&self) -> Option<&Arc<dyn SenderConstraint>> {
        Some(&self.key)
    }
}

fn bound() -> Arc<Bound> {
    let key = LocalSigner::ephemeral().unwrap();
    let key = Dpop::new(key, Arc::new(SystemClock), Arc::new(OsRandom)).unwrap();
    Arc::new(Bound {
        tokens: Tokens::default(),
        key: Arc::new(key),
    })
}

#[tokio::test]
async fn a_nonce_is_given_when_asked_for_and_kept_for_the_next_call() {
    let replies = [ASKS, GOOD, GOOD].map(|head| Reply::Answer(head, Vec::new()));
    let peer = Peer::replies(replies.into()).await;
    let source = bound();
    let transport = EgressTransport::new(Limits::default()).unwrap();
    let stack = stack::typed(plan(&peer, source.clone()), transport);
    for _ in 0..2 {
        let request = peer.request_with(Effect::Write, Body::whole("<soap/>"));
        assert_eq!(stack.send(request).await.unwrap().status(), StatusCode::OK);
    }
    let proofs: Vec<serde_json::Value> = peer
        .arrivals()
        .iter()
        .map(|arrival| {
            assert_eq!(arrival.header("authorization"), ["DPoP token-1-canary"]);
            let proof = arrival.header("dpop");
            let claims = proof[0].split('.').nth(1).unwrap();
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
        })
        .collect();
    let nonces: Vec<_> = proofs.iter().map(|proof| proof["nonce"].as_str()).collect();
    assert_eq!(nonces, [None, Some("n1"), Some("n2")]);
    assert_ne!(proofs[0]["jti"], proofs[1]["jti"]);
    assert!(
        proofs
            .iter()
            .all(|proof| proof["htm"] == "POST" && proof["ath"].is_string())
    );
    assert_eq!(
        source.tokens.rejected.load(Ordering::SeqCst),
        0,
        "the token is good"
    );
}

#[tokio::test]
async fn a_nonce_that_is_asked_for_for_ever_is_given_once() {
    let peer = Peer::start(|_, _| Reply::Answer(ASKS, Vec::new())).await;
    let transport = EgressTransport::new(Limits::default()).unwrap();
    let stack = stack::typed(plan(&peer, bound()), transport);
    let request = peer.request_with(Effect::Read, Body::whole("<soap/>"));
    let answer = stack.send(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(peer.arrivals().len(), 2);
}
