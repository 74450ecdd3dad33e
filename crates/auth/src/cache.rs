//! Keeps one token for many callers: fetched once, renewed before it expires.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::budget::Applicant;
use crate::ports::{BoxFuture, Ports};
use crate::{
    AccessToken, ClientAuth, ClientCredentials, Error, SenderConstraint, TokenEvent, TokenSource,
};

mod flight;
mod plan;
mod settings;
mod snapshot;

use flight::{Flight, Landing, race};
pub use settings::CacheSettings;
pub use snapshot::{Breaker, CacheState, Phase};
use snapshot::{Failure, Reading, Snapshot};

/// How long one token request may take, from proof to answer, unless chosen otherwise.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(30);

/// A [`TokenSource`] that makes as few token requests as can be. Clones share one token.
///
/// - A fresh token is read without a lock.
/// - One request at a time: it runs detached through [`Spawn`](crate::ports::Spawn), so a caller who gives up
///   cancels nothing, and all who wait get its outcome.
/// - Renewal starts, when a caller asks, after 75 to 85 % of the token's life; the old token is served meanwhile,
///   and a failed renewal keeps it until it expires. Life counts on the steady clock from the start of the request.
/// - Failures are remembered and returned without a request for a while that doubles: a refused client 1 minute to
///   1 hour unless its key or configuration changes, other refusals 5 seconds to 1 hour, other failures 1 second to
///   1 minute, or as long as the server's `Retry-After` asks (at most 1 hour). A [`FailureBudget`](crate::FailureBudget)
///   in the settings keeps this across restarts and watches the whole token host.
///   Nothing is repeated at once, because the authorization server blocks addresses whose requests keep failing.
/// - A token that the resource server rejects is replaced at the next call. Once more than three in a row were rejected
///   within a minute of their request, the next waits, 1 second doubling to 1 minute.
#[derive(Clone)]
pub struct TokenCache(Arc<Shared>);

struct Shared {
    request: ClientCredentials,
    auth: Arc<dyn ClientAuth>,
    ports: Ports,
    settings: CacheSettings,
    /// Read without a lock; written only while `flight` is locked.
    snapshot: ArcSwap<Snapshot>,
    flight: Mutex<Option<Arc<Flight>>>,
    fetches: AtomicU64,
}

impl TokenCache {
    /// An empty cache for these requests, authenticated by `auth`. The first call fetches.
    pub fn new(request: ClientCredentials, auth: Arc<dyn ClientAuth>, ports: Ports) -> Self {
        Self::with_settings(request, auth, ports, CacheSettings::default())
    }

    /// The same with settings of its own.
    pub fn with_settings(
        request: ClientCredentials,
        auth: Arc<dyn ClientAuth>,
        ports: Ports,
        settings: CacheSettings,
    ) -> Self {
        Self(Arc::new(Shared {
            request,
            auth,
            ports,
            settings,
            snapshot: ArcSwap::from_pointee(Snapshot::default()),
            flight: Mutex::new(None),
            fetches: AtomicU64::new(0),
        }))
    }

    /// The token, if it is fresh: without a lock, a request or an allocation.
    pub fn fresh(&self) -> Option<AccessToken> {
        let now = self.0.ports.clock.steady();
        match self.0.snapshot.load().read(now) {
            Reading::Fresh(token) => Some(token),
            _ => None,
        }
    }

    /// Whether anybody else holds this cache; its own request under way does.
    pub(crate) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// How many token requests were started.
    pub fn fetches(&self) -> u64 {
        self.0.fetches.load(Ordering::Relaxed)
    }

    /// What the cache holds now, for people and metrics.
    pub fn state(&self) -> CacheState {
        let flight = self.0.lock().clone();
        let now = self.0.ports.clock.steady();
        let state = self.0.snapshot.load().state(now);
        CacheState {
            in_flight: flight.is_some(),
            waiting: flight.map_or(0, |flight| flight.waiting()),
            fetches: self.fetches(),
            ..state
        }
    }
}

impl TokenSource for TokenCache {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Error>> {
        Box::pin(async move {
            let now = self.0.ports.clock.steady();
            let reading = self.0.snapshot.load().read(now);
            match reading {
                Reading::Fresh(token) => Ok(token),
                Reading::Renew(token) => {
                    Shared::join(&self.0);
                    Ok(token)
                }
                Reading::Failed(failure) if !self.0.is_mended(&failure) => Err(failure.error),
                Reading::Failed(_) | Reading::Nothing => match Shared::join(&self.0) {
                    Joined::Flight(flight) => flight.outcome().await,
                    Joined::Landed(outcome) => outcome,
                },
            }
        })
    }

    fn reject(&self, token: &AccessToken) {
        let now = self.0.ports.clock.steady();
        let spread = plan::spread(&*self.0.ports.random);
        let writing = self.0.lock();
        let without = self.0.snapshot.load().without(token, now, spread);
        let rejected = without.map(|(without, age)| {
            self.0.snapshot.store(Arc::new(without));
            age
        });
        drop(writing);
        if let Some(age) = rejected {
            let generation = token.generation();
            tracing::info!(generation, "access token rejected by the resource server");
            let event = TokenEvent::Rejected { generation, age };
            self.0.settings.tell(&event);
        }
    }

    fn constraint(&self) -> Option<&Arc<dyn SenderConstraint>> {
        self.0.request.constraint()
    }
}

