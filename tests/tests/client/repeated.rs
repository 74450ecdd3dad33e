//! What is sent again and what never is: money moves once.

use castile::http::Blame;
use castile_sandbox::{Peer, Step};
use castile_tests::request::{acct_srch, xfer_add};
use castile_tests::{Institution, Reply, Scripted};

const FROM: &str = "0000000010017";
const TO: &str = "0000000020018";

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
