//! Answers that no gateway should give: each has its code, its culprit and a word on the outcome, and none a second try.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use castile::Error;
use castile::auth::ports::{BoxFuture, Sleep};
use castile::http::Blame;
use castile_jx::inquiry::HdrFault;
use castile_tests::request::{acct_srch, xfer_add};
use castile_tests::{Institution, Reply, Scripted};

const XML: &str = "200 OK\r\nContent-Type: text/xml; charset=utf-8";
const HTML: &str = "200 OK\r\nContent-Type: text/html";
const PAGE: &str = "<!DOCTYPE html><html><body>Sign in</body></html>";

fn envelope(body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{body}</s:Body></s:Envelope>"
    )
}

/// What an error must say; `unknown` of a write, since a read's outcome never matters.
#[derive(Debug)]
struct Says {
    code: &'static str,
    blame: Blame,
    unknown: bool,
    /// Of a read; a write may be repeated only if nothing can have happened.
    retryable: bool,
}

const fn says(code: &'static str, blame: Blame, unknown: bool) -> Says {
    Says {
        code,
        blame,
        unknown,
        retryable: false,
    }
}

fn answers() -> Vec<(&'static str, Reply, Says)> {
    let answer = |head, body: &str| Reply::Answer(head, body.as_bytes().to_vec());
    let response = "<AcctSrchResponse xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"/>";
    let whole = envelope(response);
    vec![
        (
            "a page in place of SOAP",
            answer(HTML, PAGE),
            says("gateway-html", Blame::Caller, true),
        ),
        (
            "a page where nothing is",
            answer("404 Not Found\r\nContent-Type: text/html", PAGE),
            says("gateway-html", Blame::Caller, false),
        ),
        (
            "nothing",
            answer(XML, ""),
            says("gateway-empty", Blame::JackHenry, true),
        ),
        (
            "accepted, and no more",
            answer("202 Accepted", ""),
            says("gateway-empty", Blame::JackHenry, true),
        ),
        (
            "JSON",
            answer("200 OK\r\nContent-Type: application/json", "{}"),
            says("gateway-not-soap", Blame::JackHenry, true),
        ),
        (
            "a redirect",
            answer("302 Found\r\nLocation: https://elsewhere.invalid/", ""),
            says("gateway-redirect", Blame::Caller, true),
        ),
        (
            "403",
            answer("403 Forbidden\r\nContent-Type: text/html", PAGE),
            says("gateway-forbidden", Blame::JackHenry, false),
        ),
        (
            "502",
            answer("502 Bad Gateway\r\nContent-Type: text/html", PAGE),
            says("gateway-country-list", Blame::JackHenry, true),
        ),
        (
            "half an envelope",
            answer(XML, &whole[..whole.len() - 40]),
            says("envelope-truncated", Blame::JackHenry, true),
        ),
        (
            "a document type",
            answer(XML, &format!("<!DOCTYPE s:Envelope []>{whole}")),
            says("envelope-dtd", Blame::JackHenry, true),
        ),
        (
            "another root",
            answer(XML, "<ok/>"),
            says("envelope-not-soap", Blame::JackHenry, true),
        ),
        (
            "an empty Body",
            answer(XML, &envelope("")),
            says("gateway-empty", Blame::JackHenry, true),
        ),
        (
            "the response of another operation",
            answer(
                XML,
                &envelope("<PingResponse xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"/>"),
            ),
            says("model-other-message", Blame::JackHenry, true),
        ),
        (
            "the refusal of the integration layer",
            answer(
                "500 Internal Server Error\r\nContent-Type: text/xml",
                &envelope(
                    "<s:Fault><faultcode xmlns:a=\"urn:a\">a:FailedAuthentication</faultcode>\
                     <faultstring>no</faultstring></s:Fault>",
                ),
            ),
            says("gateway-failed-authentication", Blame::JackHenry, false),
        ),
        (
            "a fault without the declared detail",
            answer(
                "500 Internal Server Error\r\nContent-Type: text/xml",
                &envelope(
                    "<s:Fault><faultcode>s:Server</faultcode><faultstring>no</faultstring></s:Fault>",
                ),
            ),
            says("gateway-fault", Blame::Caller, true),
        ),
        (
            "a fault that blames the message",
            answer(
                "500 Internal Server Error\r\nContent-Type: text/xml",
                &envelope(
                    "<s:Fault><faultcode>s:Client.Schema</faultcode><faultstring>no</faultstring></s:Fault>",
                ),
            ),
            says("gateway-fault", Blame::Caller, false),
        ),
        (
            "a body that breaks off",
            Reply::Break(XML),
            Says {
                retryable: true,
                ..says("gateway-interrupted", Blame::Network, true)
            },
        ),
        (
            "a closed connection",
            Reply::Close,
            Says {
                retryable: true,
                ..says("gateway-interrupted", Blame::Network, true)
            },
        ),
    ]
}

fn check(case: &str, effect: &str, error: &Error<HdrFault>, said: &Says) {
    let write = effect == "write";
    assert_eq!(error.code(), said.code, "{case}, {effect}: {error}");
    assert_eq!(error.blame(), said.blame, "{case}, {effect}");
    assert_eq!(
        error.outcome_unknown(),
        said.unknown && write,
        "{case}, {effect}"
    );
    let retryable = said.retryable && !(write && said.unknown);
    assert_eq!(error.is_retryable(), retryable, "{case}, {effect}");
}

#[tokio::test]
async fn each_odd_answer_is_told_for_what_it_is_and_nothing_is_sent_twice() {
    let bank = Institution::open().await;
    for (case, reply, said) in answers() {
        let gateway = Scripted::start(vec![reply]).await;
        let client = bank.client_at(gateway.url(), |_| {});
        let read = client.call(&acct_srch("SBX0001", 1, None)).send().await;
        check(case, "read", &read.expect_err(case), &said);
        assert_eq!(gateway.arrivals().len(), 1, "{case}, read");

        let transfer = xfer_add("0000000010017", "0000000020018", 1);
        let write = client.call(&transfer).send().await;
        check(case, "write", &write.expect_err(case), &said);
        assert_eq!(gateway.arrivals().len(), 2, "{case}, write");
    }
}

#[tokio::test]
async fn the_bearer_is_there_and_goes_to_no_redirect() {
    let bank = Institution::open().await;
    let elsewhere = Scripted::start(vec![Reply::xml(envelope(""))]).await;
    // A script is of fixed texts, this one lives as long as the process.
    let head = format!("307 Temporary Redirect\r\nLocation: {}", elsewhere.url());
    let gateway = Scripted::start(vec![Reply::Answer(head.leak(), Vec::new())]).await;
    let client = bank.client_at(gateway.url(), |_| {});
    let sent = client.call(&acct_srch("SBX0001", 1, None)).send().await;
    assert_eq!(sent.expect_err("a redirect").code(), "gateway-redirect");
    let arrival = &gateway.arrivals()[0];
    let [authorization] = arrival.header("authorization")[..] else {
        panic!("one Authorization");
    };
    assert!(authorization.starts_with("Bearer "));
    assert!(elsewhere.arrivals().is_empty());
}

#[tokio::test]
async fn an_answer_over_the_limit_is_not_read_to_its_end() {
    let bank = Institution::open().await;
    let gateway = Scripted::start(vec![Reply::xml(vec![b'<'; 10_000])]).await;
    let client = bank.client_at(gateway.url(), |plan| plan.answer_limit = 1_000);
    let said = says("answer-too-large", Blame::Caller, true);
    let read = client.call(&acct_srch("SBX0001", 1, None)).send().await;
    check("10 kB", "read", &read.expect_err("too large"), &said);
    let transfer = xfer_add("0000000010017", "0000000020018", 1);
    let write = client.call(&transfer).send().await;
    check("10 kB", "write", &write.expect_err("too large"), &said);
    assert_eq!(gateway.arrivals().len(), 2);
}

/// A limit that is over as soon as the next request has arrived, however fast or slow the machine is.
struct UntilArrival {
    gateway: Arc<Scripted>,
    calls: AtomicUsize,
}

impl Sleep for UntilArrival {
    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        Box::pin(self.gateway.arrived(call))
    }
}

