//! What is sent again and what never is: money moves once.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use castile::Header;
use castile::http::{Blame, OsRandom, RetryPolicy};
use castile_sandbox::{Peer, Step};
use castile_tests::request::{acct_srch, xfer_add};
use castile_tests::{Institution, Reply, Scripted};
use tracing_subscriber::layer::SubscriberExt as _;

const FROM: &str = "0000000010017";
const TO: &str = "0000000020018";

const TPG: &str = "http://jackhenry.com/jxchange/TPG/2008";
const SOAP_401: &str = "401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Type: text/xml";
const PLAIN_FAULT: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>\
     <faultcode>s:Server</faultcode><faultstring>no</faultstring></s:Fault></s:Body></s:Envelope>";

#[tokio::test]
async fn a_read_is_repeated_once_under_a_new_token() {
    let bank = Institution::open().await;
    let client = bank.client();
    let request = acct_srch("SBX0001", 10, None);
    client.call(&request).send().await.expect("the first token");
    bank.sandbox().revoke_tokens();
    client.call(&request).send().await.expect("the second");

    let counters = bank.sandbox().counters();
    assert_eq!(counters.token_requests, 2);
    assert_eq!(counters.gateway_unauthorized, 1);
    assert_eq!(counters.gateway_requests, 3);
}

#[tokio::test]
async fn a_read_that_is_refused_again_is_not_sent_a_third_time() {
    let bank = Institution::open().await;
    let steps = [Step::Unauthorized, Step::Unauthorized];
    bank.sandbox().script(Peer::Gateway, steps);
    let client = bank.client();
    let sent = client.call(&acct_srch("SBX0001", 10, None)).send().await;
    let error = sent.expect_err("401 twice");
    assert_eq!(error.code(), "gateway-unauthorized");
    assert_eq!(error.blame(), Blame::JackHenry);
    assert!(!error.outcome_unknown());
    assert_eq!(bank.sandbox().counters().gateway_requests, 2);
}

#[tokio::test]
async fn a_transfer_that_was_refused_unprocessed_is_made_once() {
    let bank = Institution::open().await;
    let client = bank.client();
    let first = client.call(&xfer_add(FROM, TO, 1)).send().await;
    first.expect("the first token");
    bank.sandbox().revoke_tokens();
    let second = client.call(&xfer_add(FROM, TO, 2)).send().await;
    second.expect("the second token");

    let moved: Vec<_> = bank.sandbox().transfers();
    let amounts: Vec<_> = moved.iter().map(|transfer| transfer.amount).collect();
    assert_eq!(amounts, [100, 200]);
    assert_eq!(bank.sandbox().counters().gateway_unauthorized, 1);
}

