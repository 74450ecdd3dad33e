//! The typed client: requests, responses, faults, and answers of peers that repeat what they were told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use castile::auth::{CacheSettings, TokenSource as _};
use castile::http::{Body, EgressTransport, Error, SoapTransport, connect, stack};
use castile::model::{Raw, Scope, encode};
use castile::{Client, Error as CallError};
use castile_jx::customer::{CustInq, CustSrch};
use castile_jx::inquiry::{
    AuthenUsrCred, IncXtendElem, IncXtendElemInfo, MsgRqHdr, PersonName, SrchMsgRqHdr,
};
use castile_tests::request::{acct_srch, header, xfer_add};
use castile_tests::{Reply, Scripted};
use http::{Request, Response};

use crate::message::{envelope, security};
use crate::witness::Witness;
use crate::world::{
    ACCOUNT, ANSWERED, BALANCE, CUSTOMER, GIVEN_TOKEN, MASK, NAME, PHONE, STRANGER, TAX_ID, World,
};

const XML: &str = "200 OK\r\nContent-Type: text/xml; charset=utf-8";
const FAULT: &str = "500 Internal Server Error\r\nContent-Type: text/xml";
const HTML: &str = "200 OK\r\nContent-Type: text/html";
const JSON: &str = "200 OK\r\nContent-Type: application/json";
const BAD_REQUEST: &str = "400 Bad Request\r\nContent-Type: application/json";

/// A transport of the user's own that prints what passes, as middlewares do.
#[derive(Debug)]
struct Printing {
    inner: EgressTransport,
    printed: Arc<Mutex<Vec<String>>>,
}

impl Printing {
    fn keep(&self, text: String) {
        self.printed.lock().expect("no panic").push(text);
    }
}

impl SoapTransport for Printing {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        self.keep(format!("{request:?}\n{request:#?}"));
        let answer = self.inner.send(request).await;
        self.keep(format!("{answer:?}\n{answer:#?}"));
        answer
    }
}

fn call_error<F: std::fmt::Debug + 'static>(
    witness: &mut Witness,
    name: &str,
    error: &CallError<F>,
) {
    witness.debug(name, error);
    witness.error(name, error);
    witness.debug(name, &error.fault());
}

pub(crate) async fn typed(world: &World, witness: &mut Witness) {
    let printed = Arc::new(Mutex::new(Vec::new()));
    let source = Arc::new(connect::token_source(&world.profile).expect("a usable key"));
    let plan = connect::plan(&world.profile, source).expect("state oauth");
    witness.debug("Plan", &plan);
    let transport = Printing {
        inner: EgressTransport::new(Default::default()).expect("TLS roots"),
        printed: Arc::clone(&printed),
    };
    let url = world.sandbox.gateway_url("ServiceGateway");
    let url: http::Uri = url.parse().expect("an address");
    let client = Client::new(url, stack::typed(plan, transport));
    witness.debug("Client", &client);

    let mut search = acct_srch(CUSTOMER, 10, None);
    let security = Raw::parse(&security(), &Scope::new()).expect("an element");
    search.srch_msg_rq_hdr.authen_usr_cred = Some(Box::new(AuthenUsrCred {
        security,
        ..AuthenUsrCred::default()
    }));
    witness.debug("a typed request", &search);
    witness.debug("Call", &client.call(&search));
    let found = client.call(&search).send_decoded().await.expect("rows");
    witness.debug("a decoded response", &found);
    witness.debug("its warnings", &found.warnings());
    let text = encode(&found.value).expect("it can be written");
    for value in [CUSTOMER, ACCOUNT, BALANCE, MASK] {
        assert!(text.contains(value), "no response carried {value}");
    }
    search.srch_msg_rq_hdr.authen_usr_cred = None;
    search.tax_id = Some(TAX_ID.into());
    search.acct_id = Some(ACCOUNT.into());
    client.call(&search).send().await.expect("rows");

    let by_name = CustSrch {
        srch_msg_rq_hdr: SrchMsgRqHdr {
            jxchange_hdr: header(),
            max_rec: 10.into(),
            ..SrchMsgRqHdr::default()
        },
        person_name: Some(Box::new(PersonName {
            com_name: Some(NAME.into()),
            ..PersonName::default()
        })),
        ..CustSrch::default()
    };
    witness.debug("a typed search", &by_name);
    let found = client.call(&by_name).send().await.expect("the customer");
    witness.debug("a typed response", &found);
    let text = encode(&found).expect("it can be written");
    assert!(text.contains(PHONE), "no response carried the telephone");

    let parts = ["x_TaxDetail", "x_BusDetail"];
    let inquiry = CustInq {
        msg_rq_hdr: MsgRqHdr {
            jxchange_hdr: header(),
            ..MsgRqHdr::default()
        },
        cust_id: Some(CUSTOMER.into()),
        inc_xtend_elem_array: Some(Box::new(IncXtendElem {
            inc_xtend_elem_info: parts
                .iter()
                .map(|part| IncXtendElemInfo {
                    xtend_elem: Some((*part).into()),
                    ..IncXtendElemInfo::default()
                })
                .collect(),
            ..IncXtendElem::default()
        })),
        ..CustInq::default()
    };
    let found = client.call(&inquiry).send().await.expect("the customer");
    witness.debug("a customer", &found);

    let error = client.call(&acct_srch(STRANGER, 1, None)).send().await;
    let error = error.expect_err("no such customer");
    let records = error
        .fault()
        .and_then(|fault| fault.fault_rec_info_array.as_ref());
    let value = &records.expect("records").fault_msg_rec[0].err_elem_val;
    assert_eq!(value.as_ref().map(|value| value.as_str()), Some(STRANGER));
    call_error(witness, "a declared fault", &error);

    let transfer = xfer_add(ACCOUNT, "0000000010017", 1);
    witness.debug("a transfer", &transfer);
    let done = client.call(&transfer).send().await.expect("enough money");
    witness.debug("a transfer's response", &done);
    world.sandbox.revoke_tokens();
    let again = client.call(&search).send().await;
    again.expect("after a 401, under another token");

    let unwritable = acct_srch("CANARYCUST/0+7\u{1}", 1, None);
    let error = client.call(&unwritable).send().await;
    call_error(
        witness,
        "an unwritable request",
        &error.expect_err("refused"),
    );

    let printed = printed.lock().expect("no panic");
    assert!(printed.iter().any(|text| text.contains("authorization")));
    for text in printed.iter() {
        witness.display("a request or response that a transport prints", text);
    }
}

