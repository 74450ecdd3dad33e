//! A test bank as a user's test has it: any contract, set answers, scripted attempts, a record.

use std::path::{Path, PathBuf};
use std::time::Duration;

use castile_http::{Body, Config, Effect, SoapTransport, connect};
use castile_jx::inquiry::{AcctSrch, AcctSrchResponse, SrchMsgRqHdr};
use castile_sandbox::testing::{TestBank, TestBankError, USERNAME};
use castile_sandbox::{Cause, Contract, Reply, Sandbox, Step};
use http::{Request, Response, StatusCode};

use crate::client::{TPG, envelope, message_header};

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/sample")
}

/// A bank with a client of it.
struct World<T> {
    bank: TestBank,
    gateway: T,
}

async fn world() -> World<impl SoapTransport<Error = castile_http::Error>> {
    let bank = TestBank::start(sample()).await.unwrap();
    let profile = Config::read(bank.config())
        .unwrap()
        .profile("sandbox")
        .unwrap();
    let gateway = connect::typed(&profile).unwrap();
    World { bank, gateway }
}

fn request(url: String, operation: &str, content: &str) -> Request<Body> {
    let payload = format!("<{operation} xmlns=\"{TPG}\">{content}</{operation}>");
    let mut request = Request::post(url)
        .header("content-type", "text/xml; charset=utf-8")
        .header(
            "soapaction",
            format!("\"http://jackhenry.com/ws/{operation}\""),
        )
        .body(Body::whole(envelope("", &payload)))
        .unwrap();
    // So that nothing but the script decides how often something is sent.
    request.extensions_mut().insert(Effect::Write);
    request
}

type Answered = Result<(StatusCode, String), castile_http::Error>;

impl<T: SoapTransport<Error = castile_http::Error>> World<T> {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, castile_http::Error> {
        self.gateway.send(request).await
    }

    async fn call(&self, operation: &str, content: &str) -> Answered {
        let url = self.bank.running().gateway_url("ServiceGateway");
        let answer = self.send(request(url, operation, content)).await?;
        let (head, body) = answer.into_parts();
        let body = body.bytes(Effect::Write).await?;
        Ok((head.status, String::from_utf8_lossy(&body).into_owned()))
    }

    async fn cust_inq(&self) -> Answered {
        let content = message_header() + "<CustId>C-1</CustId>";
        self.call("CustInq", &content).await
    }
}

#[tokio::test]
async fn a_request_that_keeps_the_contract_is_answered_and_recorded() {
    let world = world().await;
    let (status, first) = world.cust_inq().await.unwrap();
    assert_eq!(status, 200, "{first}");
    assert!(first.contains("CustInqResponse"), "{first}");
    let (_, again) = world.cust_inq().await.unwrap();
    assert_eq!(first, again, "the seed decides");
    let sent = world.bank.sent("CustInq").times(2);
    world.bank.sent("Customer.CustInq").times(2);
    world.bank.sent("CustSrch").never();
    let sent = &sent[0];
    assert_eq!(sent.operation.as_deref(), Some("Customer.CustInq"));
    assert_eq!(sent.value("CustId").as_deref(), Some("C-1"));
    let env = sent.value("MsgRqHdr/jXchangeHdr/InstEnv");
    assert_eq!(env.as_deref(), Some("TEST"));
    let claims = sent.claims.as_ref().unwrap();
    assert_eq!(claims["client_id"], castile_sandbox::testing::CLIENT_ID);
    assert!(!sent.headers.contains_key("authorization"));
    assert!(!format!("{sent:?}").contains("C-1"));

    let other = Sandbox::builder().seed(77);
    let contract = world.bank.contract().clone();
    let bank = TestBank::with(contract, other).await.unwrap();
    let text = std::fs::read_to_string(bank.config()).unwrap();
    let config = Config::parse(&text, bank.config()).unwrap();
    assert_eq!(config.profiles().count(), 2);
}

