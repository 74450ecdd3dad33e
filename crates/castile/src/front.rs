//! The stacks of a profile with what each fills into headers.

use std::sync::Arc;

use castile_http::connect::{Pin, Pool, Routed, TypedStated};
use castile_http::profile::State;
use castile_http::{Body, Error, OsRandom, Profile, SoapTransport};
use http::{Request, Response, Uri};

use crate::Header;

/// One profile in one state, for typed calls: its stacks, and the [`Header`] of each.
#[derive(Debug)]
pub struct Front {
    stacks: Routed<TypedStated>,
    /// One for each stack.
    headers: Vec<Arc<Header>>,
}

impl Front {
    /// Of a profile in whatever state it is, with what the pool has in common for several.
    ///
    /// # Errors
    /// As [`Pool::typed_stated`].
    pub fn of(pool: &Pool, profile: &Arc<Profile>) -> Result<Self, Error> {
        let header = |route| Arc::new(Header::of(route).with_tracking(Arc::new(OsRandom)));
        Ok(Self {
            stacks: pool.typed_routed(profile)?,
            headers: profile.routes().map(header).collect(),
        })
    }

    /// The state of its calls.
    pub fn state(&self) -> State {
        self.stacks.state()
    }

    fn header(&self, service: &str, operation: &str) -> Arc<Header> {
        let route = self.stacks.profile().route(Some(service), operation);
        let header = route.and_then(|route| self.headers.get(route.index()));
        header.or(self.headers.first()).cloned().unwrap_or_default()
    }
}

impl SoapTransport for Front {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        self.stacks.send(request).await
    }
}

/// Gives each call the header of its operation, and keeps it on the stacks that this header is for.
#[derive(Clone)]
pub(crate) struct Moving(Arc<dyn Fn() -> Arc<Front> + Send + Sync>);

impl Moving {
    pub(crate) fn new(now: impl Fn() -> Arc<Front> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn begin(&self, service: &str, operation: &str) -> (Arc<Header>, Pin) {
        let front = (self.0)();
        (front.header(service, operation), Pin::to(front))
    }
}

/// The address of requests before a stack says where they go.
pub(crate) fn nowhere() -> Uri {
    Uri::default()
}
