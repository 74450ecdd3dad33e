//! A program on tower and hyper that made envelopes with a password moves to OAuth by one layer.

use std::sync::Arc;

use castile_http::hyper::HyperTransport;
use castile_http::stack::Plan;
use castile_http::tower::{RawLayer, TransportService};
use castile_http::{Body, Config, Effect, Error, connect};
use http::{Request, Response};
use hyper_util::client::legacy::connect::HttpConnector;
use tower_layer::Layer as _;
use tower_service::Service;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let profile = Config::discover()?.profile("first-bank-test")?;
    let (_, oauth) = profile.in_oauth()?;
    // The profile's own: its limits and journal, and no message for another institution.
    let plan = connect::plan(&profile, Arc::new(connect::token_source(&profile)?))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut service = service(plan);
    let answer = runtime.block_on(service.call(request(oauth.url.as_str())?))?;
    println!("{}", answer.status());
    Ok(())
}

/// The program's own service (here hyper without TLS, for loopback), with the layer around it.
fn service(plan: Plan) -> impl Service<Request<Body>, Response = Response<Body>, Error = Error> {
    let client = TransportService::new(HyperTransport::new(HttpConnector::new()));
    RawLayer(plan).layer(client) // The line.
}

/// A request as the program had it: a password in the message.
fn request(url: &str) -> Result<Request<Body>, http::Error> {
    let envelope = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header><o:Security \
        xmlns:o=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">\
        <o:UsernameToken><o:Username>me</o:Username><o:Password>secret</o:Password></o:UsernameToken>\
        </o:Security></s:Header><s:Body><Ping xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"/></s:Body></s:Envelope>";
    Request::post(url)
        .header("content-type", "text/xml; charset=utf-8")
        .header("soapaction", "\"http://jackhenry.com/ws/Ping\"")
        .extension(Effect::Read)
        .body(Body::whole(envelope))
}

#[cfg(test)]
mod peer;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use url::Url;

    use super::*;
    use crate::peer::{ELSEWHERE, Peer, plan};

    #[tokio::test]
    async fn the_message_goes_out_under_a_token_and_without_its_password() {
        let peer = Peer::answering(&["200 OK"]).await;
        let mut service = service(peer.plan());
        let request = request(peer.url.as_str()).unwrap();
        let answer = service.call(request).await.unwrap();
        assert_eq!(
            answer.into_body().bytes(Effect::Read).await.unwrap(),
            "<ok/>"
        );
        let [arrived] = &peer.arrived()[..] else {
            panic!("one request");
        };
        assert!(
            arrived.contains("authorization: Bearer token\r\n"),
            "{arrived}"
        );
        assert!(
            arrived.contains("<Ping") && !arrived.contains("secret"),
            "{arrived}"
        );
    }

    #[tokio::test]
    async fn a_gateway_that_is_not_there_leaves_nothing_open() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url: Url = format!("http://{}/svc", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        drop(listener);
        let mut service = service(plan(&url));
        let mut request = request(url.as_str()).unwrap();
        request.extensions_mut().insert(Effect::Write);
        let error = service.call(request).await.unwrap_err();
        assert_eq!(error.code(), "gateway-unreachable");
        assert!(!error.outcome_unknown());
    }

    #[tokio::test]
    async fn another_banks_message_does_not_leave() {
        let peer = Peer::answering(&["200 OK"]).await;
        let mut service = service(peer.plan());
        let request = request(peer.url.as_str()).unwrap();
        let request = request.map(|_| Body::whole(ELSEWHERE));
        let error = service.call(request).await.unwrap_err();
        assert_eq!(error.code(), "institution-other");
        assert!(peer.arrived().is_empty());
    }
}
