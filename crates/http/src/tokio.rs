//! The ports of `castile-auth` on tokio, the system's clock and the system's randomness.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use castile_auth::ports::{BoxFuture, Clock, NoRandomness, Random, Sleep, Spawn};

/// Waits on tokio's timer.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokioSleep;

impl Sleep for TokioSleep {
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let now = ::tokio::time::Instant::now();
        // The timer is asked for by the first poll, which is on a runtime; the time counts from here.
        Box::pin(async move {
            match now.checked_add(duration) {
                Some(until) => ::tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        })
    }
}

/// Runs tasks on the tokio runtime of whoever calls.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokioSpawn;

impl Spawn for TokioSpawn {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        ::tokio::spawn(task);
    }
}

/// The system's calendar and its monotonic clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place where time enters")]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    #[allow(clippy::disallowed_methods, reason = "the one place where time enters")]
    fn steady(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }
}

/// The operating system's source of randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness> {
        getrandom::fill(buffer).map_err(|_| NoRandomness)
    }
}
