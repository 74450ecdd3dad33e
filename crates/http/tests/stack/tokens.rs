//! A token source that counts, and a plan with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use castile_auth::ports::BoxFuture;
use castile_auth::{AccessToken, Error, TokenSource};
use castile_http::TokioSleep;
use castile_http::stack::Plan;

use crate::peer::Peer;

/// Gives `token-1`, and after each rejection of the newest the next.
#[derive(Default)]
pub(crate) struct Tokens {
    pub(crate) rejected: AtomicU64,
}

impl TokenSource for Tokens {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Error>> {
        let generation = self.rejected.load(Ordering::SeqCst) + 1;
        Box::pin(async move {
            let secret = format!("token-{generation}-canary");
            Ok(AccessToken::new(secret.into(), generation, None))
        })
    }

    fn reject(&self, token: &AccessToken) {
        let generation = token.generation();
        let _ = self.rejected.compare_exchange(
            generation - 1,
            generation,
            Ordering::SeqCst,
            Ordering::SeqCst,
        );
    }
}

pub(crate) fn plan(peer: &Peer, source: Arc<dyn TokenSource>) -> Plan {
    let mut plan = Plan::new(&peer.url, source, Arc::new(TokioSleep)).unwrap();
    plan.total = Duration::from_secs(10);
    plan
}
