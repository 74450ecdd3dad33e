//! Tests of what is repeated, how often and after which pause.

use std::sync::Mutex;

use castile_auth::ports::{BoxFuture, NoRandomness};
use http_body_util::BodyExt as _;

use super::*;
use crate::{Deadline, TokioSleep};

/// Answers by script, the last line again and again, and counts.
#[derive(Clone)]
struct Script {
    lines: Arc<Vec<Line>>,
    asked: Arc<Mutex<usize>>,
}

#[derive(Clone, Copy)]
enum Line {
    Status(u16, &'static str),
    SoapFault(u16),
    Unreachable,
    Interrupted,
    Broken,
    TooLarge,
}

impl SoapTransport for Script {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let effect = Effect::of(&request);
        let line = {
            let mut asked = self.asked.lock().unwrap();
            *asked += 1;
            self.lines[(*asked - 1).min(self.lines.len() - 1)]
        };
        let answer = Response::builder();
        Ok(match line {
            Line::Status(status, after) => {
                let answer = answer.status(status).header(RETRY_AFTER, after);
                answer.body(Body::whole("text")).unwrap()
            }
            Line::SoapFault(status) => {
                let answer = answer.status(status).header("content-type", "text/xml");
                answer.body(Body::whole("<s:Envelope/>")).unwrap()
            }
            Line::Unreachable => return Err(Error::Connect("nobody".into())),
            Line::Interrupted => {
                let source = "gone".into();
                return Err(Error::Interrupted { effect, source });
            }
            Line::Broken => {
                let broken = http_body_util::Full::new(bytes::Bytes::from("<par"))
                    .map_err(|never| match never {})
                    .with_trailers(std::future::ready(Some(Err::<_, crate::BodyError>(
                        "gone".into(),
                    ))));
                answer.body(Body::stream(broken)).unwrap()
            }
            Line::TooLarge => return Err(Error::AnswerTooLarge { limit: 1, effect }),
        })
    }
}

#[derive(Debug)]
struct Most;

impl Random for Most {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness> {
        buffer.fill(0xFF);
        Ok(())
    }
}

/// Keeps what was waited, and waits not.
#[derive(Clone, Default)]
struct Noted(Arc<Mutex<Vec<Duration>>>);

impl Sleep for Noted {
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.lock().unwrap().push(duration);
        Box::pin(std::future::ready(()))
    }
}

fn script(lines: &[Line]) -> Script {
    Script {
        lines: Arc::new(lines.to_vec()),
        asked: Arc::default(),
    }
}

fn request(effect: Effect) -> Request<Body> {
    let mut request = Request::new(Body::whole("soap"));
    request.extensions_mut().insert(effect);
    request
}

fn policy() -> RetryPolicy {
    RetryPolicy::new(Arc::new(Most))
}

const FAILURES: [Line; 6] = [
    Line::Unreachable,
    Line::Interrupted,
    Line::Broken,
    Line::Status(503, "1"),
    Line::Status(504, ""),
    Line::Status(429, ""),
];

#[tokio::test]
async fn a_read_that_failed_is_repeated_and_nothing_else_is() {
    for failure in FAILURES {
        for (effect, sent) in [(Effect::Read, 2), (Effect::Write, 1), (Effect::Unknown, 1)] {
            let script = script(&[failure, Line::Status(200, "")]);
            let retry = Retry::new(script.clone(), Some(policy()), Arc::new(Noted::default()));
            let answer = retry.send(request(effect)).await;
            assert_eq!(*script.asked.lock().unwrap(), sent);
            let is_good = answer.is_ok_and(|answer| answer.status() == 200);
            // A broken body of a write is the caller's to read.
            let is_broken = sent == 1 && matches!(failure, Line::Broken);
            assert_eq!(is_good, sent == 2 || is_broken);
        }
    }
}

