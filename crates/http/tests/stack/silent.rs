//! No secret and no customer value in any log at TRACE, any `Debug` or any error.

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use castile_http::{Body, Effect, SoapTransport as _, connect, stack};
use http::Request;
use tracing_subscriber::fmt::MakeWriter;

use crate::bank::{profile, provider};
use crate::peer::{Peer, Reply, ok};
use crate::tokens::{Tokens, plan};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const OLD: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>\
    <w:Security xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">\
    <w:UsernameToken><w:Password>password-canary</w:Password></w:UsernameToken></w:Security></s:Header>\
    <s:Body><AcctId>account-canary</AcctId></s:Body></s:Envelope>";

#[tokio::test]
async fn nothing_prints_a_secret_or_a_customer_value() {
    let log = Log::default();
    // For the whole process, and for the `log` records of the libraries below: the tests beside this one add theirs.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .init();
    let mut printed = String::new();
    let folder = tempfile::tempdir().unwrap();
    let provider = provider().await;

    let gateway = Peer::replies(vec![
        Reply::Answer(
            "401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"canary\"",
            b"canary".to_vec(),
        ),
        ok(),
        Reply::Close,
        Reply::Answer("200 OK\r\nX: canary", b"answer-canary".to_vec()),
        Reply::Hang,
    ])
    .await;
    let profile = profile(&gateway, &provider, folder.path(), "oauth");
    let raw = connect::raw(&profile).unwrap();
    write!(printed, "{profile:?} {raw:?}").unwrap();
    for _ in 0..3 {
        let request = gateway.request_with(Effect::Read, Body::whole(OLD));
        write!(printed, "{:?}", request.body()).unwrap();
        match raw.send(request).await {
            Ok(answer) => write!(printed, "{:?}", answer.body()).unwrap(),
            Err(error) => write!(printed, "{error} {error:?}").unwrap(),
        }
    }
    for body in ["<!DOCTYPE canary>", "canary", "<canary/>"] {
        let request = gateway.request_with(Effect::Write, Body::whole(body));
        let error = raw.send(request).await.unwrap_err();
        write!(printed, "{error} {error:?}").unwrap();
    }
    let elsewhere = Request::post("http://127.0.0.1:1/canary?canary")
        .body(Body::whole(OLD))
        .unwrap();
    let error = raw.send(elsewhere).await.unwrap_err();
    write!(printed, "{error} {error:?}").unwrap();

    let mut plan = plan(&gateway, Arc::new(Tokens::default()));
    plan.total = Duration::from_millis(200);
    write!(printed, "{plan:?}").unwrap();
    let typed = stack::typed(
        plan,
        castile_http::EgressTransport::new(Default::default()).unwrap(),
    );
    let error = typed
        .send(gateway.request(Effect::Write))
        .await
        .unwrap_err();
    write!(printed, "{typed:?} {error} {error:?}").unwrap();

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for source in ["castile_http", "castile_auth", "hyper_util", "reqwest"] {
        assert!(log.contains(source), "the log of {source} is on: {log}");
    }
    for text in [&printed, &log] {
        let at = text
            .find("canary")
            .map(|at| &text[at.saturating_sub(200)..(at + 20).min(text.len())]);
        assert_eq!(at, None);
    }
}