#[tokio::test]
async fn a_request_that_breaks_the_contract_gets_a_fault_that_names_the_path_and_no_value() {
    let world = world().await;
    let without = message_header().replace("<AuditUsrId>tester</AuditUsrId>", "");
    let (status, said) = world
        .call("CustInq", &(without + "<CustId>C-1</CustId>"))
        .await
        .unwrap();
    assert_eq!(status, 500);
    let told = "MsgRqHdr/jXchangeHdr: AuditUsrId is missing";
    assert!(said.contains(told), "{said}");
    let unknown = message_header() + "<CustId>C-1</CustId><Custid>C-2</Custid>";
    let (_, said) = world.call("CustInq", &unknown).await.unwrap();
    assert!(said.contains("Custid: may not stand here"), "{said}");
    assert!(!said.contains("C-1") && !said.contains("C-2"), "{said}");
    let log = world.bank.running().log();
    let cause = log.last().unwrap().event.cause().unwrap();
    assert!(matches!(cause, Cause::ContractViolated { .. }), "{cause}");
    assert_eq!(world.bank.running().counters().operations_answered, 0);
}

#[tokio::test]
async fn answers_are_set_by_text_and_by_closure_and_judged() {
    let world = world().await;
    let ping = format!("<PingResponse xmlns=\"{TPG}\"><PingRs>set</PingRs></PingResponse>");
    world.bank.answer("Customer.Ping", ping.as_str()).unwrap();
    let url = world.bank.running().gateway_url("Customer");
    let answer = world
        .send(request(url, "Ping", "<PingRq>a</PingRq>"))
        .await
        .unwrap();
    let body = answer.into_body().bytes(Effect::Read).await.unwrap();
    assert!(String::from_utf8_lossy(&body).contains("<PingRs>set</PingRs>"));

    let (bank, tpg) = (&world.bank, TPG);
    bank.answer_with("Ping", move |received| {
        let said = received.value("PingRq").unwrap_or_default();
        format!("<PingResponse xmlns=\"{tpg}\"><PingRs>{said} back</PingRs></PingResponse>")
    })
    .unwrap();
    let (_, said) = world.call("Ping", "<PingRq>echo</PingRq>").await.unwrap();
    assert!(said.contains("<PingRs>echo back</PingRs>"), "{said}");

    bank.answer("Ping", envelope("", &ping)).unwrap();
    let (_, said) = world.call("Ping", "<PingRq>echo</PingRq>").await.unwrap();
    assert_eq!(said, envelope("", &ping));

    bank.answer("CustInq", Reply::fault("closed", "")).unwrap();
    let (status, said) = world.cust_inq().await.unwrap();
    assert!(status == 500 && said.contains("closed"), "{status} {said}");

    let spoilt = ping.replace("PingRs", "PingRq");
    let error = bank.answer("Ping", spoilt).unwrap_err();
    assert!(matches!(error, TestBankError::Answer { .. }), "{error}");
    assert!(
        error.to_string().contains("PingRs is missing") || error.to_string().contains("PingRq")
    );
    let error = bank.answer("Pong", ping).unwrap_err();
    assert_eq!(error.code(), "wsdl-unknown-operation");
}

#[tokio::test]
async fn attempts_go_wrong_as_the_script_says_and_only_those_of_their_operation() {
    let world = world().await;
    let script = |steps: &[Step]| world.bank.script("CustInq", steps.to_vec()).unwrap();

    // 401, then the true answer: the stack fetches another token by itself.
    script(&[Step::Unauthorized]);
    let (status, _) = world.call("Ping", "<PingRq>a</PingRq>").await.unwrap();
    assert_eq!(status, 200, "another operation is not meant");
    assert_eq!(world.cust_inq().await.unwrap().0, 200);
    world.bank.sent("CustInq").times(2);

    script(&[Step::HdrFault(400_028)]);
    let (status, said) = world.cust_inq().await.unwrap();
    assert_eq!(status, 500);
    assert!(said.contains("<ErrCode>400028</ErrCode>"), "{said}");

    script(&[Step::BadGatewayHtml, Step::Html]);
    assert_eq!(world.cust_inq().await.unwrap().0, 502);
    let (status, said) = world.cust_inq().await.unwrap();
    assert!(status == 200 && said.contains("<html>"), "{said}");

    script(&[Step::CutAt(100), Step::CutAt(0)]);
    for _ in 0..2 {
        let error = world.cust_inq().await.unwrap_err();
        assert!(error.outcome_unknown(), "{error}");
    }

    script(&[Step::Slow(Duration::from_millis(200))]);
    let before = tokio::time::Instant::now();
    assert_eq!(world.cust_inq().await.unwrap().0, 200);
    assert!(before.elapsed() >= Duration::from_millis(200));

    script(&[Step::Mtom]);
    let url = world.bank.running().gateway_url("Customer");
    let content = message_header() + "<CustId>C-1</CustId>";
    let answer = world.send(request(url, "CustInq", &content)).await.unwrap();
    let media = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(media.starts_with("multipart/related"), "{media}");
    let boundary = media
        .split("boundary=\"")
        .nth(1)
        .unwrap()
        .trim_end_matches('"');
    let body = answer.into_body().bytes(Effect::Write).await.unwrap();
    let text = String::from_utf8_lossy(&body);
    assert!(text.starts_with(&format!("--{boundary}\r\n")) && text.contains("CustInqResponse"));
    assert!(text.ends_with(&format!("--{boundary}--\r\n")), "{text}");
}

