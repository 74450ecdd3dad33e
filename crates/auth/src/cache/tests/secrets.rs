//! No secret leaves through Debug, Display or tracing.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;

use super::fakes::{Answer, CANARY, Stage};
use crate::TokenSource;

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_is_printed_or_logged_at_trace() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    // For all threads: a default of this thread alone misses events that other tests meet first.
    tracing::subscriber::set_global_default(subscriber).expect("the only one");

    let stage = Stage::new(600);
    let mut shown = String::new();
    let mut show = |text: String| shown.push_str(&(text + "\n"));

    // A server that repeats the whole request, assertion included, in its description.
    stage.server.will(Answer::Echo);
    let error = stage.cache.token().await.expect_err("refused");
    show(format!("{error} {error:?} {:?}", stage.cache.state()));
    stage.clock.advance(10.0);
    stage.server.will(Answer::Status(
        200,
        r#"{"access_token":"canary-token-x","token_type":"mac"}"#,
    ));
    let error = stage.cache.token().await.expect_err("no bearer");
    show(format!("{error} {error:?}"));
    stage.clock.advance(20.0);
    let token = stage.cache.token().await.expect("a token");
    show(format!("{token:?} {:?}", stage.cache));
    stage.cache.reject(&token);

    let logged = String::from_utf8(log.0.lock().unwrap().clone()).expect("text");
    for expected in [
        "token request failed",
        "token-invalid-request",
        "token-answer-type",
        "access token fetched",
        "rejected",
    ] {
        assert!(logged.contains(expected), "{expected} not in: {logged}");
    }
    let mut secrets = vec![String::from(CANARY)];
    for body in stage.server.bodies() {
        let (_, assertion) = url::form_urlencoded::parse(body.as_bytes())
            .find(|(name, _)| name == "client_assertion")
            .expect("an assertion");
        secrets.extend(assertion.split('.').skip(1).map(String::from));
    }
    assert_eq!(secrets.len(), 7);
    for secret in secrets {
        assert!(!shown.contains(&secret), "shown: {shown}");
        assert!(!logged.contains(&secret), "logged: {logged}");
    }
}
