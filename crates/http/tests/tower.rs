//! The stack as a tower layer around a service that is no transport of ours.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use castile_auth::ports::BoxFuture;
use castile_auth::{AccessToken, Error, TokenSource};
use castile_http::stack::Plan;
use castile_http::tower::{RawLayer, TypedLayer};
use castile_http::{Body, Effect, TokioSleep};
use http::{Request, Response};
use tower_layer::Layer as _;
use tower_service::Service;

#[derive(Clone, Default)]
struct Echo(Arc<Mutex<Vec<String>>>);

impl Service<Request<Body>> for Echo {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let value = request.headers()["authorization"].to_str().unwrap();
        self.0.lock().unwrap().push(value.to_owned());
        ready(Ok(Response::new(request.into_body())))
    }
}

struct Fixed;

impl TokenSource for Fixed {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Error>> {
        Box::pin(async { Ok(AccessToken::new(String::from("t").into(), 1, None)) })
    }

    fn reject(&self, _: &AccessToken) {}
}

const OLD: &str = "<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Header><w:Security \
    xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\"/></Header>\
    <Body/></Envelope>";

#[tokio::test]
async fn a_layer_puts_the_stack_around_any_service() {
    let url = "https://gateway.example/svc".parse().unwrap();
    let plan = Plan::new(&url, Arc::new(Fixed), Arc::new(TokioSleep)).unwrap();
    let echo = Echo::default();
    let request = || {
        Request::post("https://gateway.example/svc")
            .body(Body::whole(OLD))
            .unwrap()
    };

    let answer = TypedLayer(plan.clone())
        .layer(echo.clone())
        .call(request())
        .await
        .unwrap();
    assert_eq!(answer.into_body().bytes(Effect::Read).await.unwrap(), OLD);
    let answer = RawLayer(plan)
        .layer(echo.clone())
        .call(request())
        .await
        .unwrap();
    let cut = answer.into_body().bytes(Effect::Read).await.unwrap();
    assert!(!cut.is_empty() && !cut.windows(8).any(|window| window == b"Security"));
    assert_eq!(*echo.0.lock().unwrap(), ["Bearer t", "Bearer t"]);
}