#[tokio::test]
async fn answers_that_would_be_the_same_again_are_not_asked_for() {
    for line in [
        Line::Status(502, ""),
        Line::Status(403, ""),
        Line::Status(503, "3600"),
        Line::SoapFault(503),
        Line::TooLarge,
    ] {
        let script = script(&[line]);
        let retry = Retry::new(script.clone(), Some(policy()), Arc::new(Noted::default()));
        let _ = retry.send(request(Effect::Read)).await;
        assert_eq!(*script.asked.lock().unwrap(), 1);
    }
    let script = script(&[Line::Unreachable]);
    let retry = Retry::new(script.clone(), Some(policy()), Arc::new(Noted::default()));
    let mut streamed = request(Effect::Read);
    *streamed.body_mut() = Body::stream(Body::whole("soap"));
    assert!(retry.send(streamed).await.is_err());
    assert_eq!(*script.asked.lock().unwrap(), 1);
}

#[tokio::test]
async fn what_headers_alone_call_a_read_is_repeated_only_if_its_body_is_one() {
    let message = |payload: &str| {
        format!(
            "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><{payload}/></s:Body></s:Envelope>"
        )
    };
    for (payload, coding, sent) in [
        ("AcctInq", None, 2),
        ("AcctInq", Some("gzip"), 1),
        ("XferAdd", None, 1),
        ("Odd", None, 1),
    ] {
        let script = script(&[Line::Interrupted, Line::Status(200, "")]);
        let retry = Retry::new(script.clone(), Some(policy()), Arc::new(Noted::default()));
        let mut request = Request::post("https://gateway.example/")
            .header("soapaction", "http://jackhenry.com/ws/AcctInq")
            .body(Body::whole(message(payload)))
            .unwrap();
        if let Some(coding) = coding {
            let coding = http::HeaderValue::from_static(coding);
            request.headers_mut().insert("content-encoding", coding);
        }
        assert_eq!(Effect::told_by_headers(&mut request), Effect::Read);
        let _ = retry.send(request).await;
        assert_eq!(*script.asked.lock().unwrap(), sent, "{payload} {coding:?}");
    }
}

#[tokio::test]
async fn pauses_grow_and_what_the_answer_asks_for_is_kept() {
    let noted = Noted::default();
    let lines = [
        Line::Unreachable,
        Line::Unreachable,
        Line::Status(503, "1"),
        Line::Unreachable,
    ];
    let script = script(&lines);
    let mut policy = policy();
    policy.attempts = 5;
    let retry = Retry::new(script.clone(), Some(policy), Arc::new(noted.clone()));
    let error = retry.send(request(Effect::Read)).await.err().unwrap();
    assert_eq!(error.code(), "gateway-unreachable");
    let waited: Vec<_> = noted
        .0
        .lock()
        .unwrap()
        .iter()
        .map(Duration::as_millis)
        .collect();
    assert_eq!(waited, [100, 200, 1000, 800]);
}

#[tokio::test]
async fn a_gateway_that_is_down_is_not_asked_much_more_often() {
    let script = script(&[Line::Unreachable]);
    let retry = Retry::new(script.clone(), Some(policy()), Arc::new(Noted::default()));
    for _ in 0..1000 {
        assert!(retry.send(request(Effect::Read)).await.is_err());
    }
    let asked = *script.asked.lock().unwrap();
    assert!((1100..=1110).contains(&asked), "{asked}");
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_holds_for_all_attempts_together() {
    let mut policy = policy();
    policy.attempts = 1000;
    policy.base = Duration::from_secs(2);
    let retry = Retry::new(
        script(&[Line::Unreachable]),
        Some(policy),
        Arc::new(TokioSleep),
    );
    let limited = Deadline::new(retry, Duration::from_secs(5), Arc::new(TokioSleep));
    let before = tokio::time::Instant::now();
    let error = limited.send(request(Effect::Read)).await.err().unwrap();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    assert_eq!(before.elapsed().as_secs(), 5);
}
