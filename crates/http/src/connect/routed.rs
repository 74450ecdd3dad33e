//! Sends each call by the settings that its profile has for its service and operation.

use std::sync::Arc;

use http::{Request, Response};

use super::{Pool, RawStated, TypedStated};
use crate::profile::State;
use crate::{Body, Error, OperationName, Profile, SoapTransport};

/// The stacks of one profile: one for each service and operation for which it makes a difference, and one for the rest.
#[derive(Debug)]
pub struct Routed<S> {
    profile: Arc<Profile>,
    stacks: Vec<S>,
}

impl Pool {
    /// The stacks of a typed client for a profile in whatever state it is.
    ///
    /// # Errors
    /// As [`typed_stated`](Self::typed_stated).
    pub fn typed_routed(&self, profile: &Arc<Profile>) -> Result<Routed<TypedStated>, Error> {
        Routed::new(profile, |route| self.typed_stated(route))
    }

    /// The same for the proxy and untyped callers.
    ///
    /// # Errors
    /// As [`typed_stated`](Self::typed_stated).
    pub fn raw_routed(&self, profile: &Arc<Profile>) -> Result<Routed<RawStated>, Error> {
        Routed::new(profile, |route| self.raw_stated(route))
    }
}

impl<S> Routed<S> {
    /// What `make` makes of each of the profile's settings.
    ///
    /// # Errors
    /// What `make` says.
    pub fn new(
        profile: &Arc<Profile>,
        make: impl Fn(&Profile) -> Result<S, Error>,
    ) -> Result<Self, Error> {
        Ok(Self {
            stacks: profile.routes().map(make).collect::<Result<_, _>>()?,
            profile: profile.clone(),
        })
    }

    /// The profile.
    pub fn profile(&self) -> &Arc<Profile> {
        &self.profile
    }

    /// The state that its calls are made in.
    pub fn state(&self) -> State {
        self.profile.state
    }

    /// The stack for an operation; none when that depends on its service, and that is not known.
    pub fn on(&self, service: Option<&str>, operation: &str) -> Option<&S> {
        let route = self.profile.route(service, operation)?;
        self.stacks.get(route.index())
    }
}

impl<S: SoapTransport<Error = Error>> SoapTransport for Routed<S> {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let operation = OperationName::of(&request);
        // What names no operation may be one for which the profile makes a difference.
        let stack = match &operation {
            Some(operation) => self.on(operation.service(), operation.name()),
            None if self.profile.variants.is_empty() => self.stacks.first(),
            None => None,
        };
        let Some(stack) = stack else {
            return Err(Error::Service {
                profile: self.profile.name.clone(),
            });
        };
        stack.send(request).await
    }
}
