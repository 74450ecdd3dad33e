//! Scripted faults: what goes wrong, for how long, and what was processed meanwhile.

use std::time::Duration;

use castile_sandbox::{Event, Peer, ScriptFile, Step};

use crate::client::{Answer, Bench, HEADER, TPG, envelope};

fn transfer() -> String {
    let content = format!(
        "<MsgRqHdr>{HEADER}</MsgRqHdr><AcctIdFrom><FromAcctId>0000000010017</FromAcctId></AcctIdFrom>\
         <AcctIdTo><ToAcctId>0000000020018</ToAcctId><ToAcctType>D</ToAcctType></AcctIdTo>\
         <XferRec><Amt>1.00</Amt></XferRec>"
    );
    envelope("", &format!("<XferAdd xmlns=\"{TPG}\">{content}</XferAdd>"))
}

async fn send(bench: &Bench) -> reqwest::Result<Answer> {
    let token = bench
        .token(&bench.sandbox.counters().token_requests.to_string())
        .await;
    let request = bench
        .post("Transaction", "XferAdd", transfer())
        .bearer_auth(token);
    bench.send(request).await
}

#[tokio::test]
async fn steps_are_played_in_order_and_then_the_truth_again() {
    let bench = Bench::start().await;
    let steps = [
        Step::Unauthorized,
        Step::BadGatewayHtml,
        Step::Pass,
        Step::Forbidden,
        Step::Unavailable,
        Step::AccessDenied,
    ];
    bench.sandbox.script(Peer::Gateway, steps);
    let mut seen = Vec::new();
    for _ in 0..7 {
        seen.push(send(&bench).await.unwrap());
    }
    let statuses: Vec<u16> = seen.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [401, 502, 200, 403, 503, 500, 200]);
    assert_eq!(
        seen[0].headers["www-authenticate"],
        "Bearer error=\"invalid_token\""
    );
    assert_eq!(seen[1].headers["content-type"], "text/html");
    assert!(seen[1].body.starts_with("<html>"));
    assert_eq!(seen[4].headers["retry-after"], "1");
    assert!(seen[5].body.contains(":FailedAuthentication<"));
    assert_eq!(bench.sandbox.transfers().len(), 2);
    assert_eq!(bench.sandbox.counters().gateway_requests, 7);
}

#[tokio::test]
async fn a_file_says_the_same_and_is_used_up_in_order() {
    let bench = Bench::start().await;
    let text = "version = 1\ngateway = ['html']\n[operation]\n\
        XferAdd = ['unauthorized', 'bad_gateway_html', { slow_ms = 20 }, { hdr_fault = 900123 }, 'mtom', { cut_at = 9 }]\n";
    let stranger = ScriptFile::read(&text.replace("XferAdd", "XferOdd")).unwrap();
    let refused = bench.sandbox.follow(&stranger).unwrap_err();
    assert_eq!(
        (refused.code(), refused.line()),
        ("sandbox-script-operation", 4)
    );
    let script = ScriptFile::read(text).unwrap();
    bench.sandbox.follow(&script).unwrap();

    let mut seen = Vec::new();
    let before = tokio::time::Instant::now();
    for _ in 0..5 {
        seen.push(send(&bench).await.unwrap());
    }
    assert!(before.elapsed() >= Duration::from_millis(20));
    let statuses: Vec<u16> = seen.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [401, 502, 200, 500, 200]);
    assert!(seen[3].body.contains("900123"), "{:?}", seen[3].body);
    let media_type = seen[4].headers["content-type"].to_str().unwrap();
    assert!(media_type.starts_with("multipart/related"), "{media_type}");
    send(&bench).await.unwrap_err();
    // Behind its own steps come the gateway's, and behind these the truth.
    let page = send(&bench).await.unwrap();
    assert!(page.body.starts_with("<!DOCTYPE html>"), "{}", page.body);
    assert_eq!(send(&bench).await.unwrap().status, 200);
    assert_eq!(bench.sandbox.counters().gateway_requests, 8);
}

#[tokio::test]
async fn a_cut_leaves_no_answer_whether_or_not_the_transfer_was_made() {
    let bench = Bench::start().await;
    bench.sandbox.script(Peer::Gateway, [Step::CutBefore]);
    assert!(send(&bench).await.is_err());
    assert_eq!(bench.sandbox.transfers().len(), 0);
    bench.sandbox.script(Peer::Gateway, [Step::CutAfter]);
    assert!(send(&bench).await.is_err());
    assert_eq!(bench.sandbox.transfers().len(), 1);
    let log = bench.sandbox.log();
    let last = log.last().unwrap();
    assert_eq!(
        (last.status, &last.event),
        (
            0,
            &Event::Scripted {
                step: Step::CutAfter
            }
        )
    );
    assert_eq!(send(&bench).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_slow_answer_is_the_true_one() {
    let bench = Bench::start().await;
    let delay = Duration::from_millis(200);
    bench.sandbox.script(Peer::Gateway, [Step::Slow(delay)]);
    let hurried = tokio::time::timeout(delay / 2, send(&bench)).await;
    assert!(hurried.is_err());
    bench.sandbox.script(Peer::Gateway, [Step::Slow(delay)]);
    assert_eq!(send(&bench).await.unwrap().status, 200);
}

#[tokio::test]
async fn the_token_endpoint_has_a_script_of_its_own() {
    let bench = Bench::start().await;
    bench
        .sandbox
        .script(Peer::TokenEndpoint, [Step::Unavailable, Step::CutBefore]);
    let assertion = bench.key.sign(Some("k1"), &bench.claims("a"));
    assert_eq!(bench.assert(&assertion).await.status, 503);
    assert!(
        bench
            .try_form(&[("grant_type", "client_credentials")])
            .await
            .is_err()
    );
    // Neither step processed the assertion, so its jti is still unused.
    assert_eq!(bench.assert(&assertion).await.status, 200);
}
