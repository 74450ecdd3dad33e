//! Every shape in which a call can fail, walked through the typed client's one error for a read and for a write.

mod met;

use castile::Error;
use castile::http::Blame;
use castile_jx::inquiry::HdrFault;
use castile_tests::request::{acct_srch, xfer_add};
use castile_tests::{Institution, Reply};

use met::{Meets, Scene};

const FROM: &str = "0000000010017";
const TO: &str = "0000000020018";

/// Stands in each request and in each answer, and must be in no text of an error.
const CUSTOMER: &str = "SBX-canary";

const SOAP: &str = "500 Internal Server Error\r\nContent-Type: text/xml";
const CHALLENGE: &str = "401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"";
const PAGE: &str = "<!DOCTYPE html><html><body>SBX-canary: please wait</body></html>";

fn envelope(fault: &str) -> Vec<u8> {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>{fault}</s:Fault></s:Body>\
         </s:Envelope>"
    )
    .into_bytes()
}

/// A `HdrFault` with one record.
fn hdr_fault(code: &str, category: &str) -> Vec<u8> {
    envelope(&format!(
        "<faultcode>s:Client</faultcode><faultstring>{CUSTOMER}</faultstring><detail>\
         <HdrFault xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><FaultHdr/><FaultRecInfoArray><FaultMsgRec>\
         <ErrCode>{code}</ErrCode><ErrCat>{category}</ErrCat><ErrDesc>no {CUSTOMER}</ErrDesc><ErrElem>CustId</ErrElem>\
         <ErrElemVal>{CUSTOMER}</ErrElemVal></FaultMsgRec></FaultRecInfoArray></HdrFault></detail>"
    ))
}

/// What their errors must say.
struct Shape {
    name: &'static str,
    meets: Meets,
    code: &'static str,
    blame: Blame,
    /// The `ErrCode` of the one record, if it is a `HdrFault`.
    record: Option<&'static str>,
    /// Whether a read and a write may be made again.
    retryable: [bool; 2],
    /// Of the write; that of a read is never unknown.
    unknown: bool,
    /// How often the read and the write reach the gateway.
    sent: [usize; 2],
}

fn shape(name: &'static str, meets: Meets, code: &'static str, blame: Blame) -> Shape {
    Shape {
        name,
        meets,
        code,
        blame,
        record: None,
        retryable: [false, false],
        unknown: false,
        sent: [1, 1],
    }
}

fn soap_shapes() -> Vec<Shape> {
    let answer = |body| Meets::Answer(Reply::Answer(SOAP, body));
    let refusal = "<faultcode xmlns:a=\"urn:a\">a:FailedAuthentication</faultcode><faultstring>SBX-canary</faultstring>";
    let [error, over, communication] = [
        ("400028", "Error"),
        ("200001", "Override"),
        ("100", "Error"),
    ]
    .map(|(code, category)| answer(hdr_fault(code, category)));
    vec![
        Shape {
            record: Some("400028"),
            ..shape("a HdrFault", error, "gateway-fault", Blame::Caller)
        },
        Shape {
            record: Some("200001"),
            ..shape(
                "a HdrFault to override",
                over,
                "gateway-fault",
                Blame::Caller,
            )
        },
        shape(
            "FailedAuthentication",
            answer(envelope(refusal)),
            "gateway-failed-authentication",
            Blame::JackHenry,
        ),
        Shape {
            record: Some("100"),
            retryable: [true, false],
            unknown: true,
            ..shape(
                "code 100",
                communication,
                "gateway-communication",
                Blame::JackHenry,
            )
        },
    ]
}

fn http_shapes() -> Vec<Shape> {
    let answer = |head, body: &str| Meets::Answer(Reply::Answer(head, body.as_bytes().to_vec()));
    let html = |status| match status {
        200 => answer("200 OK\r\nContent-Type: text/html", PAGE),
        503 => answer("503 Service Unavailable\r\nContent-Type: text/html", PAGE),
        _ => answer("502 Bad Gateway\r\nContent-Type: text/html", PAGE),
    };
    let redirect = answer("302 Found\r\nLocation: https://elsewhere.invalid/", "");
    let bare_401 = answer("401 Unauthorized\r\nContent-Type: text/html", PAGE);
    vec![
        Shape {
            // Refused before it was processed: once more under another token.
            sent: [2, 2],
            ..shape(
                "401",
                answer(CHALLENGE, ""),
                "gateway-unauthorized",
                Blame::JackHenry,
            )
        },
        Shape {
            sent: [2, 1],
            ..shape(
                "401 of anybody's",
                bare_401,
                "gateway-unauthorized",
                Blame::JackHenry,
            )
        },
        shape(
            "403",
            answer("403 Forbidden", ""),
            "gateway-forbidden",
            Blame::JackHenry,
        ),
        Shape {
            unknown: true,
            ..shape(
                "the country list's 502",
                html(502),
                "gateway-country-list",
                Blame::JackHenry,
            )
        },
        Shape {
            unknown: true,
            ..shape("a page with 200", html(200), "gateway-html", Blame::Caller)
        },
        Shape {
            unknown: true,
            retryable: [true, false],
            ..shape("a page with 503", html(503), "gateway-html", Blame::Caller)
        },
        Shape {
            unknown: true,
            ..shape("302", redirect, "gateway-redirect", Blame::Caller)
        },
        Shape {
            unknown: true,
            ..shape(
                "an empty 202",
                answer("202 Accepted", ""),
                "gateway-empty",
                Blame::JackHenry,
            )
        },
    ]
}

