//! What a call takes beside what it reads and writes.

use std::sync::Arc;
use std::time::Duration;

use castile_auth::ports::{BoxFuture, Sleep};
use castile_auth::{AccessToken, TokenSource};
use castile_http::stack::{Plan, typed};
use castile_http::{Body, Error, Institution, OsRandom, RetryPolicy, SoapTransport};
use castile_jx::inquiry::{AcctHistSrch, AcctHistSrchResponse};
use http::{HeaderValue, Request, Response};

use crate::{Client, Header};

/// Answers with eight records, at once.
struct Answering(bytes::Bytes);

impl SoapTransport for Answering {
    type Error = Error;

    async fn send(&self, _: Request<Body>) -> Result<Response<Body>, Error> {
        let mut answer = Response::new(Body::whole(self.0.clone()));
        let media_type = HeaderValue::from_static("text/xml; charset=utf-8");
        answer.headers_mut().insert("content-type", media_type);
        Ok(answer)
    }
}

struct Fixed(AccessToken);

impl TokenSource for Fixed {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, castile_auth::Error>> {
        Box::pin(async { Ok(self.0.clone()) })
    }

    fn reject(&self, _: &AccessToken) {}
}

struct Never;

impl Sleep for Never {
    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

fn answer() -> bytes::Bytes {
    let record = "<AcctHistSrchRec><DepHistSrchRec><TrnCodeCode>183</TrnCodeCode><TrnCodeDesc>A fee</TrnCodeDesc>\
        <PostDt>2024-02-29</PostDt><Amt>12.50</Amt><TrnType>D</TrnType><AffCode>B</AffCode></DepHistSrchRec>\
        </AcctHistSrchRec>";
    let answer = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><AcctHistSrchResponse \
         xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><SrchMsgRsHdr><jXchangeHdr><AuditUsrId>u</AuditUsrId>\
         <AuditWsId>w</AuditWsId></jXchangeHdr></SrchMsgRsHdr><AcctHistSrchRecArray>{}</AcctHistSrchRecArray>\
         </AcctHistSrchResponse></s:Body></s:Envelope>",
        record.repeat(8)
    );
    answer.into()
}

#[test]
fn a_typed_call_takes_a_small_future_and_few_allocations() {
    let token = AccessToken::new(String::from("token").into(), 1, None);
    let url = "https://gateway.example".parse().unwrap();
    let mut plan = Plan::new(&url, Arc::new(Fixed(token)), Arc::new(Never)).unwrap();
    plan.institution = Some(Arc::new(Institution::new("bank", "011001276", "TEST")));
    plan.retry = Some(RetryPolicy::new(Arc::new(OsRandom)));
    let header = Header::empty()
        .with("InstRtId", "011001276")
        .with("InstEnv", "TEST")
        .with_tracking(Arc::new(OsRandom));
    let url = "https://gateway.example/Inquiry.svc".parse().unwrap();
    let client = Client::new(url, typed(plan, Answering(answer()))).with_header(header);
    let mut request = AcctHistSrch::default();
    request.srch_msg_rq_hdr.max_rec = 100.into();
    request.srch_msg_rq_hdr.jxchange_hdr.audit_usr_id = "u".into();
    request.srch_msg_rq_hdr.jxchange_hdr.audit_ws_id = "w".into();
    request.in_acct_id = Some(Box::default());
    if let Some(account) = &mut request.in_acct_id {
        (account.acct_id, account.acct_type) = ("1".into(), "D".into());
    }

    let future = client.call(&request).send();
    assert!(size_of_val(&future) <= 64, "{}", size_of_val(&future));
    drop(future);

    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.unwrap();
    let records = |answer: AcctHistSrchResponse| {
        let array = answer.acct_hist_srch_rec_array;
        assert_eq!(array.map(|array| array.acct_hist_srch_rec.len()), Some(8));
    };
    // The first draws ids and makes what is made once.
    records(runtime.block_on(client.call(&request).send()).unwrap());
    let used = allocation_counter::measure(|| {
        records(runtime.block_on(client.call(&request).send()).unwrap());
    });
    // 8 of them are records in boxes; metrics, where the feature is on, take a dozen.
    assert!(used.count_total <= 80, "{} allocations", used.count_total);
    assert!(used.bytes_max <= 16 * 1024, "{} bytes", used.bytes_max);
    assert_eq!(used.count_current, 0, "what a call took is given back");
}
