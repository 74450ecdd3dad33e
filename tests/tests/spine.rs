//! The traits of the house can be implemented and used as `HOUSE` draws them.

use std::convert::Infallible;

use castile::auth::ports::BoxFuture;
use castile::auth::{AccessToken, Error, TokenSource};
use castile::http::{Body, Effect, SoapTransport};
use castile::model::{
    DecodeError, Detail, EmptyBody, Ext, Field, Message, NoFault, Operation, Particle, Raw, Reader,
    Scope, Soap, Writer, elements,
};
use http::{Request, Response};

struct Echo;

impl SoapTransport for Echo {
    type Error = Infallible;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Infallible> {
        Ok(Response::new(request.into_body()))
    }
}

#[derive(Default)]
struct Ping {
    ext: Ext,
}

elements! { Ping: }

impl Message for Ping {
    const NAMESPACE: &'static str = "http://jackhenry.com/jxchange/TPG/2008";
    const ELEMENT: &'static str = "Ping";
}

impl Operation for Ping {
    const NAME: &'static str = "Ping";
    const ACTION: &'static str = "http://jackhenry.com/ws/Ping";
    const SERVICE: &'static str = "Inquiry";
    const EFFECT: castile::model::Effect = castile::model::Effect::Read;
    type Response = Self;
    type Fault = NoFault;
}

struct Fixed(AccessToken);

impl TokenSource for Fixed {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Error>> {
        Box::pin(async { Ok(self.0.clone()) })
    }

    fn reject(&self, _: &AccessToken) {}
}

#[tokio::test]
async fn a_transport_carries_a_whole_body_and_its_effect() {
    let mut request = Request::new(Body::whole("soap"));
    assert_eq!(Effect::of(&request), Effect::Unknown);
    request.extensions_mut().insert(Effect::Read);
    assert_eq!(Effect::of(&request), Effect::Read);

    let response = Echo.send(request).await.expect("infallible");
    assert_eq!(
        response.body().as_whole().map(|bytes| &bytes[..]),
        Some(&b"soap"[..])
    );
}

#[tokio::test]
async fn a_token_source_is_object_safe_and_its_token_never_prints() {
    let source: Box<dyn TokenSource> = Box::new(Fixed(AccessToken::new(
        String::from("sesame").into(),
        7,
        None,
    )));
    let token = source.token().await.expect("fixed");
    assert_eq!(token.reveal(), "sesame");
    assert!(!format!("{token:?}").contains("sesame"));
}

#[test]
fn an_operation_is_known_by_its_request_type() {
    fn name_of<O: Operation>(_: &O) -> (&'static str, &'static str) {
        (O::SERVICE, O::NAME)
    }
    assert_eq!(name_of(&Ping::default()), ("Inquiry", "Ping"));
}

/// Says one thing to every request and remembers the last.
#[derive(Clone)]
struct Scripted {
    status: u16,
    answer: &'static str,
    asked: std::sync::Arc<std::sync::Mutex<Option<(http::HeaderMap, String)>>>,
}

impl Scripted {
    fn new(status: u16, answer: &'static str) -> Self {
        Self {
            status,
            answer,
            asked: std::sync::Arc::default(),
        }
    }

    fn asked(&self) -> (http::HeaderMap, String) {
        self.asked
            .lock()
            .expect("one thread")
            .take()
            .expect("a request")
    }
}

impl SoapTransport for Scripted {
    type Error = castile::http::Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Self::Error> {
        let (head, body) = request.into_parts();
        let body = body.as_whole().expect("typed requests are whole");
        let body = String::from_utf8_lossy(body).into_owned();
        *self.asked.lock().expect("one thread") = Some((head.headers, body));
        let mut response = Response::new(Body::whole(self.answer));
        *response.status_mut() = http::StatusCode::from_u16(self.status).expect("a status");
        if !self.answer.is_empty() {
            let xml = http::HeaderValue::from_static("application/soap+xml");
            response
                .headers_mut()
                .insert(http::header::CONTENT_TYPE, xml);
        }
        Ok(response)
    }
}

/// A request without element over SOAP 1.2, answered by nothing or by one of two faults.
#[derive(Debug, Default)]
struct Touch {
    ext: Ext,
}

elements! { Touch: }

impl Message for Touch {
    const NAMESPACE: &'static str = "";
    const ELEMENT: &'static str = "";
}

