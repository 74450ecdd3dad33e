//! Many calls at a time, and what they cost.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use castile::Client;
use castile::http::{Body, SoapTransport};
use http::{Request, Response};
use tokio::task::JoinSet;

use crate::{cpu, message};

/// What one call costs in microseconds.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) cpu: f64,
    pub(crate) p50: f64,
}

/// One round of both.
pub(crate) struct Ratio {
    pub(crate) bare: Load,
    pub(crate) typed: Load,
}

/// Keeps the last request and answers as the gateway does.
#[derive(Clone, Default)]
pub(crate) struct Sent(Arc<Mutex<Option<Request<Bytes>>>>);

impl SoapTransport for Sent {
    type Error = castile::http::Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Self::Error> {
        let (head, body) = request.into_parts();
        let body = body.as_whole().cloned().expect("a whole body");
        *self.0.lock().expect("one thread") = Some(Request::from_parts(head, body));
        let answer = Response::builder().header("content-type", "text/xml; charset=utf-8");
        Ok(answer
            .body(Body::whole(message::answer()))
            .expect("an answer"))
    }
}

/// reqwest that sends what the typed call sent, and takes the answer as bytes.
pub(crate) struct Bare {
    client: reqwest::Client,
    request: Request<Bytes>,
    len: usize,
}

impl Bare {
    pub(crate) fn new(sent: Sent) -> Self {
        let request = sent.0.lock().expect("one thread").take();
        let client = reqwest::Client::builder().no_proxy().build();
        Self {
            client: client.expect("a client"),
            request: request.expect("it was sent"),
            len: message::answer().len(),
        }
    }

    pub(crate) fn call(&self) -> impl Future<Output = ()> + Send + 'static {
        let request = self
            .client
            .post(self.request.uri().to_string())
            .headers(self.request.headers().clone())
            .body(self.request.body().clone());
        let len = self.len;
        async move {
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.bytes().await.expect("a body").len(), len);
        }
    }
}

/// One typed call: request made, checked, written; answer read.
pub(crate) fn typed<T>(client: &Arc<Client<T>>) -> impl Future<Output = ()> + Send + 'static
where
    T: SoapTransport<Error = castile::http::Error> + Send + Sync + 'static,
{
    let client = Arc::clone(client);
    async move {
        let request = message::request();
        let answer = client.call(&request).send().await.expect("an answer");
        message::assert_answer(&answer);
    }
}

/// Makes so many calls over so many connections.
pub(crate) async fn run<F>(connections: usize, calls: usize, call: impl Fn() -> F) -> Load
where
    F: Future<Output = ()> + Send + 'static,
{
    let before = cpu::used().expect("it was there before");
    let (mut tasks, mut times) = (JoinSet::new(), Vec::with_capacity(calls));
    for _ in 0..calls {
        if tasks.len() == connections {
            times.extend(tasks.join_next().await.map(|time| time.expect("a call")));
        }
        let call = call();
        tasks.spawn(async move {
            let start = Instant::now();
            call.await;
            start.elapsed()
        });
    }
    times.extend(tasks.join_all().await);
    let used = cpu::used().expect("it was there before") - before;
    let micros = times
        .iter()
        .map(|time: &Duration| time.as_nanos() as f64 / 1e3);
    Load {
        cpu: used / calls as f64,
        p50: middle(micros),
    }
}

/// The median.
pub(crate) fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The medians of one contender.
pub(crate) fn median(rounds: &[Ratio], of: impl Fn(&Ratio) -> Load) -> Load {
    Load {
        cpu: middle(rounds.iter().map(|round| of(round).cpu)),
        p50: middle(rounds.iter().map(|round| of(round).p50)),
    }
}
