//! What is told of exchanges, and what never is.

use std::io;
use std::sync::Mutex;

use castile_auth::ports::BoxFuture;
use castile_auth::{AccessToken, TokenSource};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use super::*;
use crate::metrics::tests::Kept;
use crate::stack::{self, Plan};
use crate::{SystemClock, TokioSleep};

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

struct Tokens;

impl TokenSource for Tokens {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, castile_auth::Error>> {
        let token = AccessToken::new(String::from("token-canary").into(), 1, None);
        Box::pin(async { Ok(token) })
    }

    fn reject(&self, _: &AccessToken) {}
}

/// Answers by the operation that is asked for; the answers are full of values.
struct Gateway;

impl SoapTransport for Gateway {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let effect = Effect::of(&request);
        let action = request.headers()["soapaction"].to_str().unwrap().to_owned();
        let answer = |status: u16, media_type: &str, body: &'static str| {
            let answer = Response::builder().status(status);
            let answer = answer.header("content-type", media_type);
            // A stream: nobody knows its length beforehand.
            let body = Body::stream(http_body_util::Full::from(body));
            Ok(answer.body(body).unwrap())
        };
        match &*action {
            "u/AcctInq" => answer(200, "text/xml", "<s>value-canary</s>"),
            "u/CustAdd" => answer(500, "text/xml", "<s>value-canary</s>"),
            "u/XferAdd" => Err(Error::Interrupted {
                effect,
                source: "cut".into(),
            }),
            "u/CustMod" => answer(404, "text/plain", ""),
            _ => answer(502, "text/html", "<html>value-canary"),
        }
    }
}

fn request(action: &str, effect: Effect) -> Request<Body> {
    let envelope = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><X><jXchangeHdr>\
        <InstRtId>011001276</InstRtId><InstEnv>TEST</InstEnv></jXchangeHdr><AcctId>value-canary</AcctId></X></s:Body>\
        </s:Envelope>";
    Request::post("https://gateway.example/svc?query-canary")
        .header("soapaction", action)
        .header("content-type", "text/xml")
        .header("authorization", "Basic header-canary")
        .extension(effect)
        .body(Body::whole(envelope))
        .unwrap()
}

/// All that was logged at TRACE, and all metrics by name and labels.
async fn told(watched: Watched) -> (String, Vec<(String, Vec<f64>)>) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::level_filters::LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let recorder = Kept::default();
    {
        let _heard = tracing::subscriber::set_default(subscriber);
        let _measured = metrics::set_default_local_recorder(&recorder);
        let url = "https://gateway.example/svc".parse().unwrap();
        let mut plan = Plan::new(&url, Arc::new(Tokens), Arc::new(TokioSleep)).unwrap();
        let institution = Institution::new("bank-011001276", "011001276", "TEST");
        plan.institution = Some(Arc::new(institution));
        plan.watched = watched;
        let stack = stack::typed(plan, Gateway);
        let mut typed = request("u/AcctInq", Effect::Read);
        let name = OperationName::new("Inquiry", "AcctInq");
        typed.extensions_mut().insert(name);
        for request in [
            typed,
            request("u/CustAdd", Effect::Write),
            request("u/XferAdd", Effect::Write),
            request("u/Acct123456789", Effect::Unknown),
        ] {
            if let Ok(answer) = stack.send(request).await {
                answer.into_body().bytes(Effect::Write).await.unwrap();
            }
        }
        // One whose answer is empty: a server that passes it on does not read it.
        let empty = request("u/CustMod", Effect::Write);
        drop(stack.send(empty).await.unwrap());
        // One whose answer nobody waits for.
        drop(
            stack
                .send(request("u/AcctInq", Effect::Write))
                .await
                .unwrap(),
        );
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let kept = recorder.0.lock().unwrap().clone();
    (log, kept.into_iter().collect())
}

/// The close of the span of an operation, with all its fields.
fn closed<'a>(log: &'a str, method: &str) -> &'a str {
    let field = format!("rpc.method=\"{method}\"");
    let mut lines = log.lines();
    let is_it = |line: &&str| {
        line.contains(&field) && line.contains("close ") && !line.contains("attempt{")
    };
    lines
        .rfind(is_it)
        .unwrap_or_else(|| panic!("no span of {method} in {log}"))
}

#[tokio::test]
async fn spans_and_metrics_say_what_came_of_each_exchange_and_nothing_personal() {
    let (log, metrics) = told(Watched::by(Arc::new(SystemClock))).await;
    let span = closed(&log, "Inquiry/AcctInq");
    for field in [
        "otel.kind=\"client\"",
        "rpc.system.name=\"soap\"",
        "server.address=\"gateway.example\"",
        "server.port=443",
        "castile.profile=\"bank-#\"",
        "castile.effect=Read",
        "castile.attempts=1",
        "castile.outcome_unknown=false",
        "castile.duration_ms=",
        "http.request.body.size=",
        "http.response.status_code=200",
        "http.response.body.size=19",
    ] {
        assert!(span.contains(field), "no {field} in {span}");
    }
    assert!(!span.contains("error.type"), "{span}");
    assert!(closed(&log, "CustAdd").contains("error.type=\"500\""));
    let open = closed(&log, "XferAdd");
    assert!(
        open.contains("error.type=\"gateway-interrupted\""),
        "{open}"
    );
    assert!(open.contains("castile.outcome_unknown=true"), "{open}");
    assert!(closed(&log, "Acct#").contains("error.type=\"gateway-country-list\""));
    let empty = closed(&log, "CustMod");
    assert!(empty.contains("error.type=\"gateway-empty\""), "{empty}");
    assert!(empty.contains("castile.outcome_unknown=false"), "{empty}");
    let left = closed(&log, "AcctInq");
    assert!(left.contains("error.type=\"call-dropped\""), "{left}");
    assert!(left.contains("castile.outcome_unknown=true"), "{left}");
    for field in ["http.request.method=\"POST\"", "attempt=1"] {
        assert!(log.contains(field), "no {field}");
    }

    let measured = |parts: &[&str]| {
        let mut found = metrics.iter();
        let found = found.find(|(name, _)| parts.iter().all(|part| name.contains(part)));
        found.map(|(_, values)| values.len()).unwrap_or_default()
    };
    assert_eq!(
        measured(&["rpc.client.call.duration", "Inquiry/AcctInq", "ok"]),
        1
    );
    assert_eq!(
        measured(&[
            "rpc.client.call.duration",
            "XferAdd",
            "unknown",
            "gateway-interrupted"
        ]),
        1
    );
    assert_eq!(measured(&["http.client.active_requests"]), 12);
    assert_eq!(measured(&["http.client.response.body.size", "CustAdd"]), 1);

    let metrics = format!("{metrics:?}");
    for secret in ["canary", "011001276", "123456789"] {
        assert!(!log.contains(secret), "{secret} in a span");
        assert!(!metrics.contains(secret), "{secret} in a metric");
    }
}

#[tokio::test]
async fn a_routing_number_is_told_in_spans_by_choice_and_in_metrics_never() {
    let (log, metrics) = told(Watched::default().with_institution()).await;
    let span = closed(&log, "CustAdd");
    assert!(span.contains("castile.inst_rt_id=\"011001276\""), "{span}");
    assert!(!format!("{metrics:?}").contains("011001276"));
    assert!(!log.contains("canary"));
}
