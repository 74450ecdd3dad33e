//! A program on reqwest-middleware that made envelopes with a password moves to OAuth by one line.

use std::sync::Arc;

use castile_http::middleware::RawMiddleware;
use castile_http::stack::Plan;
use castile_http::{Config, connect};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let profile = Config::discover()?.profile("first-bank-test")?;
    let (_, oauth) = profile.in_oauth()?;
    // The profile's own: its limits and journal, and no message for another institution.
    let plan = connect::plan(&profile, Arc::new(connect::token_source(&profile)?))?;
    let client = client(plan)?;
    let answer = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(ping(&client, oauth.url.as_str()))?;
    println!("{answer}");
    Ok(())
}

/// The client as the program had it.
fn client(plan: Plan) -> Result<ClientWithMiddleware, reqwest::Error> {
    let inner = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .build()?;
    Ok(ClientBuilder::new(inner)
        .with(RawMiddleware::new(plan)) // The line.
        .build())
}

/// A call as the program had it: a password in the message.
async fn ping(
    client: &ClientWithMiddleware,
    url: &str,
) -> Result<String, Box<dyn std::error::Error>> {
    let envelope = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header><o:Security \
        xmlns:o=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">\
        <o:UsernameToken><o:Username>me</o:Username><o:Password>secret</o:Password></o:UsernameToken>\
        </o:Security></s:Header><s:Body><Ping xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"/></s:Body></s:Envelope>";
    let answer = client
        .post(url)
        .header("content-type", "text/xml; charset=utf-8")
        .header("soapaction", "\"http://jackhenry.com/ws/Ping\"")
        .body(envelope)
        .send()
        .await?;
    Ok(answer.error_for_status()?.text().await?)
}

#[cfg(test)]
mod peer;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use castile_http::Error;

    use super::*;
    use crate::peer::{ELSEWHERE, Peer};

    #[tokio::test]
    async fn the_message_goes_out_under_a_token_and_without_its_password() {
        let peer = Peer::answering(&["200 OK"]).await;
        let client = client(peer.plan()).unwrap();
        let answer = ping(&client, peer.url.as_str()).await.unwrap();
        assert_eq!(answer, "<ok/>");
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
    async fn other_answers_come_as_they_are_and_a_refusal_is_an_error_of_the_middleware() {
        const EMPTY: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>";
        let peer = Peer::answering(&["503 No", "403 No"]).await;
        let client = client(peer.plan()).unwrap();
        let send = |url: &str| {
            let request = client.post(url).header("content-type", "text/xml");
            request.body(EMPTY).send()
        };
        for status in [503, 403] {
            let answer = send(peer.url.as_str()).await.unwrap();
            assert_eq!(answer.status().as_u16(), status);
            assert_eq!(answer.url(), &peer.url);
        }
        let elsewhere = send("http://127.0.0.1:1/").await;
        let reqwest_middleware::Error::Middleware(error) = elsewhere.unwrap_err() else {
            panic!("an error of the middleware");
        };
        assert_eq!(
            error.downcast_ref::<Error>().unwrap().code(),
            "origin-refused"
        );
        assert_eq!(peer.arrived().len(), 2);
    }

    #[tokio::test]
    async fn another_banks_message_does_not_leave() {
        let peer = Peer::answering(&["200 OK"]).await;
        let client = client(peer.plan()).unwrap();
        let request = client
            .post(peer.url.clone())
            .header("content-type", "text/xml")
            .header("soapaction", "\"http://jackhenry.com/ws/CustInq\"");
        let error = request.body(ELSEWHERE).send().await.unwrap_err();
        let reqwest_middleware::Error::Middleware(error) = error else {
            panic!("an error of the middleware");
        };
        let error = error.downcast_ref::<Error>().unwrap();
        assert_eq!(error.code(), "institution-other");
        assert!(peer.arrived().is_empty());
    }
}
