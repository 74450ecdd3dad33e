//! What the typed client says of writes to the layers below it.

mod passes;
mod size;
mod streamed;

use std::sync::{Arc, Mutex};

use castile_auth::ports::BoxFuture;
use castile_http::journal::{EntryId, Note, Outcome, WriteLog};
use castile_http::{
    Body, Classify, Effect, Effects, Error, JournalError, Journaled, SoapTransport,
};
use castile_jx::inquiry::Ping;
use http::{Request, Response};

use crate::Client;

/// Answers with something that the contract does not declare.
struct Other;

impl SoapTransport for Other {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        assert_eq!(Effect::of(&request), Effect::Write);
        let answer = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><Other/></s:Body>\
            </s:Envelope>";
        let mut answer = Response::new(Body::whole(answer));
        let media_type = http::HeaderValue::from_static("text/xml");
        answer.headers_mut().insert("content-type", media_type);
        Ok(answer)
    }
}

#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl WriteLog for Log {
    fn begin(&self, note: Note) -> BoxFuture<'_, Result<EntryId, JournalError>> {
        let operation = format!("{:?}/{:?}", note.service, note.operation);
        self.0.lock().unwrap().push(operation);
        Box::pin(async { Ok(EntryId::new(1, 1)) })
    }

    fn end(&self, _: EntryId, outcome: Outcome, _: Option<&'static str>) {
        self.0.lock().unwrap().push(outcome.as_str().to_owned());
    }
}

#[tokio::test]
async fn a_configured_write_counts_as_one_and_the_contract_has_the_last_word_on_its_outcome() {
    let mut effects = Effects::default();
    effects.set("Ping", Effect::Write);
    let log = Arc::new(Log::default());
    let noted: Arc<dyn WriteLog> = Arc::clone(&log) as _;
    let transport = Classify::new(Journaled::new(Other, Some(noted), None), Arc::new(effects));
    let url = http::Uri::from_static("https://gateway.example/svc");
    let client = Client::new(url, transport);
    let error = client.call(&Ping::default()).unchecked().send().await;
    assert!(error.unwrap_err().outcome_unknown());
    let said = log.0.lock().unwrap().clone();
    let expected = ["Some(\"Inquiry\")/Some(\"Ping\")", "done", "open"];
    assert_eq!(said, expected);
}