#[tokio::test]
async fn the_typed_client_reads_what_the_bank_draws_and_packs() {
    let bank = TestBank::start(sample()).await.unwrap();
    let config = Config::read(bank.config()).unwrap();
    let client = castile::Client::connect(&config.profile("sandbox").unwrap()).unwrap();
    let search = AcctSrch {
        srch_msg_rq_hdr: SrchMsgRqHdr {
            max_rec: 1.into(),
            ..SrchMsgRqHdr::default()
        },
        ..AcctSrch::default()
    };
    let plain = client.call(&search).send().await.unwrap();
    bank.script("AcctSrch", [Step::Mtom]).unwrap();
    let packed = client.call(&search).send().await.unwrap();
    assert!(plain == packed && plain != AcctSrchResponse::default());
    bank.script("AcctSrch", [Step::HdrFault(900_028)]).unwrap();
    let error = client.call(&search).send().await.unwrap_err();
    let fault = castile::model::encode(error.fault().unwrap()).unwrap();
    assert!(fault.contains("900028"), "{fault}");
    bank.sent("AcctSrch").times(3);
}

#[tokio::test]
async fn the_old_model_stands_beside_the_new_one() {
    let bank = TestBank::start(sample()).await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let token = |password: &str| {
        format!(
            "<w:Security xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\" \
             e:mustUnderstand=\"1\"><w:UsernameToken><w:Username>{USERNAME}</w:Username>\
             <w:Password>{password}</w:Password></w:UsernameToken></w:Security>"
        )
    };
    let payload = format!("<Ping xmlns=\"{TPG}\"><PingRq>a</PingRq></Ping>");
    let legacy = bank.running().legacy_url("Inquiry");
    let oauth = bank.running().gateway_url("Inquiry");
    let right = token("sandbox-password");
    for (url, header, status, said) in [
        (&legacy, right.as_str(), 200, "PingResponse"),
        (&legacy, &token("wrong"), 500, "FailedAuthentication"),
        (&legacy, "", 500, "FailedAuthentication"),
        (&oauth, &right, 401, ""),
    ] {
        let answer = http
            .post(url)
            .header("content-type", "text/xml; charset=utf-8")
            .header("soapaction", "http://jackhenry.com/ws/Ping")
            .body(envelope(header, &payload))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), status, "{url}");
        assert!(answer.text().await.unwrap().contains(said));
    }
    let config = Config::read(bank.config()).unwrap();
    let profile = config.profile("sandbox-legacy").unwrap();
    let old = profile.legacy.as_ref().unwrap();
    assert_eq!(
        old.url.as_str(),
        bank.running().legacy_url("ServiceGateway")
    );
    old.password.as_ref().unwrap().read().unwrap();
    bank.sent("Ping").times(4);
}

#[test]
#[should_panic(expected = "AcctInq was sent never, not once")]
fn an_assertion_tells_what_was_expected() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let contract = Contract::read([sample()]).unwrap();
        let bank = TestBank::of(contract).await.unwrap();
        bank.sent("AcctInq").once();
    });
}