impl std::fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenCache")
            .field("endpoint", self.0.request.endpoint())
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

enum Joined {
    /// A request is under way.
    Flight(Arc<Flight>),
    /// One has just ended.
    Landed(Result<AccessToken, Error>),
}

impl Shared {
    /// Joins the request under way, or starts one unless another caller's has just ended.
    fn join(shared: &Arc<Self>) -> Joined {
        let now = shared.ports.clock.steady();
        let mut current = shared.lock();
        if let Some(flight) = &*current {
            return Joined::Flight(Arc::clone(flight));
        }
        match shared.snapshot.load().read(now) {
            Reading::Fresh(token) => return Joined::Landed(Ok(token)),
            Reading::Failed(failure) if !shared.is_mended(&failure) => {
                return Joined::Landed(Err(failure.error));
            }
            Reading::Renew(_) | Reading::Failed(_) | Reading::Nothing => {}
        }
        let reason = shared.snapshot.load().reason(now);
        let flight = Arc::new(Flight::default());
        *current = Some(Arc::clone(&flight));
        drop(current);

        let landing = Landing::new({
            let (shared, flight) = (Arc::clone(shared), Arc::clone(&flight));
            move |outcome| shared.land(&flight, outcome)
        });
        let generation = shared.fetches.fetch_add(1, Ordering::Relaxed) + 1;
        shared.settings.tell(&TokenEvent::Started { reason });
        let task = Self::fly(Arc::clone(shared), generation, landing);
        shared.ports.spawn.spawn(Box::pin(task));
        Joined::Flight(flight)
    }

    async fn fly(shared: Arc<Self>, generation: u64, landing: Landing) {
        let limit = shared.settings.deadline;
        let outcome = race(
            Box::pin(shared.fetch(generation)),
            shared.ports.sleep.sleep(limit),
        )
        .await
        .unwrap_or(Err(Error::Deadline { limit }));
        landing.land(outcome);
    }

    async fn fetch(&self, generation: u64) -> Result<plan::Held, Error> {
        let applicant = self.applicant();
        let budget = self.settings.budget.as_ref();
        let permit = match budget {
            Some(budget) => Some(budget.admit(&applicant).await?),
            None => None,
        };
        let started = self.ports.clock.steady();
        tracing::debug!(generation, "token request started");
        let granted = self.request.fetch(&*self.auth, &*self.ports.http).await;
        if let Some(budget) = budget {
            match &granted {
                Ok(_) => budget.granted(&applicant).await,
                Err(error) if error.is_invalid_client() => budget.refused(&applicant).await,
                Err(_) => {}
            }
        }
        // Only now: whoever waits for its turn must see what came of this one.
        drop(permit);
        let grant = granted?;
        Ok(plan::hold(
            grant,
            self.request.scope(),
            generation,
            started,
            (self.ports.clock.steady(), self.ports.clock.now()),
            plan::spread(&*self.ports.random),
        ))
    }

    fn applicant(&self) -> Applicant {
        let url = self.request.endpoint().url();
        Applicant {
            host: format!(
                "{}:{}",
                url.host_str().unwrap_or_default(),
                url.port_or_known_default().unwrap_or_default()
            ),
            client_id: self.auth.client_id().to_owned(),
            fingerprint: self.auth.fingerprint(),
        }
    }

    /// Whether the client was refused and its key or a setting has changed since.
    fn is_mended(&self, failure: &Failure) -> bool {
        failure
            .fingerprint
            .is_some_and(|refused| refused != self.auth.fingerprint())
    }

    /// Stores the outcome and wakes all who wait for it.
    fn land(&self, flight: &Arc<Flight>, outcome: Result<plan::Held, Error>) {
        // The clock and the randomness are others' code: if it panics, nobody may wait for ever all the same.
        let _ended = Ended {
            shared: self,
            flight,
        };
        let now = self.ports.clock.steady();
        let spread = plan::spread(&*self.ports.random);
        let mut current = self.lock();
        let (next, outcome) = {
            let snapshot = self.snapshot.load();
            match outcome {
                Ok(held) => {
                    let token = held.token.clone();
                    (snapshot.holding(held), Ok(token))
                }
                Err(error) => {
                    let refused = error.is_client_fault().then(|| self.auth.fingerprint());
                    let next = snapshot.failing(error.clone(), refused, now, spread);
                    (next, Err(error))
                }
            }
        };
        let next = Arc::new(next);
        self.snapshot.store(Arc::clone(&next));
        *current = None;
        drop(current);
        let waiting = flight.complete(outcome);
        // Last, because a subscriber may do anything: ask for the state, even panic.
        next.tell(now);
        if let Some(event) = next.event(now, waiting) {
            self.settings.tell(&event);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Flight>>> {
        // Nothing under this lock can be left half-written, so a panic elsewhere does not matter.
        self.flight.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leaves no flight behind, whatever became of it.
struct Ended<'a> {
    shared: &'a Shared,
    flight: &'a Arc<Flight>,
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        let mut current = self.shared.lock();
        if current
            .as_ref()
            .is_some_and(|flight| Arc::ptr_eq(flight, self.flight))
        {
            *current = None;
        }
        drop(current);
        // Changes nothing if there is an outcome.
        self.flight.complete(Err(Error::Dropped));
    }
}

#[cfg(test)]
pub(crate) use tests::fakes;
#[cfg(test)]
mod tests;
