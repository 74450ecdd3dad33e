//! The traits of the house can be implemented and used as `HOUSE` draws them.

use std::convert::Infallible;

use castile::auth::ports::BoxFuture;
use castile::auth::{AccessToken, Error, TokenSource};
use castile::http::{Body, Effect, SoapTransport};
use castile::model::{Ext, Message, NoFault, Operation, elements};
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