/// Answers that hold customers' values at the place where they cannot be read, or repeat the request.
fn odd_answers() -> Vec<Reply> {
    const NS: &str = "http://jackhenry.com/jxchange/TPG/2008";
    let answer = |head, body: String| Reply::Answer(head, body.into_bytes());
    let response = |inner: &str| {
        envelope(
            "",
            &format!("<AcctSrchResponse xmlns=\"{NS}\">{inner}</AcctSrchResponse>"),
        )
    };
    let header = |inner: &str| response(&format!("<SrchMsgRsHdr>{inner}</SrchMsgRsHdr>"));
    let good = header(&format!("<SentRec>{ANSWERED}</SentRec>"));
    vec![
        answer(XML, good.clone()),
        answer(
            XML,
            header(&format!("<SentRec><b>{ANSWERED}</b></SentRec>")),
        ),
        answer(
            XML,
            header(&format!("<MoreRec a=\"{ANSWERED}\">&{ANSWERED};</MoreRec>")),
        ),
        answer(
            XML,
            response(&format!(
                "<Unknown>{ANSWERED}</Unknown><CustId/><CustId>{ANSWERED}</CustId>"
            )),
        ),
        answer(XML, response(&format!("<x:y>{ANSWERED}</x:y>"))),
        answer(XML, good[..good.len() - 60].to_owned()),
        answer(
            XML,
            format!("<!DOCTYPE a [<!ENTITY b \"{ANSWERED}\">]>{good}"),
        ),
        answer(XML, envelope("", &format!("<Other>{ANSWERED}</Other>"))),
        answer(XML, ANSWERED.to_owned()),
        answer(HTML, format!("<html>{ANSWERED}</html>")),
        answer(JSON, format!("{{\"customer\":\"{ANSWERED}\"}}")),
        answer(
            "302 Found\r\nLocation: https://x.invalid/?canary-in-an-answer/7+",
            String::new(),
        ),
        answer(
            "401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"canary-in-an-answer/7+\"",
            ANSWERED.to_owned(),
        ),
        answer(
            FAULT,
            envelope(
                "",
                &format!(
                    "<s:Fault><faultcode>s:Client</faultcode><faultstring>{ANSWERED}</faultstring><detail>\
             <HdrFault xmlns=\"{NS}\"><FaultHdr/><FaultRecInfoArray><FaultMsgRec><ErrCode>1</ErrCode>\
             <ErrCat>Error</ErrCat><ErrDesc>{ANSWERED}</ErrDesc><ErrElemVal>{ANSWERED}</ErrElemVal>\
             </FaultMsgRec></FaultRecInfoArray></HdrFault><d>{ANSWERED}</d></detail></s:Fault>"
                ),
            ),
        ),
        answer(
            FAULT,
            envelope(
                "",
                &format!(
                    "<s:Fault><faultcode>s:Client</faultcode><faultstring>{ANSWERED}</faultstring><detail>\
             <HdrFault xmlns=\"{NS}\"><FaultHdr><InstRtId><b>{ANSWERED}</b></InstRtId></FaultHdr>\
             </HdrFault></detail></s:Fault>"
                ),
            ),
        ),
        Reply::Echo(XML, "", ""),
        Reply::Echo(HTML, "<html>", "</html>"),
        Reply::Echo(JSON, "", ""),
        Reply::Break("200 OK\r\nX-Customer: canary-in-an-answer/7+"),
        Reply::Close,
        Reply::Silence,
    ]
}

