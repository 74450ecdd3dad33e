//! Changes the state of a profile while calls go on.

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use http::{Request, Response};

use super::{Live, Pool, RawStated, Routed, TypedStated};
use crate::profile::State;
use crate::{Body, Error, Profile, SoapTransport};

/// The stacks of a profile, whose state can be changed while calls go on. Clones are one and the same.
///
/// A call ends in the state it began in. A change that cannot be made changes nothing.
#[derive(Debug)]
pub struct Switch<S>(Arc<Inner<S>>);

type Make<S> = fn(&Pool, &Arc<Profile>) -> Result<S, Error>;

#[derive(Debug)]
struct Inner<S> {
    pool: Pool,
    make: Make<S>,
    profile: Mutex<Arc<Profile>>,
    now: ArcSwap<S>,
}

impl Switch<Routed<TypedStated>> {
    /// For a typed client, at first in the state that the profile says.
    ///
    /// Blocks while it reads the key, the password, or both.
    ///
    /// # Errors
    /// As [`Pool::typed_stated`].
    pub fn typed(profile: &Profile) -> Result<Self, Error> {
        Self::new(profile, Pool::typed_routed)
    }
}

impl Switch<Routed<RawStated>> {
    /// For the proxy and untyped callers.
    ///
    /// # Errors
    /// As [`Pool::typed_stated`].
    pub fn raw(profile: &Profile) -> Result<Self, Error> {
        Self::new(profile, Pool::raw_routed)
    }
}

impl<S> Switch<S> {
    /// What `make` makes of the profile, now and in every state to come.
    ///
    /// # Errors
    /// What `make` says.
    pub fn new(profile: &Profile, make: Make<S>) -> Result<Self, Error> {
        let (pool, profile) = (Pool::new(), Arc::new(profile.clone()));
        let now = make(&pool, &profile)?;
        Ok(Self(Arc::new(Inner {
            pool,
            make,
            profile: Mutex::new(profile),
            now: ArcSwap::from_pointee(now),
        })))
    }

    /// Makes the calls to come in `state`; tokens are kept.
    ///
    /// Blocks while it reads the key, the password, or both.
    ///
    /// # Errors
    /// [`ConfigError::Lacks`](crate::ConfigError::Lacks) and all that making the stacks can bring; then nothing has
    /// changed.
    pub fn switch(&self, state: State) -> Result<(), Error> {
        let inner = &self.0;
        let mut profile = inner.profile.lock().unwrap_or_else(PoisonError::into_inner);
        let next = Arc::new(profile.with_state(state)?);
        let stacks = (inner.make)(&inner.pool, &next)?;
        tracing::info!(
            profile = next.name,
            from = %profile.state,
            to = %state,
            "switched"
        );
        *profile = next;
        inner.now.store(Arc::new(stacks));
        Ok(())
    }

    /// The profile in its present state.
    pub fn profile(&self) -> Arc<Profile> {
        let profile = self.0.profile.lock();
        profile.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The stacks as they are now. Whoever holds them goes on in their state.
    pub fn now(&self) -> Arc<S> {
        self.0.now.load_full()
    }
}

impl<S> Clone for Switch<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// Keeps a request on the stacks as they were when it was prepared, as a request extension.
#[derive(Clone)]
pub struct Pin(Arc<dyn Any + Send + Sync>);

impl Pin {
    /// To what a [`Switch`] or [`Live`] is now.
    pub fn to<S: Send + Sync + 'static>(stacks: Arc<S>) -> Self {
        Self(stacks)
    }

    /// What `request` is pinned to; `now` if that is nothing of the kind.
    fn of<S: Send + Sync + 'static>(
        request: &mut Request<Body>,
        now: impl FnOnce() -> Arc<S>,
    ) -> Arc<S> {
        let pin = request.extensions_mut().remove::<Self>();
        let stacks = pin.and_then(|pin| pin.0.downcast::<S>().ok());
        stacks.unwrap_or_else(now)
    }
}

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin")
    }
}

impl<S> SoapTransport for Switch<S>
where
    S: SoapTransport<Error = Error> + 'static,
{
    type Error = Error;

    async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, Error> {
        let stacks = Pin::of(&mut request, || self.now());
        stacks.send(request).await
    }
}

impl<S> SoapTransport for Live<S>
where
    S: SoapTransport<Error = Error> + 'static,
{
    type Error = Error;

    async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, Error> {
        let stacks = Pin::of(&mut request, || self.now());
        stacks.send(request).await
    }
}
