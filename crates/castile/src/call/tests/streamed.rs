//! What the journal has of a write whose answer's attachments are read as they come.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use castile_http::journal::WriteLog;
use castile_http::{Body, Classify, Effect, Effects, Error, Journaled, SoapTransport};
use castile_jx::inquiry::Ping;
use futures_util::stream;
use http::{HeaderValue, Request, Response, Uri};
use http_body::Frame;
use http_body_util::StreamBody;

use super::Log;
use crate::Client;

const ANSWER: &str = "--b\r\nContent-Type: application/xop+xml\r\n\r\n\
    <s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
    <PingResponse xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"/></s:Body></s:Envelope>\r\n\
    --b\r\nContent-ID: <1>\r\n\r\n0123456789\r\n--b--\r\n";

/// Answers with so many bytes of the answer, in small chunks.
struct Beginning(usize);

impl SoapTransport for Beginning {
    type Error = Error;

    async fn send(&self, _: Request<Body>) -> Result<Response<Body>, Error> {
        let chunks = ANSWER.as_bytes()[..self.0].chunks(7);
        let chunks = chunks.map(|chunk| Ok::<_, Infallible>(Frame::data(Bytes::from(chunk))));
        let body = Body::stream(StreamBody::new(stream::iter(chunks)));
        let mut answer = Response::new(body);
        let media_type = "multipart/related; boundary=b; type=\"application/xop+xml\"";
        let media_type = HeaderValue::from_static(media_type);
        answer.headers_mut().insert("content-type", media_type);
        Ok(answer)
    }
}

/// What was said last of a write when its response was there, and of the whole.
async fn said(length: usize, is_read: bool) -> (String, String) {
    let mut effects = Effects::default();
    effects.set("Ping", Effect::Write);
    let log = Arc::new(Log::default());
    let noted: Arc<dyn WriteLog> = Arc::clone(&log) as _;
    let transport = Journaled::new(Beginning(length), Some(noted), None);
    let transport = Classify::new(transport, Arc::new(effects));
    let client = Client::new(Uri::from_static("https://gateway.example/svc"), transport);
    let last = || log.0.lock().unwrap().last().unwrap().clone();
    let request = Ping::default();
    let answer = client.call(&request).unchecked().send_attached().await;
    let begun = last();
    if is_read {
        let mut parts = answer.unwrap().parts;
        let is_whole = loop {
            match parts.next().await {
                Ok(Some(_)) => {}
                Ok(None) => break true,
                Err(error) => {
                    assert!(error.outcome_unknown());
                    break false;
                }
            }
        };
        assert_eq!(is_whole, length == ANSWER.len());
    }
    (begun, last())
}

#[tokio::test]
async fn a_write_is_done_by_its_response_and_open_again_when_the_answer_breaks_off() {
    let expected = |begun: &str, ended: &str| (begun.to_owned(), ended.to_owned());
    assert_eq!(said(ANSWER.len(), true).await, expected("done", "done"));
    assert_eq!(said(ANSWER.len(), false).await, expected("done", "done"));
    let cut = ANSWER.len() - 8;
    assert_eq!(said(cut, true).await, expected("done", "open"));
    // Not even the response came.
    assert_eq!(said(100, false).await, expected("open", "open"));
}