pub(crate) async fn odd(world: &World, witness: &mut Witness) {
    for (number, reply) in odd_answers().into_iter().enumerate() {
        let name = format!("odd answer {number}");
        let silent = matches!(reply, Reply::Silence);
        let gateway = Scripted::start(vec![reply]).await;
        let profile = world.profile_at(&gateway);
        let source = connect::token_source(&profile).expect("a usable key");
        let mut plan = connect::plan(&profile, Arc::new(source)).expect("state oauth");
        if silent {
            plan.total = Duration::from_millis(500);
        }
        let transport = EgressTransport::new(Default::default()).expect("TLS roots");
        let url = gateway.url().parse().expect("an address");
        let client = Client::new(url, stack::typed(plan, transport));
        match client
            .call(&acct_srch(CUSTOMER, 1, None))
            .send_decoded()
            .await
        {
            Ok(found) => {
                witness.debug(&name, &found);
                witness.debug(&name, &found.warnings());
            }
            Err(error) => call_error(witness, &name, &error),
        }
        if let Err(error) = client.call(&xfer_add(ACCOUNT, ACCOUNT, 1)).send().await {
            call_error(witness, &name, &error);
        }
        assert!(silent || gateway.arrivals().len() >= 2, "{name}");
    }
}

/// Token endpoints that lie, fail, or repeat the assertion.
pub(crate) async fn of_the_token_endpoint(world: &mut World, witness: &mut Witness) {
    let json = |text: String| Reply::Answer(JSON, text.into_bytes());
    let endpoint = Scripted::start(vec![
        json(format!(
            "{{\"access_token\":\"{GIVEN_TOKEN}\",\"token_type\":\"mac\"}}"
        )),
        json(format!(
            "{{\"access_token\":\"{GIVEN_TOKEN}\",\"token_type\":\"Bearer\",\"expires_in\":-1}}"
        )),
        json(format!(
            "{{\"access_token\":\"{GIVEN_TOKEN}\\n\",\"token_type\":\"Bearer\"}}"
        )),
        json(format!(
            "{{\"access_token\":[\"{GIVEN_TOKEN}\"],\"token_type\":\"Bearer\"}}"
        )),
        json(format!("\"{GIVEN_TOKEN}\"")),
        Reply::Answer(HTML, format!("<html>{GIVEN_TOKEN}</html>").into_bytes()),
        Reply::Echo(JSON, "", ""),
        Reply::Echo(HTML, "<html>", "</html>"),
        Reply::Echo(
            BAD_REQUEST,
            "{\"error\":\"invalid_client\",\"error_description\":\"",
            "\"}",
        ),
        Reply::Echo(BAD_REQUEST, "{\"error\":\"", "\"}"),
        Reply::Echo("401 Unauthorized", "", ""),
        Reply::Echo("500 Internal Server Error", "", ""),
        Reply::Answer(
            "302 Found\r\nLocation: https://x.invalid/?canary-given-token/7+",
            Vec::new(),
        ),
        Reply::Close,
    ])
    .await;
    let old = world.sandbox.token_endpoint();
    let profile = world.profile_with(&old, endpoint.url());
    let replies = 14;
    for number in 0..replies {
        // A cache each and no budget: a client that was refused would rest before it asks again.
        let source = connect::token_source_with(&profile, CacheSettings::default());
        let source = source.expect("a usable key");
        let error = source.token().await.expect_err("no token");
        let name = format!("token answer {number}");
        witness.error(&name, &error);
        witness.debug(&name, &source);
        witness.debug(&name, &source.state());
        let stack = connect::typed(&profile).expect("a usable profile");
        witness.debug("a stack", &stack);
    }
    let arrivals = endpoint.arrivals();
    assert_eq!(arrivals.len(), replies);
    for arrival in arrivals {
        let form = String::from_utf8(arrival.body).expect("a form");
        let assertion = form
            .split('&')
            .find_map(|pair| pair.strip_prefix("client_assertion="))
            .expect("an assertion");
        let (_, signature) = assertion.rsplit_once('.').expect("a JWS");
        world.watch("an assertion", assertion);
        world.watch("an assertion's signature", signature);
        world.watch("any assertion", &assertion[..20]);
    }
}
