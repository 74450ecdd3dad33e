//! How often a token endpoint may refuse our clients before we stop asking.

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, UNIX_EPOCH};

use crate::Error;
use crate::ports::{BoxFuture, Clock, Ports, Sleep, Spawn};

mod state;

use state::{State, Verdict};

/// The file is written at most once in this time; what comes in between is written at its end.
const WRITE_PAUSE: Duration = Duration::from_secs(1);

/// Keeps clients that are set up wrongly from getting this machine's address blocked.
///
/// - A client id that is refused (`invalid_client`, or 401) rests 1 minute, doubling to 1 hour. Its rest ends when
///   its key or configuration changes.
/// - After 10 refusals from one host within 5 minutes, client ids that never got a token from it wait until the oldest
///   of the ten is 5 minutes old; the others go on, so that one bank's bad set-up does not block the rest. For the same
///   reason at most 10 of the former have a request under way at a time; the next ones wait their turn.
/// - Times are those of the calendar, and a [`BudgetStore`] keeps them across restarts.
///
/// Share one among all caches of a process; clones are the same budget.
#[derive(Clone)]
pub struct FailureBudget(Arc<Shared>);

/// Keeps a budget's state between processes. It holds no secret: hosts, client ids, times.
pub trait BudgetStore: Send + Sync {
    /// Gives what is kept to `change` and keeps what it returns, as a whole and with nobody in between.
    ///
    /// # Errors
    /// When nothing could be kept. The budget then goes on from memory.
    fn update(
        &self,
        change: Box<dyn FnOnce(Option<Vec<u8>>) -> Vec<u8> + Send>,
    ) -> BoxFuture<'_, std::io::Result<()>>;
}

struct Shared {
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
    spawn: Arc<dyn Spawn>,
    store: Option<Arc<dyn BudgetStore>>,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    state: State,
    loaded: bool,
    /// Clients whose entry is newer than the store's.
    changed: BTreeSet<(String, String)>,
    /// Refusals that the store has not seen.
    refusals: Vec<(String, u64)>,
    written: Option<Duration>,
    writing: bool,
    lines: BTreeMap<String, Line>,
    next: u64,
}

/// Clients that never got a token from one host: how many have a request under way, and who waits for a turn.
#[derive(Default)]
struct Line {
    under_way: usize,
    waiting: BTreeMap<u64, Waker>,
}

/// Who asks for a token, where.
#[derive(Clone)]
pub(crate) struct Applicant {
    pub(crate) host: String,
    pub(crate) client_id: String,
    pub(crate) fingerprint: u64,
}

impl FailureBudget {
    /// A budget that is kept in `store`, or forgotten with the process.
    pub fn new(ports: &Ports, store: Option<Arc<dyn BudgetStore>>) -> Self {
        Self(Arc::new(Shared {
            clock: Arc::clone(&ports.clock),
            sleep: Arc::clone(&ports.sleep),
            spawn: Arc::clone(&ports.spawn),
            store,
            book: Mutex::default(),
        }))
    }

    /// How long this client id may send no token request to `host` (`name:port`); `None` when it may.
    pub fn rests_for(&self, host: &str, client_id: &str) -> Option<Duration> {
        let now = self.now();
        self.lock().state.client_rest(host, client_id, now)
    }

    /// How long client ids without an earlier success may send no token request to `host`; `None` when they may.
    pub fn host_rests_for(&self, host: &str) -> Option<Duration> {
        let now = self.now();
        self.lock().state.host_rest(host, now)
    }

    /// Waits for a turn, or says that there is none.
    pub(crate) async fn admit(&self, who: &Applicant) -> Result<Permit, Error> {
        self.load().await;
        let mut seat = Seat {
            budget: self,
            host: &who.host,
            number: None,
        };
        poll_fn(|context| {
            let now = self.now();
            let mut book = self.lock();
            let under_way = book.lines.get(&who.host).map_or(0, |line| line.under_way);
            match book.state.judge(who, under_way, now) {
                Verdict::Proven => Poll::Ready(Ok(None)),
                Verdict::Unproven => {
                    // Woken by somebody's end, this one takes the place: nobody else is to be woken for it.
                    if let Some(number) = seat.number.take() {
                        book.line(&who.host).waiting.remove(&number);
                    }
                    book.line(&who.host).under_way += 1;
                    Poll::Ready(Ok(Some(who.host.clone())))
                }
                Verdict::Rest(rested, wait) => Poll::Ready(Err(Error::Resting { rested, wait })),
                Verdict::Queue => {
                    let number = *seat.number.get_or_insert_with(|| {
                        book.next += 1;
                        book.next
                    });
                    let waker = context.waker().clone();
                    let before = book.line(&who.host).waiting.insert(number, waker);
                    drop(book);
                    drop(before);
                    Poll::Pending
                }
            }
        })
        .await
        .map(|host| Permit {
            budget: self.clone(),
            host,
        })
    }