#[derive(Debug, PartialEq)]
enum TouchFault {
    Quota(Box<Quota>),
    Other(Raw),
}

impl Detail for TouchFault {
    fn read_detail(element: &[u8], scope: &Scope) -> Result<Option<Self>, DecodeError> {
        if let Some(quota) = Quota::read_detail(element, scope)? {
            return Ok(Some(Self::Quota(Box::new(quota))));
        }
        Ok(Raw::read_detail(element, scope)?.map(Self::Other))
    }

    fn is_declared(&self) -> bool {
        !matches!(self, Self::Other(_))
    }
}

impl Operation for Touch {
    const NAME: &'static str = "Touch";
    const ACTION: &'static str = "urn:test/Touch";
    const SERVICE: &'static str = "Test";
    const EFFECT: castile::model::Effect = castile::model::Effect::Unknown;
    const SOAP: Soap = Soap::V1_2;
    const ONE_WAY: bool = true;
    type Response = EmptyBody;
    type Fault = TouchFault;
}

/// A message that is a number.
#[derive(Debug, Clone, Default, PartialEq)]
struct Quota {
    value: Field<i32>,
    ext: Ext,
}

elements! { Quota: }

impl Message for Quota {
    const NAMESPACE: &'static str = "urn:test";
    const ELEMENT: &'static str = "Quota";

    fn read_root(&mut self, r: &mut Reader<'_>) {
        self.value.fill(r);
    }

    fn write_root(&self, w: &mut Writer) {
        w.value(Self::ELEMENT, &self.value);
    }
}

#[tokio::test]
async fn header_blocks_and_empty_bodies_go_and_come_over_soap_1_2() {
    let url: http::Uri = "https://example.invalid/".parse().expect("an address");
    let quota = Quota {
        value: 7.into(),
        ..Default::default()
    };
    let transport = Scripted::new(202, "");
    let client = castile::Client::new(url.clone(), transport.clone());
    let block = Raw::of(&quota).expect("it can be written");
    let reply = client
        .call(&Touch::default())
        .header(block)
        .send_whole()
        .await;
    assert!(reply.expect("nothing is an answer").headers.is_empty());
    let (headers, body) = transport.asked();
    assert_eq!(
        headers[http::header::CONTENT_TYPE],
        "application/soap+xml; charset=utf-8; action=\"urn:test/Touch\""
    );
    assert!(
        body.contains("\"http://www.w3.org/2003/05/soap-envelope\""),
        "{body}"
    );
    let blocks =
        "<soap:Header><Quota xmlns=\"urn:test\">7</Quota></soap:Header><soap:Body></soap:Body>";
    assert!(body.contains(blocks), "{body}");

    let answer = "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' xmlns:t='urn:test'>\
        <s:Header><t:Quota>9</t:Quota><t:More/></s:Header><s:Body/></s:Envelope>";
    let client = castile::Client::new(url.clone(), Scripted::new(200, answer));
    let reply = client
        .call(&Touch::default())
        .send_whole()
        .await
        .expect("an empty body");
    let read = reply
        .headers
        .iter()
        .map(|block| block.read::<Quota>().expect("a number"));
    let read: Vec<_> = read
        .map(|quota| quota.map(|quota| quota.value.value().copied()))
        .collect();
    assert_eq!(read, [Some(Some(9)), None]);

    let fault = |detail: &str| {
        let text = format!(
            "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' xmlns:t='urn:test'><s:Body><s:Fault>\
             <s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang='en'>no</s:Text></s:Reason>\
             <s:Detail>{detail}</s:Detail></s:Fault></s:Body></s:Envelope>"
        );
        &*text.leak()
    };
    let cases = [
        ("<t:Else/><t:Quota>3</t:Quota>", true),
        ("<t:Else/>", false),
    ];
    for (detail, is_declared) in cases {
        let client = castile::Client::new(url.clone(), Scripted::new(500, fault(detail)));
        let error = client
            .call(&Touch::default())
            .send()
            .await
            .expect_err("a fault");
        // What the contract does not declare says nothing about what was done.
        assert_eq!(error.outcome_unknown(), !is_declared, "{detail}");
        let found = error.fault().expect("a detail");
        assert_eq!(
            matches!(found, TouchFault::Quota(_)),
            is_declared,
            "{detail}"
        );
    }
}
