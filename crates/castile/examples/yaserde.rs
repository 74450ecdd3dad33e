//! A program whose messages an older generator typed for yaserde moves to OAuth and keeps its types.

use castile::http::{Config, SoapTransport};
use castile::{Client, YaserdeError};
use yaserde::{YaDeserialize, YaSerialize};

/// As older generators write it.
#[derive(Debug, Default, PartialEq, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "j",
    namespaces = {"j" = "http://jackhenry.com/jxchange/TPG/2008"},
    rename = "Ping"
)]
struct Ping {
    #[yaserde(prefix = "j", rename = "PingRq")]
    request: String,
}

#[derive(Debug, Default, PartialEq, YaSerialize, YaDeserialize)]
#[yaserde(
    prefix = "j",
    namespaces = {"j" = "http://jackhenry.com/jxchange/TPG/2008"},
    rename = "PingResponse"
)]
struct PingResponse {
    #[yaserde(prefix = "j", rename = "PingRs")]
    response: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let profile = Config::discover()?.profile("first-bank-test")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let answer = runtime.block_on(async {
        let client = Client::connect(&profile)?;
        Ok::<_, Box<dyn std::error::Error>>(ping(&client, "hello").await?)
    })?;
    println!("{}", answer.response);
    Ok(())
}

async fn ping<T>(client: &Client<T>, text: &str) -> Result<PingResponse, YaserdeError>
where
    T: SoapTransport<Error = castile::http::Error>,
{
    let request = Ping {
        request: text.to_owned(),
    };
    // The line: it was a post of a whole envelope with a password in it.
    client
        .call_yaserde("http://jackhenry.com/ws/Ping", &request)
        .await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use std::sync::Mutex;

    use castile::http::{Body, Effect, Error};
    use http::{Request, Response};

    use super::*;

    /// Gives one answer and keeps what was asked.
    struct Gateway {
        answer: (u16, &'static str),
        asked: Mutex<Vec<(Effect, String)>>,
    }

    impl SoapTransport for Gateway {
        type Error = Error;

        async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
            assert_eq!(
                request.headers()["soapaction"],
                "\"http://jackhenry.com/ws/Ping\""
            );
            let effect = Effect::of(&request);
            let body = request.into_body().bytes_up_to(10_000).await?;
            let body = String::from_utf8(body.to_vec()).unwrap();
            self.asked.lock().unwrap().push((effect, body));
            let (status, text) = self.answer;
            let answer = Response::builder()
                .status(status)
                .header("content-type", "text/xml");
            Ok(answer.body(Body::whole(text)).unwrap())
        }
    }

    fn gateway(status: u16, answer: &'static str) -> Client<Gateway> {
        let gateway = Gateway {
            answer: (status, answer),
            asked: Mutex::default(),
        };
        Client::new("https://gateway.example/svc".parse().unwrap(), gateway)
    }

    #[tokio::test]
    async fn yaserde_types_go_out_and_come_back_whatever_prefixes_the_answer_has() {
        let client = gateway(
            200,
            "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' \
             xmlns:t='http://jackhenry.com/jxchange/TPG/2008'><s:Body><t:PingResponse><t:PingRs>back</t:PingRs>\
             </t:PingResponse></s:Body></s:Envelope>",
        );
        let answer = ping(&client, "a < b").await.unwrap();
        assert_eq!(answer.response, "back");
    }

    #[tokio::test]
    async fn faults_and_pages_are_errors_that_show_no_value() {
        let fault = gateway(
            500,
            "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><s:Fault>\
             <faultcode>FailedAuthentication</faultcode><faultstring>canary</faultstring></s:Fault></s:Body></s:Envelope>",
        );
        let error = ping(&fault, "x").await.unwrap_err();
        assert_eq!(error.code(), "gateway-failed-authentication");
        assert!(!format!("{error} {error:?}").contains("canary"));
        let page = gateway(403, "");
        assert_eq!(
            ping(&page, "x").await.unwrap_err().code(),
            "gateway-forbidden"
        );
        let other = gateway(
            200,
            "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><X>canary</X></s:Body></s:Envelope>",
        );
        let error = ping(&other, "x").await.unwrap_err();
        assert_eq!(error.code(), "yaserde-read");
        assert!(!format!("{error} {error:?}").contains("canary"));
        assert!(!error.outcome_unknown(), "a Ping changes nothing");
    }
}