    fn wake_next(&self, mut book: MutexGuard<'_, Book>, host: &str) {
        let next = book.line(host).waiting.pop_first();
        drop(book);
        if let Some((_, waker)) = next {
            waker.wake();
        }
    }

    /// Writes a refusal down. Done when it is kept, unless another was kept just before.
    pub(crate) async fn refused(&self, who: &Applicant) {
        let now = self.now();
        {
            let mut book = self.lock();
            book.state.refused(who, now);
            book.refusals.push((who.host.clone(), now));
            book.changed
                .insert((who.host.clone(), who.client_id.clone()));
        }
        self.keep().await;
    }

    /// Writes a success down, if it is news.
    pub(crate) async fn granted(&self, who: &Applicant) {
        {
            let mut book = self.lock();
            if !book.state.granted(who) {
                return;
            }
            book.changed
                .insert((who.host.clone(), who.client_id.clone()));
        }
        self.keep().await;
    }

    async fn load(&self) {
        if self.lock().loaded {
            return;
        }
        if let Some(store) = &self.0.store {
            let budget = self.clone();
            let read = store.update(Box::new(move |kept| {
                let mut book = budget.lock();
                if !book.loaded {
                    book.state = State::read(kept.as_deref());
                    book.loaded = true;
                }
                kept.unwrap_or_else(|| State::default().write(0))
            }));
            tell(read.await);
        }
        // A store that cannot be read must not stop anybody.
        self.lock().loaded = true;
    }

    async fn keep(&self) {
        let Some(store) = &self.0.store else {
            return;
        };
        let pause = {
            let now = self.0.clock.steady();
            let mut book = self.lock();
            if std::mem::replace(&mut book.writing, true) {
                return;
            }
            book.written
                .map_or(Duration::ZERO, |at| (at + WRITE_PAUSE).saturating_sub(now))
        };
        if pause.is_zero() {
            return self.write(&**store).await;
        }
        let (budget, store) = (self.clone(), Arc::clone(store));
        let sleep = self.0.sleep.sleep(pause);
        self.0.spawn.spawn(Box::pin(async move {
            sleep.await;
            budget.write(&*store).await;
        }));
    }

    async fn write(&self, store: &dyn BudgetStore) {
        // Also when this future is dropped: the next change must find somebody who writes.
        let _over = Writing(self);
        let budget = self.clone();
        let now = self.now();
        let written = store.update(Box::new(move |kept| {
            let mut book = budget.lock();
            book.writing = false;
            book.merge(State::read(kept.as_deref()));
            book.written = Some(budget.0.clock.steady());
            book.state.write(now)
        }));
        tell(written.await);
    }

    /// Seconds since 1970.
    fn now(&self) -> u64 {
        let since = self.0.clock.now().duration_since(UNIX_EPOCH);
        since.unwrap_or_default().as_secs()
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for FailureBudget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FailureBudget")
            .field("kept", &self.0.store.is_some())
            .finish_non_exhaustive()
    }
}

impl Book {
    fn line(&mut self, host: &str) -> &mut Line {
        self.lines.entry(host.to_owned()).or_default()
    }

    /// Takes over what other processes kept, except where this one knows better.
    fn merge(&mut self, mut kept: State) {
        for (host, client) in std::mem::take(&mut self.changed) {
            kept.adopt(&self.state, &host, &client);
        }
        for (host, at) in std::mem::take(&mut self.refusals) {
            kept.count(&host, at);
        }
        self.state = kept;
    }
}

/// A turn to send one token request.
pub(crate) struct Permit {
    budget: FailureBudget,
    /// Where the client had no success yet.
    host: Option<String>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(host) = &self.host {
            let mut book = self.budget.lock();
            let line = book.line(host);
            line.under_way = line.under_way.saturating_sub(1);
            self.budget.wake_next(book, host);
        }
    }
}

/// A place in the queue, given up when dropped.
struct Seat<'a> {
    budget: &'a FailureBudget,
    host: &'a str,
    number: Option<u64>,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let mut book = self.budget.lock();
            match book.line(self.host).waiting.remove(&number) {
                Some(waker) => {
                    drop(book);
                    drop(waker);
                }
                // It was woken and makes no use of it.
                None => self.budget.wake_next(book, self.host),
            }
        }
    }
}

struct Writing<'a>(&'a FailureBudget);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.lock().writing = false;
    }
}

fn tell(kept: std::io::Result<()>) {
    if let Err(error) = kept {
        tracing::warn!(%error, "the failure budget of token requests cannot be kept across restarts");
    }
}

#[cfg(test)]
mod tests;
