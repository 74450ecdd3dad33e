//! What lies between us and the provider: slow, cut, overloaded, talkative, with another time of day.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use castile::auth::ports::{Clock, Ports};
use castile::auth::{CacheSettings, Phase, TokenCache, TokenSource as _};
use castile_tests::{Client, Fault, Keys, NO_NODE, Provider, Relay, node, not_run};
use serde_json::json;

use crate::load::{World, proof, request};

const HTML: &[u8] = b"<html><body>Bad gateway, says a box in between</body></html>";

#[tokio::test]
async fn each_fault_has_its_name_keeps_the_token_and_spends_no_assertion_twice() {
    let Some(node) = node() else {
        return not_run("token_endpoint::faults::each_fault", NO_NODE);
    };
    let keys = Keys::make(&node).remove("PS256").expect("a key");
    let provider = Provider::start(&node, &[Client::new("bank", [keys.jwk.clone()])]);
    let relay = Relay::start(provider.issuer()).await;
    let world = World::new();
    let auth = proof("bank", &keys, provider.issuer(), &world.ports);
    let settings = CacheSettings::default().with_deadline(Duration::from_secs(2));
    let cache = || {
        let (auth, ports) = (Arc::clone(&auth), world.ports.clone());
        TokenCache::with_settings(request(relay.origin()), auth, ports, settings.clone())
    };
    let instead = |head, body: &[u8]| Fault::Instead(head, body.to_vec());
    let huge = vec![b' '; 1024 * 1024];
    let rows = [
        (
            "delay",
            Fault::Delay(Duration::from_secs(600)),
            "token-timeout",
        ),
        ("drip", Fault::Drip(Duration::from_secs(1)), "token-timeout"),
        ("refused", Fault::Refuse, "token-unreachable"),
        ("cut in the head", Fault::CutAfter(10), "token-unreachable"),
        (
            "429",
            instead("429 Too Many Requests\r\nRetry-After: 30", b""),
            "token-throttled",
        ),
        (
            "500",
            instead("500 Internal Server Error", b"oops"),
            "token-server-error",
        ),
        (
            "502",
            instead("502 Bad Gateway\r\nContent-Type: text/html", HTML),
            "token-server-error",
        ),
        (
            "503",
            instead("503 Service Unavailable\r\nRetry-After: 7", b""),
            "token-server-error",
        ),
        (
            "HTML",
            instead("200 OK\r\nContent-Type: text/html", HTML),
            "token-not-json",
        ),
        (
            "huge",
            instead("200 OK\r\nContent-Type: application/json", &huge),
            "token-too-large",
        ),
        (
            "redirect",
            instead("302 Found\r\nLocation: https://x.invalid/", b""),
            "token-redirected",
        ),
    ];
    for (row, fault, code) in rows {
        // With nothing in hand, the fault is told; once the rest is over the next request goes well.
        let empty = cache();
        relay.next(fault.clone());
        let error = empty.token().await.expect_err(row);
        assert_eq!(error.code(), code, "{row}");
        assert!(!error.to_string().contains("oops"), "{row}: {error}");
        let before = relay.connections();
        assert_eq!(empty.token().await.expect_err(row).code(), code, "{row}");
        assert_eq!(
            relay.connections(),
            before,
            "{row}: nothing is repeated at once"
        );
        world.clock.advance(Duration::from_secs(40));
        empty
            .token()
            .await
            .unwrap_or_else(|error| panic!("{row}: {error}"));

        // With a token in hand, nobody hears of it.
        world.clock.advance(Duration::from_secs(520));
        assert_eq!(empty.state().phase, Phase::RenewAhead);
        relay.next(fault);
        assert_eq!(empty.token().await.expect("kept").generation(), 2, "{row}");
        while empty.state().in_flight {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(empty.state().failure.expect("noted").code(), code, "{row}");
        assert_eq!(empty.token().await.expect("kept").generation(), 2, "{row}");
    }
    // Answers that were cut or late had been given: their assertions are spent, and none came twice.
    assert_eq!(provider.log().await, []);
}

/// A calendar that is wrong by so many seconds.
struct Wrong(Arc<dyn Clock>, i64);

impl Clock for Wrong {
    fn now(&self) -> SystemTime {
        let by = Duration::from_secs(self.1.unsigned_abs());
        if self.1 < 0 {
            self.0.now() - by
        } else {
            self.0.now() + by
        }
    }

    fn steady(&self) -> Duration {
        self.0.steady()
    }
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_refused_or_measured() {
    let Some(node) = node() else {
        return not_run("token_endpoint::faults::clock", NO_NODE);
    };
    let keys = Keys::make(&node).remove("ES256").expect("a key");
    let clients = [Client::new("bank", [keys.jwk.clone()])];
    let provider = Provider::start(&node, &clients);
    let world = World::new();
    let off = |seconds: i64| {
        let ports = Ports {
            clock: Arc::new(Wrong(world.ports.clock.clone(), seconds)),
            ..world.ports.clone()
        };
        let auth = proof("bank", &keys, provider.issuer(), &ports);
        TokenCache::new(request(provider.issuer()), auth, ports)
    };
    // Behind by more than the assertion lives, and ahead by minutes.
    for (seconds, cause) in [(-120, "jwt expired"), (180, "issued in the future")] {
        let error = off(seconds).token().await.expect_err("refused");
        assert_eq!(error.code(), "token-invalid-client");
        let log = provider.log().await;
        let last = log.last().expect("a refusal");
        assert!(last.detail.contains(cause), "{seconds}: {last:?}");
    }
    // Within what is tolerated it is told how far off it is.
    let cache = off(-40);
    cache.token().await.expect("a token");
    let offset = cache
        .state()
        .clock_offset
        .expect("the server tells the time");
    assert!((38..=60).contains(&offset), "{offset}");
}

#[tokio::test]
async fn expires_in_as_text_is_read_as_the_number_it_is() {
    let Some(node) = node() else {
        return not_run("token_endpoint::faults::text", NO_NODE);
    };
    let keys = Keys::make(&node).remove("ES256").expect("a key");
    let clients = [Client::new("bank", [keys.jwk.clone()])];
    let options = json!({ "clients": clients, "textExpires": true });
    let provider = Provider::start_with(&node, &options);
    let world = World::new();
    let auth = proof("bank", &keys, provider.issuer(), &world.ports);
    let cache = TokenCache::new(request(provider.issuer()), auth, world.ports.clone());
    let token = cache.token().await.expect("a token");
    assert_eq!(token.lifetime(), Some(Duration::from_secs(600)));
}
