//! Money moves once through the proxy too, and an old client is told when nobody knows whether it did.

use castile::model::encode;
use castile_sandbox::{Peer, Step};
use castile_tests::request::xfer_add;
use castile_tests::{Institution, PASSWORD, Proxied, old_message};

/// An old client's transfer of whole dollars.
fn transfer(dollars: i64) -> String {
    let request = xfer_add("0000000010017", "0000000020018", dollars);
    old_message(&encode(&request).expect("plain text"))
}

/// Sends it; gives status and answer.
async fn send(proxy: &Proxied, dollars: i64) -> (u16, String) {
    let answer = proxy.post("XferAdd", transfer(dollars)).send().await;
    let answer = answer.expect("the proxy answers");
    let status = answer.status().as_u16();
    (status, answer.text().await.expect("a whole answer"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_that_was_refused_unprocessed_is_made_once() {
    let bank = Institution::open().await;
    let proxy = Proxied::start(bank.profile()).await;
    assert_eq!(send(&proxy, 1).await.0, 200);
    bank.sandbox().revoke_tokens();
    let (status, answer) = send(&proxy, 2).await;
    assert_eq!(status, 200, "{answer}");
    assert!(answer.contains("XferAddResponse"), "{answer}");

    let moved = bank.sandbox().transfers();
    let amounts: Vec<_> = moved.iter().map(|transfer| transfer.amount).collect();
    assert_eq!(amounts, [100, 200]);
    assert_eq!(bank.sandbox().counters().gateway_unauthorized, 1);
    for arrived in bank.sandbox().requests() {
        let body = String::from_utf8_lossy(&arrived.body).into_owned();
        assert!(!body.contains(PASSWORD) && !body.contains("wssecurity"));
    }
    proxy.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_whose_answer_is_lost_is_not_sent_again_and_the_fault_says_that_its_outcome_is_open()
 {
    let bank = Institution::open().await;
    let proxy = Proxied::start(bank.profile()).await;
    assert_eq!(send(&proxy, 1).await.0, 200);
    for (step, moved) in [(Step::CutAfter, 2), (Step::CutBefore, 2)] {
        let before = bank.sandbox().counters().gateway_requests;
        bank.sandbox().script(Peer::Gateway, [step]);
        let (status, answer) = send(&proxy, 7).await;
        assert_eq!(status, 502, "{step:?}: {answer}");
        assert!(answer.contains("gateway-interrupted"), "{step:?}: {answer}");
        let open = "<c:OutcomeUnknown>true</c:OutcomeUnknown>";
        assert!(answer.contains(open), "{step:?}: {answer}");
        let after = bank.sandbox().counters().gateway_requests;
        assert_eq!(after - before, 1, "{step:?}");
        assert_eq!(bank.sandbox().transfers().len(), moved, "{step:?}");
    }
    proxy.end().await;
}