#[tokio::test]
async fn a_transfer_is_not_repeated_after_a_401_that_proves_nothing() {
    let bank = Institution::open().await;
    let no_challenge = "401 Unauthorized\r\nContent-Type: text/html";
    for (reply, code) in [
        // A SOAP message: it may come from behind the gate.
        (Reply::Answer(SOAP_401, PLAIN_FAULT.into()), "gateway-fault"),
        (
            Reply::Answer(no_challenge, b"<html/>".to_vec()),
            "gateway-unauthorized",
        ),
    ] {
        let gateway = Scripted::start(vec![reply]).await;
        let client = bank.client_at(gateway.url(), |_| {});
        let sent = client.call(&xfer_add(FROM, TO, 1)).send().await;
        assert_eq!(sent.expect_err("401").code(), code);
        assert_eq!(gateway.arrivals().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn a_transfer_whose_answer_is_lost_happened_once_and_the_caller_is_told_to_look() {
    let bank = Institution::open().await;
    let client = bank.client();
    // A kept connection is where a pool would be tempted to send again.
    let warm = client.call(&acct_srch("SBX0001", 1, None)).send().await;
    warm.expect("a kept connection");
    bank.sandbox().script(Peer::Gateway, [Step::CutAfter]);
    let sent = client.call(&xfer_add(FROM, TO, 7)).send().await;
    let error = sent.expect_err("no answer");

    assert_eq!(error.code(), "gateway-interrupted");
    assert_eq!(error.blame(), Blame::Network);
    assert!(error.outcome_unknown());
    assert!(!error.is_retryable());
    assert_eq!(bank.sandbox().transfers().len(), 1);
    assert_eq!(bank.sandbox().counters().gateway_requests, 2);
}

#[tokio::test]
async fn a_transfer_that_never_was_is_reported_the_same_and_not_sent_again() {
    let bank = Institution::open().await;
    let client = bank.client();
    let warm = client.call(&acct_srch("SBX0001", 1, None)).send().await;
    warm.expect("a kept connection");
    bank.sandbox().script(Peer::Gateway, [Step::CutBefore]);
    let sent = client.call(&xfer_add(FROM, TO, 7)).send().await;
    let error = sent.expect_err("no answer");

    // From here the two cases look alike: nobody can tell whether it was processed.
    assert_eq!(error.code(), "gateway-interrupted");
    assert!(error.outcome_unknown());
    assert!(bank.sandbox().transfers().is_empty());
    assert_eq!(bank.sandbox().counters().gateway_requests, 2);
}

#[tokio::test]
async fn a_bad_gateway_is_never_answered_with_a_second_transfer() {
    let bank = Institution::open().await;
    let client = bank.client();
    for step in [Step::BadGatewayHtml, Step::Unavailable, Step::Forbidden] {
        let before = bank.sandbox().counters().gateway_requests;
        bank.sandbox().script(Peer::Gateway, [step]);
        let sent = client.call(&xfer_add(FROM, TO, 7)).send().await;
        let error = sent.expect_err("no answer of the service");
        assert_eq!(error.outcome_unknown(), step != Step::Forbidden, "{step:?}");
        assert!(!error.is_retryable(), "{step:?}");
        let after = bank.sandbox().counters().gateway_requests;
        assert_eq!(after - before, 1, "{step:?}");
    }
    assert!(bank.sandbox().transfers().is_empty());
}

/// The `jXLogTrackingId` of each message that arrived.
fn tracking_ids(bodies: impl IntoIterator<Item = Vec<u8>>) -> Vec<String> {
    let bodies = bodies.into_iter();
    bodies
        .map(|body| {
            let text = String::from_utf8(body).expect("UTF-8");
            let document = roxmltree::Document::parse(&text).expect("well-formed");
            let mut nodes = document.descendants();
            let id = nodes.find(|node| node.has_tag_name((TPG, "jXLogTrackingId")));
            id.and_then(|id| id.text()).expect("an id").to_owned()
        })
        .collect()
}

#[tokio::test]
async fn each_attempt_of_a_read_has_a_tracking_id_of_its_own() {
    let bank = Institution::open().await;
    let unavailable = || Reply::Answer("503 Service Unavailable\r\nRetry-After: 0", Vec::new());
    let gateway = Scripted::start(vec![
        unavailable(),
        Reply::Answer("401 Unauthorized\r\nWWW-Authenticate: Bearer", vec![]),
        unavailable(),
        unavailable(),
    ])
    .await;
    let header = Header::of(bank.profile()).with_tracking(Arc::new(OsRandom));
    let client = bank
        .client_at(gateway.url(), |plan| {
            plan.retry = Some(RetryPolicy::new(Arc::new(OsRandom)));
        })
        .with_header(header);
    let search = acct_srch("SBX0001", 10, None);
    let error = client.call(&search).send().await.expect_err("503");

    let arrivals = gateway.arrivals();
    let sent = tracking_ids(arrivals.iter().map(|arrival| arrival.body.clone()));
    // Three attempts of the read, the second of them made of two under two tokens.
    assert_eq!(sent.len(), 4);
    assert_eq!(sent.iter().collect::<BTreeSet<_>>().len(), 4, "{sent:?}");
    assert_eq!(error.tracking_ids().collect::<Vec<_>>(), sent);
    assert_eq!(error.tracking_id(), sent.last().map(String::as_str));
    for id in &sent {
        assert!(error.to_string().contains(id) && format!("{error:?}").contains(id));
    }
    // Nothing else of the message changed.
    let without = |n: usize| String::from_utf8_lossy(&arrivals[n].body).replace(&sent[n], "ID");
    for n in 1..4 {
        assert_eq!(without(n), without(0));
    }

    // One that the caller chose is the caller's.
    let mut search = search;
    search.srch_msg_rq_hdr.jxchange_hdr.jx_log_tracking_id = Some("mine-1".into());
    let error = client.call(&search).send().await.expect_err("503");
    let arrivals = gateway.arrivals().split_off(4);
    let sent = tracking_ids(arrivals.into_iter().map(|arrival| arrival.body));
    assert!(sent.len() > 1 && sent.iter().all(|id| id == "mine-1"));
    assert_eq!(error.tracking_ids().collect::<Vec<_>>(), ["mine-1"]);
}

#[tokio::test]
async fn a_transfer_that_is_made_after_a_401_is_known_by_the_id_that_made_it() {
    let bank = Institution::open().await;
    let header = Header::of(bank.profile()).with_tracking(Arc::new(OsRandom));
    let client = bank.client().with_header(header);
    let first = client.call(&xfer_add(FROM, TO, 1)).send().await;
    first.expect("the first token");
    bank.sandbox().revoke_tokens();
    let transfer = xfer_add(FROM, TO, 2);
    let reply = client.call(&transfer).send_whole().await.expect("done");

    let arrived = bank.sandbox().requests().split_off(1);
    let sent = tracking_ids(arrived.into_iter().map(|request| request.body.to_vec()));
    assert_eq!(sent.len(), 2);
    assert_ne!(sent[0], sent[1]);
    assert_eq!(reply.tracking_ids, sent);
    assert_eq!(bank.sandbox().transfers()[1].tracking_id, sent[1]);
}

/// The spans that were opened.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<Span>>>);

/// A span's name and `tracking_id`.
type Span = (&'static str, Option<String>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Spans {
    fn on_new_span(
        &self,
        attributes: &tracing::span::Attributes<'_>,
        _: &tracing::span::Id,
        _: tracing_subscriber::layer::Context<'_, S>,
    ) {
        let mut id = TrackingId(None);
        attributes.record(&mut id);
        let name = attributes.metadata().name();
        self.0.lock().expect("no panic").push((name, id.0));
    }
}

struct TrackingId(Option<String>);

impl tracing::field::Visit for TrackingId {
    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        if field.name() == "tracking_id" {
            self.0 = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}
}

#[tokio::test]
async fn each_attempt_has_a_span_with_its_tracking_id() {
    let bank = Institution::open().await;
    let header = Header::of(bank.profile()).with_tracking(Arc::new(OsRandom));
    let client = bank.client().with_header(header);
    let search = acct_srch("SBX0001", 10, None);
    client.call(&search).send().await.expect("the first token");
    bank.sandbox().revoke_tokens();

    let spans = Spans::default();
    let subscriber = tracing_subscriber::registry().with(spans.clone());
    let listening = tracing::subscriber::set_default(subscriber);
    let reply = client.call(&search).send_whole().await.expect("accounts");
    drop(listening);
    let spans = spans.0.lock().expect("no panic");
    let of = |name: &str| -> Vec<&str> {
        let named = spans.iter().filter(|(span, _)| *span == name);
        named.filter_map(|(_, id)| id.as_deref()).collect()
    };
    assert_eq!(of("call"), [reply.tracking_ids[0].as_str()]);
    assert_eq!(of("attempt"), reply.tracking_ids);
    assert_eq!(reply.tracking_ids.len(), 2);
}