#[tokio::test]
async fn a_gateway_that_is_silent_costs_the_time_limit_and_the_outcome_is_open() {
    let bank = Institution::open().await;
    let gateway = Arc::new(Scripted::start(vec![Reply::Silence]).await);
    let client = bank.client_at(gateway.url(), |plan| {
        plan.sleep = Arc::new(UntilArrival {
            gateway: Arc::clone(&gateway),
            calls: AtomicUsize::new(0),
        });
    });
    let said = Says {
        retryable: true,
        ..says("timeout-answer", Blame::JackHenry, true)
    };
    let read = client.call(&acct_srch("SBX0001", 1, None)).send().await;
    check("silence", "read", &read.expect_err("no answer"), &said);
    let transfer = xfer_add("0000000010017", "0000000020018", 1);
    let write = client.call(&transfer).send().await;
    check("silence", "write", &write.expect_err("no answer"), &said);
    assert_eq!(gateway.arrivals().len(), 2);
}

#[tokio::test]
async fn a_real_time_limit_ends_a_call_too() {
    let bank = Institution::open().await;
    let gateway = Scripted::start(vec![Reply::Silence]).await;
    let limit = Duration::from_millis(100);
    let client = bank.client_at(gateway.url(), |plan| plan.total = limit);
    let sent = client.call(&acct_srch("SBX0001", 1, None)).send().await;
    let error = sent.expect_err("no answer");
    // On a slow machine it may be over before the request leaves.
    assert!(error.code().starts_with("timeout-"), "{error}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn where_nobody_listens_nothing_happened_and_all_may_be_repeated() {
    let bank = Institution::open().await;
    // Bound, so that nobody else takes the port, and not listened on.
    let held = tokio::net::TcpSocket::new_v4().expect("a socket");
    let free = "127.0.0.1:0".parse().expect("an address");
    held.bind(free).expect("loopback");
    let url = format!("http://{}/svc", held.local_addr().expect("bound"));
    let client = bank.client_at(&url, |_| {});
    let transfer = xfer_add("0000000010017", "0000000020018", 1);
    let error = client.call(&transfer).send().await.expect_err("nobody");
    assert_eq!(error.code(), "gateway-unreachable");
    assert_eq!(error.blame(), Blame::Network);
    assert!(!error.outcome_unknown());
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_request_that_xml_cannot_carry_is_not_sent() {
    let bank = Institution::open().await;
    let gateway = Scripted::start(vec![Reply::Close]).await;
    let client = bank.client_at(gateway.url(), |_| {});
    let sent = client.call(&acct_srch("\u{1}", 1, None)).send().await;
    let error = sent.expect_err("a control character");
    assert_eq!(error.code(), "model-unwritable-character");
    assert_eq!(error.blame(), Blame::Caller);
    assert!(!error.outcome_unknown());
    assert!(gateway.arrivals().is_empty());
    assert_eq!(bank.sandbox().counters().token_requests, 0);
}
