//! One token request serves however many calls ask at the same time, in the client and in the proxy.

use std::sync::Arc;
use std::time::Duration;

use castile::Client;
use castile::http::{Body, EgressTransport, Error, SoapTransport, connect, stack};
use castile_sandbox::{Peer, Step};
use castile_tests::request::acct_srch;
use castile_tests::{Institution, Proxied, old_message};
use http::{Request, Response};
use tokio::sync::{Barrier, Semaphore};
use tokio::task::JoinSet;

/// Long enough for every call to have asked for a token before the one request for it is answered.
const PROVIDER_DELAY: Duration = Duration::from_millis(300);

/// Opens few sockets: the calls are all under way, but a test may not use up the machine's file descriptors.
struct FewSockets {
    inner: EgressTransport,
    free: Semaphore,
}

impl SoapTransport for FewSockets {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let _permit = self.free.acquire().await.expect("never closed");
        self.inner.send(request).await
    }
}

/// Makes `count` calls that all begin at the same time; each must be answered.
async fn call_at_once<T>(client: &Arc<Client<T>>, count: usize)
where
    T: SoapTransport<Error = Error> + 'static,
{
    let start = Arc::new(Barrier::new(count));
    let mut calls = JoinSet::new();
    for _ in 0..count {
        let (client, start) = (Arc::clone(client), Arc::clone(&start));
        calls.spawn(async move {
            let request = acct_srch("SBX0002", 10, None);
            start.wait().await;
            client.call(&request).send().await
        });
    }
    while let Some(ended) = calls.join_next().await {
        let response = ended.expect("no panic").expect("an answer");
        let rows = response.acct_srch_rec_array.expect("rows");
        assert_eq!(rows.acct_srch_rec.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_calls_at_once_cost_one_token_request_and_a_revoked_token_one_more() {
    let bank = Institution::open().await;
    let slow = [Step::Slow(PROVIDER_DELAY), Step::Slow(PROVIDER_DELAY)];
    bank.sandbox().script(Peer::TokenEndpoint, slow);
    let profile = bank.profile();
    let source = Arc::new(connect::token_source(profile).expect("a usable key"));
    let plan = connect::plan(profile, source.clone()).expect("state oauth");
    let transport = FewSockets {
        inner: EgressTransport::new(Default::default()).expect("TLS roots"),
        free: Semaphore::new(50),
    };
    let url = bank.sandbox().gateway_url("ServiceGateway");
    let client = Client::new(
        url.parse().expect("an address"),
        stack::typed(plan, transport),
    );
    let client = Arc::new(client);

    call_at_once(&client, 1_000).await;
    let counters = bank.sandbox().counters();
    assert_eq!(counters.token_requests, 1);
    assert_eq!(counters.tokens_issued, 1);
    assert_eq!(counters.gateway_requests, 1_000);
    assert_eq!(counters.operations_answered, 1_000);
    assert_eq!(source.fetches(), 1);

    // Each call sees its 401 for itself; only the first of them may ask for another token.
    bank.sandbox().revoke_tokens();
    call_at_once(&client, 200).await;
    let counters = bank.sandbox().counters();
    assert_eq!(counters.token_requests, 2);
    assert_eq!(counters.token_requests_at_once, 1);
    assert_eq!(counters.operations_answered, 1_200);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_old_clients_of_a_proxy_cost_one_token_request() {
    const CLIENTS: usize = 200;
    let bank = Institution::open().await;
    let slow = [Step::Slow(PROVIDER_DELAY)];
    bank.sandbox().script(Peer::TokenEndpoint, slow);
    let proxy = Proxied::start(bank.profile()).await;

    let payload =
        "<Ping xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><PingRq>x</PingRq></Ping>";
    let message = old_message(payload);
    let start = Arc::new(Barrier::new(CLIENTS));
    let mut calls = JoinSet::new();
    for _ in 0..CLIENTS {
        let request = proxy.post("Ping", message.clone());
        let start = Arc::clone(&start);
        calls.spawn(async move {
            start.wait().await;
            let answer = request.send().await.expect("an answer");
            let status = answer.status();
            (status, answer.text().await.expect("a whole answer"))
        });
    }
    while let Some(ended) = calls.join_next().await {
        let (status, text) = ended.expect("no panic");
        assert_eq!(status, 200, "{text}");
        assert!(text.contains("PingResponse"), "{text}");
    }
    let counters = bank.sandbox().counters();
    assert_eq!(counters.token_requests, 1);
    assert_eq!(counters.operations_answered, 200);

    proxy.end().await;
}
