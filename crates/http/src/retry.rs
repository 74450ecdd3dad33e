//! Repeats reads that failed, after a pause and within a budget.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use castile_auth::ports::{Random, Sleep};
use http::header::RETRY_AFTER;
use http::{Request, Response, StatusCode};

use crate::body::{Start, start};
use crate::confirmed::may_repeat;
use crate::replay::Replay;
use crate::{Answer, Body, Effect, Error, SoapTransport};

/// So many bytes of a read's answer must be there before the caller sees the first: what breaks off among them is
/// repeated.
const HELD: usize = 64 * 1024;

/// How reads are repeated. Clones share one budget.
#[derive(Clone)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a read is sent at most, the first time included; 3 by default.
    pub attempts: u32,
    /// The longest pause before the second attempt, doubled before each further one; 100 ms by default.
    pub base: Duration,
    /// The longest pause of all, also of those that an answer asks for by `Retry-After`; 2 s by default.
    pub cap: Duration,
    /// What all calls together may spend on repetitions.
    pub budget: Arc<RetryBudget>,
    random: Arc<dyn Random>,
}

impl RetryPolicy {
    /// The defaults, with pauses drawn from `random`: between nothing and the longest, so that callers who failed
    /// together do not come back together.
    pub fn new(random: Arc<dyn Random>) -> Self {
        Self {
            attempts: 3,
            base: Duration::from_millis(100),
            cap: Duration::from_secs(2),
            budget: Arc::default(),
            random,
        }
    }

    fn pause(&self, attempt: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let longest = self.base.saturating_mul(doubled).min(self.cap);
        let mut bytes = [0; 4];
        match self.random.fill(&mut bytes) {
            Ok(()) => longest.mul_f64(f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)),
            Err(_) => longest,
        }
    }
}

impl std::fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("attempts", &self.attempts)
            .field("base", &self.base)
            .field("cap", &self.cap)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

/// Keeps repetitions at a tenth of the reads: a gateway that is down is not asked three times as often.
///
/// Ten repetitions are in it at first, and no more ever.
#[derive(Debug)]
pub struct RetryBudget {
    /// In tenths of a repetition.
    tenths: AtomicU32,
}

impl RetryBudget {
    const FULL: u32 = 100;
    const REPETITION: u32 = 10;

    fn earn(&self) {
        let more = |tenths: u32| (tenths < Self::FULL).then(|| tenths + 1);
        // Full is no failure.
        let _ = self
            .tenths
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    fn spend(&self) -> bool {
        let less = |tenths: u32| tenths.checked_sub(Self::REPETITION);
        self.tenths
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
            .is_ok()
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self {
            tenths: AtomicU32::new(Self::FULL),
        }
    }
}

/// Sends a read again when no answer came, when it broke off at its beginning, or when it was 429, 503 or 504.
///
/// What is no read ([`Effect`]), or not in memory, passes once. So do failures to get a token, whose cache has its own
/// pauses, and 502, by which the gateway refuses whole countries. Whoever lies outside keeps the time.
#[derive(Clone)]
pub struct Retry<T> {
    inner: T,
    policy: Option<RetryPolicy>,
    sleep: Arc<dyn Sleep>,
}

impl<T> Retry<T> {
    /// Repetitions around `inner`; none without a policy.
    pub fn new(inner: T, policy: Option<RetryPolicy>, sleep: Arc<dyn Sleep>) -> Self {
        Self {
            inner,
            policy,
            sleep,
        }
    }
}

impl<T> SoapTransport for Retry<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    type Error = Error;

    fn send(
        &self,
        mut request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + Send {
        async move {
            let is_read = Effect::of(&request) == Effect::Read;
            let Some(policy) = self.policy.as_ref().filter(|_| is_read) else {
                let sent = pin!(self.inner.send(request));
                return sent.await.map_err(Into::into);
            };
            policy.budget.earn();
            let mut attempt = 1;
            loop {
                let again = Replay::of(&mut request);
                let sent = pin!(self.inner.send(request)).await;
                let answer = match sent {
                    Ok(answer) => begun(answer).await,
                    Err(error) => Err(error.into()),
                };
                let pause = match &answer {
                    Ok(answer) => asked_pause(answer).map(|asked| asked.unwrap_or_default()),
                    Err(Error::Connect(_) | Error::Interrupted { .. } | Error::Timeout { .. }) => {
                        Some(Duration::ZERO)
                    }
                    Err(_) => None,
                };
                let (Some(again), Some(asked)) = (again, pause) else {
                    return answer;
                };
                let is_over = attempt >= policy.attempts || asked > policy.cap;
                if is_over || !may_repeat(again.message()) || !policy.budget.spend() {
                    return answer;
                }
                let pause = policy.pause(attempt).max(asked);
                attempt += 1;
                tracing::debug!(attempt, ?pause, "a read is repeated");
                // The connection goes with the answer.
                drop(answer);
                self.sleep.sleep(pause).await;
                request = again.request();
            }
        }
    }
}

/// The answer once its beginning is there.
async fn begun(answer: Response<Body>) -> Result<Response<Body>, Error> {
    let (head, body) = answer.into_parts();
    let body = match start(body, HELD).await {
        Start::Whole(bytes) => Body::whole(bytes),
        Start::Part(body) => body,
        // What was read of it is no use: its error is taken out.
        Start::Broken(body) => Body::whole(body.bytes(Effect::Read).await?),
    };
    Ok(Response::from_parts(head, body))
}

/// Whether the answer puts the read off, and for how long if it says so.
fn asked_pause(answer: &Response<Body>) -> Option<Option<Duration>> {
    let status = answer.status();
    let body = answer.body().as_whole()?;
    let is_put_off = matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    );
    // A SOAP message is an answer of the service, whatever its status.
    if !is_put_off || Answer::classify(status, answer.headers(), body) == Answer::Soap {
        return None;
    }
    let seconds = answer.headers().get(RETRY_AFTER);
    let seconds = seconds.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Some(seconds.map(Duration::from_secs))
}

impl<T: std::fmt::Debug> std::fmt::Debug for Retry<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Retry")
            .field("policy", &self.policy)
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