fn network_shapes() -> Vec<Shape> {
    let cut = Meets::Answer(Reply::Break("200 OK\r\nContent-Type: text/xml"));
    let closed = Meets::Answer(Reply::Close);
    vec![
        Shape {
            retryable: [true, true],
            sent: [0, 0],
            ..shape(
                "no token in time",
                Meets::NoToken,
                "timeout-token",
                Blame::Network,
            )
        },
        Shape {
            retryable: [true, true],
            sent: [0, 0],
            ..shape(
                "no connection in time",
                Meets::NoHandshake,
                "timeout-connect",
                Blame::Network,
            )
        },
        Shape {
            unknown: true,
            retryable: [true, false],
            ..shape(
                "no answer in time",
                Meets::NoAnswer,
                "timeout-answer",
                Blame::JackHenry,
            )
        },
        Shape {
            retryable: [true, true],
            sent: [0, 0],
            ..shape(
                "nobody listens",
                Meets::Refusal,
                "gateway-unreachable",
                Blame::Network,
            )
        },
        Shape {
            unknown: true,
            retryable: [true, false],
            ..shape(
                "a closed connection",
                closed,
                "gateway-interrupted",
                Blame::Network,
            )
        },
        Shape {
            unknown: true,
            retryable: [true, false],
            ..shape(
                "an answer cut off",
                cut,
                "gateway-interrupted",
                Blame::Network,
            )
        },
    ]
}

#[tokio::test]
async fn every_shape_says_who_must_act_what_may_be_repeated_and_how_an_open_write_is_looked_up() {
    let bank = Institution::open().await;
    let shapes = soap_shapes().into_iter().chain(http_shapes());
    for shape in shapes.chain(network_shapes()) {
        let Scene { client, arrivals } = Scene::of(&bank, &shape.meets).await;
        let mut search = acct_srch(CUSTOMER, 1, None);
        search.srch_msg_rq_hdr.jxchange_hdr.jx_log_tracking_id = Some("read-1".into());
        let read = client.call(&search).send().await.expect_err(shape.name);
        check(&shape, &read, 0);
        assert!(!read.outcome_unknown(), "{}: a read", shape.name);
        assert!(read.how_to_look_up().is_none(), "{}: a read", shape.name);
        assert_eq!(arrivals(), shape.sent[0], "{}: a read", shape.name);

        let mut transfer = xfer_add(FROM, TO, 123_456);
        transfer.msg_rq_hdr.jxchange_hdr.jx_log_tracking_id = Some("write-1".into());
        let write = client.call(&transfer).send().await.expect_err(shape.name);
        check(&shape, &write, 1);
        assert_eq!(write.outcome_unknown(), shape.unknown, "{}", shape.name);
        check_look_up(&shape, &write);
        assert_eq!(
            arrivals() - shape.sent[0],
            shape.sent[1],
            "{}: a write",
            shape.name
        );
    }
}

fn check(shape: &Shape, error: &Error<HdrFault>, call: usize) {
    let case = format!("{}, {}", shape.name, ["a read", "a write"][call]);
    assert_eq!(error.code(), shape.code, "{case}: {error}");
    assert_eq!(error.blame(), shape.blame, "{case}");
    assert_eq!(error.is_retryable(), shape.retryable[call], "{case}");
    assert_eq!(
        error.tracking_id(),
        Some(["read-1", "write-1"][call]),
        "{case}"
    );
    let codes: Vec<_> = error.records().iter().map(|record| &*record.code).collect();
    assert_eq!(codes, Vec::from_iter(shape.record), "{case}");
    assert_eq!(error.fault().is_some(), shape.record.is_some(), "{case}");
    for shown in [error.to_string(), format!("{error:?}")] {
        let told = [CUSTOMER, FROM, TO, "123456"].map(|value| shown.contains(value));
        assert_eq!(told, [false; 4], "{case}: {shown}");
    }
}

/// A write whose outcome is open says what to ask, and by which of the values that were sent; no other error does.
fn check_look_up(shape: &Shape, write: &Error<HdrFault>) {
    let Some(look_up) = write.how_to_look_up() else {
        assert!(
            !shape.unknown,
            "{}: no word on how to look it up",
            shape.name
        );
        return;
    };
    assert!(shape.unknown, "{}: nothing is open", shape.name);
    let asked: Vec<_> = look_up.operations().collect();
    assert_eq!(asked, ["XferSrch", "AcctHistSrch"], "{}", shape.name);
    let sent: Vec<_> = look_up.reveal().collect();
    for value in [
        ("AcctIdFrom/FromAcctId", FROM),
        ("AcctIdTo/ToAcctId", TO),
        ("XferRec/Amt", "123456"),
    ] {
        assert!(sent.contains(&value), "{}: {look_up}", shape.name);
    }
}
