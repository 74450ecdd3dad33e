//! Transfers: each arrival is one, an order that cannot be carried out is none.

use crate::client::{Bench, HEADER, search_header};
use crate::operations::{CHECKING, fault};

fn transfer(amount: &str, more: &str) -> String {
    format!(
        "<MsgRqHdr>{HEADER}</MsgRqHdr>{more}\
         <AcctIdFrom><FromAcctId>0000000010017</FromAcctId><FromAcctType>D</FromAcctType></AcctIdFrom>\
         <AcctIdTo><ToAcctId>0000000020018</ToAcctId><ToAcctType>D</ToAcctType></AcctIdTo>\
         <XferRec><Amt>{amount}</Amt></XferRec>"
    )
}

#[tokio::test]
async fn a_transfer_counts_once_per_arrival() {
    let bench = Bench::start().await;
    let mut keys = Vec::new();
    for _ in 0..2 {
        let answer = bench
            .call("Transaction", "XferAdd", &transfer("10.00", ""))
            .await;
        assert_eq!(
            (answer.status, answer.element("RsStat")),
            (200, Some("Success"))
        );
        keys.push(answer.element("XferKey").unwrap().to_owned());
    }
    let transfers = bench.sandbox.transfers();
    assert_eq!(
        transfers.iter().map(|t| t.key.as_str()).collect::<Vec<_>>(),
        keys
    );
    assert_eq!(
        (transfers[0].amount, transfers[0].tracking_id.as_str()),
        (1000, "track-1")
    );
    // The key finds the posting again.
    let content = format!(
        "{}{CHECKING}<Ver_1/><XferKey>{}</XferKey>",
        search_header("9", ""),
        keys[1]
    );
    let answer = bench.call("Inquiry", "AcctHistSrch", &content).await;
    assert_eq!(
        (answer.element("TotRec"), answer.element("XferKey")),
        (Some("1"), Some(keys[1].as_str()))
    );
}

#[tokio::test]
async fn validation_judges_as_the_transfer_does_and_writes_nothing() {
    let bench = Bench::start().await;
    let validate = |amount: &str| format!("<XferAdd>{}</XferAdd>", transfer(amount, ""));
    let answer = bench
        .call("Transaction", "XferAddValidate", &validate("10.00"))
        .await;
    assert_eq!(
        (answer.status, answer.element("RsStat")),
        (200, Some("Success"))
    );
    for (amount, code) in [
        ("2400.01", "900123"),
        ("-1.00", "900102"),
        ("0.00", "900102"),
        ("", "900101"),
    ] {
        let answer = bench
            .call("Transaction", "XferAddValidate", &validate(amount))
            .await;
        fault(&answer, code);
        fault(
            &bench
                .call("Transaction", "XferAdd", &transfer(amount, ""))
                .await,
            code,
        );
    }
    assert_eq!(bench.sandbox.transfers(), []);
}

#[tokio::test]
async fn an_overridable_fault_passes_when_its_code_is_named() {
    let bench = Bench::start().await;
    let answer = bench
        .call("Transaction", "XferAdd", &transfer("9000.00", ""))
        .await;
    fault(&answer, "900123");
    assert_eq!(answer.element("ErrCat"), Some("Override"));
    let over = |code: &str| {
        format!(
            "<ErrOvrRdInfoArray><ErrOvrRd><ErrCode>{code}</ErrCode></ErrOvrRd></ErrOvrRdInfoArray>"
        )
    };
    let wrong = transfer("9000.00", &over("900124"));
    fault(
        &bench.call("Transaction", "XferAdd", &wrong).await,
        "900123",
    );
    let right = transfer("9000.00", &over("900123"));
    assert_eq!(
        bench.call("Transaction", "XferAdd", &right).await.status,
        200
    );
    assert_eq!(bench.sandbox.transfers().len(), 1);
}

#[tokio::test]
async fn a_future_transfer_is_refused_and_not_made_at_once() {
    let bench = Bench::start().await;
    let later = format!("{}<Ver_1/><Ver_2/><FutXferRec/>", transfer("1.00", ""));
    let answer = bench.call("Transaction", "XferAdd", &later).await;
    fault(&answer, "900102");
    assert_eq!(bench.sandbox.transfers(), []);
}
