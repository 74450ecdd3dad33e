//! Money whose way is open: nothing is sent twice, and what was sent can be looked up.

use std::collections::BTreeMap;
use std::sync::Arc;

use castile::http::{Blame, OsRandom, RetryPolicy};
use castile::model::Decimal;
use castile_tests::request::{acct_srch, xfer_add};
use castile_tests::{Fault, Institution, Relay, Reply, Scripted};

const FROM: &str = "0000000010017";
const TO: &str = "0000000020018";

const COMMUNICATION: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>\
     <faultcode>s:Client</faultcode><faultstring>no</faultstring><detail>\
     <HdrFault xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><FaultHdr/><FaultRecInfoArray><FaultMsgRec>\
     <ErrCode>100</ErrCode><ErrCat>Error</ErrCat><ErrDesc>refused</ErrDesc></FaultMsgRec></FaultRecInfoArray>\
     </HdrFault></detail></s:Fault></s:Body></s:Envelope>";

/// How many transfers the fault injection makes, unless `CASTILE_FAULT_RUNS` says otherwise.
const RUNS: u64 = 1_000;

#[tokio::test]
async fn a_provider_behind_the_gateway_that_refuses_leaves_a_write_open() {
    let bank = Institution::open().await;
    let head = "500 Internal Server Error\r\nContent-Type: text/xml";
    let fault = Reply::Answer(head, COMMUNICATION.into());
    let gateway = Scripted::start(vec![fault]).await;
    let client = bank.client_at(gateway.url(), |_| {});

    let read = client.call(&acct_srch("SBX0001", 1, None)).send().await;
    let read = read.expect_err("a fault");
    assert_eq!(read.code(), "gateway-communication");
    assert!(read.is_retryable() && !read.outcome_unknown());
    assert!(read.how_to_look_up().is_none());

    let write = client.call(&xfer_add(FROM, TO, 1)).send().await;
    let write = write.expect_err("a fault");
    assert_eq!(write.code(), "gateway-communication");
    assert_eq!(write.blame(), Blame::JackHenry);
    assert!(write.outcome_unknown() && !write.is_retryable());
    assert!(write.fault().is_some());
}

#[tokio::test]
async fn an_open_outcome_is_looked_up_by_what_was_sent_and_told_by_its_tracking_id() {
    let bank = Institution::open().await;
    let gateway = Scripted::start(vec![Reply::Close]).await;
    let client = bank.client_at(gateway.url(), |_| {});
    let mut transfer = xfer_add(FROM, TO, 123_456);
    transfer.msg_rq_hdr.jxchange_hdr.jx_log_tracking_id = Some("trace-77".into());
    let error = client.call(&transfer).send().await.expect_err("no answer");

    assert_eq!(error.tracking_id(), Some("trace-77"));
    assert_eq!(error.operation(), ("Transaction", "XferAdd"));
    assert!(error.to_string().contains("trace-77"), "{error}");
    let look_up = error.how_to_look_up().expect("the outcome is open");
    assert_eq!(
        look_up.operations().collect::<Vec<_>>(),
        ["XferSrch", "AcctHistSrch"]
    );
    let sent: BTreeMap<_, _> = look_up.reveal().collect();
    assert_eq!(sent["AcctIdFrom/FromAcctId"], FROM);
    assert_eq!(sent["AcctIdTo/ToAcctId"], TO);
    assert_eq!(sent["XferRec/Amt"], "123456");
    // The key of the transfer would have come in the answer.
    assert!(look_up.elements().all(|path| !path.contains("Key")));
    for shown in [
        look_up.to_string(),
        format!("{look_up:?}"),
        error.to_string(),
        format!("{error:?}"),
    ] {
        assert!(
            !shown.contains(FROM) && !shown.contains("123456"),
            "{shown}"
        );
    }
}

/// What became of one transfer, as its caller was told.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Told {
    Done,
    NotDone,
    Open,
}

#[tokio::test]
async fn a_transfer_is_never_made_twice_whatever_breaks_and_where() {
    let runs = std::env::var("CASTILE_FAULT_RUNS");
    let runs = runs.map_or(RUNS, |runs| runs.parse().expect("a number"));
    let bank = Institution::open().await;
    let relay = Relay::start(bank.sandbox().gateway_origin()).await;
    let path = bank.sandbox().gateway_url("ServiceGateway");
    let path = path.trim_start_matches(bank.sandbox().gateway_origin());
    let client = bank.client_at(&format!("{}{path}", relay.origin()), |plan| {
        plan.retry = Some(RetryPolicy::new(Arc::new(OsRandom)));
    });

    let mut told = BTreeMap::new();
    for run in 1..=runs {
        // Bytes spread over all of a request and an answer, headers included, and a little beyond.
        let byte = usize::try_from(run.wrapping_mul(2_654_435_761) % 1_600).expect("small");
        relay.from_now_on(match run % 8 {
            0 => Fault::None,
            1 => Fault::Refuse,
            2 if run % 16 == 2 => Fault::Instead("403 Forbidden", Vec::new()),
            2 => Fault::Instead("503 Service Unavailable", Vec::new()),
            3..=5 => Fault::CutRequestAfter(byte),
            _ => Fault::CutAfter(byte),
        });
        // A kept connection would keep the fault of an earlier run.
        relay.hang_up();
        // Back and forth, so that no account runs dry.
        let (from, to) = if run % 2 == 0 { (FROM, TO) } else { (TO, FROM) };
        let cents = i64::try_from(run).expect("small");
        let mut transfer = xfer_add(from, to, 0);
        let record = transfer.xfer_rec.as_mut().expect("a record");
        let amount: Decimal = format!("{}.{:02}", cents / 100, cents % 100)
            .parse()
            .expect("an amount");
        record.amt = Some(amount.into());
        let sent = client.call(&transfer).send().await;
        let outcome = match sent {
            Ok(_) => Told::Done,
            Err(error) if error.outcome_unknown() => Told::Open,
            Err(_) => Told::NotDone,
        };
        told.insert(cents, outcome);
    }

    let mut made = BTreeMap::new();
    for transfer in bank.sandbox().transfers() {
        *made.entry(transfer.amount).or_insert(0_u32) += 1;
    }
    let mut seen = [0_u64; 4];
    for (amount, told) in told {
        let count = made.get(&amount).copied().unwrap_or_default();
        match (told, count) {
            (Told::Done, 1) => seen[0] += 1,
            (Told::NotDone, 0) => seen[1] += 1,
            (Told::Open, 0) => seen[2] += 1,
            (Told::Open, 1) => seen[3] += 1,
            wrong => panic!("{amount} cents: {wrong:?}"),
        }
    }
    // Each of the four came about, the last being what a repetition would have doubled.
    assert!(seen.iter().all(|count| *count >= runs / 50), "{seen:?}");
}
